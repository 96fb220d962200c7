import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.models.catalog import Author

from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stores_an_author_with_what_is_required(db_session):
    author = Author(name="Tomas Berg")
    db_session.add(author)
    await db_session.flush()
    db_session.expunge_all()

    found = (await db_session.scalars(select(Author).where(Author.id == author.id))).one()

    assert found.name == "Tomas Berg"
    assert found.bio is None


async def test_finds_an_author_by_id_and_name(db_session, seed_data):
    author = await seed_data.author()
    await seed_data.author()

    found = (await db_session.scalars(select(Author).where(Author.id == author.id))).one()

    assert found.id == author.id

    found_by_name = (
        await db_session.scalars(select(Author).where(Author.name == author.name))
    ).one()

    assert found_by_name.id == author.id


async def test_changes_only_the_bio_of_an_author(db_session, seed_data):
    author = await seed_data.author()
    await seed_data.author()
    before = await snapshot(db_session, Author, but=[Author.bio])

    author = await db_session.merge(author)
    author.bio = "Kept short on purpose."
    await db_session.flush()
    db_session.expunge_all()

    saved_author = (await db_session.scalars(select(Author).where(Author.id == author.id))).one()
    assert saved_author.bio == "Kept short on purpose."
    assert await snapshot(db_session, Author, but=[Author.bio]) == before


async def test_changes_the_bio_and_name_of_an_author_together(db_session, seed_data):
    author = await seed_data.author()
    await seed_data.author()
    before = await snapshot(db_session, Author, but=[Author.bio, Author.name])

    author = await db_session.merge(author)
    author.bio = "Kept short on purpose."
    author.name = "Tomas Berg"
    await db_session.flush()
    db_session.expunge_all()

    saved_author = (await db_session.scalars(select(Author).where(Author.id == author.id))).one()
    assert saved_author.bio == "Kept short on purpose."
    assert saved_author.name == "Tomas Berg"
    assert await snapshot(db_session, Author, but=[Author.bio, Author.name]) == before


async def test_removes_an_author_and_no_other(db_session, seed_data):
    author = await seed_data.author()
    other_author = await seed_data.author()

    author = await db_session.merge(author)
    await db_session.delete(author)
    await db_session.flush()

    assert await db_session.scalar(select(Author).where(Author.id == author.id)) is None
    assert await db_session.scalar(select(Author).where(Author.id == other_author.id)) is not None


async def test_keeps_an_author_that_a_book_points_to(db_session, seed_data):
    author = await seed_data.author()
    await seed_data.book(author_id=author.id)

    author = await db_session.merge(author)
    await db_session.delete(author)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_two_authors_with_the_same_name(db_session, seed_data):
    author = await seed_data.author()

    second = Author(name=author.name)
    db_session.add(second)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_an_author_without_a_required_field(db_session):
    incomplete = Author(name=None)
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        await db_session.flush()
