from flask import Blueprint, abort, g
from sqlalchemy import select
from webargs.flaskparser import use_args

from bookshop.extensions import db
from bookshop.models import Order, OrderItem, OrderStatus
from bookshop.schemas.order import OrderIn, OrderOut, Payment
from bookshop.security import login_required
from bookshop.services import mails, payments, stock

bp = Blueprint("orders", __name__, url_prefix="/orders")
order_out = OrderOut()


@bp.post("")
@login_required
@use_args(OrderIn())
def create_order(args):
    books = stock.lock_books([item["book_id"] for item in args["items"]])
    for item in args["items"]:
        if item["book_id"] not in books:
            abort(404, f"There is no book {item['book_id']}")
    for item in args["items"]:
        if books[item["book_id"]].stock < item["quantity"]:
            abort(409, f"There are not enough copies of book {item['book_id']}")

    order = Order(user_id=g.user.id, total_cents=0, items=[])
    for item in args["items"]:
        book = books[item["book_id"]]
        book.stock -= item["quantity"]
        order.total_cents += book.price_cents * item["quantity"]
        order.items.append(
            OrderItem(book_id=book.id, quantity=item["quantity"], unit_price_cents=book.price_cents)
        )
    db.session.add(order)
    db.session.commit()
    return order_out.dump(order), 201


@bp.get("")
@login_required
def list_orders():
    query = own_orders().order_by(Order.created_at.desc(), Order.id.desc())
    return order_out.dump(db.session.scalars(query).all(), many=True)


@bp.get("/<int:order_id>")
@login_required
def show_order(order_id):
    order = db.session.scalar(own_orders().where(Order.id == order_id))
    if order is None:
        abort(404, "There is no such order")
    return order_out.dump(order)


@bp.post("/<int:order_id>/pay")
@login_required
@use_args(Payment())
def pay_order(args, order_id):
    # The lock is held while the card is charged: nobody can pay or cancel the order meanwhile.
    order = db.session.scalar(own_orders().where(Order.id == order_id).with_for_update())
    if order is None:
        abort(404, "There is no such order")
    if order.status != OrderStatus.PENDING:
        abort(409, f"This order is already {order.status}")
    try:
        order.payment_id = payments.charge(order.id, order.total_cents, args["token"])
    except payments.PaymentDeclined:
        return {"message": "The card was declined"}, 402  # Werkzeug's abort() knows no 402
    except payments.PaymentBusy:
        abort(503, "The payment service is busy, try again later")
    except payments.PaymentTimeout:
        abort(504, "The payment service did not answer in time")
    except payments.PaymentFailed:
        abort(502, "The payment service failed")
    order.status = OrderStatus.PAID
    db.session.commit()

    mails.send_receipt(g.user, order)
    return order_out.dump(order)


@bp.post("/<int:order_id>/cancel")
@login_required
def cancel_order(order_id):
    order = db.session.scalar(own_orders().where(Order.id == order_id).with_for_update())
    if order is None:
        abort(404, "There is no such order")
    if order.status == OrderStatus.PAID:
        abort(409, "A paid order cannot be cancelled")
    if order.status == OrderStatus.PENDING:
        stock.cancel(order)
        db.session.commit()
    return order_out.dump(order)


def own_orders():
    return select(Order).where(Order.user_id == g.user.id)
