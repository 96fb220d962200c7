import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.models.review import Review

from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stores_a_review_with_what_is_required(db_session, seed_data):
    book = await seed_data.book()
    user = await seed_data.user()

    review = Review(book_id=book.id, user_id=user.id, rating=2)
    db_session.add(review)
    await db_session.flush()
    db_session.expunge_all()

    found = (await db_session.scalars(select(Review).where(Review.id == review.id))).one()

    assert found.book_id == book.id
    assert found.user_id == user.id
    assert found.rating == 2
    assert found.body is None


async def test_finds_a_review_by_id(db_session, seed_data):
    review = await seed_data.review()
    await seed_data.review()

    found = (await db_session.scalars(select(Review).where(Review.id == review.id))).one()

    assert found.id == review.id


async def test_changes_only_the_rating_of_a_review(db_session, seed_data):
    review = await seed_data.review()
    await seed_data.review()
    before = await snapshot(db_session, Review, but=[Review.rating])

    review = await db_session.merge(review)
    review.rating = 2
    await db_session.flush()
    db_session.expunge_all()

    saved_review = (await db_session.scalars(select(Review).where(Review.id == review.id))).one()
    assert saved_review.rating == 2
    assert await snapshot(db_session, Review, but=[Review.rating]) == before


async def test_changes_the_rating_and_body_of_a_review_together(db_session, seed_data):
    review = await seed_data.review()
    await seed_data.review()
    before = await snapshot(db_session, Review, but=[Review.body, Review.rating])

    review = await db_session.merge(review)
    review.rating = 2
    review.body = "A little slow at first."
    await db_session.flush()
    db_session.expunge_all()

    saved_review = (await db_session.scalars(select(Review).where(Review.id == review.id))).one()
    assert saved_review.rating == 2
    assert saved_review.body == "A little slow at first."
    assert await snapshot(db_session, Review, but=[Review.body, Review.rating]) == before


async def test_removes_a_review_and_no_other(db_session, seed_data):
    review = await seed_data.review()
    other_review = await seed_data.review()

    review = await db_session.merge(review)
    await db_session.delete(review)
    await db_session.flush()

    assert await db_session.scalar(select(Review).where(Review.id == review.id)) is None
    assert await db_session.scalar(select(Review).where(Review.id == other_review.id)) is not None


async def test_refuses_two_reviews_with_the_same_book_and_user(db_session, seed_data):
    review = await seed_data.review()

    second = Review(rating=2, book_id=review.book_id, user_id=review.user_id)
    db_session.add(second)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_a_review_of_a_book_that_is_not_there(db_session, seed_data):
    user = await seed_data.user()

    orphan = Review(user_id=user.id, rating=2, book_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_a_review_of_a_user_that_is_not_there(db_session, seed_data):
    book = await seed_data.book()

    orphan = Review(book_id=book.id, rating=2, user_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_a_review_without_a_required_field(db_session, seed_data):
    book = await seed_data.book()
    user = await seed_data.user()

    incomplete = Review(book_id=book.id, user_id=user.id, rating=None)
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        await db_session.flush()


@pytest.mark.parametrize(
    "rating",
    [
        pytest.param(0, id="a rating of 0"),
        pytest.param(6, id="a rating of 6"),
    ],
)
async def test_refuses_a_review_outside_its_checks(db_session, seed_data, rating):
    book = await seed_data.book()
    user = await seed_data.user()

    wrong = Review(book_id=book.id, user_id=user.id, rating=rating)
    db_session.add(wrong)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_leads_from_a_review_to_its_book(db_session, seed_data):
    await seed_data.book()
    book = await seed_data.book()
    review = await seed_data.review(book_id=book.id)

    found = (
        await db_session.scalars(
            select(Review).options(joinedload(Review.book)).where(Review.id == review.id)
        )
    ).one()

    assert found.book.id == book.id


async def test_counts_and_sums_only_the_reviews_of_one_book(db_session, seed_data):
    book = await seed_data.book()
    await seed_data.review(book_id=book.id, rating=4)
    await seed_data.review(book_id=book.id, rating=2)
    await seed_data.review(rating=4)

    count = await db_session.scalar(
        select(func.count()).select_from(Review).where(Review.book_id == book.id)
    )

    total = await db_session.scalar(
        select(func.sum(Review.rating)).where(Review.book_id == book.id)
    )

    assert count == 2
    assert total == 6


async def test_slices_reviews_in_the_order_of_rating(db_session, seed_data):
    await seed_data.review(rating=4)
    await seed_data.review(rating=2)
    await seed_data.review(rating=5)

    found = (
        await db_session.scalars(select(Review).order_by(Review.rating).offset(1).limit(1))
    ).all()

    assert [each.rating for each in found] == [4]
