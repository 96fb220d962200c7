from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from bookshop.models import Order, OrderStatus

from .database import snapshot


def test_stores_an_order_with_what_is_required_and_fills_in_status(db_session, seed_data):
    user = seed_data.user()

    order = Order(user_id=user.id, total_cents=2400)
    db_session.add(order)
    db_session.flush()
    db_session.expunge_all()

    found = db_session.scalars(select(Order).where(Order.id == order.id)).one()

    assert found.user_id == user.id
    assert found.total_cents == 2400
    assert found.status == OrderStatus("pending")
    assert found.payment_id is None


def test_finds_an_order_by_id(db_session, seed_data):
    order = seed_data.order()
    seed_data.order()

    found = db_session.scalars(select(Order).where(Order.id == order.id)).one()

    assert found.id == order.id


def test_changes_only_the_total_cents_of_an_order(db_session, seed_data):
    order = seed_data.order()
    seed_data.order()
    before = snapshot(db_session, Order, but=[Order.total_cents])

    order = db_session.merge(order)
    order.total_cents = 2400
    db_session.flush()
    db_session.expunge_all()

    saved_order = db_session.scalars(select(Order).where(Order.id == order.id)).one()
    assert saved_order.total_cents == 2400
    assert snapshot(db_session, Order, but=[Order.total_cents]) == before


def test_changes_the_total_cents_payment_id_and_created_at_of_an_order_together(
    db_session, seed_data
):
    order = seed_data.order()
    seed_data.order()
    before = snapshot(
        db_session, Order, but=[Order.created_at, Order.payment_id, Order.total_cents]
    )

    order = db_session.merge(order)
    order.total_cents = 2400
    order.payment_id = "birch"
    order.created_at = datetime(2022, 8, 9, 9, 30)
    db_session.flush()
    db_session.expunge_all()

    saved_order = db_session.scalars(select(Order).where(Order.id == order.id)).one()
    assert saved_order.total_cents == 2400
    assert saved_order.payment_id == "birch"
    assert saved_order.created_at == datetime(2022, 8, 9, 9, 30)
    assert (
        snapshot(db_session, Order, but=[Order.created_at, Order.payment_id, Order.total_cents])
        == before
    )


def test_removes_an_order_and_no_other(db_session, seed_data):
    order = seed_data.order()
    other_order = seed_data.order()

    order = db_session.merge(order)
    db_session.delete(order)
    db_session.flush()

    assert db_session.scalar(select(Order).where(Order.id == order.id)) is None
    assert db_session.scalar(select(Order).where(Order.id == other_order.id)) is not None


def test_refuses_an_order_of_a_user_that_is_not_there(db_session):
    orphan = Order(total_cents=2400, user_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_an_order_without_a_required_field(db_session, seed_data):
    user = seed_data.user()

    incomplete = Order(user_id=user.id, total_cents=None)
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_leads_from_an_order_to_its_user(db_session, seed_data):
    seed_data.user()
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    found = db_session.scalars(
        select(Order).options(joinedload(Order.user)).where(Order.id == order.id)
    ).one()

    assert found.user.id == user.id


def test_counts_and_sums_only_the_orders_of_one_user(db_session, seed_data):
    user = seed_data.user()
    seed_data.order(user_id=user.id, total_cents=1850)
    seed_data.order(user_id=user.id, total_cents=2400)
    seed_data.order(total_cents=1850)

    count = db_session.scalar(
        select(func.count()).select_from(Order).where(Order.user_id == user.id)
    )

    total = db_session.scalar(select(func.sum(Order.total_cents)).where(Order.user_id == user.id))

    assert count == 2
    assert total == 4250


def test_slices_orders_in_the_order_of_total_cents(db_session, seed_data):
    seed_data.order(total_cents=1850)
    seed_data.order(total_cents=2400)
    seed_data.order(total_cents=975)

    found = db_session.scalars(select(Order).order_by(Order.total_cents).offset(1).limit(1)).all()

    assert [each.total_cents for each in found] == [1850]
