from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from bookshop.schemas.catalog import PageQuery
from bookshop.schemas.fields import POSITIVE, Integer


class ItemIn(Schema):
    book_id = Integer(required=True, validate=POSITIVE)
    quantity = Integer(required=True, validate=validate.Range(min=1, max=100))


class OrderIn(Schema):
    items = fields.List(
        fields.Nested(ItemIn), required=True, validate=validate.Length(min=1, max=100)
    )

    @validates_schema
    def each_book_once(self, data: dict[str, Any], **_: Any) -> None:
        ids = [item["book_id"] for item in data.get("items", [])]
        if len(set(ids)) < len(ids):
            raise ValidationError("A book may stand in an order only once", "items")


class Payment(Schema):
    token = fields.String(required=True, validate=validate.Length(min=1, max=255))


class ItemOut(Schema):
    book_id = fields.Integer()
    quantity = fields.Integer()
    unit_price_cents = fields.Integer()


class OrderOut(Schema):
    id = fields.Integer()
    user_id = fields.Integer()
    status = fields.String()
    total_cents = fields.Integer()
    payment_id = fields.String(allow_none=True)
    created_at = fields.DateTime()
    items = fields.List(fields.Nested(ItemOut))


class OrderQuery(PageQuery):
    status = fields.String(validate=validate.OneOf(["pending", "paid", "cancelled"]))
    user_id = fields.Integer(validate=POSITIVE)
    from_ = fields.Date(data_key="from")
    to = fields.Date()
    sort = fields.String(
        load_default="newest", validate=validate.OneOf(["newest", "oldest", "total", "-total"])
    )


class RefundData(Schema):
    order_id = Integer(required=True, validate=POSITIVE)
    payment_id = fields.String(required=True)


class PaymentEvent(Schema):
    type = fields.String(required=True)
    data = fields.Nested(RefundData, required=True)
