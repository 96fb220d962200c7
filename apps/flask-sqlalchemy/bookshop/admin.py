from datetime import datetime, time

from flask import Blueprint
from sqlalchemy import select
from webargs.flaskparser import use_args

from bookshop.models import Order
from bookshop.pagination import paginated
from bookshop.schemas.order import OrderOut, OrderQuery
from bookshop.security import admin_required

bp = Blueprint("admin", __name__, url_prefix="/admin")
order_out = OrderOut()

ORDERINGS = {
    "newest": (Order.created_at.desc(), Order.id.desc()),
    "oldest": (Order.created_at, Order.id),
    "total": (Order.total_cents, Order.id),
    "-total": (Order.total_cents.desc(), Order.id),
}


@bp.get("/orders")
@admin_required
@use_args(OrderQuery(), location="query")
def list_all_orders(args):
    query = select(Order).order_by(*ORDERINGS[args["sort"]])
    if "status" in args:
        query = query.where(Order.status == args["status"])
    if "user_id" in args:
        query = query.where(Order.user_id == args["user_id"])
    if "from_" in args:
        query = query.where(Order.created_at >= datetime.combine(args["from_"], time.min))
    if "to" in args:
        query = query.where(Order.created_at <= datetime.combine(args["to"], time.max))
    return paginated(query, args, order_out)
