import pytest
from sqlalchemy import select

from bookshop.models import Role, User

from .answers import MISSING, altered
from .database import snapshot


def test_registers_a_user(client, db_session):
    response = client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
    )

    assert response.status_code == 201, response.text
    body = response.json
    assert body["user"]["email"] == "tomas@example.com"
    assert body["user"]["name"] == "Tomas Berg"
    assert "Amber-Meadow-57" not in response.text
    assert "password_hash" not in body["user"]
    user = db_session.scalars(select(User).where(User.id == body["user"]["id"])).one()
    assert user.email == "tomas@example.com"
    assert user.name == "Tomas Berg"
    assert user.role == Role("customer")
    assert user.password_hash != "Amber-Meadow-57"


def test_refuses_to_register_the_same_email_twice(client, db_session, seed_data):
    seed_data.user(email="tomas@example.com")
    before = snapshot(db_session, User)

    response = client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
    )

    assert response.status_code == 409
    assert snapshot(db_session, User) == before


def test_lets_a_user_in_who_has_just_registered(client):
    response = client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
    )

    login = client.post(
        "/api/v1/auth/login", json={"email": "tomas@example.com", "password": "Amber-Meadow-57"}
    )

    assert response.status_code == 201, response.text
    assert login.status_code == 200, login.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", MISSING, id="no email"),
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("email", "x" * 321, id="an email of 321 characters"),
        pytest.param("name", MISSING, id="no name"),
        pytest.param("name", None, id="a null name"),
        pytest.param("name", {"text": "amber"}, id="a name that is no text"),
        pytest.param("name", "", id="an empty name"),
        pytest.param("name", "x" * 81, id="a name of 81 characters"),
        pytest.param("password", MISSING, id="no password"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "x" * 9, id="a password of 9 characters"),
        pytest.param("password", "x" * 201, id="a password of 201 characters"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_registration(client, db_session, field, value):
    before = snapshot(db_session, User)
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.post("/api/v1/auth/register", json=altered(valid, field, value))

    assert response.status_code == 422
    assert snapshot(db_session, User) == before


def test_refuses_an_empty_registration(client, db_session):
    before = snapshot(db_session, User)

    response = client.post("/api/v1/auth/register", json={})

    assert response.status_code == 422
    assert snapshot(db_session, User) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "x", id="a name of one character"),
        pytest.param("name", "x" * 80, id="a name of 80 characters"),
        pytest.param("password", "x" * 10, id="a password of 10 characters"),
        pytest.param("password", "x" * 200, id="a password of 200 characters"),
    ],
)
def test_accepts_a_registration_at_the_edge_of_its_rules(client, field, value):
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.post("/api/v1/auth/register", json=valid | {field: value})

    assert response.status_code == 201, response.text


def test_logs_in_with_the_right_password(client, seed_data):
    customer = seed_data.user()

    response = client.post(
        "/api/v1/auth/login", json={"email": customer.email, "password": "Violet-Harbour-42"}
    )

    assert response.status_code == 200, response.text
    assert "Violet-Harbour-42" not in response.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", MISSING, id="no email"),
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("email", "x" * 321, id="an email of 321 characters"),
        pytest.param("password", MISSING, id="no password"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_invalid_credentials(client, seed_data, field, value):
    customer = seed_data.user()

    response = client.post(
        "/api/v1/auth/login",
        json=altered({"email": customer.email, "password": "Violet-Harbour-42"}, field, value),
    )

    assert response.status_code == 422


def test_refuses_empty_credentials(client, seed_data):
    seed_data.user()

    response = client.post("/api/v1/auth/login", json={})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("password", "Wrong-Harbour-17", id="a wrong password"),
        pytest.param("email", "tomas@example.com", id="an unknown email"),
    ],
)
def test_refuses_a_wrong_password_and_an_unknown_name_alike(client, seed_data, field, value):
    customer = seed_data.user()

    response = client.post(
        "/api/v1/auth/login",
        json={"email": customer.email, "password": "Violet-Harbour-42"} | {field: value},
    )

    assert response.status_code == 401
