from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from app.schemas.fields import INT4_MAX

T = TypeVar("T")


class PageParams(BaseModel):
    page: int = Field(default=1, ge=1, le=INT4_MAX)
    per_page: int = Field(default=20, ge=1, le=100)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int
    page: int
    per_page: int
