import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.models.review import Review
from app.models.user import Role, User

from .database import snapshot
from .factories import hashed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stores_a_user_with_what_is_required_and_fills_in_role(db_session):
    user = User(
        email="tomas@example.com",
        name="Tomas Berg",
        password_hash=await hashed("Violet-Harbour-42"),
    )
    db_session.add(user)
    await db_session.flush()
    db_session.expunge_all()

    found = (await db_session.scalars(select(User).where(User.id == user.id))).one()

    assert found.email == "tomas@example.com"
    assert found.name == "Tomas Berg"
    assert found.role == Role("customer")


async def test_finds_a_user_by_id_and_email(db_session, seed_data):
    user = await seed_data.user()
    await seed_data.user()

    found = (await db_session.scalars(select(User).where(User.id == user.id))).one()

    assert found.id == user.id

    found_by_email = (await db_session.scalars(select(User).where(User.email == user.email))).one()

    assert found_by_email.id == user.id


async def test_changes_only_the_name_of_a_user(db_session, seed_data):
    user = await seed_data.user()
    await seed_data.user()
    before = await snapshot(db_session, User, but=[User.name])

    user = await db_session.merge(user)
    user.name = "Tomas Berg"
    await db_session.flush()
    db_session.expunge_all()

    saved_user = (await db_session.scalars(select(User).where(User.id == user.id))).one()
    assert saved_user.name == "Tomas Berg"
    assert await snapshot(db_session, User, but=[User.name]) == before


async def test_changes_the_name_and_email_of_a_user_together(db_session, seed_data):
    user = await seed_data.user()
    await seed_data.user()
    before = await snapshot(db_session, User, but=[User.email, User.name])

    user = await db_session.merge(user)
    user.name = "Tomas Berg"
    user.email = "tomas@example.com"
    await db_session.flush()
    db_session.expunge_all()

    saved_user = (await db_session.scalars(select(User).where(User.id == user.id))).one()
    assert saved_user.name == "Tomas Berg"
    assert saved_user.email == "tomas@example.com"
    assert await snapshot(db_session, User, but=[User.email, User.name]) == before


async def test_removes_a_user_and_no_other(db_session, seed_data):
    user = await seed_data.user()
    other_user = await seed_data.user()

    user = await db_session.merge(user)
    await db_session.delete(user)
    await db_session.flush()

    assert await db_session.scalar(select(User).where(User.id == user.id)) is None
    assert await db_session.scalar(select(User).where(User.id == other_user.id)) is not None


async def test_keeps_a_user_that_an_order_points_to(db_session, seed_data):
    user = await seed_data.user()
    await seed_data.order(user_id=user.id)

    user = await db_session.merge(user)
    await db_session.delete(user)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_removes_a_review_with_its_user(db_session, seed_data):
    user = await seed_data.user()
    review = await seed_data.review(user_id=user.id)

    user = await db_session.merge(user)
    await db_session.delete(user)
    await db_session.flush()

    assert await db_session.scalar(select(Review).where(Review.id == review.id)) is None


async def test_refuses_two_users_with_the_same_email(db_session, seed_data):
    user = await seed_data.user()

    second = User(
        name="Tomas Berg", password_hash=await hashed("Violet-Harbour-42"), email=user.email
    )
    db_session.add(second)
    with pytest.raises(IntegrityError):
        await db_session.flush()


@pytest.mark.parametrize(
    ("email", "name"),
    [
        pytest.param(None, "Tomas Berg", id="no email"),
        pytest.param("tomas@example.com", None, id="no name"),
    ],
)
async def test_refuses_a_user_without_a_required_field(db_session, email, name):
    incomplete = User(email=email, name=name, password_hash=await hashed("Violet-Harbour-42"))
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        await db_session.flush()
