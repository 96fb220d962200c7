from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from shop.models import Review, User

from .database import snapshot
from .factories import hashed


def test_stores_a_user_with_what_is_required_and_fills_in_role():
    user = User(email="tomas@example.com", name="Tomas Berg", password=hashed("Violet-Harbour-42"))
    user.save()

    found = User.objects.get(id=user.id)

    assert found.email == "tomas@example.com"
    assert found.name == "Tomas Berg"
    assert found.role == User.Role.CUSTOMER


def test_finds_a_user_by_id_and_email(seed_data):
    user = seed_data.user()
    seed_data.user()

    found = User.objects.get(id=user.id)

    assert found.id == user.id

    found_by_email = User.objects.get(email=user.email)

    assert found_by_email.id == user.id


def test_changes_only_the_name_of_a_user(seed_data):
    user = seed_data.user()
    seed_data.user()
    before = snapshot(User, but=[User.name])

    user.name = "Tomas Berg"
    user.save()

    saved_user = User.objects.get(id=user.id)
    assert saved_user.name == "Tomas Berg"
    assert snapshot(User, but=[User.name]) == before


def test_changes_the_name_created_at_and_email_of_a_user_together(seed_data):
    user = seed_data.user()
    seed_data.user()
    before = snapshot(User, but=[User.created_at, User.email, User.name])

    user.name = "Tomas Berg"
    user.created_at = datetime(2022, 8, 9, 9, 30, tzinfo=UTC)
    user.email = "tomas@example.com"
    user.save()

    saved_user = User.objects.get(id=user.id)
    assert saved_user.name == "Tomas Berg"
    assert saved_user.created_at == datetime(2022, 8, 9, 9, 30, tzinfo=UTC)
    assert saved_user.email == "tomas@example.com"
    assert snapshot(User, but=[User.created_at, User.email, User.name]) == before


def test_removes_a_user_and_no_other(seed_data):
    user = seed_data.user()
    other_user = seed_data.user()

    user.delete()

    assert User.objects.filter(id=user.id).first() is None
    assert User.objects.filter(id=other_user.id).first() is not None


def test_removes_a_review_with_its_user(seed_data):
    user = seed_data.user()
    review = seed_data.review(user_id=user.id)

    user.delete()

    assert Review.objects.filter(id=review.id).first() is None


def test_keeps_a_user_that_an_order_points_to(seed_data):
    user = seed_data.user()
    seed_data.order(user_id=user.id)

    with pytest.raises(IntegrityError):
        user.delete()


def test_refuses_two_users_with_the_same_email(seed_data):
    user = seed_data.user()

    second = User(name="Tomas Berg", password=hashed("Violet-Harbour-42"), email=user.email)
    with pytest.raises(IntegrityError):
        second.save()


@pytest.mark.parametrize(
    ("email", "name"),
    [
        pytest.param(None, "Tomas Berg", id="no email"),
        pytest.param("tomas@example.com", None, id="no name"),
    ],
)
def test_refuses_a_user_without_a_required_field(email, name):
    incomplete = User(email=email, name=name, password=hashed("Violet-Harbour-42"))
    with pytest.raises(IntegrityError):
        incomplete.save()
