import hashlib
import time

import requests
from django.conf import settings

MAX_TRIES = 3


class PaymentFailed(Exception):
    """The service failed or answered something that we do not understand."""


class PaymentDeclined(PaymentFailed):
    """The card was refused."""


class PaymentBusy(PaymentFailed):
    """The service asked us to slow down, and did so again each time we tried."""


class PaymentTimeout(PaymentFailed):
    """The service did not answer in time."""


def charge(order, token):
    """Charge the card and return the id of the charge.

    The idempotency key names the order and the card: trying again never charges a card twice, and
    after a refusal the order can still be paid with another card.
    """
    card = hashlib.sha256(token.encode()).hexdigest()[:16]
    response = post_charge(
        {
            "amount": order.total_cents,
            "currency": "eur",
            "source": token,
            "metadata[order_id]": order.id,
        },
        f"order-{order.id}-{card}",
    )
    if response.status_code == 402:
        raise PaymentDeclined
    if not response.ok:
        raise PaymentFailed(f"status {response.status_code}")
    try:
        answer = response.json()
        identifier, status = answer["id"], answer["status"]
    except (ValueError, KeyError, TypeError) as error:
        raise PaymentFailed("odd answer") from error
    if status != "succeeded" or not isinstance(identifier, str):
        raise PaymentFailed(f"charge is {status}")
    return identifier


def post_charge(data, key):
    for attempt in range(MAX_TRIES):
        if attempt:
            time.sleep(settings.PAYMENT_RETRY_DELAY * 2 ** (attempt - 1))
        try:
            response = requests.post(
                f"{settings.PAYMENT_URL}/v1/charges",
                data=data,
                headers={
                    "Authorization": f"Bearer {settings.PAYMENT_KEY}",
                    "Idempotency-Key": key,
                },
                timeout=settings.PAYMENT_TIMEOUT,
            )
        except requests.Timeout as error:
            raise PaymentTimeout from error
        except requests.RequestException as error:
            raise PaymentFailed("network") from error
        if response.status_code != 429:
            return response
    raise PaymentBusy
