from fastapi import APIRouter, HTTPException
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.dependencies import DbSession
from app.schemas.problem import problems

router = APIRouter(tags=["health"])


@router.get("/health", responses=problems(503))
async def health(session: DbSession) -> dict[str, str]:
    try:
        await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        raise HTTPException(503, "The database does not answer") from error
    return {"status": "ok"}
