import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import joinedload

from bookshop.models import OrderItem

from .database import snapshot


def test_stores_an_order_item_with_what_is_required(db_session, seed_data):
    order = seed_data.order()
    book = seed_data.book()

    order_item = OrderItem(order_id=order.id, book_id=book.id, quantity=3, unit_price_cents=2400)
    db_session.add(order_item)
    db_session.flush()
    db_session.expunge_all()

    found = db_session.scalars(select(OrderItem).where(OrderItem.id == order_item.id)).one()

    assert found.order_id == order.id
    assert found.book_id == book.id
    assert found.quantity == 3
    assert found.unit_price_cents == 2400


def test_finds_an_order_item_by_id(db_session, seed_data):
    order_item = seed_data.order_item()
    seed_data.order_item()

    found = db_session.scalars(select(OrderItem).where(OrderItem.id == order_item.id)).one()

    assert found.id == order_item.id


def test_changes_only_the_quantity_of_an_order_item(db_session, seed_data):
    order_item = seed_data.order_item()
    seed_data.order_item()
    before = snapshot(db_session, OrderItem, but=[OrderItem.quantity])

    order_item = db_session.merge(order_item)
    order_item.quantity = 3
    db_session.flush()
    db_session.expunge_all()

    saved_order_item = db_session.scalars(
        select(OrderItem).where(OrderItem.id == order_item.id)
    ).one()
    assert saved_order_item.quantity == 3
    assert snapshot(db_session, OrderItem, but=[OrderItem.quantity]) == before


def test_changes_the_quantity_and_unit_price_cents_of_an_order_item_together(db_session, seed_data):
    order_item = seed_data.order_item()
    seed_data.order_item()
    before = snapshot(db_session, OrderItem, but=[OrderItem.quantity, OrderItem.unit_price_cents])

    order_item = db_session.merge(order_item)
    order_item.quantity = 3
    order_item.unit_price_cents = 2400
    db_session.flush()
    db_session.expunge_all()

    saved_order_item = db_session.scalars(
        select(OrderItem).where(OrderItem.id == order_item.id)
    ).one()
    assert saved_order_item.quantity == 3
    assert saved_order_item.unit_price_cents == 2400
    assert (
        snapshot(db_session, OrderItem, but=[OrderItem.quantity, OrderItem.unit_price_cents])
        == before
    )


def test_removes_an_order_item_and_no_other(db_session, seed_data):
    order_item = seed_data.order_item()
    other_order_item = seed_data.order_item()

    order_item = db_session.merge(order_item)
    db_session.delete(order_item)
    db_session.flush()

    assert db_session.scalar(select(OrderItem).where(OrderItem.id == order_item.id)) is None
    assert (
        db_session.scalar(select(OrderItem).where(OrderItem.id == other_order_item.id)) is not None
    )


def test_refuses_two_order_items_with_the_same_order_and_book(db_session, seed_data):
    order_item = seed_data.order_item()

    second = OrderItem(
        quantity=3, unit_price_cents=2400, order_id=order_item.order_id, book_id=order_item.book_id
    )
    db_session.add(second)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_an_order_item_of_an_order_that_is_not_there(db_session, seed_data):
    book = seed_data.book()

    orphan = OrderItem(book_id=book.id, quantity=3, unit_price_cents=2400, order_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_refuses_an_order_item_of_a_book_that_is_not_there(db_session, seed_data):
    order = seed_data.order()

    orphan = OrderItem(order_id=order.id, quantity=3, unit_price_cents=2400, book_id=999999)
    db_session.add(orphan)
    with pytest.raises(IntegrityError):
        db_session.flush()


@pytest.mark.parametrize(
    ("quantity", "unit_price_cents"),
    [
        pytest.param(None, 2400, id="no quantity"),
        pytest.param(3, None, id="no unit price cents"),
    ],
)
def test_refuses_an_order_item_without_a_required_field(
    db_session, seed_data, quantity, unit_price_cents
):
    order = seed_data.order()
    book = seed_data.book()

    incomplete = OrderItem(
        order_id=order.id, book_id=book.id, quantity=quantity, unit_price_cents=unit_price_cents
    )
    db_session.add(incomplete)
    with pytest.raises(IntegrityError):
        db_session.flush()


@pytest.mark.parametrize(
    "quantity",
    [
        pytest.param(0, id="a quantity of 0"),
        pytest.param(101, id="a quantity of 101"),
    ],
)
def test_refuses_an_order_item_outside_its_checks(db_session, seed_data, quantity):
    order = seed_data.order()
    book = seed_data.book()

    wrong = OrderItem(order_id=order.id, book_id=book.id, quantity=quantity, unit_price_cents=2400)
    db_session.add(wrong)
    with pytest.raises(DBAPIError):
        db_session.flush()


def test_leads_from_an_order_item_to_its_order(db_session, seed_data):
    seed_data.order()
    order = seed_data.order()
    order_item = seed_data.order_item(order_id=order.id)

    found = db_session.scalars(
        select(OrderItem).options(joinedload(OrderItem.order)).where(OrderItem.id == order_item.id)
    ).one()

    assert found.order.id == order.id


def test_counts_and_sums_only_the_order_items_of_one_order(db_session, seed_data):
    order = seed_data.order()
    seed_data.order_item(order_id=order.id, quantity=2)
    seed_data.order_item(order_id=order.id, quantity=3)
    seed_data.order_item(quantity=2)

    count = db_session.scalar(
        select(func.count()).select_from(OrderItem).where(OrderItem.order_id == order.id)
    )

    total = db_session.scalar(
        select(func.sum(OrderItem.quantity)).where(OrderItem.order_id == order.id)
    )

    assert count == 2
    assert total == 5


def test_slices_order_items_in_the_order_of_quantity(db_session, seed_data):
    seed_data.order_item(quantity=2)
    seed_data.order_item(quantity=3)
    seed_data.order_item(quantity=5)

    found = db_session.scalars(
        select(OrderItem).order_by(OrderItem.quantity).offset(1).limit(1)
    ).all()

    assert [each.quantity for each in found] == [3]
