import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models.catalog import Book
from app.models.order import Order, OrderItem, OrderStatus

from .answers import MISSING, altered, refused_fields
from .database import count, refuse, snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_creates_an_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    book = await seed_data.book(stock=12)

    response = await client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code == 201, response.text
    body = response.json()
    assert body["user_id"] == customer.id
    assert body["total_cents"] == book.price_cents * 3
    assert isinstance(body["id"], int)
    assert isinstance(body["status"], str)
    assert isinstance(body["created_at"], str)
    assert isinstance(body["items"], list)
    saved_book = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()
    assert saved_book.stock == book.stock - 3
    order = (await db_session.scalars(select(Order).where(Order.id == body["id"]))).one()
    assert order.user_id == customer.id
    assert order.total_cents == book.price_cents * 3
    assert order.status == OrderStatus("pending")
    order_item = (
        await db_session.scalars(select(OrderItem).where(OrderItem.order_id == body["id"]))
    ).one()
    assert order_item.book_id == book.id
    assert order_item.quantity == 3
    assert order_item.unit_price_cents == book.price_cents


async def test_refuses_an_order_with_a_book_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    await seed_data.book(stock=12)
    before = await snapshot(db_session, Book, Order, OrderItem)

    response = await client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": 999999, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert await snapshot(db_session, Book, Order, OrderItem) == before


async def test_refuses_an_order_for_a_book_with_too_little_stock(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    book = await seed_data.book(stock=1)
    before = await snapshot(db_session, Book, Order, OrderItem)

    response = await client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert await snapshot(db_session, Book, Order, OrderItem) == before


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
        pytest.param("items.0.book_id", 2147483648, id="a book id of 2147483648"),
        pytest.param("items.0.quantity", MISSING, id="no quantity"),
        pytest.param("items.0.quantity", None, id="a null quantity"),
        pytest.param("items.0.quantity", "plenty", id="a quantity that is no number"),
        pytest.param("items.0.quantity", 0, id="a quantity of 0"),
        pytest.param("items.0.quantity", 101, id="a quantity of 101"),
    ],
)
async def test_refuses_an_invalid_order(client, auth_headers, db_session, seed_data, field, value):
    customer = await seed_data.user()
    book = await seed_data.book(stock=12)
    before = await snapshot(db_session, Book, Order, OrderItem)

    response = await client.post(
        "/api/v1/orders",
        json=altered({"items": [{"book_id": book.id, "quantity": 3}]}, field, value),
        headers=auth_headers(customer),
    )

    assert response.status_code == 422
    assert field in refused_fields(response)
    assert await snapshot(db_session, Book, Order, OrderItem) == before


async def test_refuses_an_empty_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    await seed_data.book(stock=12)
    before = await snapshot(db_session, Book, Order, OrderItem)

    response = await client.post("/api/v1/orders", json={}, headers=auth_headers(customer))

    assert response.status_code == 422
    assert await snapshot(db_session, Book, Order, OrderItem) == before


async def test_leaves_nothing_behind_when_a_book_cannot_be_changed(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    book = await seed_data.book(stock=12)
    before = await snapshot(db_session, Book, Order, OrderItem)
    await refuse(db_session, Book, "update")

    response = await client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code != 201, response.text
    assert await snapshot(db_session, Book, Order, OrderItem) == before


async def test_leaves_nothing_behind_when_an_order_cannot_be_stored(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    book = await seed_data.book(stock=12)
    before = await snapshot(db_session, Book, Order, OrderItem)
    await refuse(db_session, Order, "insert")

    response = await client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code != 201, response.text
    assert await snapshot(db_session, Book, Order, OrderItem) == before


async def test_leaves_nothing_behind_when_an_order_item_cannot_be_stored(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    book = await seed_data.book(stock=12)
    before = await snapshot(db_session, Book, Order, OrderItem)
    await refuse(db_session, OrderItem, "insert")

    response = await client.post(
        "/api/v1/orders",
        json={"items": [{"book_id": book.id, "quantity": 3}]},
        headers=auth_headers(customer),
    )

    assert response.status_code != 201, response.text
    assert await snapshot(db_session, Book, Order, OrderItem) == before


async def test_lets_only_two_of_four_orders_at_once_have_the_last_stock(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    book = await seed_data.book(stock=6)

    await asyncio.gather(
        client.post(
            "/api/v1/orders",
            json={"items": [{"book_id": book.id, "quantity": 3}]},
            headers=auth_headers(customer),
        ),
        client.post(
            "/api/v1/orders",
            json={"items": [{"book_id": book.id, "quantity": 3}]},
            headers=auth_headers(customer),
        ),
        client.post(
            "/api/v1/orders",
            json={"items": [{"book_id": book.id, "quantity": 3}]},
            headers=auth_headers(customer),
        ),
        client.post(
            "/api/v1/orders",
            json={"items": [{"book_id": book.id, "quantity": 3}]},
            headers=auth_headers(customer),
        ),
    )

    assert await count(db_session, Order) == 2
    saved_book = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()
    assert saved_book.stock == 0


async def test_lists_only_the_callers_own_orders(client, auth_headers, seed_data):
    customer = await seed_data.user()
    await seed_data.order(
        user_id=customer.id, total_cents=2400, created_at=datetime(2024, 3, 8, 12, 0, tzinfo=UTC)
    )
    await seed_data.order(
        user_id=customer.id, total_cents=975, created_at=datetime(2024, 3, 20, 12, 0, tzinfo=UTC)
    )
    await seed_data.order(
        user_id=customer.id, total_cents=4360, created_at=datetime(2024, 3, 4, 12, 0, tzinfo=UTC)
    )
    await seed_data.order()

    response = await client.get("/api/v1/orders", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    assert [each["total_cents"] for each in response.json()] == [975, 2400, 4360]


async def test_shows_an_order(client, auth_headers, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)

    response = await client.get(f"/api/v1/orders/{order.id}", headers=auth_headers(customer))

    assert response.status_code == 200, response.text
    body = response.json()
    assert body["id"] == order.id
    assert body["user_id"] == order.user_id
    assert body["status"] == order.status
    assert body["total_cents"] == order.total_cents
    assert body["payment_id"] is None
    assert isinstance(body["created_at"], str)
    assert isinstance(body["items"], list)


async def test_says_that_an_order_is_missing(client, auth_headers, seed_data):
    customer = await seed_data.user()
    await seed_data.order(user_id=customer.id)

    response = await client.get("/api/v1/orders/999999", headers=auth_headers(customer))

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
async def test_refuses_a_malformed_key_in_the_path_from_a_customer(
    client, auth_headers, seed_data, method, path, parameter
):
    customer = await seed_data.user()

    response = await client.request(method, path, headers=auth_headers(customer))

    assert response.status_code == 422
    assert parameter in refused_fields(response)


async def test_hides_another_customers_order(client, auth_headers, seed_data):
    other_customer = await seed_data.user()
    customer = await seed_data.user()
    order = await seed_data.order(user_id=other_customer.id)

    response = await client.get(f"/api/v1/orders/{order.id}", headers=auth_headers(customer))

    assert response.status_code == 404


async def test_pays_an_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    body = response.json()
    assert body["status"] == "paid"
    assert isinstance(body["id"], int)
    assert isinstance(body["user_id"], int)
    assert isinstance(body["total_cents"], int)
    assert isinstance(body["created_at"], str)
    assert isinstance(body["items"], list)
    saved_order = (await db_session.scalars(select(Order).where(Order.id == order.id))).one()
    assert saved_order.status == OrderStatus("paid")


async def test_refuses_to_pay_an_order_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    await seed_data.order(user_id=customer.id)
    before = await snapshot(db_session, Order)

    response = await client.post(
        "/api/v1/orders/999999/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert await snapshot(db_session, Order) == before


async def test_refuses_to_pay_a_paid_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id, status=OrderStatus("paid"))
    before = await snapshot(db_session, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert await snapshot(db_session, Order) == before


async def test_refuses_to_pay_a_cancelled_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id, status=OrderStatus("cancelled"))
    before = await snapshot(db_session, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 409
    assert await snapshot(db_session, Order) == before


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
async def test_refuses_an_invalid_payment(
    client, auth_headers, db_session, seed_data, field, value
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    before = await snapshot(db_session, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json=altered({"token": "tok_mastercard"}, field, value),
        headers=auth_headers(customer),
    )

    assert response.status_code == 422
    assert field in refused_fields(response)
    assert await snapshot(db_session, Order) == before


async def test_refuses_an_empty_payment(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    before = await snapshot(db_session, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay", json={}, headers=auth_headers(customer)
    )

    assert response.status_code == 422
    assert await snapshot(db_session, Order) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("token", "x", id="a token of one character"),
        pytest.param("token", "x" * 255, id="a token of 255 characters"),
    ],
)
async def test_accepts_a_payment_at_the_edge_of_its_rules(
    client, auth_headers, seed_data, field, value
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"} | {field: value},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text


async def test_refuses_a_customer_who_pays_an_order_of_another(
    client, auth_headers, db_session, seed_data
):
    other_customer = await seed_data.user()
    customer = await seed_data.user()
    order = await seed_data.order(user_id=other_customer.id)
    before = await snapshot(db_session, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 404
    assert await snapshot(db_session, Order) == before


async def test_cancels_an_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    book = await seed_data.book()
    order_item = await seed_data.order_item(order_id=order.id, book_id=book.id)

    response = await client.post(
        f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer)
    )

    assert response.status_code == 200, response.text
    body = response.json()
    assert body["status"] == "cancelled"
    assert isinstance(body["id"], int)
    assert isinstance(body["user_id"], int)
    assert isinstance(body["total_cents"], int)
    assert isinstance(body["created_at"], str)
    assert isinstance(body["items"], list)
    saved_book = (await db_session.scalars(select(Book).where(Book.id == book.id))).one()
    assert saved_book.stock == book.stock + order_item.quantity
    saved_order = (await db_session.scalars(select(Order).where(Order.id == order.id))).one()
    assert saved_order.status == OrderStatus("cancelled")


async def test_refuses_to_cancel_an_order_that_is_not_there(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    book = await seed_data.book()
    await seed_data.order_item(order_id=order.id, book_id=book.id)
    before = await snapshot(db_session, Book, Order)

    response = await client.post("/api/v1/orders/999999/cancel", headers=auth_headers(customer))

    assert response.status_code == 404
    assert await snapshot(db_session, Book, Order) == before


async def test_refuses_to_cancel_a_paid_order(client, auth_headers, db_session, seed_data):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id, status=OrderStatus("paid"))
    book = await seed_data.book()
    await seed_data.order_item(order_id=order.id, book_id=book.id)
    before = await snapshot(db_session, Book, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer)
    )

    assert response.status_code == 409
    assert await snapshot(db_session, Book, Order) == before


async def test_refuses_a_customer_who_cancels_an_order_of_another(
    client, auth_headers, db_session, seed_data
):
    other_customer = await seed_data.user()
    customer = await seed_data.user()
    order = await seed_data.order(user_id=other_customer.id)
    book = await seed_data.book()
    await seed_data.order_item(order_id=order.id, book_id=book.id)
    before = await snapshot(db_session, Book, Order)

    response = await client.post(
        f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer)
    )

    assert response.status_code == 404
    assert await snapshot(db_session, Book, Order) == before


async def test_leaves_nothing_behind_when_a_book_cannot_be_changed_through_cancel(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    book = await seed_data.book()
    await seed_data.order_item(order_id=order.id, book_id=book.id)
    before = await snapshot(db_session, Book, Order)
    await refuse(db_session, Book, "update")

    response = await client.post(
        f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer)
    )

    assert response.status_code != 200, response.text
    assert await snapshot(db_session, Book, Order) == before


async def test_leaves_nothing_behind_when_an_order_cannot_be_changed(
    client, auth_headers, db_session, seed_data
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    book = await seed_data.book()
    await seed_data.order_item(order_id=order.id, book_id=book.id)
    before = await snapshot(db_session, Book, Order)
    await refuse(db_session, Order, "update")

    response = await client.post(
        f"/api/v1/orders/{order.id}/cancel", headers=auth_headers(customer)
    )

    assert response.status_code != 200, response.text
    assert await snapshot(db_session, Book, Order) == before
