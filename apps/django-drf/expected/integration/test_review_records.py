from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from shop.models import Review

from .database import snapshot


def test_stores_a_review_with_what_is_required(seed_data):
    book = seed_data.book()
    user = seed_data.user()

    review = Review(book_id=book.id, user_id=user.id, rating=2)
    review.save()

    found = Review.objects.get(id=review.id)

    assert found.book_id == book.id
    assert found.user_id == user.id
    assert found.rating == 2
    assert found.body is None


def test_finds_a_review_by_id(seed_data):
    review = seed_data.review()
    seed_data.review()

    found = Review.objects.get(id=review.id)

    assert found.id == review.id


def test_changes_only_the_rating_of_a_review(seed_data):
    review = seed_data.review()
    seed_data.review()
    before = snapshot(Review, but=[Review.rating])

    review.rating = 2
    review.save()

    saved_review = Review.objects.get(id=review.id)
    assert saved_review.rating == 2
    assert snapshot(Review, but=[Review.rating]) == before


def test_changes_the_rating_body_and_created_at_of_a_review_together(seed_data):
    review = seed_data.review()
    seed_data.review()
    before = snapshot(Review, but=[Review.body, Review.created_at, Review.rating])

    review.rating = 2
    review.body = "A little slow at first."
    review.created_at = datetime(2022, 8, 9, 9, 30, tzinfo=UTC)
    review.save()

    saved_review = Review.objects.get(id=review.id)
    assert saved_review.rating == 2
    assert saved_review.body == "A little slow at first."
    assert saved_review.created_at == datetime(2022, 8, 9, 9, 30, tzinfo=UTC)
    assert snapshot(Review, but=[Review.body, Review.created_at, Review.rating]) == before


def test_removes_a_review_and_no_other(seed_data):
    review = seed_data.review()
    other_review = seed_data.review()

    review.delete()

    assert Review.objects.filter(id=review.id).first() is None
    assert Review.objects.filter(id=other_review.id).first() is not None


def test_refuses_two_reviews_with_the_same_book_and_user(seed_data):
    review = seed_data.review()

    second = Review(rating=2, book_id=review.book_id, user_id=review.user_id)
    with pytest.raises(IntegrityError):
        second.save()


def test_refuses_a_review_of_a_book_that_is_not_there(seed_data):
    user = seed_data.user()

    orphan = Review(user_id=user.id, rating=2, book_id=999999)
    with pytest.raises(IntegrityError):
        orphan.save()


def test_refuses_a_review_of_a_user_that_is_not_there(seed_data):
    book = seed_data.book()

    orphan = Review(book_id=book.id, rating=2, user_id=999999)
    with pytest.raises(IntegrityError):
        orphan.save()


def test_refuses_a_review_without_a_required_field(seed_data):
    book = seed_data.book()
    user = seed_data.user()

    incomplete = Review(book_id=book.id, user_id=user.id, rating=None)
    with pytest.raises(IntegrityError):
        incomplete.save()


@pytest.mark.parametrize(
    "rating",
    [
        pytest.param(0, id="a rating of 0"),
        pytest.param(6, id="a rating of 6"),
    ],
)
def test_refuses_a_review_outside_its_checks(seed_data, rating):
    book = seed_data.book()
    user = seed_data.user()

    wrong = Review(book_id=book.id, user_id=user.id, rating=rating)
    with pytest.raises(IntegrityError):
        wrong.save()


def test_leads_from_a_review_to_its_book(seed_data):
    seed_data.book()
    book = seed_data.book()
    review = seed_data.review(book_id=book.id)

    found = Review.objects.filter(id=review.id).select_related("book").get()

    assert found.book.id == book.id
