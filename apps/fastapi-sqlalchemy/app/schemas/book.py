from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, field_validator

from app.schemas.author import AuthorOut
from app.schemas.fields import (
    Cents,
    Day,
    Id,
    Isbn,
    PriceFilter,
    Reference,
    SearchText,
    Stock,
    Title,
    reject_null,
)
from app.schemas.page import Page, PageParams


class BookSort(StrEnum):
    TITLE = "title"
    TITLE_DESC = "-title"
    PRICE = "price"
    PRICE_DESC = "-price"
    NEWEST = "newest"


class BookParams(PageParams):
    author_id: Id | None = None
    min_price: PriceFilter | None = None
    max_price: PriceFilter | None = None
    q: SearchText | None = None
    sort: BookSort = BookSort.NEWEST


class SearchParams(PageParams):
    q: SearchText


class BookCreate(BaseModel):
    isbn: Isbn
    title: Title
    author_id: Reference
    price_cents: Cents
    stock: Stock
    published_on: Day | None = None


class BookUpdate(BaseModel):
    isbn: Isbn | None = None
    title: Title | None = None
    author_id: Reference | None = None
    price_cents: Cents | None = None
    stock: Stock | None = None
    published_on: Day | None = None

    _not_null = field_validator("isbn", "title", "author_id", "price_cents", "stock")(reject_null)


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    isbn: str
    title: str
    author_id: int
    price_cents: int
    stock: int
    published_on: date | None
    created_at: datetime
    updated_at: datetime


class BookDetail(BookOut):
    author: AuthorOut
    rating_average: float | None = None


class CoverOut(BaseModel):
    url: str


class SearchPage(Page[BookOut]):
    degraded: bool
