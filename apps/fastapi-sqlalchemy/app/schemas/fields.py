"""The field types that several schemas share."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, EmailStr, Field, StringConstraints

INT4_MAX = 2_147_483_647
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def reject_nul(text: str) -> str:
    """PostgreSQL cannot store it."""
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


def reject_null(value: Any) -> Any:
    """For the fields of a PATCH that may be left out but not emptied."""
    if value is None:
        raise ValueError("must not be null")
    return value


def require_iso_date(value: Any) -> Any:
    """Pydantic would read a number as the seconds since 1970."""
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise ValueError("must be a date like 2026-01-31")
    return value


NoNul = AfterValidator(reject_nul)

Day = Annotated[date, BeforeValidator(require_iso_date)]
Id = Annotated[int, Field(ge=1, le=INT4_MAX)]
Reference = Annotated[int, Field(strict=True, ge=1, le=INT4_MAX)]
Email = Annotated[EmailStr, AfterValidator(str.lower)]
Password = Annotated[str, Field(min_length=10)]
UserName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), NoNul
]
AuthorName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), NoNul
]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul
]
Isbn = Annotated[str, StringConstraints(pattern=r"^[0-9]{13}$")]
Cents = Annotated[int, Field(strict=True, ge=1, le=INT4_MAX)]
Stock = Annotated[int, Field(strict=True, ge=0, le=INT4_MAX)]
Rating = Annotated[int, Field(strict=True, ge=1, le=5)]
ReviewBody = Annotated[str, StringConstraints(max_length=2000), NoNul]
Bio = Annotated[str, NoNul]
Quantity = Annotated[int, Field(strict=True, ge=1, le=100)]
SearchText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul
]
PriceFilter = Annotated[int, Field(ge=0, le=INT4_MAX)]
