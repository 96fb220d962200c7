import pytest
from django.core import mail

from shop.models import Order

from .database import snapshot


def test_asks_the_payment_service_once_while_paying_an_order(
    client, auth_headers, seed_data, payment
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    assert len(payment.calls) == 1
    sent = payment.calls[-1]
    assert sent.method == "POST"
    assert sent.path == "/v1/charges"
    assert "Authorization" in sent.headers
    assert "Idempotency-Key" in sent.headers
    assert sent.body["amount"] == str(order.total_cents)
    assert sent.body["currency"] == "eur"
    assert sent.body["source"] == "tok_mastercard"
    assert sent.body["metadata[order_id]"] == str(order.id)


def test_tries_the_payment_service_again_after_too_many_requests_while_paying_an_order(
    client, auth_headers, seed_data, payment
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    payment.fail("rate_limit", times=1)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 200, response.content
    assert len(payment.calls) == 2
    assert len({each.headers["Idempotency-Key"] for each in payment.calls}) == 1


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        pytest.param("status500", 502, id="an internal error"),
        pytest.param("shape", 502, id="an answer of another shape"),
        pytest.param("network", 502, id="a broken connection"),
        pytest.param("declined", 402, id="a refusal"),
    ],
)
def test_reports_a_failing_payment_service_while_paying_an_order(
    client, auth_headers, seed_data, payment, failure, status
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    payment.fail(failure)
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == status
    assert snapshot(Order) == before
    assert len(mail.outbox) == 0


def test_does_not_wait_for_ever_for_the_payment_service_while_paying_an_order(
    client, auth_headers, seed_data, payment
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    payment.fail("timeout")
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 504
    assert snapshot(Order) == before
    assert len(mail.outbox) == 0


def test_reports_a_busy_payment_service_while_paying_an_order(
    client, auth_headers, seed_data, payment
):
    user = seed_data.user()
    order = seed_data.order(user_id=user.id)
    payment.fail("rate_limit")
    before = snapshot(Order)

    response = client.post(
        f"/api/v1/orders/{order.id}/pay",
        {"token": "tok_mastercard"},
        content_type="application/json",
        headers=auth_headers(user),
    )

    assert response.status_code == 503
    assert snapshot(Order) == before
    assert len(mail.outbox) == 0
    assert len(payment.calls) == 3
    assert len({each.headers["Idempotency-Key"] for each in payment.calls}) == 1
