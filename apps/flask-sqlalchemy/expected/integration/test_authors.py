import pytest
from sqlalchemy import select

from bookshop.models import Author, Role

from .answers import MISSING, altered
from .database import count, snapshot


def test_lists_authors(client, seed_data):
    seed_data.author(name="Karel Novak")
    seed_data.author(name="Amina Diallo")
    seed_data.author(name="Tomas Berg")

    response = client.get("/api/v1/authors")

    assert response.status_code == 200, response.text
    assert [each["name"] for each in response.json] == ["Amina Diallo", "Karel Novak", "Tomas Berg"]


def test_creates_an_author(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))

    response = client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.text
    body = response.json
    assert body["name"] == "Tomas Berg"
    assert body["bio"] == "Kept short on purpose."
    author = db_session.scalars(select(Author).where(Author.id == body["id"])).one()
    assert author.name == "Tomas Berg"
    assert author.bio == "Kept short on purpose."


def test_refuses_a_second_author_with_the_same_name(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    seed_data.author(name="Tomas Berg")
    before = snapshot(db_session, Author)

    response = client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Author) == before


def test_keeps_an_author_from_its_creation_to_its_deletion(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))

    created = client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert created.status_code == 201, created.text

    read = client.get(f"/api/v1/authors/{created.json['id']}")

    assert read.status_code == 200, read.text
    read_body = read.json
    assert read_body["name"] == "Tomas Berg"
    assert read_body["bio"] == "Kept short on purpose."

    deleted = client.delete(f"/api/v1/authors/{created.json['id']}", headers=auth_headers(admin))

    assert deleted.status_code == 204, deleted.text

    gone = client.get(f"/api/v1/authors/{created.json['id']}")

    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", MISSING, id="no name"),
        pytest.param("name", None, id="a null name"),
        pytest.param("name", {"text": "amber"}, id="a name that is no text"),
        pytest.param("name", "", id="an empty name"),
        pytest.param("name", "x" * 121, id="a name of 121 characters"),
        pytest.param("bio", {"text": "amber"}, id="a bio that is no text"),
        pytest.param("bio", "x" * 10001, id="a bio of 10001 characters"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_author(client, auth_headers, db_session, seed_data, field, value):
    admin = seed_data.user(role=Role("admin"))
    before = snapshot(db_session, Author)

    response = client.post(
        "/api/v1/authors",
        json=altered({"name": "Tomas Berg", "bio": "Kept short on purpose."}, field, value),
        headers=auth_headers(admin),
    )

    assert response.status_code == 422
    assert snapshot(db_session, Author) == before


def test_refuses_an_empty_author(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    before = snapshot(db_session, Author)

    response = client.post("/api/v1/authors", json={}, headers=auth_headers(admin))

    assert response.status_code == 422
    assert snapshot(db_session, Author) == before


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param("garbage", id="a garbled token"),
        pytest.param("expired", id="an expired token"),
        pytest.param("forged", id="a token signed with another key"),
    ],
)
def test_turns_away_a_token_that_does_not_hold_where_it_creates_an_author(
    client, auth_headers, db_session, seed_data, flaw
):
    admin = seed_data.user(role=Role("admin"))
    before = snapshot(db_session, Author)

    response = client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin, flaw=flaw),
    )

    assert response.status_code == 401
    assert snapshot(db_session, Author) == before


def test_keeps_a_customer_out_where_it_creates_an_author(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    before = snapshot(db_session, Author)

    response = client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 403
    assert snapshot(db_session, Author) == before


def test_shows_an_author(client, seed_data):
    author = seed_data.author()

    response = client.get(f"/api/v1/authors/{author.id}")

    assert response.status_code == 200, response.text
    body = response.json
    assert body["id"] == author.id
    assert body["name"] == author.name
    assert body["bio"] is None


def test_says_that_an_author_is_missing(client, seed_data):
    seed_data.author()

    response = client.get("/api/v1/authors/999999")

    assert response.status_code == 404


def test_refuses_a_malformed_key_in_the_path(client):
    response = client.get("/api/v1/authors/not-a-number")

    assert response.status_code == 404


def test_deletes_an_author_and_no_other(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()
    other_author = seed_data.author()

    response = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.text
    assert db_session.scalar(select(Author).where(Author.id == author.id)) is None
    assert count(db_session, Author, Author.id == other_author.id) == 1


def test_refuses_to_delete_an_author_that_is_not_there(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    seed_data.author()
    before = snapshot(db_session, Author)

    response = client.delete("/api/v1/authors/999999", headers=auth_headers(admin))

    assert response.status_code == 404
    assert snapshot(db_session, Author) == before


def test_has_no_author_left_to_delete_a_second_time(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()

    first = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    response = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert first.status_code == 204, first.text
    assert response.status_code == 404


def test_refuses_to_delete_an_author_that_a_book_depends_on(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()
    seed_data.book(author_id=author.id)
    before = snapshot(db_session, Author)

    response = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert response.status_code == 409
    assert snapshot(db_session, Author) == before


def test_refuses_a_malformed_key_in_the_path_from_an_admin(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))

    response = client.delete("/api/v1/authors/not-a-number", headers=auth_headers(admin))

    assert response.status_code == 404
