import pytest

from shop.models import Review

from .database import snapshot


def test_updates_a_review(client, auth_headers, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"rating": 2, "body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["rating"] == 2
    assert body["body"] == "A little slow at first."
    saved_review = Review.objects.get(id=review.id)
    assert saved_review.rating == 2
    assert saved_review.body == "A little slow at first."


def test_refuses_to_change_a_review_that_is_not_there(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.review(user_id=user.id)
    before = snapshot(Review)

    response = client.patch(
        "/api/v1/reviews/999999",
        {"rating": 2, "body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 404
    assert snapshot(Review) == before


def test_changes_nothing_else_of_a_review_when_the_rating_is_sent(client, auth_headers, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id, body="Could not put it down.")

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"rating": 2},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    saved_review = Review.objects.get(id=review.id)
    assert saved_review.rating == 2
    assert saved_review.body == review.body


def test_changes_nothing_else_of_a_review_when_the_body_is_sent(client, auth_headers, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id, body="Could not put it down.")

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    saved_review = Review.objects.get(id=review.id)
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
    ],
)
def test_refuses_an_invalid_change_of_a_review(client, auth_headers, seed_data, field, value):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)
    before = snapshot(Review)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"rating": 2, "body": "A little slow at first."} | {field: value},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 400
    assert snapshot(Review) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("rating", 1, id="a rating of 1"),
        pytest.param("rating", 5, id="a rating of 5"),
        pytest.param("body", "x" * 2000, id="a body of 2000 characters"),
    ],
)
def test_accepts_a_change_of_a_review_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"rating": 2, "body": "A little slow at first."} | {field: value},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content


def test_stores_a_change_of_a_review_tidily_however_it_is_written(client, auth_headers, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"rating": 2, "body": "  A little slow at first. "},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    saved_review = Review.objects.get(id=review.id)
    assert saved_review.rating == 2
    assert saved_review.body == "A little slow at first."


def test_refuses_a_user_who_updates_a_review_of_another(client, auth_headers, seed_data):
    other_user = seed_data.user()
    user = seed_data.user()
    review = seed_data.review(user_id=other_user.id)
    before = snapshot(Review)

    response = client.patch(
        f"/api/v1/reviews/{review.id}",
        {"rating": 2, "body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 403
    assert snapshot(Review) == before


def test_deletes_a_review_and_no_other(client, auth_headers, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)
    other_review = seed_data.review()

    response = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(user))

    assert response.status_code == 204, response.content
    assert Review.objects.filter(id=review.id).first() is None
    assert Review.objects.filter(id=other_review.id).count() == 1


def test_refuses_to_delete_a_review_that_is_not_there(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.review(user_id=user.id)
    before = snapshot(Review)

    response = client.delete("/api/v1/reviews/999999", headers=auth_headers(user))

    assert response.status_code == 404
    assert snapshot(Review) == before


def test_has_no_review_left_to_delete_a_second_time(client, auth_headers, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)

    first = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(user))

    response = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(user))

    assert first.status_code == 204, first.content
    assert response.status_code == 404


def test_refuses_a_user_who_deletes_a_review_of_another(client, auth_headers, seed_data):
    other_user = seed_data.user()
    user = seed_data.user()
    review = seed_data.review(user_id=other_user.id)
    before = snapshot(Review)

    response = client.delete(f"/api/v1/reviews/{review.id}", headers=auth_headers(user))

    assert response.status_code == 403
    assert snapshot(Review) == before
