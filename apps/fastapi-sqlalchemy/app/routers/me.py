from fastapi import APIRouter, HTTPException
from sqlalchemy.exc import IntegrityError

from app.dependencies import CurrentUser, DbSession
from app.models import User
from app.schemas.problem import problems
from app.schemas.user import ProfileUpdate, UserOut
from app.security import hash_password

router = APIRouter(prefix="/me", tags=["me"], responses=problems(401))


@router.get("", response_model=UserOut)
async def show_me(user: CurrentUser) -> User:
    return user


@router.patch("", response_model=UserOut, responses=problems(409))
async def update_me(update: ProfileUpdate, user: CurrentUser, session: DbSession) -> User:
    if update.name is not None:
        user.name = update.name
    if update.email is not None:
        user.email = update.email
    if update.password is not None:
        user.password_hash = await hash_password(update.password)
    try:
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "This e-mail is already registered") from error
    return user
