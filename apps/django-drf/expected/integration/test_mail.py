import pytest
from django.core import mail

from shop.models import Order, User

from .database import refuse, snapshot


def test_sends_one_mail_while_registering_a_user(client):
    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code == 201, response.content
    assert len(mail.outbox) == 1
    sent = mail.outbox[-1]
    assert sent.to == ["tomas@example.com"]
    assert sent.subject == "Welcome to the bookshop"


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("shape", id="an answer of another shape"),
        pytest.param("network", id="a broken connection"),
    ],
)
def test_survives_a_failing_mail_server_while_registering_a_user(client, mailbox, failure):
    mailbox.fail(failure)

    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code != 500, response.content


def test_survives_a_busy_mail_server_while_registering_a_user(client, mailbox):
    mailbox.fail("rate_limit")

    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code != 500, response.content


def test_sends_no_mail_when_a_user_cannot_be_stored(client):
    before = snapshot(User)
    refuse(User, "insert")

    response = client.post(
        "/api/v1/auth/register",
        {"email": "tomas@example.com", "name": "Tomas Berg", "password": "Amber-Meadow-57"},
        content_type="application/json",
    )

    assert response.status_code != 201, response.content
    assert len(mail.outbox) == 0
    assert snapshot(User) == before


def test_sends_one_mail_while_paying_an_order(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    assert len(mail.outbox) == 1
    sent = mail.outbox[-1]
    assert sent.to == [user.email]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param("status500", id="an internal error"),
        pytest.param("shape", id="an answer of another shape"),
        pytest.param("network", id="a broken connection"),
    ],
)
def test_survives_a_failing_mail_server_while_paying_an_order(
    client, auth_headers, seed_data, mailbox, failure
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    mailbox.fail(failure)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code != 500, response.content


def test_survives_a_busy_mail_server_while_paying_an_order(
    client, auth_headers, seed_data, mailbox
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    mailbox.fail("rate_limit")

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code != 500, response.content


def test_sends_no_mail_when_an_order_cannot_be_changed(client, auth_headers, seed_data):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    before = snapshot(Order)
    refuse(Order, "update")

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code != 200, response.content
    assert len(mail.outbox) == 0
    assert snapshot(Order) == before
