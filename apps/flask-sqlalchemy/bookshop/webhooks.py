from flask import Blueprint, abort, request
from sqlalchemy import select
from webargs.flaskparser import use_args

from bookshop.extensions import db
from bookshop.models import Order, OrderStatus
from bookshop.schemas.order import PaymentEvent
from bookshop.security import is_signed
from bookshop.services import stock

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@bp.before_request
def check_signature():
    """The signature is the hexadecimal HMAC-SHA256 of the body, keyed by our shared secret."""
    if not is_signed(request.get_data(), request.headers.get("X-Payment-Signature", "")):
        abort(400, "Bad signature")


@bp.post("/payments")
@use_args(PaymentEvent())
def receive_payment_event(args):
    if args["type"] == "payment.refunded":
        order = db.session.scalar(
            select(Order).where(Order.id == args["data"]["order_id"]).with_for_update()
        )
        if (
            order is not None
            and order.payment_id == args["data"]["payment_id"]
            and order.status == OrderStatus.PAID
        ):
            stock.cancel(order)
            db.session.commit()
    return {"received": True}
