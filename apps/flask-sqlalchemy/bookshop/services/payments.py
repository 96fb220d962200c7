import hashlib
import time

import requests
from flask import current_app

MAX_TRIES = 3


class PaymentFailed(Exception):
    """The service failed or answered something that we do not understand."""


class PaymentDeclined(PaymentFailed):
    """The card was refused."""


class PaymentBusy(PaymentFailed):
    """The service asked us to slow down, and did so again each time we tried."""


class PaymentTimeout(PaymentFailed):
    """The service did not answer in time."""


def charge(order_id: int, amount_cents: int, token: str) -> str:
    """Charge the card and return the id of the charge.

    The idempotency key names the order and the card: trying again never charges a card
    twice, and after a refusal the order can still be paid with another card.
    """
    card = hashlib.sha256(token.encode()).hexdigest()[:16]
    response = post(
        "/v1/charges",
        data={
            "amount": str(amount_cents),
            "currency": "eur",
            "source": token,
            "metadata[order_id]": str(order_id),
        },
        idempotency_key=f"order-{order_id}-{card}",
    )
    if response.status_code == 402:
        raise PaymentDeclined
    if not response.ok:
        raise PaymentFailed(f"status {response.status_code}")
    try:
        answer = response.json()
        charge_id, status = answer["id"], answer["status"]
    except (ValueError, KeyError, TypeError) as error:
        raise PaymentFailed("odd answer") from error
    if not isinstance(charge_id, str) or not charge_id or status != "succeeded":
        raise PaymentFailed("odd answer")
    return charge_id


def post(path: str, *, data: dict[str, str], idempotency_key: str) -> requests.Response:
    config = current_app.config
    headers = {
        "Authorization": f"Bearer {config['PAYMENT_KEY']}",
        "Idempotency-Key": idempotency_key,
    }
    for attempt in range(MAX_TRIES):
        if attempt:
            time.sleep(config["PAYMENT_RETRY_DELAY_SECONDS"] * 2 ** (attempt - 1))
        try:
            response = requests.post(
                config["PAYMENT_URL"] + path,
                data=data,
                headers=headers,
                timeout=config["PAYMENT_TIMEOUT_SECONDS"],
            )
        except requests.Timeout as error:
            raise PaymentTimeout from error
        except requests.RequestException as error:
            raise PaymentFailed("network") from error
        if response.status_code != 429:
            return response
    raise PaymentBusy
