from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from app.models import OrderStatus
from app.schemas.fields import Day, Id, NoNul, Quantity, Reference
from app.schemas.page import PageParams


class OrderLine(BaseModel):
    book_id: Reference
    quantity: Quantity


class OrderCreate(BaseModel):
    items: list[OrderLine] = Field(min_length=1, max_length=100)

    @field_validator("items")
    @classmethod
    def each_book_once(cls, items: list[OrderLine]) -> list[OrderLine]:
        if len({item.book_id for item in items}) < len(items):
            raise ValueError("must name each book only once")
        return items


class Payment(BaseModel):
    token: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), NoNul
    ]


class OrderItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    book_id: int
    quantity: int
    unit_price_cents: int


class OrderOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    user_id: int
    status: OrderStatus
    total_cents: int
    payment_id: str | None
    created_at: datetime
    items: list[OrderItemOut]


class OrderSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    TOTAL = "total"
    TOTAL_DESC = "-total"


class OrderParams(PageParams):
    status: OrderStatus | None = None
    user_id: Id | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    sort: OrderSort = OrderSort.NEWEST
