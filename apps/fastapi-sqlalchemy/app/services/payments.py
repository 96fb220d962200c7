import asyncio
import hashlib
from typing import Annotated

import httpx
from pydantic import BaseModel, StringConstraints, ValidationError

from app.schemas.fields import NoNul
from app.settings import settings

MAX_TRIES = 3


class PaymentFailed(Exception):
    """The service failed or answered something that we do not understand."""


class PaymentDeclined(PaymentFailed):
    """The card was refused."""


class PaymentBusy(PaymentFailed):
    """The service asked us to slow down, and did so again each time we tried."""


class PaymentTimeout(PaymentFailed):
    """The service did not answer in time."""


class Charge(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=255), NoNul]
    status: str


class PaymentService:
    def __init__(self) -> None:
        self._http = httpx.AsyncClient(
            base_url=settings.payment_url,
            headers={"Authorization": f"Bearer {settings.payment_key.get_secret_value()}"},
            timeout=settings.payment_timeout_seconds,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def charge(self, *, order_id: int, amount_cents: int, token: str) -> str:
        """Charge the card and return the id of the charge.

        The idempotency key names the order and the card: trying again never charges a card
        twice, and after a refusal the order can still be paid with another card.
        """
        card = hashlib.sha256(token.encode()).hexdigest()[:16]
        response = await self._post(
            "/v1/charges",
            data={
                "amount": str(amount_cents),
                "currency": "eur",
                "source": token,
                "metadata[order_id]": str(order_id),
            },
            headers={"Idempotency-Key": f"order-{order_id}-{card}"},
        )
        if response.status_code == 402:
            raise PaymentDeclined
        if not response.is_success:
            raise PaymentFailed(f"status {response.status_code}")
        try:
            charge = Charge.model_validate_json(response.content)
        except ValidationError as error:
            raise PaymentFailed("odd answer") from error
        if charge.status != "succeeded":
            raise PaymentFailed(f"charge is {charge.status}")
        return charge.id

    async def _post(
        self, path: str, *, data: dict[str, str], headers: dict[str, str]
    ) -> httpx.Response:
        for attempt in range(MAX_TRIES):
            if attempt:
                await asyncio.sleep(settings.payment_retry_delay_seconds * 2 ** (attempt - 1))
            try:
                response = await self._http.post(path, data=data, headers=headers)
            except httpx.TimeoutException as error:
                raise PaymentTimeout from error
            except httpx.HTTPError as error:
                raise PaymentFailed("network") from error
            if response.status_code != 429:
                return response
        raise PaymentBusy
