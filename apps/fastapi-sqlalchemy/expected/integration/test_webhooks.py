import pytest

from app.models.catalog import Book
from app.models.order import Order

from .database import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
async def test_refuses_an_unsigned_payment_event(client, db_session, seed_data, payment, signature):
    order = await seed_data.order()
    book = await seed_data.book()
    await seed_data.order_item(order_id=order.id, book_id=book.id)
    before = await snapshot(db_session, Book, Order)

    response = await client.post(
        "/api/v1/webhooks/payments",
        json={"type": "birch", "data": {"order_id": order.id, "payment_id": "birch"}},
        headers={"x-payment-signature": signature},
    )

    assert response.status_code == 400
    assert await snapshot(db_session, Book, Order) == before
