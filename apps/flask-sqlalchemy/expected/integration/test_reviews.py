import pytest
from sqlalchemy import select

from bookshop.models import Review

from .database import count, snapshot


def test_updates_a_review(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    review = seed_data.review(user_id=customer.id)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    body = response.json
    assert body["rating"] == 2
    assert body["body"] == "A little slow at first."
    saved_review = db_session.scalars(select(Review).where(Review.id == review.id)).one()
    assert saved_review.rating == 2
    assert saved_review.body == "A little slow at first."


def test_refuses_to_change_a_review_that_is_not_there(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    seed_data.review(user_id=customer.id)
    before = snapshot(db_session, Review)

    response = client.patch(
        "/api/v1/reviews/999999",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Review) == before


def test_changes_nothing_else_of_a_review_when_the_rating_is_sent(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    review = seed_data.review(user_id=customer.id, body="Could not put it down.")

    response = client.patch(
        f"/api/v1/reviews/{review.id}", json={"rating": 2}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    saved_review = db_session.scalars(select(Review).where(Review.id == review.id)).one()
    assert saved_review.rating == 2
    assert saved_review.body == review.body


def test_changes_nothing_else_of_a_review_when_the_body_is_sent(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    review = seed_data.review(user_id=customer.id, body="Could not put it down.")

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        json={"body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    saved_review = db_session.scalars(select(Review).where(Review.id == review.id)).one()
    assert saved_review.rating == review.rating
    assert saved_review.body == "A little slow at first."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("rating", None, id="a null rating"),
        pytest.param("rating", "plenty", id="a rating that is no number"),
        pytest.param("rating", 0, id="a rating of 0"),
        pytest.param("rating", 6, id="a rating of 6"),
        pytest.param("body", {"text": "amber"}, id="a body that is no text"),
        pytest.param("body", "x" * 2001, id="a body of 2001 characters"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_change_of_a_review(
    client, auth_headers, db_session, seed_data, field, value
):
    customer = seed_data.user()
    review = seed_data.review(user_id=customer.id)
    before = snapshot(db_session, Review)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        json={"rating": 2, "body": "A little slow at first."} | {field: value},
        headers=auth_headers(customer),
    )

    assert response.status_code == 422
    assert snapshot(db_session, Review) == before


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        pytest.param(
            "PATCH",
            "/api/v1/reviews/not-a-number",
            "review_id",
            id="PATCH /api/v1/reviews/{review_id}",
        ),
        pytest.param(
            "DELETE",
            "/api/v1/reviews/not-a-number",
            "review_id",
            id="DELETE /api/v1/reviews/{review_id}",
        ),
    ],
)
def test_refuses_a_malformed_key_in_the_path_from_a_customer(
    client, auth_headers, seed_data, method, path, parameter
):
    customer = seed_data.user()

    response = client.open(path, method=method, headers=auth_headers(customer))

    assert response.status_code == 404


def test_refuses_a_customer_who_updates_a_review_of_another(
    client, auth_headers, db_session, seed_data
):
    other_customer = seed_data.user()
    customer = seed_data.user()
    review = seed_data.review(user_id=other_customer.id)
    before = snapshot(db_session, Review)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 403
    assert snapshot(db_session, Review) == before


def test_deletes_a_review_and_no_other(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    review = seed_data.review(user_id=customer.id)
    other_review = seed_data.review()

    response = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(customer))

    assert response.status_code == 204, response.text
    assert db_session.scalar(select(Review).where(Review.id == review.id)) is None
    assert count(db_session, Review, Review.id == other_review.id) == 1


def test_refuses_to_delete_a_review_that_is_not_there(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    seed_data.review(user_id=customer.id)
    before = snapshot(db_session, Review)

    response = client.delete("/api/v1/reviews/999999", headers=auth_headers(customer))

    assert response.status_code == 404
    assert snapshot(db_session, Review) == before


def test_has_no_review_left_to_delete_a_second_time(client, auth_headers, seed_data):
    customer = seed_data.user()
    review = seed_data.review(user_id=customer.id)

    first = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(customer))

    response = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(customer))

    assert first.status_code == 204, first.text
    assert response.status_code == 404


def test_refuses_a_customer_who_deletes_a_review_of_another(
    client, auth_headers, db_session, seed_data
):
    other_customer = seed_data.user()
    customer = seed_data.user()
    review = seed_data.review(user_id=other_customer.id)
    before = snapshot(db_session, Review)

    response = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(customer))

    assert response.status_code == 403
    assert snapshot(db_session, Review) == before
