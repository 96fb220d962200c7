import pytest
from sqlalchemy import select

from app.models.user import Role, User

from .answers import MISSING, altered, refused_fields
from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_registers_a_user(client, db_session):
    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code == 201, response.text
    body = response.json()
    assert body["user"]["email"] == "tomas@example.com"
    assert body["user"]["name"] == "Tomas Berg"
    assert isinstance(body["token"], str)
    assert "Amber-Meadow-57" not in response.text
    assert "password_hash" not in body["user"]
    user = (await db_session.scalars(select(User).where(User.id == body["user"]["id"]))).one()
    assert user.email == "tomas@example.com"
    assert user.name == "Tomas Berg"
    assert user.role == Role("customer")
    assert user.password_hash != "Amber-Meadow-57"


async def test_refuses_to_register_the_same_email_twice(client, db_session, seed_data):
    await seed_data.user(email="tomas@example.com")
    before = await snapshot(db_session, User)

    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code == 409
    assert await snapshot(db_session, User) == before


async def test_lets_a_user_in_who_has_just_registered(client):
    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    login = await client.post(
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
        pytest.param("password", MISSING, id="no password"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "x" * 9, id="a password of 9 characters"),
        pytest.param("name", MISSING, id="no name"),
        pytest.param("name", None, id="a null name"),
        pytest.param("name", {"text": "amber"}, id="a name that is no text"),
        pytest.param("name", "", id="an empty name"),
        pytest.param("name", "x" * 81, id="a name of 81 characters"),
    ],
)
async def test_refuses_an_invalid_registration(client, db_session, field, value):
    before = await snapshot(db_session, User)
    valid = {"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"}

    response = await client.post("/api/v1/auth/register", json=altered(valid, field, value))

    assert response.status_code == 422
    assert field in refused_fields(response)
    assert await snapshot(db_session, User) == before


async def test_refuses_an_empty_registration(client, db_session):
    before = await snapshot(db_session, User)

    response = await client.post("/api/v1/auth/register", json={})

    assert response.status_code == 422
    assert await snapshot(db_session, User) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("password", "x" * 10, id="a password of 10 characters"),
        pytest.param("name", "x", id="a name of one character"),
        pytest.param("name", "x" * 80, id="a name of 80 characters"),
    ],
)
async def test_accepts_a_registration_at_the_edge_of_its_rules(client, field, value):
    valid = {"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"}

    response = await client.post("/api/v1/auth/register", json=valid | {field: value})

    assert response.status_code == 201, response.text


@pytest.mark.parametrize(
    ("field", "written"),
    [
        pytest.param("email", "TOMAS@EXAMPLE.COM", id="an email in capitals"),
        pytest.param("name", "  Tomas Berg ", id="a name among spaces"),
    ],
)
async def test_stores_a_user_tidily_however_it_is_written(client, db_session, field, written):
    valid = {"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"}

    response = await client.post("/api/v1/auth/register", json=valid | {field: written})

    assert response.status_code == 201, response.text
    user = (
        await db_session.scalars(select(User).where(User.id == response.json()["user"]["id"]))
    ).one()
    assert user.email == "tomas@example.com"
    assert user.name == "Tomas Berg"
    assert user.role == Role("customer")
    assert user.password_hash != "Amber-Meadow-57"


async def test_refuses_a_body_that_is_not_json(client, db_session):
    before = await snapshot(db_session, User)

    response = await client.post(
        "/api/v1/auth/register", content=b'{"email": ', headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422
    assert await snapshot(db_session, User) == before


async def test_ignores_a_role_that_is_sent_along_where_it_registers_a_user(client, db_session):
    response = await client.post(
        "/api/v1/auth/register",
        json={
            "email": "tomas@example.com",
            "password": "Amber-Meadow-57",
            "name": "Tomas Berg",
            "role": "admin",
        },
    )

    assert response.status_code == 201, response.text
    user = (await db_session.scalars(select(User).where(User.email == "tomas@example.com"))).one()
    assert user.role == Role("customer")


async def test_logs_in_with_the_right_password(client, seed_data):
    customer = await seed_data.user()

    response = await client.post(
        "/api/v1/auth/login", json={"email": customer.email, "password": "Violet-Harbour-42"}
    )

    assert response.status_code == 200, response.text
    assert isinstance(response.json()["token"], str)
    assert "Violet-Harbour-42" not in response.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", MISSING, id="no email"),
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("password", MISSING, id="no password"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
    ],
)
async def test_refuses_invalid_credentials(client, seed_data, field, value):
    customer = await seed_data.user()

    response = await client.post(
        "/api/v1/auth/login",
        json=altered({"email": customer.email, "password": "Violet-Harbour-42"}, field, value),
    )

    assert response.status_code == 422
    assert field in refused_fields(response)


async def test_refuses_empty_credentials(client, seed_data):
    await seed_data.user()

    response = await client.post("/api/v1/auth/login", json={})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("password", "Wrong-Harbour-17", id="a wrong password"),
        pytest.param("email", "tomas@example.com", id="an unknown email"),
    ],
)
async def test_refuses_a_wrong_password_and_an_unknown_name_alike(client, seed_data, field, value):
    customer = await seed_data.user()

    response = await client.post(
        "/api/v1/auth/login",
        json={"email": customer.email, "password": "Violet-Harbour-42"} | {field: value},
    )

    assert response.status_code == 401


async def test_lets_a_user_in_whose_email_is_written_in_capitals(client, seed_data):
    customer = await seed_data.user()

    response = await client.post(
        "/api/v1/auth/login",
        json={"email": customer.email.upper(), "password": "Violet-Harbour-42"},
    )

    assert response.status_code == 200, response.text
