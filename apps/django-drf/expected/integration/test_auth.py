import pytest

from shop.models import User

from .answers import MISSING, altered
from .database import snapshot


def test_registers_a_user(client):
    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code == 201, response.content
    assert "Amber-Meadow-57" not in response.content.decode()
    user = User.objects.get(email="tomas@example.com")
    assert user.name == "Tomas Berg"
    assert user.role == User.Role.CUSTOMER
    assert user.password != "Amber-Meadow-57"


def test_refuses_to_register_the_same_email_twice(client, seed_data):
    seed_data.user(email="tomas@example.com")
    before = snapshot(User)

    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code == 409
    assert snapshot(User) == before


def test_lets_a_user_in_who_has_just_registered(client):
    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    login = client.post(
        "/api/v1/auth/login",
        {"email": "tomas@example.com", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code == 201, response.content
    assert login.status_code == 200, login.content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", MISSING, id="no email"),
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("email", "", id="an empty email"),
        pytest.param("email", "x" * 255, id="an email of 255 characters"),
        pytest.param("name", MISSING, id="no name"),
        pytest.param("name", None, id="a null name"),
        pytest.param("name", {"text": "amber"}, id="a name that is no text"),
        pytest.param("name", "", id="an empty name"),
        pytest.param("name", "x" * 81, id="a name of 81 characters"),
        pytest.param("password", MISSING, id="no password"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "x" * 9, id="a password of 9 characters"),
    ],
)
def test_refuses_an_invalid_profile_serializer(client, field, value):
    before = snapshot(User)
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.post(
        "/api/v1/auth/register", altered(valid, field, value), content_type="application/json"
    )

    assert response.status_code == 400
    assert snapshot(User) == before


def test_refuses_an_empty_profile_serializer(client):
    before = snapshot(User)

    response = client.post("/api/v1/auth/register", {}, content_type="application/json")

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
def test_accepts_a_profile_serializer_at_the_edge_of_its_rules(client, field, value):
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.post(
        "/api/v1/auth/register", valid | {field: value}, content_type="application/json"
    )

    assert response.status_code == 201, response.content


@pytest.mark.parametrize(
    ("field", "written"),
    [
        pytest.param("email", "TOMAS@EXAMPLE.COM", id="an email in capitals"),
        pytest.param("name", "  Tomas Berg ", id="a name among spaces"),
    ],
)
def test_stores_a_user_tidily_however_it_is_written(client, field, written):
    valid = {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"}

    response = client.post(
        "/api/v1/auth/register", valid | {field: written}, content_type="application/json"
    )

    assert response.status_code == 201, response.content
    user = User.objects.get(email="tomas@example.com")
    assert user.name == "Tomas Berg"
    assert user.role == User.Role.CUSTOMER
    assert user.password != "Amber-Meadow-57"


def test_logs_in_with_the_right_password(client, seed_data):
    user = seed_data.user()

    response = client.post(
        "/api/v1/auth/login",
        {"email": user.email, "password": "Violet-Harbour-42"},
        content_type="application/json",
    )

    assert response.status_code == 200, response.content
    assert "Violet-Harbour-42" not in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", MISSING, id="no email"),
        pytest.param("email", None, id="a null email"),
        pytest.param("email", "rosa.example.com", id="a badly formed email"),
        pytest.param("email", "", id="an empty email"),
        pytest.param("password", MISSING, id="no password"),
        pytest.param("password", None, id="a null password"),
        pytest.param("password", {"text": "amber"}, id="a password that is no text"),
        pytest.param("password", "", id="an empty password"),
    ],
)
def test_refuses_invalid_credentials(client, seed_data, field, value):
    user = seed_data.user()

    response = client.post(
        "/api/v1/auth/login",
        altered({"email": user.email, "password": "Violet-Harbour-42"}, field, value),
        content_type="application/json",
    )

    assert response.status_code == 400


def test_refuses_empty_credentials(client, seed_data):
    seed_data.user()

    response = client.post("/api/v1/auth/login", {}, content_type="application/json")

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("password", "Wrong-Harbour-17", id="a wrong password"),
        pytest.param("email", "tomas@example.com", id="an unknown email"),
    ],
)
def test_refuses_a_wrong_password_and_an_unknown_name_alike(client, seed_data, field, value):
    user = seed_data.user()

    response = client.post(
        "/api/v1/auth/login",
        {"email": user.email, "password": "Violet-Harbour-42"} | {field: value},
        content_type="application/json",
    )

    assert response.status_code == 401


def test_lets_a_user_in_whose_email_is_written_in_capitals(client, seed_data):
    user = seed_data.user()

    response = client.post(
        "/api/v1/auth/login",
        {"email": user.email.upper(), "password": "Violet-Harbour-42"},
        content_type="application/json",
    )

    assert response.status_code == 200, response.content
