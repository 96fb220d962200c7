import pytest
from django.db import IntegrityError
from django.db.models import Sum

from shop.models import OrderItem

from .database import snapshot


def test_stores_an_order_item_with_what_is_required(seed_data):
    order = seed_data.order()
    book = seed_data.book()

    order_item = OrderItem(order_id=order.id, book_id=book.id, quantity=3, unit_price_cents=2400)
    order_item.save()

    found = OrderItem.objects.get(id=order_item.id)

    assert found.order_id == order.id
    assert found.book_id == book.id
    assert found.quantity == 3
    assert found.unit_price_cents == 2400


def test_finds_an_order_item_by_id(seed_data):
    order_item = seed_data.order_item()
    seed_data.order_item()

    found = OrderItem.objects.get(id=order_item.id)

    assert found.id == order_item.id


def test_changes_only_the_quantity_of_an_order_item(seed_data):
    order_item = seed_data.order_item()
    seed_data.order_item()
    before = snapshot(OrderItem, but=[OrderItem.quantity])

    order_item.quantity = 3
    order_item.save()

    saved_order_item = OrderItem.objects.get(id=order_item.id)
    assert saved_order_item.quantity == 3
    assert snapshot(OrderItem, but=[OrderItem.quantity]) == before


def test_changes_the_quantity_and_unit_price_cents_of_an_order_item_together(seed_data):
    order_item = seed_data.order_item()
    seed_data.order_item()
    before = snapshot(OrderItem, but=[OrderItem.quantity, OrderItem.unit_price_cents])

    order_item.quantity = 3
    order_item.unit_price_cents = 2400
    order_item.save()

    saved_order_item = OrderItem.objects.get(id=order_item.id)
    assert saved_order_item.quantity == 3
    assert saved_order_item.unit_price_cents == 2400
    assert snapshot(OrderItem, but=[OrderItem.quantity, OrderItem.unit_price_cents]) == before


def test_removes_an_order_item_and_no_other(seed_data):
    order_item = seed_data.order_item()
    other_order_item = seed_data.order_item()

    order_item.delete()

    assert OrderItem.objects.filter(id=order_item.id).first() is None
    assert OrderItem.objects.filter(id=other_order_item.id).first() is not None


def test_refuses_two_order_items_with_the_same_order_and_book(seed_data):
    order_item = seed_data.order_item()

    second = OrderItem(
        quantity=3, unit_price_cents=2400, order_id=order_item.order_id, book_id=order_item.book_id
    )
    with pytest.raises(IntegrityError):
        second.save()


def test_refuses_an_order_item_of_an_order_that_is_not_there(seed_data):
    book = seed_data.book()

    orphan = OrderItem(book_id=book.id, quantity=3, unit_price_cents=2400, order_id=999999)
    with pytest.raises(IntegrityError):
        orphan.save()


def test_refuses_an_order_item_of_a_book_that_is_not_there(seed_data):
    order = seed_data.order()

    orphan = OrderItem(order_id=order.id, quantity=3, unit_price_cents=2400, book_id=999999)
    with pytest.raises(IntegrityError):
        orphan.save()


@pytest.mark.parametrize(
    ("quantity", "unit_price_cents"),
    [
        pytest.param(None, 2400, id="no quantity"),
        pytest.param(3, None, id="no unit price cents"),
    ],
)
def test_refuses_an_order_item_without_a_required_field(seed_data, quantity, unit_price_cents):
    order = seed_data.order()
    book = seed_data.book()

    incomplete = OrderItem(
        order_id=order.id, book_id=book.id, quantity=quantity, unit_price_cents=unit_price_cents
    )
    with pytest.raises(IntegrityError):
        incomplete.save()


@pytest.mark.parametrize(
    "quantity",
    [
        pytest.param(0, id="a quantity of 0"),
        pytest.param(101, id="a quantity of 101"),
    ],
)
def test_refuses_an_order_item_outside_its_checks(seed_data, quantity):
    order = seed_data.order()
    book = seed_data.book()

    wrong = OrderItem(order_id=order.id, book_id=book.id, quantity=quantity, unit_price_cents=2400)
    with pytest.raises(IntegrityError):
        wrong.save()


def test_leads_from_an_order_item_to_its_order(seed_data):
    seed_data.order()
    order = seed_data.order()
    order_item = seed_data.order_item(order_id=order.id)

    found = OrderItem.objects.filter(id=order_item.id).select_related("order").get()

    assert found.order.id == order.id


def test_counts_and_sums_only_the_order_items_of_one_order(seed_data):
    order = seed_data.order()
    seed_data.order_item(order_id=order.id, quantity=2)
    seed_data.order_item(order_id=order.id, quantity=3)
    seed_data.order_item(quantity=2)

    count = OrderItem.objects.filter(order_id=order.id).count()

    total = OrderItem.objects.filter(order_id=order.id).aggregate(total=Sum("quantity"))["total"]

    assert count == 2
    assert total == 5


def test_slices_order_items_in_the_order_of_quantity(seed_data):
    seed_data.order_item(quantity=2)
    seed_data.order_item(quantity=3)
    seed_data.order_item(quantity=5)

    found = list(OrderItem.objects.order_by("quantity")[1:2])

    assert [each.quantity for each in found] == [3]
