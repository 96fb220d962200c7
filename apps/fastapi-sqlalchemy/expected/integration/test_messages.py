import pytest

from app.models.order import Order

from .database import refuse, snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_publishes_one_message_while_paying_an_order(client, auth_headers, seed_data, queue):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    assert len(queue.calls) == 1
    sent = queue.calls[-1]
    assert sent.path == "order.paid"
    assert sent.body["order_id"] == order.id
    assert sent.body["user_id"] == order.user_id
    assert sent.body["total_cents"] == order.total_cents


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("shape", id="an answer of another shape"),
        pytest.param("network", id="a broken connection"),
    ],
)
async def test_survives_a_failing_message_queue_while_paying_an_order(
    client, auth_headers, seed_data, queue, failure
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    queue.fail(failure)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 500, response.text


async def test_does_not_wait_for_ever_for_the_message_queue_while_paying_an_order(
    client, auth_headers, seed_data, queue
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    queue.fail("timeout")

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 500, response.text


async def test_survives_a_busy_message_queue_while_paying_an_order(
    client, auth_headers, seed_data, queue
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    queue.fail("rate_limit")

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 500, response.text


async def test_publishes_nothing_when_an_order_cannot_be_changed(
    client, auth_headers, db_session, seed_data, queue
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    before = await snapshot(db_session, Order)
    await refuse(db_session, Order, "update")

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 200, response.text
    assert len(queue.calls) == 0
    assert await snapshot(db_session, Order) == before
