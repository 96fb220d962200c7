import pytest

from shop.models import User

from .database import snapshot


def test_shows_the_callers_own_user(client, auth_headers, seed_data):
    user = seed_data.user()

    response = client.get("/api/v1/me", headers=auth_headers(user))

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["id"] == user.id
    assert body["email"] == user.email
    assert body["name"] == user.name
    assert body["role"] == user.role
    assert user.password not in response.content.decode()


def test_updates_the_callers_own_user(client, auth_headers, seed_data):
    user = seed_data.user()

    response = client.patch(
        "/api/v1/me",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["email"] == "tomas@example.com"
    assert body["name"] == "Tomas Berg"
    assert "Amber-Meadow-57" not in response.content.decode()
    assert user.password not in response.content.decode()
    saved_user = User.objects.get(id=user.id)
    assert saved_user.email == "tomas@example.com"
    assert saved_user.name == "Tomas Berg"
    assert saved_user.password != "Amber-Meadow-57"


def test_refuses_to_change_ones_own_email_into_that_of_another_user(
    client, auth_headers, seed_data
):
    user = seed_data.user()
    seed_data.user(email="tomas@example.com")
    before = snapshot(User)

    response = client.patch(
        "/api/v1/me",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 409
    assert snapshot(User) == before


def test_changes_nothing_else_of_the_caller_when_the_email_is_sent(client, auth_headers, seed_data):
    user = seed_data.user()

    response = client.patch(
        "/api/v1/me",
        {"email": "tomas@example.com"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    saved_user = User.objects.get(id=user.id)
    assert saved_user.email == "tomas@example.com"
    assert saved_user.name == user.name


def test_changes_nothing_else_of_the_caller_when_the_name_is_sent(client, auth_headers, seed_data):
    user = seed_data.user()

    response = client.patch(
        "/api/v1/me",
        {"name": "Tomas Berg"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    saved_user = User.objects.get(id=user.id)
    assert saved_user.email == user.email
    assert saved_user.name == "Tomas Berg"


def test_lets_a_user_in_by_the_new_password_and_no_more_by_the_old_one(
    client, auth_headers, seed_data
):
    user = seed_data.user()

    response = client.patch(
        "/api/v1/me",
        {"password": "Amber-Meadow-57"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    with_new = client.post(
        "/api/v1/auth/login",
        {"email": user.email, "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    with_old = client.post(
        "/api/v1/auth/login",
        {"email": user.email, "password": "Violet-Harbour-42"},
        content_type="application/json",
    )

    assert response.status_code == 200, response.content
    assert with_new.status_code == 200, with_new.content
    assert with_old.status_code == 401


def test_lets_a_user_in_by_a_changed_email(client, auth_headers, seed_data):
    user = seed_data.user()

    response = client.patch(
        "/api/v1/me",
        {"email": "tomas@example.com"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    login = client.post(
        "/api/v1/auth/login",
        {"email": "tomas@example.com", "password": "Violet-Harbour-42"},
        content_type="application/json",
    )

    assert response.status_code == 200, response.content
    assert login.status_code == 200, login.content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("email", "", id="an empty email"),
        pytest.param("email", "x" * 255, id="an email of 255 characters"),
        pytest.param("name", None, id="a null name"),
        pytest.param("name", {"text": "amber"}, id="a name that is no text"),
        pytest.param("name", "", id="an empty name"),
        pytest.param("name", "x" * 81, id="a name of 81 characters"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "x" * 9, id="a password of 9 characters"),
    ],
)
def test_refuses_an_invalid_change_of_the_callers_own_user(
    client, auth_headers, seed_data, field, value
):
    user = seed_data.user()
    before = snapshot(User)
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.patch(
        "/api/v1/me",
        valid | {field: value},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 400
    assert snapshot(User) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "x", id="a name of one character"),
        pytest.param("name", "x" * 80, id="a name of 80 characters"),
        pytest.param("password", "x" * 10, id="a password of 10 characters"),
    ],
)
def test_accepts_a_change_of_the_callers_own_user_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    user = seed_data.user()
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.patch(
        "/api/v1/me",
        valid | {field: value},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content


@pytest.mark.parametrize(
    ("field", "written"),
    [
        pytest.param("email", "TOMAS@EXAMPLE.COM", id="an email in capitals"),
        pytest.param("name", "  Tomas Berg ", id="a name among spaces"),
    ],
)
def test_stores_a_change_of_a_user_tidily_however_it_is_written(
    client, auth_headers, seed_data, field, written
):
    user = seed_data.user()
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.patch(
        "/api/v1/me",
        valid | {field: written},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    saved_user = User.objects.get(id=user.id)
    assert saved_user.email == "tomas@example.com"
    assert saved_user.name == "Tomas Berg"
    assert saved_user.password != "Amber-Meadow-57"
