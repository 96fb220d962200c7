from collections.abc import Sequence

from fastapi import APIRouter, HTTPException
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.dependencies import CurrentUser, DbSession, PathId, Payments
from app.models import Order, OrderItem, OrderStatus, User
from app.schemas.order import OrderCreate, OrderOut, Payment
from app.schemas.problem import problems
from app.services import events, mail, stock
from app.services.aftermath import attempt
from app.services.payments import PaymentBusy, PaymentDeclined, PaymentFailed, PaymentTimeout

router = APIRouter(prefix="/orders", tags=["orders"], responses=problems(401))


@router.post("", status_code=201, response_model=OrderOut, responses=problems(404, 409))
async def create_order(order: OrderCreate, user: CurrentUser, session: DbSession) -> Order:
    books = await stock.lock_books(session, [item.book_id for item in order.items])
    for item in order.items:
        if item.book_id not in books:
            raise HTTPException(404, f"There is no book {item.book_id}")
    for item in order.items:
        if books[item.book_id].stock < item.quantity:
            raise HTTPException(409, f"There are not enough copies of book {item.book_id}")

    created = Order(user_id=user.id, total_cents=0, items=[])
    for item in order.items:
        book = books[item.book_id]
        book.stock -= item.quantity
        created.total_cents += book.price_cents * item.quantity
        created.items.append(
            OrderItem(book_id=book.id, quantity=item.quantity, unit_price_cents=book.price_cents)
        )
    session.add(created)
    await session.commit()
    return created


@router.get("", response_model=list[OrderOut])
async def list_orders(user: CurrentUser, session: DbSession) -> Sequence[Order]:
    query = own_orders(user).order_by(Order.created_at.desc(), Order.id.desc())
    orders = await session.scalars(query)
    return orders.all()


@router.get("/{order_id}", response_model=OrderOut, responses=problems(404))
async def show_order(order_id: PathId, user: CurrentUser, session: DbSession) -> Order:
    order = await session.scalar(own_orders(user).where(Order.id == order_id))
    if order is None:
        raise HTTPException(404, "There is no such order")
    return order


@router.post(
    "/{order_id}/pay",
    response_model=OrderOut,
    responses=problems(402, 404, 409, 502, 503, 504),
)
async def pay_order(
    order_id: PathId, payment: Payment, user: CurrentUser, session: DbSession, payments: Payments
) -> Order:
    # The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
    order = await session.scalar(own_orders(user).where(Order.id == order_id).with_for_update())
    if order is None:
        raise HTTPException(404, "There is no such order")
    if order.status != OrderStatus.PENDING:
        raise HTTPException(409, f"This order is already {order.status}")
    try:
        order.payment_id = await payments.charge(
            order_id=order.id, amount_cents=order.total_cents, token=payment.token
        )
    except PaymentDeclined as error:
        raise HTTPException(402, "The card was declined") from error
    except PaymentBusy as error:
        raise HTTPException(503, "The payment service is busy, try again later") from error
    except PaymentTimeout as error:
        raise HTTPException(504, "The payment service did not answer in time") from error
    except PaymentFailed as error:
        raise HTTPException(502, "The payment service failed") from error
    order.status = OrderStatus.PAID
    await session.commit()

    await attempt("send the receipt", mail.send_receipt(user, order))
    await attempt(
        "publish order.paid",
        events.publish(
            "order.paid",
            {"order_id": order.id, "user_id": order.user_id, "total_cents": order.total_cents},
        ),
    )
    return order


@router.post("/{order_id}/cancel", response_model=OrderOut, responses=problems(404, 409))
async def cancel_order(order_id: PathId, user: CurrentUser, session: DbSession) -> Order:
    order = await session.scalar(own_orders(user).where(Order.id == order_id).with_for_update())
    if order is None:
        raise HTTPException(404, "There is no such order")
    if order.status == OrderStatus.PAID:
        raise HTTPException(409, "A paid order cannot be cancelled")
    if order.status == OrderStatus.PENDING:
        await stock.cancel(session, order)
        await session.commit()
    return order


def own_orders(user: User) -> Select[tuple[Order]]:
    return select(Order).where(Order.user_id == user.id).options(selectinload(Order.items))
