from fastapi import APIRouter, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.dependencies import DbSession
from app.models import User
from app.schemas.problem import problems
from app.schemas.user import Credentials, Registered, Registration, TokenOut, UserOut
from app.security import create_token, hash_password, verify_password
from app.services import mail
from app.services.aftermath import attempt

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201, responses=problems(409))
async def register(registration: Registration, session: DbSession) -> Registered:
    user = User(
        email=registration.email,
        name=registration.name,
        password_hash=await hash_password(registration.password),
    )
    session.add(user)
    try:
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "This e-mail is already registered") from error
    await attempt("send the welcome e-mail", mail.send_welcome(user))
    return Registered(token=create_token(user.id), user=UserOut.model_validate(user))


@router.post("/login", responses=problems(401))
async def login(credentials: Credentials, session: DbSession) -> TokenOut:
    user = await session.scalar(select(User).where(User.email == credentials.email))
    matches = await verify_password(credentials.password, user.password_hash if user else None)
    if user is None or not matches:
        raise HTTPException(401, "Wrong e-mail or password")
    return TokenOut(token=create_token(user.id))
