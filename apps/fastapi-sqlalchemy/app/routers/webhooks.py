from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.dependencies import DbSession
from app.models import Order, OrderStatus
from app.schemas.problem import problems
from app.schemas.webhook import PaymentEvent, Receipt
from app.security import is_signed
from app.services import stock


async def check_signature(
    request: Request, x_payment_signature: Annotated[str, Header()] = ""
) -> None:
    """The signature is the hexadecimal HMAC-SHA256 of the body, keyed by our shared secret."""
    if not is_signed(await request.body(), x_payment_signature):
        raise HTTPException(400, "Bad signature")


router = APIRouter(
    prefix="/webhooks",
    tags=["webhooks"],
    dependencies=[Depends(check_signature)],
    responses=problems(400),
)


@router.post("/payments")
async def receive_payment_event(event: PaymentEvent, session: DbSession) -> Receipt:
    if event.type == "payment.refunded":
        order = await session.scalar(
            select(Order)
            .where(Order.id == event.data.order_id)
            .options(selectinload(Order.items))
            .with_for_update()
        )
        if (
            order is not None
            and order.payment_id == event.data.payment_id
            and order.status == OrderStatus.PAID
        ):
            await stock.cancel(session, order)
            await session.commit()
    return Receipt()
