from datetime import date, datetime

import pytest
from sqlalchemy import select

from bookshop.models import Book, Review, Role

from .answers import MISSING, altered
from .database import count, snapshot


def test_lists_reviews_of_a_book_and_of_no_other(client, seed_data):
    book = seed_data.book()
    seed_data.review(book_id=book.id, rating=3, created_at=datetime(2024, 3, 8, 12, 0))
    seed_data.review(book_id=book.id, rating=1, created_at=datetime(2024, 3, 20, 12, 0))
    seed_data.review(book_id=book.id, rating=5, created_at=datetime(2024, 3, 4, 12, 0))
    seed_data.review()

    response = client.get(f"/api/v1/books/{book.id}/reviews")

    assert response.status_code == 200, response.text
    assert [each["rating"] for each in response.json] == [1, 3, 5]


def test_finds_no_reviews_of_a_book_that_is_not_there(client, seed_data):
    seed_data.book()

    response = client.get("/api/v1/books/999999/reviews")

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        pytest.param(
            "GET",
            "/api/v1/books/not-a-number/reviews",
            "book_id",
            id="GET /api/v1/books/{book_id}/reviews",
        ),
        pytest.param(
            "GET", "/api/v1/books/not-a-number", "book_id", id="GET /api/v1/books/{book_id}"
        ),
    ],
)
def test_refuses_a_malformed_key_in_the_path(client, method, path, parameter):
    response = client.open(path, method=method)

    assert response.status_code == 404


def test_creates_a_review_of_a_book(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    book = seed_data.book()

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 201, response.text
    body = response.json
    assert body["book_id"] == book.id
    assert body["user_id"] == customer.id
    assert body["rating"] == 2
    assert body["body"] == "A little slow at first."
    review = db_session.scalars(select(Review).where(Review.id == body["id"])).one()
    assert review.book_id == book.id
    assert review.user_id == customer.id
    assert review.rating == 2
    assert review.body == "A little slow at first."


def test_refuses_a_review_of_a_book_that_is_not_there(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    seed_data.book()
    before = snapshot(db_session, Review)

    response = client.post(
        "/api/v1/books/999999/reviews",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Review) == before


def test_refuses_a_second_review_of_the_same_book(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    book = seed_data.book()
    seed_data.review(book_id=book.id, user_id=customer.id)
    before = snapshot(db_session, Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Review) == before


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
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_review(client, auth_headers, db_session, seed_data, field, value):
    customer = seed_data.user()
    book = seed_data.book()
    before = snapshot(db_session, Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        json=altered({"rating": 2, "body": "A little slow at first."}, field, value),
        headers=auth_headers(customer),
    )

    assert response.status_code == 422
    assert snapshot(db_session, Review) == before


def test_refuses_an_empty_review(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    book = seed_data.book()
    before = snapshot(db_session, Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews", json={}, headers=auth_headers(customer)
    )

    assert response.status_code == 422
    assert snapshot(db_session, Review) == before


def test_refuses_a_malformed_key_in_the_path_from_a_customer(client, auth_headers, seed_data):
    customer = seed_data.user()

    response = client.post("/api/v1/books/not-a-number/reviews", headers=auth_headers(customer))

    assert response.status_code == 404


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param("garbage", id="a garbled token"),
        pytest.param("expired", id="an expired token"),
        pytest.param("forged", id="a token signed with another key"),
    ],
)
def test_turns_away_a_token_that_does_not_hold_where_it_creates_a_review_of_a_book(
    client, auth_headers, db_session, seed_data, flaw
):
    customer = seed_data.user()
    book = seed_data.book()
    before = snapshot(db_session, Review)

    response = client.post(
        f"/api/v1/books/{book.id}/reviews",
        json={"rating": 2, "body": "A little slow at first."},
        headers=auth_headers(customer, flaw=flaw),
    )

    assert response.status_code == 401
    assert snapshot(db_session, Review) == before


def test_lists_books(client, seed_data):
    seed_data.book(title="Night Ferry")
    seed_data.book(title="A Map of Rain")
    seed_data.book(title="The Quiet Harbour")

    response = client.get("/api/v1/books")

    assert response.status_code == 200, response.text
    body = response.json
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
            {"page": 2, "per_page": 2}, ["Night Ferry", "The Glass Orchard"], id="the middle page"
        ),
        pytest.param({"page": 3, "per_page": 2}, ["The Quiet Harbour"], id="the last page"),
        pytest.param({"page": 4, "per_page": 2}, [], id="beyond the last page"),
    ],
)
def test_pages_through_books(client, seed_data, query, found):
    seed_data.book(title="Night Ferry")
    seed_data.book(title="A Map of Rain")
    seed_data.book(title="The Quiet Harbour")
    seed_data.book(title="Letters from Ostia")
    seed_data.book(title="The Glass Orchard")

    response = client.get("/api/v1/books", query_string=query)

    assert response.status_code == 200, response.text
    body = response.json
    assert [each["title"] for each in body["items"]] == found
    assert body["total"] == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(
            {"min_price": 2400},
            ["A Map of Rain", "Letters from Ostia", "The Glass Orchard"],
            id="min price",
        ),
        pytest.param(
            {"max_price": 2400},
            ["Night Ferry", "The Quiet Harbour", "The Glass Orchard"],
            id="max price",
        ),
        pytest.param({"q": "ight"}, ["Night Ferry"], id="q that matches"),
        pytest.param({"q": "IGHT"}, ["Night Ferry"], id="q in capitals"),
        pytest.param({"q": "zzzz"}, [], id="q without match"),
        pytest.param(
            {"min_price": 2400, "max_price": 2400}, ["The Glass Orchard"], id="all together"
        ),
    ],
)
def test_filters_books(client, seed_data, query, found):
    seed_data.book(title="Night Ferry", price_cents=1850)
    seed_data.book(title="A Map of Rain", price_cents=4360)
    seed_data.book(title="The Quiet Harbour", price_cents=975)
    seed_data.book(title="Letters from Ostia", price_cents=3120)
    seed_data.book(title="The Glass Orchard", price_cents=2400)

    response = client.get("/api/v1/books", query_string=query)

    assert response.status_code == 200, response.text
    assert sorted(each["title"] for each in response.json["items"]) == sorted(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(
            {"sort": "title"},
            [
                "A Map of Rain",
                "Letters from Ostia",
                "Night Ferry",
                "The Glass Orchard",
                "The Quiet Harbour",
            ],
            id="title ascending",
        ),
        pytest.param(
            {"sort": "-title"},
            [
                "The Quiet Harbour",
                "The Glass Orchard",
                "Night Ferry",
                "Letters from Ostia",
                "A Map of Rain",
            ],
            id="title descending",
        ),
        pytest.param(
            {"sort": "price"},
            [
                "The Quiet Harbour",
                "Night Ferry",
                "The Glass Orchard",
                "Letters from Ostia",
                "A Map of Rain",
            ],
            id="price cents ascending",
        ),
        pytest.param(
            {"sort": "-price"},
            [
                "A Map of Rain",
                "Letters from Ostia",
                "The Glass Orchard",
                "Night Ferry",
                "The Quiet Harbour",
            ],
            id="price cents descending",
        ),
        pytest.param(
            {"sort": "newest"},
            [
                "Letters from Ostia",
                "Night Ferry",
                "The Quiet Harbour",
                "A Map of Rain",
                "The Glass Orchard",
            ],
            id="created at descending",
        ),
    ],
)
def test_sorts_books(client, seed_data, query, found):
    seed_data.book(title="Night Ferry", price_cents=1850, created_at=datetime(2024, 3, 16, 12, 0))
    seed_data.book(title="A Map of Rain", price_cents=4360, created_at=datetime(2024, 3, 8, 12, 0))
    seed_data.book(
        title="The Quiet Harbour", price_cents=975, created_at=datetime(2024, 3, 12, 12, 0)
    )
    seed_data.book(
        title="Letters from Ostia", price_cents=3120, created_at=datetime(2024, 3, 20, 12, 0)
    )
    seed_data.book(
        title="The Glass Orchard", price_cents=2400, created_at=datetime(2024, 3, 4, 12, 0)
    )

    response = client.get("/api/v1/books", query_string=query)

    assert response.status_code == 200, response.text
    assert [each["title"] for each in response.json["items"]] == found


def test_filters_books_by_author(client, seed_data):
    author = seed_data.author()
    seed_data.book(author_id=author.id, title="Night Ferry")
    seed_data.book(title="A Map of Rain")
    seed_data.book(author_id=author.id, title="The Quiet Harbour")

    response = client.get("/api/v1/books", query_string={"author_id": author.id})

    assert response.status_code == 200, response.text
    assert sorted(each["title"] for each in response.json["items"]) == sorted(
        ["Night Ferry", "The Quiet Harbour"]
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("page", "plenty", id="a page that is no number"),
        pytest.param("page", 0, id="a page of 0"),
        pytest.param("per_page", "plenty", id="a per page that is no number"),
        pytest.param("per_page", 0, id="a per page of 0"),
        pytest.param("per_page", 101, id="a per page of 101"),
        pytest.param("author_id", "plenty", id="an author id that is no number"),
        pytest.param("author_id", 0, id="an author id of 0"),
        pytest.param("min_price", "plenty", id="a min price that is no number"),
        pytest.param("min_price", -1, id="a min price of -1"),
        pytest.param("max_price", "plenty", id="a max price that is no number"),
        pytest.param("max_price", -1, id="a max price of -1"),
        pytest.param("q", "", id="an empty q"),
        pytest.param("q", "x" * 201, id="a q of 201 characters"),
        pytest.param("sort", "sideways", id="an unknown sort"),
    ],
)
def test_refuses_an_invalid_query_for_books(client, field, value):
    response = client.get("/api/v1/books", query_string={field: value})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("author_id", 2147483648, id="an author id of 2147483648"),
        pytest.param("min_price", 2147483648, id="a min price of 2147483648"),
        pytest.param("max_price", 2147483648, id="a max price of 2147483648"),
    ],
)
def test_bears_with_strange_values_where_it_lists_books(client, field, value):
    response = client.get("/api/v1/books", query_string={field: value})

    assert response.status_code in (200, 400, 422)


def test_creates_a_book(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()

    response = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 201, response.text
    body = response.json
    assert body["isbn"] == "9783161484100"
    assert body["title"] == "A Map of Rain"
    assert body["author_id"] == author.id
    assert body["price_cents"] == 2400
    assert body["stock"] == 7
    assert body["published_on"] == "2022-08-09"
    book = db_session.scalars(select(Book).where(Book.id == body["id"])).one()
    assert book.isbn == "9783161484100"
    assert book.title == "A Map of Rain"
    assert book.author_id == author.id
    assert book.price_cents == 2400
    assert book.stock == 7
    assert book.published_on == date(2022, 8, 9)


def test_refuses_a_book_with_an_author_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    seed_data.author()
    before = snapshot(db_session, Book)

    response = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": 999999,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Book) == before


def test_refuses_a_second_book_with_the_same_isbn(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()
    seed_data.book(isbn="9783161484100")
    before = snapshot(db_session, Book)

    response = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Book) == before


def test_shows_the_new_book_in_the_books_that_were_asked_for_before(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()

    before = client.get("/api/v1/books")

    response = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    after = client.get("/api/v1/books")

    assert before.status_code == 200, before.text
    assert response.status_code == 201, response.text
    assert sorted(each["isbn"] for each in after.json["items"]) == sorted(["9783161484100"])


def test_keeps_a_book_from_its_creation_to_its_deletion(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()

    created = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert created.status_code == 201, created.text

    read = client.get(f"/api/v1/books/{created.json['id']}")

    assert read.status_code == 200, read.text
    read_body = read.json
    assert read_body["isbn"] == "9783161484100"
    assert read_body["title"] == "A Map of Rain"
    assert read_body["author_id"] == author.id
    assert read_body["price_cents"] == 2400

    updated = client.patch(
        f"/api/v1/books/{created.json['id']}",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert updated.status_code == 200, updated.text

    read_again = client.get(f"/api/v1/books/{created.json['id']}")

    read_again_body = read_again.json
    assert read_again_body["isbn"] == "9783161484100"
    assert read_again_body["title"] == "A Map of Rain"
    assert read_again_body["author_id"] == author.id
    assert read_again_body["price_cents"] == 2400

    deleted = client.delete(f"/api/v1/books/{created.json['id']}", headers=auth_headers(admin))

    assert deleted.status_code == 204, deleted.text

    gone = client.get(f"/api/v1/books/{created.json['id']}")

    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("isbn", MISSING, id="no isbn"),
        pytest.param("isbn", None, id="a null isbn"),
        pytest.param("isbn", {"text": "amber"}, id="an isbn that is no text"),
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
        pytest.param("stock", MISSING, id="no stock"),
        pytest.param("stock", None, id="a null stock"),
        pytest.param("stock", "plenty", id="a stock that is no number"),
        pytest.param("stock", -1, id="a stock of -1"),
        pytest.param("published_on", "someday", id="a badly formed published on"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_book(client, auth_headers, db_session, seed_data, field, value):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()
    before = snapshot(db_session, Book)
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.post(
        "/api/v1/books", json=altered(valid, field, value), headers=auth_headers(admin)
    )

    assert response.status_code == 422
    assert snapshot(db_session, Book) == before


def test_refuses_an_empty_book(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    seed_data.author()
    before = snapshot(db_session, Book)

    response = client.post("/api/v1/books", json={}, headers=auth_headers(admin))

    assert response.status_code == 422
    assert snapshot(db_session, Book) == before


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param("garbage", id="a garbled token"),
        pytest.param("expired", id="an expired token"),
        pytest.param("forged", id="a token signed with another key"),
    ],
)
def test_turns_away_a_token_that_does_not_hold_where_it_creates_a_book(
    client, auth_headers, db_session, seed_data, flaw
):
    admin = seed_data.user(role=Role("admin"))
    author = seed_data.author()
    before = snapshot(db_session, Book)

    response = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin, flaw=flaw),
    )

    assert response.status_code == 401
    assert snapshot(db_session, Book) == before


def test_keeps_a_customer_out_where_it_creates_a_book(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    author = seed_data.author()
    before = snapshot(db_session, Book)

    response = client.post(
        "/api/v1/books",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(customer),
    )

    assert response.status_code == 403
    assert snapshot(db_session, Book) == before


def test_shows_a_book(client, seed_data):
    book = seed_data.book()

    response = client.get(f"/api/v1/books/{book.id}")

    assert response.status_code == 200, response.text
    body = response.json
    assert body["id"] == book.id
    assert body["isbn"] == book.isbn
    assert body["title"] == book.title
    assert body["author_id"] == book.author_id
    assert body["price_cents"] == book.price_cents


def test_says_that_a_book_is_missing(client, seed_data):
    seed_data.book()

    response = client.get("/api/v1/books/999999")

    assert response.status_code == 404


def test_updates_a_book(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    author = seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 200, response.text
    body = response.json
    assert body["isbn"] == "9783161484100"
    assert body["title"] == "A Map of Rain"
    assert body["author_id"] == author.id
    assert body["price_cents"] == 2400
    assert body["stock"] == 7
    assert body["published_on"] == "2022-08-09"
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)


def test_refuses_to_change_a_book_that_is_not_there(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    seed_data.book()
    author = seed_data.author()
    before = snapshot(db_session, Book)

    response = client.patch(
        "/api/v1/books/999999",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Book) == before


def test_refuses_a_change_of_a_book_with_an_author_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    seed_data.author()
    before = snapshot(db_session, Book)

    response = client.patch(
        f"/api/v1/books/{book.id}",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": 999999,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Book) == before


def test_refuses_a_change_to_an_isbn_that_another_book_has(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    author = seed_data.author()
    seed_data.book(isbn="9783161484100")
    before = snapshot(db_session, Book)

    response = client.patch(
        f"/api/v1/books/{book.id}",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Book) == before


def test_changes_nothing_else_of_a_book_when_the_isbn_is_sent(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}", json={"isbn": "9783161484100"}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == "9783161484100"
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_title_is_sent(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}", json={"title": "A Map of Rain"}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == book.isbn
    assert saved_book.title == "A Map of Rain"
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_author_id_is_sent(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book(published_on=date(2023, 3, 15))
    author = seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}", json={"author_id": author.id}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == author.id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_price_cents_is_sent(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}", json={"price_cents": 2400}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == 2400
    assert saved_book.stock == book.stock
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_stock_is_sent(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}", json={"stock": 7}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == 7
    assert saved_book.published_on == book.published_on


def test_changes_nothing_else_of_a_book_when_the_published_on_is_sent(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book(published_on=date(2023, 3, 15))
    seed_data.author()

    response = client.patch(
        f"/api/v1/books/{book.id}", json={"published_on": "2022-08-09"}, headers=auth_headers(admin)
    )

    assert response.status_code == 200, response.text
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.isbn == book.isbn
    assert saved_book.title == book.title
    assert saved_book.author_id == book.author_id
    assert saved_book.price_cents == book.price_cents
    assert saved_book.stock == book.stock
    assert saved_book.published_on == date(2022, 8, 9)


def test_shows_the_changed_book_in_the_books_that_were_asked_for_before(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    author = seed_data.author()

    before = client.get("/api/v1/books")

    response = client.patch(
        f"/api/v1/books/{book.id}",
        json={
            "isbn": "9783161484100",
            "title": "A Map of Rain",
            "author_id": author.id,
            "price_cents": 2400,
            "stock": 7,
            "published_on": "2022-08-09",
        },
        headers=auth_headers(admin),
    )

    after = client.get("/api/v1/books")

    assert before.status_code == 200, before.text
    assert response.status_code == 200, response.text
    assert sorted(each["isbn"] for each in after.json["items"]) == sorted(["9783161484100"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("isbn", None, id="a null isbn"),
        pytest.param("isbn", {"text": "amber"}, id="an isbn that is no text"),
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
        pytest.param("stock", None, id="a null stock"),
        pytest.param("stock", "plenty", id="a stock that is no number"),
        pytest.param("stock", -1, id="a stock of -1"),
        pytest.param("published_on", "someday", id="a badly formed published on"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_change_of_a_book(
    client, auth_headers, db_session, seed_data, field, value
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    author = seed_data.author()
    before = snapshot(db_session, Book)
    valid = {
        "isbn": "9783161484100",
        "title": "A Map of Rain",
        "author_id": author.id,
        "price_cents": 2400,
        "stock": 7,
        "published_on": "2022-08-09",
    }

    response = client.patch(
        f"/api/v1/books/{book.id}", json=valid | {field: value}, headers=auth_headers(admin)
    )

    assert response.status_code == 422
    assert snapshot(db_session, Book) == before


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        pytest.param(
            "PATCH", "/api/v1/books/not-a-number", "book_id", id="PATCH /api/v1/books/{book_id}"
        ),
        pytest.param(
            "DELETE", "/api/v1/books/not-a-number", "book_id", id="DELETE /api/v1/books/{book_id}"
        ),
    ],
)
def test_refuses_a_malformed_key_in_the_path_from_an_admin(
    client, auth_headers, seed_data, method, path, parameter
):
    admin = seed_data.user(role=Role("admin"))

    response = client.open(path, method=method, headers=auth_headers(admin))

    assert response.status_code == 404


def test_deletes_a_book_and_no_other(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    other_book = seed_data.book()

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.text
    assert db_session.scalar(select(Book).where(Book.id == book.id)) is None
    assert count(db_session, Book, Book.id == other_book.id) == 1


def test_refuses_to_delete_a_book_that_is_not_there(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    seed_data.book()
    before = snapshot(db_session, Book)

    response = client.delete("/api/v1/books/999999", headers=auth_headers(admin))

    assert response.status_code == 404
    assert snapshot(db_session, Book) == before


def test_has_no_book_left_to_delete_a_second_time(client, auth_headers, seed_data):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()

    first = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert first.status_code == 204, first.text
    assert response.status_code == 404


def test_deletes_the_review_together_with_a_book(client, auth_headers, db_session, seed_data):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    review = seed_data.review(book_id=book.id)

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert response.status_code == 204, response.text
    assert db_session.scalar(select(Review).where(Review.id == review.id)) is None


def test_refuses_to_delete_a_book_that_an_order_item_depends_on(
    client, auth_headers, db_session, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()
    seed_data.order_item(book_id=book.id)
    before = snapshot(db_session, Book)

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    assert response.status_code == 409
    assert snapshot(db_session, Book) == before


def test_shows_no_deleted_book_in_the_books_that_were_asked_for_before(
    client, auth_headers, seed_data
):
    admin = seed_data.user(role=Role("admin"))
    book = seed_data.book()

    before = client.get("/api/v1/books")

    response = client.delete(f"/api/v1/books/{book.id}", headers=auth_headers(admin))

    after = client.get("/api/v1/books")

    assert before.status_code == 200, before.text
    assert response.status_code == 204, response.text
    assert len(after.json["items"]) == 0
