from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bookshop.models import Review, Role, User

from .database import snapshot
from .factories import hashed


def test_stores_a_user_with_what_is_required_and_fills_in_role(db_session):
    user = User(
        email="tomas@example.com", name="Tomas Berg", password_hash=hashed("Violet-Harbour-42")
    )
    db_session.add(user)
    db_session.flush()
    db_session.expunge_all()

    found = db_session.scalars(select(User).where(User.id == user.id)).one()

    assert found.email == "tomas@example.com"
    assert found.name == "Tomas Berg"
    assert found.role == Role("customer")


def test_finds_a_user_by_id_and_email(db_session, seed_data):
    user = seed_data.user()
    seed_data.user()

    found = db_session.scalars(select(User).where(User.id == user.id)).one()

    assert found.id == user.id

    found_by_email = db_session.scalars(select(User).where(User.email == user.email)).one()

    assert found_by_email.id == user.id


def test_changes_only_the_name_of_a_user(db_session, seed_data):
    user = seed_data.user()
    seed_data.user()
    before = snapshot(db_session, User, but=[User.name])

    user = db_session.merge(user)
    user.name = "Tomas Berg"
    db_session.flush()
    db_session.expunge_all()

    saved_user = db_session.scalars(select(User).where(User.id == user.id)).one()
    assert saved_user.name == "Tomas Berg"
    assert snapshot(db_session, User, but=[User.name]) == before


def test_changes_the_name_created_at_and_email_of_a_user_together(db_session, seed_data):
    user = seed_data.user()
    seed_data.user()
    before = snapshot(db_session, User, but=[User.created_at, User.email, User.name])

    user = db_session.merge(user)
    user.name = "Tomas Berg"
    user.created_at = datetime(2022, 8, 9, 9, 30)
    user.email = "tomas@example.com"
    db_session.flush()
    db_session.expunge_all()

    saved_user = db_session.scalars(select(User).where(User.id == user.id)).one()
    assert saved_user.name == "Tomas Berg"
    assert saved_user.created_at == datetime(2022, 8, 9, 9, 30)
    assert saved_user.email == "tomas@example.com"
    assert snapshot(db_session, User, but=[User.created_at, User.email, User.name]) == before


def test_removes_a_user_and_no_other(db_session, seed_data):
    user = seed_data.user()
    other_user = seed_data.user()

    user = db_session.merge(user)
    db_session.delete(user)
    db_session.flush()

    assert db_session.scalar(select(User).where(User.id == user.id)) is None
    assert db_session.scalar(select(User).where(User.id == other_user.id)) is not None


def test_removes_a_review_with_its_user(db_session, seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)

    user = db_session.merge(user)
    db_session.delete(user)
    db_session.flush()

    assert db_session.scalar(select(Review).where(Review.id == review.id)) is None


def test_keeps_a_user_that_an_order_points_to(db_session, seed_data):
    user = seed_data.user()
    seed_data.order(user_id=user.id)

    user = db_session.merge(user)
    db_session.delete(user)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_two_users_with_the_same_email(db_session, seed_data):
    user = seed_data.user()

    second = User(name="Tomas Berg", password_hash=hashed("Violet-Harbour-42"), email=user.email)
    db_session.add(second)
    with pytest.raises(IntegrityError):
        db_session.flush()


@pytest.mark.parametrize(
    ("email", "name"),
    [
        pytest.param(None, "Tomas Berg", id="no email"),
        pytest.param("tomas@example.com", None, id="no name"),
    ],
)
def test_refuses_a_user_without_a_required_field(db_session, email, name):
    incomplete = User(email=email, name=name, password_hash=hashed("Violet-Harbour-42"))
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        db_session.flush()
