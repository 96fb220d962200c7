import pytest
from sqlalchemy import select

from app.models.user import Role, User

from .answers import refused_fields
from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_shows_the_callers_own_user(client, auth_headers, seed_data):
    customer = await seed_data.user()

    response = await client.get("/api/v1/me", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    body = response.json()
    assert body["id"] == customer.id
    assert body["email"] == customer.email
    assert body["name"] == customer.name
    assert body["role"] == customer.role
    assert isinstance(body["created_at"], str)
    assert customer.password_hash not in response.text


async def test_updates_the_callers_own_user(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()

    response = await client.patch(
        "/api/v1/me",
        json={"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    body = response.json()
    assert body["email"] == "tomas@example.com"
    assert body["name"] == "Tomas Berg"
    assert isinstance(body["id"], int)
    assert isinstance(body["role"], str)
    assert isinstance(body["created_at"], str)
    assert "Amber-Meadow-57" not in response.text
    assert customer.password_hash not in response.text
    user = (await db_session.scalars(select(User).where(User.id == customer.id))).one()
    assert user.email == "tomas@example.com"
    assert user.name == "Tomas Berg"
    assert user.password_hash != "Amber-Meadow-57"


async def test_refuses_to_change_ones_own_email_into_that_of_another_user(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    await seed_data.user(email="tomas@example.com")
    before = await snapshot(db_session, User)

    response = await client.patch(
        "/api/v1/me",
        json={"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert await snapshot(db_session, User) == before


async def test_changes_nothing_else_of_the_caller_when_the_email_is_sent(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()

    response = await client.patch(
        "/api/v1/me", json={"email": "tomas@example.com"}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    user = (await db_session.scalars(select(User).where(User.id == customer.id))).one()
    assert user.email == "tomas@example.com"
    assert user.name == customer.name


async def test_changes_nothing_else_of_the_caller_when_the_name_is_sent(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()

    response = await client.patch(
        "/api/v1/me", json={"name": "Tomas Berg"}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    user = (await db_session.scalars(select(User).where(User.id == customer.id))).one()
    assert user.email == customer.email
    assert user.name == "Tomas Berg"


async def test_lets_a_user_in_by_the_new_password_and_no_more_by_the_old_one(
    client, auth_headers, seed_data
):
    customer = await seed_data.user()

    response = await client.patch(
        "/api/v1/me", json={"password": "Amber-Meadow-57"}, headers=auth_headers(customer)
    )

    with_new = await client.post(
        "/api/v1/auth/login", json={"email": customer.email, "password": "Amber-Meadow-57"}
    )

    with_old = await client.post(
        "/api/v1/auth/login", json={"email": customer.email, "password": "Violet-Harbour-42"}
    )

    assert response.status_code == 200, response.text
    assert with_new.status_code == 200, with_new.text
    assert with_old.status_code == 401


async def test_lets_a_user_in_by_a_changed_email(client, auth_headers, seed_data):
    customer = await seed_data.user()

    response = await client.patch(
        "/api/v1/me", json={"email": "tomas@example.com"}, headers=auth_headers(customer)
    )

    login = await client.post(
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
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "x" * 9, id="a password of 9 characters"),
    ],
)
async def test_refuses_an_invalid_change_of_the_callers_own_user(
    client, auth_headers, db_session, seed_data, field, value
):
    customer = await seed_data.user()
    before = await snapshot(db_session, User)
    valid = {"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"}

    response = await client.patch(
        "/api/v1/me", json=valid | {field: value}, headers=auth_headers(customer)
    )

    assert response.status_code == 422
    assert field in refused_fields(response)
    assert await snapshot(db_session, User) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "x", id="a name of one character"),
        pytest.param("name", "x" * 80, id="a name of 80 characters"),
        pytest.param("password", "x" * 10, id="a password of 10 characters"),
    ],
)
async def test_accepts_a_change_of_the_callers_own_user_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    customer = await seed_data.user()
    valid = {"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"}

    response = await client.patch(
        "/api/v1/me", json=valid | {field: value}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    ("field", "written"),
    [
        pytest.param("name", "  Tomas Berg ", id="a name among spaces"),
        pytest.param("email", "TOMAS@EXAMPLE.COM", id="an email in capitals"),
    ],
)
async def test_stores_a_change_of_a_user_tidily_however_it_is_written(
    client, auth_headers, db_session, seed_data, field, written
):
    customer = await seed_data.user()
    valid = {"name": "Tomas Berg", "email": "tomas@example.com", "password": "Amber-Meadow-57"}

    response = await client.patch(
        "/api/v1/me", json=valid | {field: written}, headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    user = (await db_session.scalars(select(User).where(User.id == customer.id))).one()
    assert user.email == "tomas@example.com"
    assert user.name == "Tomas Berg"
    assert user.password_hash != "Amber-Meadow-57"


async def test_ignores_a_role_that_is_sent_along_where_it_updates_the_callers_own_user(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()

    response = await client.patch(
        "/api/v1/me",
        json={
            "name": "Tomas Berg",
            "email": "tomas@example.com",
            "password": "Amber-Meadow-57",
            "role": "admin",
        },
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    user = (await db_session.scalars(select(User).where(User.id == customer.id))).one()
    assert user.role == Role("customer")
