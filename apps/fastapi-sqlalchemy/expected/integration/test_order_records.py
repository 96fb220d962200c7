import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.models.order import Order, OrderStatus

from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stores_an_order_with_what_is_required_and_fills_in_status(db_session, seed_data):
    user = await seed_data.user()

    order = Order(user_id=user.id, total_cents=2400)
    db_session.add(order)
    await db_session.flush()
    db_session.expunge_all()

    found = (await db_session.scalars(select(Order).where(Order.id == order.id))).one()

    assert found.user_id == user.id
    assert found.total_cents == 2400
    assert found.status == OrderStatus("pending")
    assert found.payment_id is None


async def test_finds_an_order_by_id(db_session, seed_data):
    order = await seed_data.order()
    await seed_data.order()

    found = (await db_session.scalars(select(Order).where(Order.id == order.id))).one()

    assert found.id == order.id


async def test_changes_only_the_total_cents_of_an_order(db_session, seed_data):
    order = await seed_data.order()
    await seed_data.order()
    before = await snapshot(db_session, Order, but=[Order.total_cents])

    order = await db_session.merge(order)
    order.total_cents = 2400
    await db_session.flush()
    db_session.expunge_all()

    saved_order = (await db_session.scalars(select(Order).where(Order.id == order.id))).one()
    assert saved_order.total_cents == 2400
    assert await snapshot(db_session, Order, but=[Order.total_cents]) == before


async def test_changes_the_total_cents_and_payment_id_of_an_order_together(db_session, seed_data):
    order = await seed_data.order()
    await seed_data.order()
    before = await snapshot(db_session, Order, but=[Order.payment_id, Order.total_cents])

    order = await db_session.merge(order)
    order.total_cents = 2400
    order.payment_id = "birch"
    await db_session.flush()
    db_session.expunge_all()

    saved_order = (await db_session.scalars(select(Order).where(Order.id == order.id))).one()
    assert saved_order.total_cents == 2400
    assert saved_order.payment_id == "birch"
    assert await snapshot(db_session, Order, but=[Order.payment_id, Order.total_cents]) == before


async def test_removes_an_order_and_no_other(db_session, seed_data):
    order = await seed_data.order()
    other_order = await seed_data.order()

    order = await db_session.merge(order)
    await db_session.delete(order)
    await db_session.flush()

    assert await db_session.scalar(select(Order).where(Order.id == order.id)) is None
    assert await db_session.scalar(select(Order).where(Order.id == other_order.id)) is not None


async def test_refuses_an_order_of_a_user_that_is_not_there(db_session):
    orphan = Order(total_cents=2400, user_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_refuses_an_order_without_a_required_field(db_session, seed_data):
    user = await seed_data.user()

    incomplete = Order(user_id=user.id, total_cents=None)
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        await db_session.flush()


async def test_leads_from_an_order_to_its_user(db_session, seed_data):
    await seed_data.user()
    user = await seed_data.user()
    order = await seed_data.order(user_id=user.id)

    found = (
        await db_session.scalars(
            select(Order).options(joinedload(Order.user)).where(Order.id == order.id)
        )
    ).one()

    assert found.user.id == user.id


async def test_counts_and_sums_only_the_orders_of_one_user(db_session, seed_data):
    user = await seed_data.user()
    await seed_data.order(user_id=user.id, total_cents=1850)
    await seed_data.order(user_id=user.id, total_cents=2400)
    await seed_data.order(total_cents=1850)

    count = await db_session.scalar(
        select(func.count()).select_from(Order).where(Order.user_id == user.id)
    )

    total = await db_session.scalar(
        select(func.sum(Order.total_cents)).where(Order.user_id == user.id)
    )

    assert count == 2
    assert total == 4250


async def test_slices_orders_in_the_order_of_total_cents(db_session, seed_data):
    await seed_data.order(total_cents=1850)
    await seed_data.order(total_cents=2400)
    await seed_data.order(total_cents=975)

    found = (
        await db_session.scalars(select(Order).order_by(Order.total_cents).offset(1).limit(1))
    ).all()

    assert [each.total_cents for each in found] == [1850]
