import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bookshop.models import Author

from .database import snapshot


def test_stores_an_author_with_what_is_required(db_session):
    author = Author(name="Tomas Berg")
    db_session.add(author)
    db_session.flush()
    db_session.expunge_all()

    found = db_session.scalars(select(Author).where(Author.id == author.id)).one()

    assert found.name == "Tomas Berg"
    assert found.bio is None


def test_finds_an_author_by_id_and_name(db_session, seed_data):
    author = seed_data.author()
    seed_data.author()

    found = db_session.scalars(select(Author).where(Author.id == author.id)).one()

    assert found.id == author.id

    found_by_name = db_session.scalars(select(Author).where(Author.name == author.name)).one()

    assert found_by_name.id == author.id


def test_changes_only_the_bio_of_an_author(db_session, seed_data):
    author = seed_data.author()
    seed_data.author()
    before = snapshot(db_session, Author, but=[Author.bio])

    author = db_session.merge(author)
    author.bio = "Kept short on purpose."
    db_session.flush()
    db_session.expunge_all()

    saved_author = db_session.scalars(select(Author).where(Author.id == author.id)).one()
    assert saved_author.bio == "Kept short on purpose."
    assert snapshot(db_session, Author, but=[Author.bio]) == before


def test_changes_the_bio_and_name_of_an_author_together(db_session, seed_data):
    author = seed_data.author()
    seed_data.author()
    before = snapshot(db_session, Author, but=[Author.bio, Author.name])

    author = db_session.merge(author)
    author.bio = "Kept short on purpose."
    author.name = "Tomas Berg"
    db_session.flush()
    db_session.expunge_all()

    saved_author = db_session.scalars(select(Author).where(Author.id == author.id)).one()
    assert saved_author.bio == "Kept short on purpose."
    assert saved_author.name == "Tomas Berg"
    assert snapshot(db_session, Author, but=[Author.bio, Author.name]) == before


def test_removes_an_author_and_no_other(db_session, seed_data):
    author = seed_data.author()
    other_author = seed_data.author()

    author = db_session.merge(author)
    db_session.delete(author)
    db_session.flush()

    assert db_session.scalar(select(Author).where(Author.id == author.id)) is None
    assert db_session.scalar(select(Author).where(Author.id == other_author.id)) is not None


def test_keeps_an_author_that_a_book_points_to(db_session, seed_data):
    author = seed_data.author()
    seed_data.book(author_id=author.id)

    author = db_session.merge(author)
    db_session.delete(author)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_two_authors_with_the_same_name(db_session, seed_data):
    author = seed_data.author()

    second = Author(name=author.name)
    db_session.add(second)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_an_author_without_a_required_field(db_session):
    incomplete = Author(name=None)
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        db_session.flush()
