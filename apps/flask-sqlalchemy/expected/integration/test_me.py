import pytest
from sqlalchemy import select

from bookshop.models import User

from .database import snapshot


def test_shows_the_callers_own_user(client, auth_headers, seed_data):
    customer = seed_data.user()

    response = client.get("/api/v1/me", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    body = response.json
    assert body["id"] == customer.id
    assert body["email"] == customer.email
    assert body["name"] == customer.name
    assert body["role"] == customer.role
    assert customer.password_hash not in response.text


def test_updates_the_callers_own_user(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()

    response = client.patch(
        "/api/v1/me",
        json={"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    body = response.json
    assert body["email"] == "tomas@example.com"
    assert body["name"] == "Tomas Berg"
    assert "Amber-Meadow-57" not in response.text
    assert customer.password_hash not in response.text
    user = db_session.scalars(select(User).where(User.id == customer.id)).one()
    assert user.email == "tomas@example.com"
    assert user.name == "Tomas Berg"
    assert user.password_hash != "Amber-Meadow-57"


def test_refuses_to_change_ones_own_email_into_that_of_another_user(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    seed_data.user(email="tomas@example.com")
    before = snapshot(db_session, User)

    response = client.patch(
        "/api/v1/me",
        json={"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert snapshot(db_session, User) == before


def test_changes_nothing_else_of_the_caller_when_the_email_is_sent(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()

    response = client.patch(
        "/api/v1/me", json={"email": "tomas@example.com"}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    user = db_session.scalars(select(User).where(User.id == customer.id)).one()
    assert user.email == "tomas@example.com"
    assert user.name == customer.name


def test_changes_nothing_else_of_the_caller_when_the_name_is_sent(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()

    response = client.patch(
        "/api/v1/me", json={"name": "Tomas Berg"}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    user = db_session.scalars(select(User).where(User.id == customer.id)).one()
    assert user.email == customer.email
    assert user.name == "Tomas Berg"


def test_lets_a_user_in_by_the_new_password_and_no_more_by_the_old_one(
    client, auth_headers, seed_data
):
    customer = seed_data.user()

    response = client.patch(
        "/api/v1/me", json={"password": "Amber-Meadow-57"}, headers=auth_headers(customer)
    )

    with_new = client.post(
        "/api/v1/auth/login", json={"email": customer.email, "password": "Amber-Meadow-57"}
    )

    with_old = client.post(
        "/api/v1/auth/login", json={"email": customer.email, "password": "Violet-Harbour-42"}
    )

    assert response.status_code == 200, response.text
    assert with_new.status_code == 200, with_new.text
    assert with_old.status_code == 401


def test_lets_a_user_in_by_a_changed_email(client, auth_headers, seed_data):
    customer = seed_data.user()

    response = client.patch(
        "/api/v1/me", json={"email": "tomas@example.com"}, headers=auth_headers(customer)
    )

    login = client.post(
        "/api/v1/auth/login", json={"email": "tomas@example.com", "password": "Violet-Harbour-42"}
    )

    assert response.status_code == 200, response.text
    assert login.status_code == 200, login.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", None, id="a null name"),
        pytest.param("name", {"text": "amber"}, id="a name that is no text"),
        pytest.param("name", "", id="an empty name"),
        pytest.param("name", "x" * 81, id="a name of 81 characters"),
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("email", "x" * 321, id="an email of 321 characters"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "x" * 9, id="a password of 9 characters"),
        pytest.param("password", "x" * 201, id="a password of 201 characters"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_change_of_the_callers_own_user(
    client, auth_headers, db_session, seed_data, field, value
):
    customer = seed_data.user()
    before = snapshot(db_session, User)
    valid = {"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"}

    response = client.patch(
        "/api/v1/me", json=valid | {field: value}, headers=auth_headers(customer)
    )

    assert response.status_code == 422
    assert snapshot(db_session, User) == before
