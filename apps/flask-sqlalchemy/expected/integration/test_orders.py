from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select

from bookshop.models import Book, Order, OrderItem, OrderStatus

from .answers import MISSING, altered
from .database import count, refuse, snapshot


def test_creates_an_order(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    book = seed_data.book(stock=12)

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code == 201, response.text
    body = response.json
    assert body["user_id"] == customer.id
    assert body["total_cents"] == book.price_cents * 3
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.stock == book.stock - 3
    order = db_session.scalars(select(Order).where(Order.id == body["id"])).one()
    assert order.user_id == customer.id
    assert order.total_cents == book.price_cents * 3
    assert order.status == OrderStatus("pending")
    order_item = db_session.scalars(select(OrderItem).where(OrderItem.order_id == body["id"])).one()
    assert order_item.book_id == book.id
    assert order_item.quantity == 3
    assert order_item.unit_price_cents == book.price_cents


def test_refuses_an_order_with_a_book_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": 999999, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Book, Order, OrderItem) == before


def test_refuses_an_order_for_a_book_with_too_little_stock(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    book = seed_data.book(stock=1)
    before = snapshot(db_session, Book, Order, OrderItem)

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Book, Order, OrderItem) == before


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
        pytest.param("items.0.unexpected", "amber", id="an unexpected member"),
        pytest.param("unexpected", "amber", id="an unexpected member (unexpected)"),
    ],
)
def test_refuses_an_invalid_order(client, auth_headers, db_session, seed_data, field, value):
    customer = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)

    response = client.post(
        "/api/v1/orders",
        json=altered({"items": [{"book_id": book.id, "quantity": 3}]}, field, value),
        headers=auth_headers(customer),
    )

    assert response.status_code == 422
    assert snapshot(db_session, Book, Order, OrderItem) == before


def test_refuses_an_empty_order(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)

    response = client.post("/api/v1/orders", json={}, headers=auth_headers(customer))

    assert response.status_code == 422
    assert snapshot(db_session, Book, Order, OrderItem) == before


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param("garbage", id="a garbled token"),
        pytest.param("expired", id="an expired token"),
        pytest.param("forged", id="a token signed with another key"),
    ],
)
def test_turns_away_a_token_that_does_not_hold_where_it_creates_an_order(
    client, auth_headers, db_session, seed_data, flaw
):
    customer = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer, flaw=flaw),
    )

    assert response.status_code == 401
    assert snapshot(db_session, Book, Order, OrderItem) == before


def test_leaves_nothing_behind_when_a_book_cannot_be_changed(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)
    refuse(db_session, Book, "update")

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code != 201, response.text
    assert snapshot(db_session, Book, Order, OrderItem) == before


def test_leaves_nothing_behind_when_an_order_cannot_be_stored(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)
    refuse(db_session, Order, "insert")

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code != 201, response.text
    assert snapshot(db_session, Book, Order, OrderItem) == before


def test_leaves_nothing_behind_when_an_order_item_cannot_be_stored(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    book = seed_data.book(stock=12)
    before = snapshot(db_session, Book, Order, OrderItem)
    refuse(db_session, OrderItem, "insert")

    response = client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code != 201, response.text
    assert snapshot(db_session, Book, Order, OrderItem) == before


def test_lets_only_two_of_four_orders_at_once_have_the_last_stock(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    book = seed_data.book(stock=6)

    with ThreadPoolExecutor() as pool:
        answers = [
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    json={"items": [{"book_id": book.id, "quantity": 3}]},
                    headers=auth_headers(customer),
                )
            ),
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    json={"items": [{"book_id": book.id, "quantity": 3}]},
                    headers=auth_headers(customer),
                )
            ),
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    json={"items": [{"book_id": book.id, "quantity": 3}]},
                    headers=auth_headers(customer),
                )
            ),
            pool.submit(
                lambda: client.post(
                    "/api/v1/orders",
                    json={"items": [{"book_id": book.id, "quantity": 3}]},
                    headers=auth_headers(customer),
                )
            ),
        ]
        for each in answers:
            each.result()

    assert count(db_session, Order) == 2
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.stock == 0


def test_lists_only_the_callers_own_orders(client, auth_headers, seed_data):
    customer = seed_data.user()
    seed_data.order(user_id=customer.id, total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0))
    seed_data.order(user_id=customer.id, total_cents=975, created_at=datetime(2024, 3, 20, 12, 0))
    seed_data.order(user_id=customer.id, total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0))
    seed_data.order()

    response = client.get("/api/v1/orders", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    assert [each["total_cents"] for each in response.json] == [975, 2400, 4360]


def test_shows_an_order(client, auth_headers, seed_data):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)

    response = client.get(f"/api/v1/orders/{order.id}", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    body = response.json
    assert body["id"] == order.id
    assert body["user_id"] == order.user_id
    assert body["status"] == order.status
    assert body["total_cents"] == order.total_cents
    assert body["payment_id"] is None


def test_says_that_an_order_is_missing(client, auth_headers, seed_data):
    customer = seed_data.user()
    seed_data.order(user_id=customer.id)

    response = client.get("/api/v1/orders/999999", headers=auth_headers(customer))

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        pytest.param(
            "GET", "/api/v1/orders/not-a-number", "order_id", id="GET /api/v1/orders/{order_id}"
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/not-a-number/pay",
            "order_id",
            id="POST /api/v1/orders/{order_id}/pay",
        ),
        pytest.param(
            "POST",
            "/api/v1/orders/not-a-number/cancel",
            "order_id",
            id="POST /api/v1/orders/{order_id}/cancel",
        ),
    ],
)
def test_refuses_a_malformed_key_in_the_path_from_a_customer(
    client, auth_headers, seed_data, method, path, parameter
):
    customer = seed_data.user()

    response = client.open(path, method=method, headers=auth_headers(customer))

    assert response.status_code == 404


def test_hides_another_customers_order(client, auth_headers, seed_data):
    other_customer = seed_data.user()
    customer = seed_data.user()
    order = seed_data.order(user_id=other_customer.id)

    response = client.get(f"/api/v1/orders/{order.id}", headers=auth_headers(customer))

    assert response.status_code == 404


def test_pays_an_order(client, auth_headers, db_session, seed_data, payment):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    payment.answer(body={"id": "amber", "status": "succeeded"})

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    assert response.json["status"] == "paid"
    saved_order = db_session.scalars(select(Order).where(Order.id == order.id)).one()
    assert saved_order.status == OrderStatus("paid")


def test_refuses_to_pay_an_order_that_is_not_there(
    client, auth_headers, db_session, seed_data, payment
):
    customer = seed_data.user()
    seed_data.order(user_id=customer.id)
    payment.answer(body={"id": "amber", "status": "succeeded"})
    before = snapshot(db_session, Order)

    response = client.post(
        "/api/v1/orders/999999/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Order) == before


def test_refuses_to_pay_a_paid_order(client, auth_headers, db_session, seed_data, payment):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id, status=OrderStatus("paid"))
    payment.answer(body={"id": "amber", "status": "succeeded"})
    before = snapshot(db_session, Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Order) == before


def test_refuses_to_pay_a_cancelled_order(client, auth_headers, db_session, seed_data, payment):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id, status=OrderStatus("cancelled"))
    payment.answer(body={"id": "amber", "status": "succeeded"})
    before = snapshot(db_session, Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert snapshot(db_session, Order) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("token", MISSING, id="no token"),
        pytest.param("token", None, id="a null token"),
        pytest.param("token", {"text": "amber"}, id="a token that is no text"),
        pytest.param("token", "", id="an empty token"),
        pytest.param("token", "x" * 256, id="a token of 256 characters"),
        pytest.param("unexpected", "amber", id="an unexpected member"),
    ],
)
def test_refuses_an_invalid_payment(client, auth_headers, db_session, seed_data, field, value):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    before = snapshot(db_session, Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        json=altered({"token": "tok_mastercard"}, field, value),
        headers=auth_headers(customer),
    )

    assert response.status_code == 422
    assert snapshot(db_session, Order) == before


def test_refuses_an_empty_payment(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    before = snapshot(db_session, Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay", json={}, headers=auth_headers(customer)
    )

    assert response.status_code == 422
    assert snapshot(db_session, Order) == before


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param("garbage", id="a garbled token"),
        pytest.param("expired", id="an expired token"),
        pytest.param("forged", id="a token signed with another key"),
    ],
)
def test_turns_away_a_token_that_does_not_hold_where_it_pays_an_order(
    client, auth_headers, db_session, seed_data, flaw
):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    before = snapshot(db_session, Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer, flaw=flaw),
    )

    assert response.status_code == 401
    assert snapshot(db_session, Order) == before


def test_refuses_a_customer_who_pays_an_order_of_another(
    client, auth_headers, db_session, seed_data, payment
):
    other_customer = seed_data.user()
    customer = seed_data.user()
    order = seed_data.order(user_id=other_customer.id)
    payment.answer(body={"id": "amber", "status": "succeeded"})
    before = snapshot(db_session, Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert snapshot(db_session, Order) == before


def test_cancels_an_order(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    book = seed_data.book()
    order_item = seed_data.order_item(order_id=order.id, book_id=book.id)

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    assert response.json["status"] == "cancelled"
    saved_book = db_session.scalars(select(Book).where(Book.id == book.id)).one()
    assert saved_book.stock == book.stock + order_item.quantity
    saved_order = db_session.scalars(select(Order).where(Order.id == order.id)).one()
    assert saved_order.status == OrderStatus("cancelled")


def test_refuses_to_cancel_an_order_that_is_not_there(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(db_session, Book, Order)

    response = client.post("/api/v1/orders/999999/cancel", headers=auth_headers(customer))

    assert response.status_code == 404
    assert snapshot(db_session, Book, Order) == before


def test_refuses_to_cancel_a_paid_order(client, auth_headers, db_session, seed_data):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id, status=OrderStatus("paid"))
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(db_session, Book, Order)

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer))

    assert response.status_code == 409
    assert snapshot(db_session, Book, Order) == before


def test_refuses_a_customer_who_cancels_an_order_of_another(
    client, auth_headers, db_session, seed_data
):
    other_customer = seed_data.user()
    customer = seed_data.user()
    order = seed_data.order(user_id=other_customer.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(db_session, Book, Order)

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer))

    assert response.status_code == 404
    assert snapshot(db_session, Book, Order) == before


def test_leaves_nothing_behind_when_a_book_cannot_be_changed_through_cancel(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(db_session, Book, Order)
    refuse(db_session, Book, "update")

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer))

    assert response.status_code != 200, response.text
    assert snapshot(db_session, Book, Order) == before


def test_leaves_nothing_behind_when_an_order_cannot_be_changed(
    client, auth_headers, db_session, seed_data
):
    customer = seed_data.user()
    order = seed_data.order(user_id=customer.id)
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(db_session, Book, Order)
    refuse(db_session, Order, "update")

    response = client.post(f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer))

    assert response.status_code != 200, response.text
    assert snapshot(db_session, Book, Order) == before
