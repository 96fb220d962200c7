from typing import Any

from marshmallow import Schema
from sqlalchemy import Select, func, select

from bookshop.extensions import db


def paginated(query: Select[Any], args: dict[str, Any], schema: Schema) -> dict[str, Any]:
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    offset = (args["page"] - 1) * args["per_page"]
    rows = db.session.scalars(query.limit(args["per_page"]).offset(offset)).all()
    return {
        "items": schema.dump(rows, many=True),
        "total": total,
        "page": args["page"],
        "per_page": args["per_page"],
    }
