from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.schemas.page import PageParams


async def paginate(session: AsyncSession, query: Select[Any], params: PageParams) -> dict[str, Any]:
    total = await session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = await session.scalars(query.limit(params.per_page).offset(params.offset))
    return {
        "items": rows.all(),
        "total": total,
        "page": params.page,
        "per_page": params.per_page,
    }
