import pytest
from sqlalchemy import select

from app.models.catalog import Author
from app.models.user import Role

from .answers import MISSING, altered, refused_fields
from .database import count, snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_lists_authors(client, seed_data):
    await seed_data.author(name="Karel Novak")
    await seed_data.author(name="Amina Diallo")
    await seed_data.author(name="Tomas Berg")

    response = await client.get("/api/v1/authors")

    assert response.status_code == 200, response.text
    assert [each["name"] for each in response.json()] == [
        "Amina Diallo",
        "Karel Novak",
        "Tomas Berg",
    ]


async def test_creates_an_author(client, auth_headers, db_session, seed_data):
    admin = await seed_data.user(role=Role("admin"))

    response = await client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.text
    body = response.json()
    assert body["name"] == "Tomas Berg"
    assert body["bio"] == "Kept short on purpose."
    assert isinstance(body["id"], int)
    author = (await db_session.scalars(select(Author).where(Author.id == body["id"]))).one()
    assert author.name == "Tomas Berg"
    assert author.bio == "Kept short on purpose."


async def test_refuses_a_second_author_with_the_same_name(
    client, auth_headers, db_session, seed_data
):
    admin = await seed_data.user(role=Role("admin"))
    await seed_data.author(name="Tomas Berg")
    before = await snapshot(db_session, Author)

    response = await client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert await snapshot(db_session, Author) == before


async def test_keeps_an_author_from_its_creation_to_its_deletion(client, auth_headers, seed_data):
    admin = await seed_data.user(role=Role("admin"))

    created = await client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert created.status_code == 201, created.text

    read = await client.get(f"/api/v1/authors/{created.json()['id']}")

    assert read.status_code == 200, read.text
    read_body = read.json()
    assert read_body["name"] == "Tomas Berg"
    assert read_body["bio"] == "Kept short on purpose."

    deleted = await client.delete(
        f"/api/v1/authors/{created.json()['id']}", headers=auth_headers(admin)
    )

    assert deleted.status_code == 204, deleted.text

    gone = await client.get(f"/api/v1/authors/{created.json()['id']}")

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
    ],
)
async def test_refuses_an_invalid_author(client, auth_headers, db_session, seed_data, field, value):
    admin = await seed_data.user(role=Role("admin"))
    before = await snapshot(db_session, Author)

    response = await client.post(
        "/api/v1/authors",
        json=altered({"name": "Tomas Berg", "bio": "Kept short on purpose."}, field, value),
        headers=auth_headers(admin),
    )

    assert response.status_code == 422
    assert field in refused_fields(response)
    assert await snapshot(db_session, Author) == before


async def test_refuses_an_empty_author(client, auth_headers, db_session, seed_data):
    admin = await seed_data.user(role=Role("admin"))
    before = await snapshot(db_session, Author)

    response = await client.post("/api/v1/authors", json={}, headers=auth_headers(admin))

    assert response.status_code == 422
    assert await snapshot(db_session, Author) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "x", id="a name of one character"),
        pytest.param("name", "x" * 120, id="a name of 120 characters"),
    ],
)
async def test_accepts_an_author_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    admin = await seed_data.user(role=Role("admin"))

    response = await client.post(
        "/api/v1/authors",
        json={"name": "Tomas Berg", "bio": "Kept short on purpose."} | {field: value},
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.text


async def test_stores_an_author_tidily_however_it_is_written(
    client, auth_headers, db_session, seed_data
):
    admin = await seed_data.user(role=Role("admin"))

    response = await client.post(
        "/api/v1/authors",
        json={"name": "  Tomas Berg ", "bio": "Kept short on purpose."},
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.text
    author = (
        await db_session.scalars(select(Author).where(Author.id == response.json()["id"]))
    ).one()
    assert author.name == "Tomas Berg"
    assert author.bio == "Kept short on purpose."


async def test_shows_an_author(client, seed_data):
    author = await seed_data.author()

    response = await client.get(f"/api/v1/authors/{author.id}")

    assert response.status_code == 200, response.text
    body = response.json()
    assert body["id"] == author.id
    assert body["name"] == author.name
    assert body["bio"] is None


async def test_says_that_an_author_is_missing(client, seed_data):
    await seed_data.author()

    response = await client.get("/api/v1/authors/999999")

    assert response.status_code == 404


async def test_refuses_a_malformed_key_in_the_path(client):
    response = await client.get("/api/v1/authors/not-a-number")

    assert response.status_code == 422
    assert "author_id" in refused_fields(response)


async def test_deletes_an_author_and_no_other(client, auth_headers, db_session, seed_data):
    admin = await seed_data.user(role=Role("admin"))
    author = await seed_data.author()
    other_author = await seed_data.author()

    response = await client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.text
    assert await db_session.scalar(select(Author).where(Author.id == author.id)) is None
    assert await count(db_session, Author, Author.id == other_author.id) == 1


async def test_refuses_to_delete_an_author_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    admin = await seed_data.user(role=Role("admin"))
    await seed_data.author()
    before = await snapshot(db_session, Author)

    response = await client.delete("/api/v1/authors/999999", headers=auth_headers(admin))

    assert response.status_code == 404
    assert await snapshot(db_session, Author) == before


async def test_has_no_author_left_to_delete_a_second_time(client, auth_headers, seed_data):
    admin = await seed_data.user(role=Role("admin"))
    author = await seed_data.author()

    first = await client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    response = await client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert first.status_code == 204, first.text
    assert response.status_code == 404


async def test_refuses_to_delete_an_author_that_a_book_depends_on(
    client, auth_headers, db_session, seed_data
):
    admin = await seed_data.user(role=Role("admin"))
    author = await seed_data.author()
    await seed_data.book(author_id=author.id)
    before = await snapshot(db_session, Author)

    response = await client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert response.status_code == 409
    assert await snapshot(db_session, Author) == before


async def test_refuses_a_malformed_key_in_the_path_from_an_admin(client, auth_headers, seed_data):
    admin = await seed_data.user(role=Role("admin"))

    response = await client.delete("/api/v1/authors/not-a-number", headers=auth_headers(admin))

    assert response.status_code == 422
    assert "author_id" in refused_fields(response)
