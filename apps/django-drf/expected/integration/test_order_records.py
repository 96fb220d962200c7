from datetime import UTC, datetime

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from shop.models import Order, OrderItem

from .database import snapshot


def test_stores_an_order_with_what_is_required_and_fills_in_status(seed_data):
    user = seed_data.user()

    order = Order(user_id=user.id, total_cents=2400)
    order.save()

    found = Order.objects.get(id=order.id)

    assert found.user_id == user.id
    assert found.total_cents == 2400
    assert found.status == Order.Status.PENDING
    assert found.payment_id is None


def test_finds_an_order_by_id(seed_data):
    order = seed_data.order()
    seed_data.order()

    found = Order.objects.get(id=order.id)

    assert found.id == order.id


def test_changes_only_the_status_of_an_order(seed_data):
    order = seed_data.order()
    seed_data.order()
    before = snapshot(Order, but=[Order.status])

    order.status = Order.Status.CANCELLED
    order.save()

    saved_order = Order.objects.get(id=order.id)
    assert saved_order.status == Order.Status.CANCELLED
    assert snapshot(Order, but=[Order.status]) == before


def test_changes_the_total_cents_payment_id_and_created_at_of_an_order_together(seed_data):
    order = seed_data.order()
    seed_data.order()
    before = snapshot(Order, but=[Order.created_at, Order.payment_id, Order.total_cents])

    order.total_cents = 2400
    order.payment_id = "birch"
    order.created_at = datetime(2022, 8, 9, 9, 30, tzinfo=UTC)
    order.save()

    saved_order = Order.objects.get(id=order.id)
    assert saved_order.total_cents == 2400
    assert saved_order.payment_id == "birch"
    assert saved_order.created_at == datetime(2022, 8, 9, 9, 30, tzinfo=UTC)
    assert snapshot(Order, but=[Order.created_at, Order.payment_id, Order.total_cents]) == before


def test_removes_an_order_and_no_other(seed_data):
    order = seed_data.order()
    other_order = seed_data.order()

    order.delete()

    assert Order.objects.filter(id=order.id).first() is None
    assert Order.objects.filter(id=other_order.id).first() is not None


def test_removes_an_order_item_with_its_order(seed_data):
    order = seed_data.order()
    order_item = seed_data.order_item(order_id=order.id)

    order.delete()

    assert OrderItem.objects.filter(id=order_item.id).first() is None


def test_refuses_an_order_of_a_user_that_is_not_there():
    orphan = Order(total_cents=2400, user_id=999999)
    with pytest.raises(IntegrityError):
        orphan.save()


def test_refuses_an_order_without_a_required_field(seed_data):
    user = seed_data.user()

    incomplete = Order(user_id=user.id, total_cents=None)
    with pytest.raises(IntegrityError):
        incomplete.save()


def test_leads_from_an_order_to_its_user(seed_data):
    seed_data.user()
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    found = Order.objects.filter(id=order.id).select_related("user").get()

    assert found.user.id == user.id


def test_counts_and_sums_only_the_orders_of_one_user(seed_data):
    user = seed_data.user()
    seed_data.order(user_id=user.id, total_cents=1850)
    seed_data.order(user_id=user.id, total_cents=2400)
    seed_data.order(total_cents=1850)

    count = Order.objects.filter(user_id=user.id).count()

    total = Order.objects.filter(user_id=user.id).aggregate(total=Sum("total_cents"))["total"]

    assert count == 2
    assert total == 4250


def test_slices_orders_in_the_order_of_total_cents(seed_data):
    seed_data.order(total_cents=1850)
    seed_data.order(total_cents=2400)
    seed_data.order(total_cents=975)

    found = list(Order.objects.order_by("total_cents")[1:2])

    assert [each.total_cents for each in found] == [1850]
