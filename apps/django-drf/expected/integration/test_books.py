from datetime import UTC, date, datetime

import pytest

from shop.models import Book, Review, User

from .answers import MISSING, altered
from .database import snapshot


def test_lists_reviews_of_a_book(client, seed_data):
    book = seed_data.book()

    response = client.get(f"/api/v1/books/{book.id}/reviews")

    assert response.status_code == 200, response.content
    assert isinstance(response.json(), list)


def test_finds_no_reviews_of_a_book_that_is_not_there(client, seed_data):
    seed_data.book()

    response = client.get("/api/v1/books/999999/reviews")

    assert response.status_code == 404


def test_refuses_a_malformed_key_in_the_path(client):
    response = client.get("/api/v1/books/not-a-number/reviews")

    assert response.status_code == 404


def test_creates_a_review_of_a_book(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book()

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        {"rating": 2, "body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 201, response.content
    body = response.json()
    assert body["book_id"] == book.id
    assert body["user_id"] == user.id
    assert body["rating"] == 2
    assert body["body"] == "A little slow at first."
    review = Review.objects.get(id=body["id"])
    assert review.book_id == book.id
    assert review.user_id == user.id
    assert review.rating == 2
    assert review.body == "A little slow at first."


def test_refuses_a_review_of_a_book_that_is_not_there(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.book()
    before = snapshot(Review)

    response = client.post(
        "/api/v1/books/999999/reviews",
        {"rating": 2, "body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 404
    assert snapshot(Review) == before


def test_refuses_a_second_review_of_the_same_book(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book()
    seed_data.review(book_id=book.id, user_id=user.id)
    before = snapshot(Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        {"rating": 2, "body": "A little slow at first."},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 409
    assert snapshot(Review) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("rating", MISSING, id="no rating"),
        pytest.param("rating", None, id="a null rating"),
        pytest.param("rating", "plenty", id="a rating that is no number"),
        pytest.param("rating", 0, id="a rating of 0"),
        pytest.param("rating", 6, id="a rating of 6"),
        pytest.param("body", {"text": "amber"}, id="a body that is no text"),
        pytest.param("body", "x" * 2001, id="a body of 2001 characters"),
    ],
)
def test_refuses_an_invalid_review(client, auth_headers, seed_data, field, value):
    user = seed_data.user()
    book = seed_data.book()
    before = snapshot(Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        altered({"rating": 2, "body": "A little slow at first."}, field, value),
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 400
    assert snapshot(Review) == before


def test_refuses_an_empty_review(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book()
    before = snapshot(Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        {},
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
def test_accepts_a_review_at_the_edge_of_its_rules(client, auth_headers, seed_data, field, value):
    user = seed_data.user()
    book = seed_data.book()

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        {"rating": 2, "body": "A little slow at first."} | {field: value},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 201, response.content


def test_stores_a_review_tidily_however_it_is_written(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book()

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        {"rating": 2, "body": "  A little slow at first. "},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 201, response.content
    review = Review.objects.get(id=response.json()["id"])
    assert review.book_id == book.id
    assert review.user_id == user.id
    assert review.rating == 2
    assert review.body == "A little slow at first."


def test_refuses_a_malformed_key_in_the_path_from_a_user(client, auth_headers, seed_data):
    user = seed_data.user()

    response = client.post("/api/v1/books/not-a-number/reviews", headers=auth_headers(user))

    assert response.status_code == 404


def test_lists_books(client, seed_data):
    seed_data.book(title="Night Ferry", created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    seed_data.book(title="A Map of Rain", created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    seed_data.book(title="The Quiet Harbour", created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))

    response = client.get("/api/v1/books")

    assert response.status_code == 200, response.content
    body = response.json()
    assert [each["title"] for each in body["items"]] == [
        "A Map of Rain",
        "Night Ferry",
        "The Quiet Harbour",
    ]
    assert body["total"] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(
            {"page": 1, "per_page": 2}, ["A Map of Rain", "Letters from Ostia"], id="the first page"
        ),
        pytest.param(
            {"page": 2, "per_page": 2}, ["The Glass Orchard", "Night Ferry"], id="the middle page"
        ),
        pytest.param({"page": 3, "per_page": 2}, ["The Quiet Harbour"], id="the last page"),
    ],
)
def test_pages_through_books(client, seed_data, query, found):
    seed_data.book(title="Night Ferry", created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC))
    seed_data.book(title="A Map of Rain", created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC))
    seed_data.book(title="The Quiet Harbour", created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC))
    seed_data.book(title="Letters from Ostia", created_at=datetime(2024, 3, 16, 12, 0, tzinfo=UTC))
    seed_data.book(title="The Glass Orchard", created_at=datetime(2024, 3, 12, 12, 0, tzinfo=UTC))

    response = client.get("/api/v1/books", query)

    assert response.status_code == 200, response.content
    body = response.json()
    assert [each["title"] for each in body["items"]] == found
    assert body["total"] == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(
            {"min_price": 2400},
            ["Night Ferry", "The Quiet Harbour", "Letters from Ostia"],
            id="min price",
        ),
        pytest.param(
            {"max_price": 2400},
            ["A Map of Rain", "The Quiet Harbour", "The Glass Orchard"],
            id="max price",
        ),
        pytest.param({"q": "ight"}, ["Night Ferry"], id="q that matches"),
        pytest.param({"q": "IGHT"}, ["Night Ferry"], id="q in capitals"),
        pytest.param({"q": "zzzz"}, [], id="q without match"),
        pytest.param(
            {"min_price": 2400, "max_price": 2400}, ["The Quiet Harbour"], id="all together"
        ),
    ],
)
def test_filters_books(client, seed_data, query, found):
    seed_data.book(title="Night Ferry", price_cents=3120)
    seed_data.book(title="A Map of Rain", price_cents=1850)
    seed_data.book(title="The Quiet Harbour", price_cents=2400)
    seed_data.book(title="Letters from Ostia", price_cents=4360)
    seed_data.book(title="The Glass Orchard", price_cents=975)

    response = client.get("/api/v1/books", query)

    assert response.status_code == 200, response.content
    assert sorted(each["title"] for each in response.json()["items"]) == sorted(found)


def test_filters_books_by_author(client, seed_data):
    author = seed_data.author()
    seed_data.book(author_id=author.id, title="Night Ferry")
    seed_data.book(title="A Map of Rain")
    seed_data.book(author_id=author.id, title="The Quiet Harbour")

    response = client.get("/api/v1/books", {"author_id": author.id})

    assert response.status_code == 200, response.content
    assert sorted(each["title"] for each in response.json()["items"]) == sorted(
        ["Night Ferry", "The Quiet Harbour"]
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("author_id", "plenty", id="an author id that is no number"),
        pytest.param("min_price", "plenty", id="a min price that is no number"),
        pytest.param("max_price", "plenty", id="a max price that is no number"),
    ],
)
def test_refuses_an_invalid_query_for_books(client, field, value):
    response = client.get("/api/v1/books", {field: value})

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("min_price", 2147483648, id="a min price of 2147483648"),
        pytest.param("max_price", 2147483648, id="a max price of 2147483648"),
    ],
)
def test_bears_with_strange_values_where_it_lists_books(client, field, value):
    response = client.get("/api/v1/books", {field: value})

    assert response.status_code in (200, 400)


def test_creates_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()

    response = client.post(
        "/api/v1/books",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.content
    body = response.json()
    assert body["isbn"] == "9783161484100"
    assert body["title"] == "A Map of Rain"
    assert body["author_id"] == author.id
    assert body["price_cents"] == 2400
    assert body["stock"] == 7
    assert body["published_on"] == "2022-08-09"
    book = Book.objects.get(id=body["id"])
    assert book.isbn == "9783161484100"
    assert book.title == "A Map of Rain"
    assert book.author_id == author.id
    assert book.price_cents == 2400
    assert book.stock == 7
    assert book.published_on == date(2022, 8, 9)


def test_refuses_a_book_with_an_author_that_is_not_there(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.author()
    before = snapshot(Book)

    response = client.post(
        "/api/v1/books",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": 999999,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(Book) == before


def test_refuses_a_second_book_with_the_same_isbn(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()
    seed_data.book(isbn="9783161484100")
    before = snapshot(Book)

    response = client.post(
        "/api/v1/books",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(Book) == before


def test_keeps_a_book_from_its_creation_to_its_deletion(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()

    created = client.post(
        "/api/v1/books",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert created.status_code == 201, created.content

    read = client.get(f"/api/v1/books/{created.json()['id']}")

    assert read.status_code == 200, read.content
    read_body = read.json()
    assert read_body["isbn"] == "9783161484100"
    assert read_body["title"] == "A Map of Rain"
    assert read_body["author_id"] == author.id
    assert read_body["price_cents"] == 2400
    assert read_body["stock"] == 7
    assert read_body["published_on"] == "2022-08-09"

    updated = client.patch(
        f"/api/v1/books/{created.json()['id']}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert updated.status_code == 200, updated.content

    read_again = client.get(f"/api/v1/books/{created.json()['id']}")

    read_again_body = read_again.json()
    assert read_again_body["isbn"] == "9783161484100"
    assert read_again_body["title"] == "A Map of Rain"
    assert read_again_body["author_id"] == author.id
    assert read_again_body["price_cents"] == 2400
    assert read_again_body["stock"] == 7
    assert read_again_body["published_on"] == "2022-08-09"

    deleted = client.delete(f"/api/v1/books/{created.json()['id']}", headers=auth_headers(admin))

    assert deleted.status_code == 204, deleted.content

    gone = client.get(f"/api/v1/books/{created.json()['id']}")

    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("isbn", MISSING, id="no isbn"),
        pytest.param("isbn", None, id="a null isbn"),
        pytest.param("isbn", {"text": "amber"}, id="an isbn that is no text"),
        pytest.param("isbn", "", id="an empty isbn"),
        pytest.param("isbn", "?", id="an isbn of another form"),
        pytest.param("title", MISSING, id="no title"),
        pytest.param("title", None, id="a null title"),
        pytest.param("title", {"text": "amber"}, id="a title that is no text"),
        pytest.param("title", "", id="an empty title"),
        pytest.param("title", "x" * 201, id="a title of 201 characters"),
        pytest.param("author_id", MISSING, id="no author id"),
        pytest.param("author_id", None, id="a null author id"),
        pytest.param("author_id", "plenty", id="an author id that is no number"),
        pytest.param("author_id", 0, id="an author id of 0"),
        pytest.param("price_cents", MISSING, id="no price cents"),
        pytest.param("price_cents", None, id="null price cents"),
        pytest.param("price_cents", "plenty", id="price cents that is no number"),
        pytest.param("price_cents", 0, id="price cents of 0"),
        pytest.param("price_cents", 2147483648, id="price cents of 2147483648"),
        pytest.param("stock", MISSING, id="no stock"),
        pytest.param("stock", None, id="a null stock"),
        pytest.param("stock", "plenty", id="a stock that is no number"),
        pytest.param("stock", -1, id="a stock of -1"),
        pytest.param("stock", 2147483648, id="a stock of 2147483648"),
        pytest.param("published_on", "someday", id="a badly formed published on"),
    ],
)
def test_refuses_an_invalid_book(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()
    before = snapshot(Book)
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.post(
        "/api/v1/books",
        altered(valid, field, value),
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 400
    assert snapshot(Book) == before


def test_refuses_an_empty_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.author()
    before = snapshot(Book)

    response = client.post(
        "/api/v1/books", {}, content_type="application/json", headers=auth_headers(admin)
    )

    assert response.status_code == 400
    assert snapshot(Book) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("title", "x", id="a title of one character"),
        pytest.param("title", "x" * 200, id="a title of 200 characters"),
        pytest.param("price_cents", 1, id="price cents of 1"),
        pytest.param("stock", 0, id="a stock of 0"),
    ],
)
def test_accepts_a_book_at_the_edge_of_its_rules(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.post(
        "/api/v1/books",
        valid | {field: value},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.content


def test_stores_a_book_tidily_however_it_is_written(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    author = seed_data.author()

    response = client.post(
        "/api/v1/books",
        {
            "isbn": "9783161484100",
            "title": "  A Map of Rain ",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.content
    book = Book.objects.get(id=response.json()["id"])
    assert book.isbn == "9783161484100"
    assert book.title == "A Map of Rain"
    assert book.author_id == author.id
    assert book.price_cents == 2400
    assert book.stock == 7
    assert book.published_on == date(2022, 8, 9)


def test_covers_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content


def test_refuses_to_cover_a_book_that_is_not_there(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.book()

    response = client.put(
        "/api/v1/books/999999/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(56),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 404


def test_refuses_a_book_file_of_more_than_1048576_bytes(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(1048569),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 413


def test_accepts_a_book_file_of_exactly_1048576_bytes(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()

    response = client.put(
        f"/api/v1/books/{book.id}/cover",
        b"\x89PNG\r\n\x1a\n" + bytes(1048568),
        content_type="image/png",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content


def test_shows_a_book(client, seed_data):
    book = seed_data.book()

    response = client.get(f"/api/v1/books/{book.id}")

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["id"] == book.id
    assert body["isbn"] == book.isbn
    assert body["title"] == book.title
    assert body["author_id"] == book.author_id
    assert body["price_cents"] == book.price_cents
    assert body["stock"] == book.stock
    assert body["published_on"] is None


def test_says_that_a_book_is_missing(client, seed_data):
    seed_data.book()

    response = client.get("/api/v1/books/999999")

    assert response.status_code == 404


def test_replaces_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()

    response = client.put(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["isbn"] == "9783161484100"
    assert body["title"] == "A Map of Rain"
    assert body["author_id"] == author.id
    assert body["price_cents"] == 2400
    assert body["stock"] == 7
    assert body["published_on"] == "2022-08-09"
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)


def test_refuses_to_replace_a_book_that_is_not_there(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.book()
    author = seed_data.author()
    before = snapshot(Book)

    response = client.put(
        "/api/v1/books/999999",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(Book) == before


def test_refuses_a_change_of_a_book_with_an_author_that_is_not_there(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    seed_data.author()
    before = snapshot(Book)

    response = client.put(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": 999999,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(Book) == before


def test_refuses_a_change_to_an_isbn_that_another_book_has(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()
    seed_data.book(isbn="9783161484100")
    before = snapshot(Book)

    response = client.put(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(Book) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("isbn", MISSING, id="no isbn"),
        pytest.param("isbn", None, id="a null isbn"),
        pytest.param("isbn", {"text": "amber"}, id="an isbn that is no text"),
        pytest.param("isbn", "", id="an empty isbn"),
        pytest.param("isbn", "?", id="an isbn of another form"),
        pytest.param("title", MISSING, id="no title"),
        pytest.param("title", None, id="a null title"),
        pytest.param("title", {"text": "amber"}, id="a title that is no text"),
        pytest.param("title", "", id="an empty title"),
        pytest.param("title", "x" * 201, id="a title of 201 characters"),
        pytest.param("author_id", MISSING, id="no author id"),
        pytest.param("author_id", None, id="a null author id"),
        pytest.param("author_id", "plenty", id="an author id that is no number"),
        pytest.param("author_id", 0, id="an author id of 0"),
        pytest.param("price_cents", MISSING, id="no price cents"),
        pytest.param("price_cents", None, id="null price cents"),
        pytest.param("price_cents", "plenty", id="price cents that is no number"),
        pytest.param("price_cents", 0, id="price cents of 0"),
        pytest.param("price_cents", 2147483648, id="price cents of 2147483648"),
        pytest.param("stock", MISSING, id="no stock"),
        pytest.param("stock", None, id="a null stock"),
        pytest.param("stock", "plenty", id="a stock that is no number"),
        pytest.param("stock", -1, id="a stock of -1"),
        pytest.param("stock", 2147483648, id="a stock of 2147483648"),
        pytest.param("published_on", "someday", id="a badly formed published on"),
    ],
)
def test_refuses_an_invalid_change_of_a_book(client, auth_headers, seed_data, field, value):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()
    before = snapshot(Book)
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.put(
        f"/api/v1/books/{book.id}",
        altered(valid, field, value),
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 400
    assert snapshot(Book) == before


def test_refuses_an_empty_change_of_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    seed_data.author()
    before = snapshot(Book)

    response = client.put(
        f"/api/v1/books/{book.id}", {}, content_type="application/json", headers=auth_headers(admin)
    )

    assert response.status_code == 400
    assert snapshot(Book) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("title", "x", id="a title of one character"),
        pytest.param("title", "x" * 200, id="a title of 200 characters"),
        pytest.param("price_cents", 1, id="price cents of 1"),
        pytest.param("stock", 0, id="a stock of 0"),
    ],
)
def test_accepts_a_change_of_a_book_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.put(
        f"/api/v1/books/{book.id}",
        valid | {field: value},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content


def test_stores_a_change_of_a_book_tidily_however_it_is_written(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()

    response = client.put(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "  A Map of Rain ",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)


def test_updates_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["isbn"] == "9783161484100"
    assert body["title"] == "A Map of Rain"
    assert body["author_id"] == author.id
    assert body["price_cents"] == 2400
    assert body["stock"] == 7
    assert body["published_on"] == "2022-08-09"
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)


def test_refuses_to_change_a_book_that_is_not_there(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.book()
    author = seed_data.author()
    before = snapshot(Book)

    response = client.patch(
        "/api/v1/books/999999",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(Book) == before


def test_refuses_a_change_of_a_book_with_an_author_that_is_not_there_through_books(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    seed_data.author()
    before = snapshot(Book)

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": 999999,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(Book) == before


def test_refuses_a_change_to_an_isbn_that_another_book_has_through_books(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()
    seed_data.book(isbn="9783161484100")
    before = snapshot(Book)

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(Book) == before


def test_changes_nothing_else_of_a_book_when_the_isbn_is_sent(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {"isbn": "9783161484100"},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_title_is_sent(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {"title": "A Map of Rain"},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == book.isbn
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_author_id_is_sent(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book(published_on=date(2023, 3, 15))
    author = seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {"author_id": author.id},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_price_cents_is_sent(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {"price_cents": 2400},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_stock_is_sent(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {"stock": 7},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == 7
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_published_on_is_sent(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {"published_on": "2022-08-09"},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == date(2022, 8, 9)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("isbn", None, id="a null isbn"),
        pytest.param("isbn", {"text": "amber"}, id="an isbn that is no text"),
        pytest.param("isbn", "", id="an empty isbn"),
        pytest.param("isbn", "?", id="an isbn of another form"),
        pytest.param("title", None, id="a null title"),
        pytest.param("title", {"text": "amber"}, id="a title that is no text"),
        pytest.param("title", "", id="an empty title"),
        pytest.param("title", "x" * 201, id="a title of 201 characters"),
        pytest.param("author_id", None, id="a null author id"),
        pytest.param("author_id", "plenty", id="an author id that is no number"),
        pytest.param("author_id", 0, id="an author id of 0"),
        pytest.param("price_cents", None, id="null price cents"),
        pytest.param("price_cents", "plenty", id="price cents that is no number"),
        pytest.param("price_cents", 0, id="price cents of 0"),
        pytest.param("price_cents", 2147483648, id="price cents of 2147483648"),
        pytest.param("stock", None, id="a null stock"),
        pytest.param("stock", "plenty", id="a stock that is no number"),
        pytest.param("stock", -1, id="a stock of -1"),
        pytest.param("stock", 2147483648, id="a stock of 2147483648"),
        pytest.param("published_on", "someday", id="a badly formed published on"),
    ],
)
def test_refuses_an_invalid_change_of_a_book_through_books(
    client, auth_headers, seed_data, field, value
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()
    before = snapshot(Book)
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.patch(
        f"/api/v1/books/{book.id}",
        valid | {field: value},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 400
    assert snapshot(Book) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("title", "x", id="a title of one character"),
        pytest.param("title", "x" * 200, id="a title of 200 characters"),
        pytest.param("price_cents", 1, id="price cents of 1"),
        pytest.param("stock", 0, id="a stock of 0"),
    ],
)
def test_accepts_a_change_of_a_book_at_the_edge_of_its_rules_through_books(
    client, auth_headers, seed_data, field, value
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.patch(
        f"/api/v1/books/{book.id}",
        valid | {field: value},
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content


def test_stores_a_change_of_a_book_tidily_however_it_is_written_through_books(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    author = seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        {
            "isbn": "9783161484100",
            "title": "  A Map of Rain ",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        content_type="application/json",
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.content
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)


def test_deletes_a_book_and_no_other(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    other_book = seed_data.book()

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.content
    assert Book.objects.filter(id=book.id).first() is None
    assert Book.objects.filter(id=other_book.id).count() == 1


def test_refuses_to_delete_a_book_that_is_not_there(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    seed_data.book()
    before = snapshot(Book)

    response = client.delete("/api/v1/books/999999", headers=auth_headers(admin))

    assert response.status_code == 404
    assert snapshot(Book) == before


def test_has_no_book_left_to_delete_a_second_time(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()

    first = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert first.status_code == 204, first.content
    assert response.status_code == 404


def test_deletes_the_review_together_with_a_book(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    review = seed_data.review(book_id=book.id)

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.content
    assert Review.objects.filter(id=review.id).first() is None


def test_refuses_to_delete_a_book_that_an_order_item_depends_on(client, auth_headers, seed_data):
    admin = seed_data.user(role=User.Role.ADMIN)
    book = seed_data.book()
    seed_data.order_item(book_id=book.id)
    before = snapshot(Book)

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert response.status_code == 409
    assert snapshot(Book) == before
