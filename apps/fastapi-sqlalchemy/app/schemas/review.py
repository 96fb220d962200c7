from datetime import datetime

from pydantic import BaseModel, ConfigDict, field_validator

from app.schemas.fields import Rating, ReviewBody, reject_null


class ReviewCreate(BaseModel):
    rating: Rating
    body: ReviewBody | None = None


class ReviewUpdate(BaseModel):
    rating: Rating | None = None
    body: ReviewBody | None = None

    _not_null = field_validator("rating")(reject_null)


class ReviewOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    book_id: int
    user_id: int
    rating: int
    body: str | None
    created_at: datetime
