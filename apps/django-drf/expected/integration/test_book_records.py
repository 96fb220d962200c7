from datetime import date

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from shop.models import Book, Review

from .database import snapshot


def test_stores_a_book_with_what_is_required(seed_data):
    author = seed_data.author()

    book = Book(
        author_id=author.id, isbn="9783161484100", title="A Map of Rain", price_cents=2400, stock=7
    )
    book.save()

    found = Book.objects.get(id=book.id)

    assert found.author_id == author.id
    assert found.isbn == "9783161484100"
    assert found.title == "A Map of Rain"
    assert found.price_cents == 2400
    assert found.stock == 7
    assert found.published_on is None


def test_finds_a_book_by_id_and_isbn(seed_data):
    book = seed_data.book()
    seed_data.book()

    found = Book.objects.get(id=book.id)

    assert found.id == book.id

    found_by_isbn = Book.objects.get(isbn=book.isbn)

    assert found_by_isbn.id == book.id


def test_changes_only_the_title_of_a_book(seed_data):
    book = seed_data.book()
    seed_data.book()
    before = snapshot(Book, but=[Book.title, Book.updated_at])

    book.title = "A Map of Rain"
    book.save()

    saved_book = Book.objects.get(id=book.id)
    assert saved_book.title == "A Map of Rain"
    assert snapshot(Book, but=[Book.title, Book.updated_at]) == before


def test_changes_the_title_price_cents_stock_and_published_on_of_a_book_together(seed_data):
    book = seed_data.book()
    seed_data.book()
    before = snapshot(
        Book, but=[Book.price_cents, Book.published_on, Book.stock, Book.title, Book.updated_at]
    )

    book.title = "A Map of Rain"
    book.price_cents = 2400
    book.stock = 7
    book.published_on = date(2022, 8, 9)
    book.save()

    saved_book = Book.objects.get(id=book.id)
    assert saved_book.title == "A Map of Rain"
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)
    assert (
        snapshot(
            Book, but=[Book.price_cents, Book.published_on, Book.stock, Book.title, Book.updated_at]
        )
        == before
    )


def test_removes_a_book_and_no_other(seed_data):
    book = seed_data.book()
    other_book = seed_data.book()

    book.delete()

    assert Book.objects.filter(id=book.id).first() is None
    assert Book.objects.filter(id=other_book.id).first() is not None


def test_removes_a_review_with_its_book(seed_data):
    book = seed_data.book()
    review = seed_data.review(book_id=book.id)

    book.delete()

    assert Review.objects.filter(id=review.id).first() is None


def test_keeps_a_book_that_an_order_item_points_to(seed_data):
    book = seed_data.book()
    seed_data.order_item(book_id=book.id)

    with pytest.raises(IntegrityError):
        book.delete()


def test_refuses_two_books_with_the_same_isbn(seed_data):
    author = seed_data.author()
    book = seed_data.book()

    second = Book(
        author_id=author.id, title="A Map of Rain", price_cents=2400, stock=7, isbn=book.isbn
    )
    with pytest.raises(IntegrityError):
        second.save()


def test_refuses_a_book_of_an_author_that_is_not_there():
    orphan = Book(
        isbn="9783161484100", title="A Map of Rain", price_cents=2400, stock=7, author_id=999999
    )
    with pytest.raises(IntegrityError):
        orphan.save()


@pytest.mark.parametrize(
    ("isbn", "title", "price_cents", "stock"),
    [
        pytest.param(None, "A Map of Rain", 2400, 7, id="no isbn"),
        pytest.param("9783161484100", None, 2400, 7, id="no title"),
        pytest.param("9783161484100", "A Map of Rain", None, 7, id="no price cents"),
        pytest.param("9783161484100", "A Map of Rain", 2400, None, id="no stock"),
    ],
)
def test_refuses_a_book_without_a_required_field(seed_data, isbn, title, price_cents, stock):
    author = seed_data.author()

    incomplete = Book(
        author_id=author.id, isbn=isbn, title=title, price_cents=price_cents, stock=stock
    )
    with pytest.raises(IntegrityError):
        incomplete.save()


@pytest.mark.parametrize(
    ("price_cents", "stock"),
    [
        pytest.param(0, 7, id="price cents of 0"),
        pytest.param(2400, -1, id="a stock of -1"),
    ],
)
def test_refuses_a_book_outside_its_checks(seed_data, price_cents, stock):
    author = seed_data.author()

    wrong = Book(
        author_id=author.id,
        isbn="9783161484100",
        title="A Map of Rain",
        price_cents=price_cents,
        stock=stock,
    )
    with pytest.raises(IntegrityError):
        wrong.save()


def test_leads_from_a_book_to_its_author(seed_data):
    seed_data.author()
    author = seed_data.author()
    book = seed_data.book(author_id=author.id)

    found = Book.objects.filter(id=book.id).select_related("author").get()

    assert found.author.id == author.id


def test_counts_and_sums_only_the_books_of_one_author(seed_data):
    author = seed_data.author()
    seed_data.book(author_id=author.id, price_cents=1850)
    seed_data.book(author_id=author.id, price_cents=2400)
    seed_data.book(price_cents=1850)

    count = Book.objects.filter(author_id=author.id).count()

    total = Book.objects.filter(author_id=author.id).aggregate(total=Sum("price_cents"))["total"]

    assert count == 2
    assert total == 4250


def test_slices_books_in_the_order_of_price_cents(seed_data):
    seed_data.book(price_cents=1850)
    seed_data.book(price_cents=2400)
    seed_data.book(price_cents=975)

    found = list(Book.objects.order_by("price_cents")[1:2])

    assert [each.price_cents for each in found] == [1850]
