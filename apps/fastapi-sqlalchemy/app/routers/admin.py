from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.dependencies import DbSession, require_admin
from app.models import Order
from app.pagination import paginate
from app.schemas.order import OrderOut, OrderParams, OrderSort
from app.schemas.page import Page
from app.schemas.problem import problems

ORDERINGS = {
    OrderSort.NEWEST: (Order.created_at.desc(), Order.id.desc()),
    OrderSort.OLDEST: (Order.created_at, Order.id),
    OrderSort.TOTAL: (Order.total_cents, Order.id),
    OrderSort.TOTAL_DESC: (Order.total_cents.desc(), Order.id),
}

router = APIRouter(
    prefix="/admin", tags=["admin"], dependencies=[require_admin], responses=problems(401, 403)
)


@router.get("/orders", response_model=Page[OrderOut])
async def list_all_orders(
    params: Annotated[OrderParams, Query()], session: DbSession
) -> dict[str, Any]:
    query = select(Order).options(selectinload(Order.items)).order_by(*ORDERINGS[params.sort])
    if params.status is not None:
        query = query.where(Order.status == params.status)
    if params.user_id is not None:
        query = query.where(Order.user_id == params.user_id)
    if params.from_ is not None:
        query = query.where(Order.created_at >= datetime.combine(params.from_, time.min, UTC))
    if params.to is not None:
        query = query.where(Order.created_at <= datetime.combine(params.to, time.max, UTC))
    return await paginate(session, query, params)
