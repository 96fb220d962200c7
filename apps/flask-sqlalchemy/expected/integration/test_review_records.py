from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import joinedload

from bookshop.models import Review

from .database import snapshot


def test_stores_a_review_with_what_is_required(db_session, seed_data):
    book = seed_data.book()
    user = seed_data.user()

    review = Review(book_id=book.id, user_id=user.id, rating=2)
    db_session.add(review)
    db_session.flush()
    db_session.expunge_all()

    found = db_session.scalars(select(Review).where(Review.id == review.id)).one()

    assert found.book_id == book.id
    assert found.user_id == user.id
    assert found.rating == 2
    assert found.body is None


def test_finds_a_review_by_id(db_session, seed_data):
    review = seed_data.review()
    seed_data.review()

    found = db_session.scalars(select(Review).where(Review.id == review.id)).one()

    assert found.id == review.id


def test_changes_only_the_rating_of_a_review(db_session, seed_data):
    review = seed_data.review()
    seed_data.review()
    before = snapshot(db_session, Review, but=[Review.rating])

    review = db_session.merge(review)
    review.rating = 2
    db_session.flush()
    db_session.expunge_all()

    saved_review = db_session.scalars(select(Review).where(Review.id == review.id)).one()
    assert saved_review.rating == 2
    assert snapshot(db_session, Review, but=[Review.rating]) == before


def test_changes_the_rating_body_and_created_at_of_a_review_together(db_session, seed_data):
    review = seed_data.review()
    seed_data.review()
    before = snapshot(db_session, Review, but=[Review.body, Review.created_at, Review.rating])

    review = db_session.merge(review)
    review.rating = 2
    review.body = "A little slow at first."
    review.created_at = datetime(2022, 8, 9, 9, 30)
    db_session.flush()
    db_session.expunge_all()

    saved_review = db_session.scalars(select(Review).where(Review.id == review.id)).one()
    assert saved_review.rating == 2
    assert saved_review.body == "A little slow at first."
    assert saved_review.created_at == datetime(2022, 8, 9, 9, 30)
    assert (
        snapshot(db_session, Review, but=[Review.body, Review.created_at, Review.rating]) == before
    )


def test_removes_a_review_and_no_other(db_session, seed_data):
    review = seed_data.review()
    other_review = seed_data.review()

    review = db_session.merge(review)
    db_session.delete(review)
    db_session.flush()

    assert db_session.scalar(select(Review).where(Review.id == review.id)) is None
    assert db_session.scalar(select(Review).where(Review.id == other_review.id)) is not None


def test_refuses_two_reviews_with_the_same_book_and_user(db_session, seed_data):
    review = seed_data.review()

    second = Review(rating=2, book_id=review.book_id, user_id=review.user_id)
    db_session.add(second)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_a_review_of_a_book_that_is_not_there(db_session, seed_data):
    user = seed_data.user()

    orphan = Review(user_id=user.id, rating=2, book_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_a_review_of_a_user_that_is_not_there(db_session, seed_data):
    book = seed_data.book()

    orphan = Review(book_id=book.id, rating=2, user_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_a_review_without_a_required_field(db_session, seed_data):
    book = seed_data.book()
    user = seed_data.user()

    incomplete = Review(book_id=book.id, user_id=user.id, rating=None)
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        db_session.flush()


@pytest.mark.parametrize(
    "rating",
    [
        pytest.param(0, id="a rating of 0"),
        pytest.param(6, id="a rating of 6"),
    ],
)
def test_refuses_a_review_outside_its_checks(db_session, seed_data, rating):
    book = seed_data.book()
    user = seed_data.user()

    wrong = Review(book_id=book.id, user_id=user.id, rating=rating)
    db_session.add(wrong)
    with pytest.raises(DBAPIError):
        db_session.flush()


def test_leads_from_a_review_to_its_book(db_session, seed_data):
    seed_data.book()
    book = seed_data.book()
    review = seed_data.review(book_id=book.id)

    found = db_session.scalars(
        select(Review).options(joinedload(Review.book)).where(Review.id == review.id)
    ).one()

    assert found.book.id == book.id


def test_counts_and_sums_only_the_reviews_of_one_book(db_session, seed_data):
    book = seed_data.book()
    seed_data.review(book_id=book.id, rating=4)
    seed_data.review(book_id=book.id, rating=2)
    seed_data.review(rating=4)

    count = db_session.scalar(
        select(func.count()).select_from(Review).where(Review.book_id == book.id)
    )

    total = db_session.scalar(select(func.sum(Review.rating)).where(Review.book_id == book.id))

    assert count == 2
    assert total == 6


def test_slices_reviews_in_the_order_of_rating(db_session, seed_data):
    seed_data.review(rating=4)
    seed_data.review(rating=2)
    seed_data.review(rating=5)

    found = db_session.scalars(select(Review).order_by(Review.rating).offset(1).limit(1)).all()

    assert [each.rating for each in found] == [4]
