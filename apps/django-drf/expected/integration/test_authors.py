import pytest

from shop.models import Author, User

from .answers import MISSING, altered
from .database import snapshot


def test_lists_authors(client, seed_data):
    seed_data.author(name="Karel Novak")
    seed_data.author(name="Amina Diallo")
    seed_data.author(name="Tomas Berg")

    response = client.get("/api/v1/authors")

    assert response.status_code == 200, response.content
    assert [each["name"] for each in response.json()] == [
        "Amina Diallo",
        "Karel Novak",
        "Tomas Berg",
    ]


def test_creates_an_author(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)

    response = client.post(
        "/api/v1/authors",
        {"name": "Tomas Berg", "bio": "Kept short on purpose."},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.content
    body = response.json()
    assert body["name"] == "Tomas Berg"
    assert body["bio"] == "Kept short on purpose."
    author = Author.objects.get(id=body["id"])
    assert author.name == "Tomas Berg"
    assert author.bio == "Kept short on purpose."


def test_refuses_a_second_author_with_the_same_name(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.author(name="Tomas Berg")
    before = snapshot(Author)

    response = client.post(
        "/api/v1/authors",
        {"name": "Tomas Berg", "bio": "Kept short on purpose."},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(Author) == before


def test_keeps_an_author_from_its_creation_to_its_deletion(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)

    created = client.post(
        "/api/v1/authors",
        {"name": "Tomas Berg", "bio": "Kept short on purpose."},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert created.status_code == 201, created.content

    read = client.get(f"/api/v1/authors/{created.json()['id']}")

    assert read.status_code == 200, read.content
    read_body = read.json()
    assert read_body["name"] == "Tomas Berg"
    assert read_body["bio"] == "Kept short on purpose."

    deleted = client.delete(f"/api/v1/authors/{created.json()['id']}", headers=auth_headers(admin))

    assert deleted.status_code == 204, deleted.content

    gone = client.get(f"/api/v1/authors/{created.json()['id']}")

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
def test_refuses_an_invalid_author(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=User.Role.ADMIN)
    before = snapshot(Author)

    response = client.post(
        "/api/v1/authors",
        altered({"name": "Tomas Berg", "bio": "Kept short on purpose."}, field, value),
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 400
    assert snapshot(Author) == before


def test_refuses_an_empty_author(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    before = snapshot(Author)

    response = client.post(
        "/api/v1/authors", {}, content_type="application/json", headers=auth_headers(admin)
    )

    assert response.status_code == 400
    assert snapshot(Author) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("name", "x", id="a name of one character"),
        pytest.param("name", "x" * 120, id="a name of 120 characters"),
    ],
)
def test_accepts_an_author_at_the_edge_of_its_rules(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=User.Role.ADMIN)

    response = client.post(
        "/api/v1/authors",
        {"name": "Tomas Berg", "bio": "Kept short on purpose."} | {field: value},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.content


@pytest.mark.parametrize(
    ("field", "written"),
    [
        pytest.param("name", "  Tomas Berg ", id="a name among spaces"),
        pytest.param("bio", "  Kept short on purpose. ", id="a bio among spaces"),
    ],
)
def test_stores_an_author_tidily_however_it_is_written(
    client, auth_headers, seed_data, field, written
):
    admin = seed_data.user(role=User.Role.ADMIN)

    response = client.post(
        "/api/v1/authors",
        {"name": "Tomas Berg", "bio": "Kept short on purpose."} | {field: written},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.content
    author = Author.objects.get(id=response.json()["id"])
    assert author.name == "Tomas Berg"
    assert author.bio == "Kept short on purpose."


def test_refuses_a_body_that_is_not_json(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    before = snapshot(Author)

    response = client.post(
        "/api/v1/authors",
        b'{"name": ',
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 400
    assert snapshot(Author) == before


def test_shows_an_author(client, seed_data):
    author = seed_data.author()

    response = client.get(f"/api/v1/authors/{author.id}")

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["id"] == author.id
    assert body["name"] == author.name
    assert body["bio"] is None


def test_says_that_an_author_is_missing(client, seed_data):
    seed_data.author()

    response = client.get("/api/v1/authors/999999")

    assert response.status_code == 404


def test_deletes_an_author_and_no_other(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()
    other_author = seed_data.author()

    response = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.content
    assert Author.objects.filter(id=author.id).first() is None
    assert Author.objects.filter(id=other_author.id).count() == 1


def test_refuses_to_delete_an_author_that_is_not_there(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.author()
    before = snapshot(Author)

    response = client.delete("/api/v1/authors/999999", headers=auth_headers(admin))

    assert response.status_code == 404
    assert snapshot(Author) == before


def test_has_no_author_left_to_delete_a_second_time(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()

    first = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    response = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert first.status_code == 204, first.content
    assert response.status_code == 404


def test_refuses_to_delete_an_author_that_a_book_depends_on(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()
    seed_data.book(author_id=author.id)
    before = snapshot(Author)

    response = client.delete(f"/api/v1/authors/{author.id}", headers=auth_headers(admin))

    assert response.status_code == 409
    assert snapshot(Author) == before
