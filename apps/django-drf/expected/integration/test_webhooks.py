import pytest

from shop.models import Book, Order

from .database import snapshot


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("", id="an empty signature"),
        pytest.param(
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            id="a wrong signature",
        ),
    ],
)
def test_refuses_an_unsigned_book(client, seed_data, signature):
    order = seed_data.order()
    book = seed_data.book()
    seed_data.order_item(order_id=order.id, book_id=book.id)
    before = snapshot(Book, Order)

    response = client.post(
        "/api/v1/webhooks/payments",
        {"data": {"order_id": order.id, "payment_id": "birch"}, "type": "birch"},
        content_type="application/json",
        headers={"X-Payment-Signature": signature},
    )

    assert response.status_code == 400
    assert snapshot(Book, Order) == before
