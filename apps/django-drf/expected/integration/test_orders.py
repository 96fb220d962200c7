from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from shop.models import Book, Order, OrderItem

from .answers import MISSING, altered
from .database import refuse, snapshot


def test_lists_only_the_callers_own_orders(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.order(
        user_id=user.id, total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC)
    )
    seed_data.order(
        user_id=user.id, total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC)
    )
    seed_data.order(
        user_id=user.id, total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC)
    )
    seed_data.order()

    response = client.get("/api/v1/orders", headers=auth_headers(user))

    assert response.status_code == 200, response.content
    assert [each["total_cents"] for each in response.json()] == [975, 2400, 4360]


def test_creates_an_order(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book(stock=12)

    response = client.post(
        "/api/v1/orders",
        {"items": [{"book_id": book.id, "quantity": 3}]},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 201, response.content
    body = response.json()
    assert body["user_id"] == user.id
    assert isinstance(body["total_cents"], int)
    order = Order.objects.get(id=body["id"])
    assert order.user_id == user.id
    assert order.status == Order.Status.PENDING
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.stock == book.stock - 3
    order_item = OrderItem.objects.get(order_id=body["id"])
    assert order_item.book_id == book.id
    assert order_item.quantity == 3
    assert order_item.unit_price_cents == book.price_cents


def test_refuses_an_order_with_a_book_that_is_not_there(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.book(stock=12)
    before = snapshot(Order, Book, OrderItem)

    response = client.post(
        "/api/v1/orders",
        {"items": [{"book_id": 999999, "quantity": 3}]},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 404
    assert snapshot(Order, Book, OrderItem) == before


def test_refuses_an_order_for_a_book_with_too_little_stock(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book(stock=1)
    before = snapshot(Order, Book, OrderItem)

    response = client.post(
        "/api/v1/orders",
        {"items": [{"book_id": book.id, "quantity": 3}]},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 409
    assert snapshot(Order, Book, OrderItem) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("items", MISSING, id="no items"),
        pytest.param("items", None, id="null items"),
        pytest.param("items", "amber", id="items that are no list"),
        pytest.param("items", [], id="too few items"),
        pytest.param("items.0.book_id", MISSING, id="no book id"),
        pytest.param("items.0.book_id", None, id="a null book id"),
        pytest.param("items.0.book_id", "plenty", id="a book id that is no number"),
        pytest.param("items.0.book_id", 0, id="a book id of 0"),
        pytest.param("items.0.quantity", MISSING, id="no quantity"),
        pytest.param("items.0.quantity", None, id="a null quantity"),
        pytest.param("items.0.quantity", "plenty", id="a quantity that is no number"),
        pytest.param("items.0.quantity", 0, id="a quantity of 0"),
        pytest.param("items.0.quantity", 101, id="a quantity of 101"),
    ],
)
def test_refuses_an_invalid_order(client, auth_headers, seed_data, field, value):
    user = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(Order, Book, OrderItem)

    response = client.post(
        "/api/v1/orders",
        altered({"items": [{"book_id": book.id, "quantity": 3}]}, field, value),
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 400
    assert snapshot(Order, Book, OrderItem) == before


def test_refuses_an_empty_order(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.book(stock=12)
    before = snapshot(Order, Book, OrderItem)

    response = client.post(
        "/api/v1/orders", {}, content_type="application/json", headers=auth_headers(user)
    )

    assert response.status_code == 400
    assert snapshot(Order, Book, OrderItem) == before


def test_leaves_nothing_behind_when_an_order_cannot_be_stored(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(Order, Book, OrderItem)
    refuse(Order, "insert")

    response = client.post(
        "/api/v1/orders",
        {"items": [{"book_id": book.id, "quantity": 3}]},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code != 201, response.content
    assert snapshot(Order, Book, OrderItem) == before


def test_leaves_nothing_behind_when_a_book_cannot_be_changed(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(Order, Book, OrderItem)
    refuse(Book, "update")

    response = client.post(
        "/api/v1/orders",
        {"items": [{"book_id": book.id, "quantity": 3}]},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code != 201, response.content
    assert snapshot(Order, Book, OrderItem) == before


def test_leaves_nothing_behind_when_an_order_item_cannot_be_stored(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(Order, Book, OrderItem)
    refuse(OrderItem, "insert")

    response = client.post(
        "/api/v1/orders",
        {"items": [{"book_id": book.id, "quantity": 3}]},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code != 201, response.content
    assert snapshot(Order, Book, OrderItem) == before


def test_lets_only_two_of_four_orders_at_once_have_the_last_stock(client, auth_headers, seed_data):
    user = seed_data.user()
    book = seed_data.book(stock=6)

    with ThreadPoolExecutor() as pool:
        answers = [
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    {"items": [{"book_id": book.id, "quantity": 3}]},
                    content_type="application/json",
                    headers=auth_headers(user),
                )
            ),
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    {"items": [{"book_id": book.id, "quantity": 3}]},
                    content_type="application/json",
                    headers=auth_headers(user),
                )
            ),
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    {"items": [{"book_id": book.id, "quantity": 3}]},
                    content_type="application/json",
                    headers=auth_headers(user),
                )
            ),
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    {"items": [{"book_id": book.id, "quantity": 3}]},
                    content_type="application/json",
                    headers=auth_headers(user),
                )
            ),
        ]
        for each in answers:
            each.result()

    assert Order.objects.count() == 2
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.stock == 0


def test_pays_an_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["status"] == "paid"
    assert isinstance(body["total_cents"], int)
    saved_order = Order.objects.get(id=order.id)
    assert saved_order.status == Order.Status.PAID


def test_refuses_to_pay_an_order_that_is_not_there(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.order(user_id=user.id)
    before = snapshot(Order)

    response = client.post(
        "/api/v1/orders/999999/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 404
    assert snapshot(Order) == before


def test_refuses_to_pay_a_paid_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id, status=Order.Status.PAID)
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 409
    assert snapshot(Order) == before


def test_refuses_to_pay_a_cancelled_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id, status=Order.Status.CANCELLED)
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 409
    assert snapshot(Order) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("token", MISSING, id="no token"),
        pytest.param("token", None, id="a null token"),
        pytest.param("token", {"text": "amber"}, id="a token that is no text"),
        pytest.param("token", "", id="an empty token"),
        pytest.param("token", "x" * 256, id="a token of 256 characters"),
    ],
)
def test_refuses_an_invalid_payment_serializer(client, auth_headers, seed_data, field, value):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        altered({"token": "tok_mastercard"}, field, value),
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 400
    assert snapshot(Order) == before


def test_refuses_an_empty_payment_serializer(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 400
    assert snapshot(Order) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("token", "x", id="a token of one character"),
        pytest.param("token", "x" * 255, id="a token of 255 characters"),
    ],
)
def test_accepts_a_payment_serializer_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"} | {field: value},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content


def test_refuses_a_user_who_pays_an_order_of_another(client, auth_headers, seed_data):
    other_user = seed_data.user()
    user = seed_data.user()
    order = seed_data.order(user_id=other_user.id)
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 404
    assert snapshot(Order) == before


def test_cancels_an_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    book = seed_data.book()
    order_item = seed_data.order_item(order_id=order.id, book_id=book.id)

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(user))

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["status"] == "cancelled"
    assert isinstance(body["total_cents"], int)
    saved_book = Book.objects.get(id=book.id)
    assert saved_book.stock == book.stock + order_item.quantity
    saved_order = Order.objects.get(id=order.id)
    assert saved_order.status == Order.Status.CANCELLED


def test_refuses_to_cancel_an_order_that_is_not_there(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(Book, Order)

    response = client.post("/api/v1/orders/999999/cancel", headers=auth_headers(user))

    assert response.status_code == 404
    assert snapshot(Book, Order) == before


def test_refuses_to_cancel_a_paid_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id, status=Order.Status.PAID)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(Book, Order)

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(user))

    assert response.status_code == 409
    assert snapshot(Book, Order) == before


def test_refuses_a_user_who_cancels_an_order_of_another(client, auth_headers, seed_data):
    other_user = seed_data.user()
    user = seed_data.user()
    order = seed_data.order(user_id=other_user.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(Book, Order)

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(user))

    assert response.status_code == 404
    assert snapshot(Book, Order) == before


def test_leaves_nothing_behind_when_a_book_cannot_be_changed_through_cancel(
    client, auth_headers, seed_data
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(Book, Order)
    refuse(Book, "update")

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(user))

    assert response.status_code != 200, response.content
    assert snapshot(Book, Order) == before


def test_leaves_nothing_behind_when_an_order_cannot_be_changed(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(Book, Order)
    refuse(Order, "update")

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(user))

    assert response.status_code != 200, response.content
    assert snapshot(Book, Order) == before


def test_shows_an_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    response = client.get(f"/api/v1/orders/{order.id}", headers=auth_headers(user))

    assert response.status_code == 200, response.content
    body = response.json()
    assert body["id"] == order.id
    assert body["user_id"] == order.user_id
    assert body["status"] == order.status
    assert body["total_cents"] == order.total_cents
    assert body["payment_id"] is None


def test_says_that_an_order_is_missing(client, auth_headers, seed_data):
    user = seed_data.user()
    seed_data.order(user_id=user.id)

    response = client.get("/api/v1/orders/999999", headers=auth_headers(user))

    assert response.status_code == 404


def test_hides_another_users_order(client, auth_headers, seed_data):
    other_user = seed_data.user()
    user = seed_data.user()
    order = seed_data.order(user_id=other_user.id)

    response = client.get(f"/api/v1/orders/{order.id}", headers=auth_headers(user))

    assert response.status_code == 404
