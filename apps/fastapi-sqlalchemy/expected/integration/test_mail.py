import pytest

from app.models.order import Order
from app.models.user import User

from .database import refuse, snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_sends_one_mail_while_registering_a_user(client, mailbox):
    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code == 201, response.text
    assert len(mailbox.calls) == 1


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("shape", id="an answer of another shape"),
        pytest.param("network", id="a broken connection"),
    ],
)
async def test_survives_a_failing_mail_server_while_registering_a_user(client, mailbox, failure):
    mailbox.fail(failure)

    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code != 500, response.text


async def test_does_not_wait_for_ever_for_the_mail_server_while_registering_a_user(client, mailbox):
    mailbox.fail("timeout")

    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code != 500, response.text


async def test_survives_a_busy_mail_server_while_registering_a_user(client, mailbox):
    mailbox.fail("rate_limit")

    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code != 500, response.text


async def test_sends_no_mail_when_a_user_cannot_be_stored(client, db_session, mailbox):
    before = await snapshot(db_session, User)
    await refuse(db_session, User, "insert")

    response = await client.post(
        "/api/v1/auth/register",
        json={"email": "tomas@example.com", "password": "Amber-Meadow-57", "name": "Tomas Berg"},
    )

    assert response.status_code != 201, response.text
    assert len(mailbox.calls) == 0
    assert await snapshot(db_session, User) == before


async def test_sends_one_mail_while_paying_an_order(client, auth_headers, seed_data, mailbox):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code == 200, response.text
    assert len(mailbox.calls) == 1


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("shape", id="an answer of another shape"),
        pytest.param("network", id="a broken connection"),
    ],
)
async def test_survives_a_failing_mail_server_while_paying_an_order(
    client, auth_headers, seed_data, mailbox, failure
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    mailbox.fail(failure)

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 500, response.text


async def test_does_not_wait_for_ever_for_the_mail_server_while_paying_an_order(
    client, auth_headers, seed_data, mailbox
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    mailbox.fail("timeout")

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 500, response.text


async def test_survives_a_busy_mail_server_while_paying_an_order(
    client, auth_headers, seed_data, mailbox
):
    customer = await seed_data.user()
    order = await seed_data.order(user_id=customer.id)
    mailbox.fail("rate_limit")

    response = await client.post(
        f"/api/v1/orders/{order.id}/pay",
        json={"token": "tok_mastercard"},
        headers=auth_headers(customer),
    )

    assert response.status_code != 500, response.text


async def test_sends_no_mail_when_an_order_cannot_be_changed(
    client, auth_headers, db_session, seed_data, mailbox
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
    assert len(mailbox.calls) == 0
    assert await snapshot(db_session, Order) == before
