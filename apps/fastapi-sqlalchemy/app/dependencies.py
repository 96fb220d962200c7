from typing import Annotated

from fastapi import Depends, HTTPException, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_session
from app.models import Role, User
from app.schemas.fields import INT4_MAX
from app.security import read_token
from app.services.payments import PaymentService
from app.services.search import SearchService

bearer = HTTPBearer(auto_error=False)

DbSession = Annotated[AsyncSession, Depends(get_session)]
PathId = Annotated[int, Path(ge=1, le=INT4_MAX)]


async def current_user(
    session: DbSession,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> User:
    user_id = read_token(credentials.credentials) if credentials else None
    user = await session.get(User, user_id) if user_id else None
    if user is None:
        raise HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": "Bearer"})
    return user


CurrentUser = Annotated[User, Depends(current_user)]


async def current_admin(user: CurrentUser) -> User:
    if user.role != Role.ADMIN:
        raise HTTPException(403, "Only an admin may do this")
    return user


require_admin = Depends(current_admin)


def get_payments(request: Request) -> PaymentService:
    return request.app.state.payments


def get_search(request: Request) -> SearchService:
    return request.app.state.search


Payments = Annotated[PaymentService, Depends(get_payments)]
Search = Annotated[SearchService, Depends(get_search)]
