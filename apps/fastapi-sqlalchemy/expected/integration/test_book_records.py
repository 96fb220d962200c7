from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.models.catalog import Book
from app.models.review import Review

from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stores_a_book_with_what_is_required(db_session, seed_data):
    author = await seed_data.author()

    book = Book(
        author_id=author.id, isbn="9783161484100", title="A Map of Rain", price_cents=2400, stock=7
    )
    db_session.add(book)
    await db_session.flush()
    db_session.expunge_all()

    found = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()

    assert found.author_id == author.id
    assert found.isbn == "9783161484100"
    assert found.title == "A Map of Rain"
    assert found.price_cents == 2400
    assert found.stock == 7
    assert found.published_on is None


async def test_finds_a_book_by_id_and_isbn(db_session, seed_data):
    book = await seed_data.book()
    await seed_data.book()

    found = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()

    assert found.id == book.id

    found_by_isbn = (await db_session.scalars(select(Book).where(Book.isbn == book.isbn))).one()

    assert found_by_isbn.id == book.id


async def test_changes_only_the_title_of_a_book(db_session, seed_data):
    book = await seed_data.book()
    await seed_data.book()
    before = await snapshot(db_session, Book, but=[Book.title, Book.updated_at])

    book = await db_session.merge(book)
    book.title = "A Map of Rain"
    await db_session.flush()
    db_session.expunge_all()

    saved_book = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()
    assert saved_book.title == "A Map of Rain"
    assert await snapshot(db_session, Book, but=[Book.title, Book.updated_at]) == before


async def test_changes_the_title_price_cents_stock_and_published_on_of_a_book_together(
    db_session, seed_data
):
    book = await seed_data.book()
    await seed_data.book()
    before = await snapshot(
        db_session,
        Book,
        but=[Book.price_cents, Book.published_on, Book.stock, Book.title, Book.updated_at],
    )

    book = await db_session.merge(book)
    book.title = "A Map of Rain"
    book.price_cents = 2400
    book.stock = 7
    book.published_on = date(2022, 8, 9)
    await db_session.flush()
    db_session.expunge_all()

    saved_book = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()
    assert saved_book.title == "A Map of Rain"
    assert saved_book.price_cents == 2400
    assert saved_book.stock == 7
    assert saved_book.published_on == date(2022, 8, 9)
    assert (
        await snapshot(
            db_session,
            Book,
            but=[Book.price_cents, Book.published_on, Book.stock, Book.title, Book.updated_at],
        )
        == before
    )


async def test_removes_a_book_and_no_other(db_session, seed_data):
    book = await seed_data.book()
    other_book = await seed_data.book()

    book = await db_session.merge(book)
    await db_session.delete(book)
    await db_session.flush()

    assert await db_session.scalar(select(Book).where(Book.id == book.id)) is None
    assert await db_session.scalar(select(Book).where(Book.id == other_book.id)) is not None


async def test_keeps_a_book_that_an_order_item_points_to(db_session, seed_data):
    book = await seed_data.book()
    await seed_data.order_item(book_id=book.id)

    book = await db_session.merge(book)
    await db_session.delete(book)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_removes_a_review_with_its_book(db_session, seed_data):
    book = await seed_data.book()
    review = await seed_data.review(book_id=book.id)

    book = await db_session.merge(book)
    await db_session.delete(book)
    await db_session.flush()

    assert await db_session.scalar(select(Review).where(Review.id == review.id)) is None


async def test_refuses_two_books_with_the_same_isbn(db_session, seed_data):
    author = await seed_data.author()
    book = await seed_data.book()

    second = Book(
        author_id=author.id, title="A Map of Rain", price_cents=2400, stock=7, isbn=book.isbn
    )
    db_session.add(second)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_a_book_of_an_author_that_is_not_there(db_session):
    orphan = Book(
        isbn="9783161484100", title="A Map of Rain", price_cents=2400, stock=7, author_id=999999
    )
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        await db_session.flush()


@pytest.mark.parametrize(
    ("isbn", "title", "price_cents", "stock"),
    [
        pytest.param(None, "A Map of Rain", 2400, 7, id="no isbn"),
        pytest.param("9783161484100", None, 2400, 7, id="no title"),
        pytest.param("9783161484100", "A Map of Rain", None, 7, id="no price cents"),
        pytest.param("9783161484100", "A Map of Rain", 2400, None, id="no stock"),
    ],
)
async def test_refuses_a_book_without_a_required_field(
    db_session, seed_data, isbn, title, price_cents, stock
):
    author = await seed_data.author()

    incomplete = Book(
        author_id=author.id, isbn=isbn, title=title, price_cents=price_cents, stock=stock
    )
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        await db_session.flush()


@pytest.mark.parametrize(
    ("isbn", "price_cents", "stock"),
    [
        pytest.param("?", 2400, 7, id="an isbn of another form"),
        pytest.param("9783161484100", 0, 7, id="price cents of 0"),
        pytest.param("9783161484100", 2400, -1, id="a stock of -1"),
    ],
)
async def test_refuses_a_book_outside_its_checks(db_session, seed_data, isbn, price_cents, stock):
    author = await seed_data.author()

    wrong = Book(
        author_id=author.id, isbn=isbn, title="A Map of Rain", price_cents=price_cents, stock=stock
    )
    db_session.add(wrong)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_leads_from_a_book_to_its_author(db_session, seed_data):
    await seed_data.author()
    author = await seed_data.author()
    book = await seed_data.book(author_id=author.id)

    found = (
        await db_session.scalars(
            select(Book).options(joinedload(Book.author)).where(Book.id == book.id)
        )
    ).one()

    assert found.author.id == author.id


async def test_counts_and_sums_only_the_books_of_one_author(db_session, seed_data):
    author = await seed_data.author()
    await seed_data.book(author_id=author.id, price_cents=1850)
    await seed_data.book(author_id=author.id, price_cents=2400)
    await seed_data.book(price_cents=1850)

    count = await db_session.scalar(
        select(func.count()).select_from(Book).where(Book.author_id == author.id)
    )

    total = await db_session.scalar(
        select(func.sum(Book.price_cents)).where(Book.author_id == author.id)
    )

    assert count == 2
    assert total == 4250


async def test_slices_books_in_the_order_of_price_cents(db_session, seed_data):
    await seed_data.book(price_cents=1850)
    await seed_data.book(price_cents=2400)
    await seed_data.book(price_cents=975)

    found = (
        await db_session.scalars(select(Book).order_by(Book.price_cents).offset(1).limit(1))
    ).all()

    assert [each.price_cents for each in found] == [1850]
