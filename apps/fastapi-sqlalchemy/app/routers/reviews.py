from collections.abc import Sequence

from fastapi import APIRouter, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import violates
from app.dependencies import CurrentUser, DbSession, PathId
from app.models import Book, Review, Role
from app.schemas.problem import problems
from app.schemas.review import ReviewCreate, ReviewOut, ReviewUpdate

book_reviews = APIRouter(tags=["reviews"])
router = APIRouter(prefix="/reviews", tags=["reviews"], responses=problems(401, 403, 404))


@book_reviews.get("", response_model=list[ReviewOut], responses=problems(404))
async def list_reviews(book_id: PathId, session: DbSession) -> Sequence[Review]:
    await check_book(session, book_id)
    reviews = await session.scalars(
        select(Review)
        .where(Review.book_id == book_id)
        .order_by(Review.created_at.desc(), Review.id.desc())
    )
    return reviews.all()


@book_reviews.post("", status_code=201, response_model=ReviewOut, responses=problems(401, 404, 409))
async def create_review(
    book_id: PathId, review: ReviewCreate, user: CurrentUser, session: DbSession
) -> Review:
    await check_book(session, book_id)
    created = Review(book_id=book_id, user_id=user.id, rating=review.rating, body=review.body)
    session.add(created)
    try:
        await session.commit()
    except IntegrityError as error:
        if violates(error, "fk_reviews_book_id_books"):
            raise HTTPException(404, "There is no such book") from error
        raise HTTPException(409, "You have already reviewed this book") from error
    return created


@router.patch("/{review_id}", response_model=ReviewOut)
async def update_review(
    review_id: PathId, update: ReviewUpdate, user: CurrentUser, session: DbSession
) -> Review:
    review = await lock_review(session, review_id)
    if review.user_id != user.id:
        raise HTTPException(403, "This is not your review")
    for field, value in update.model_dump(exclude_unset=True).items():
        setattr(review, field, value)
    await session.commit()
    return review


@router.delete("/{review_id}", status_code=204)
async def delete_review(review_id: PathId, user: CurrentUser, session: DbSession) -> None:
    review = await lock_review(session, review_id)
    if review.user_id != user.id and user.role != Role.ADMIN:
        raise HTTPException(403, "This is not your review")
    await session.delete(review)
    await session.commit()


async def check_book(session: AsyncSession, book_id: int) -> None:
    if await session.get(Book, book_id) is None:
        raise HTTPException(404, "There is no such book")


async def lock_review(session: AsyncSession, review_id: int) -> Review:
    review = await session.get(Review, review_id, with_for_update=True)
    if review is None:
        raise HTTPException(404, "There is no such review")
    return review
