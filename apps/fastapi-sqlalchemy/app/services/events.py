import asyncio
import json
from typing import Any

import aio_pika

from app.settings import settings


async def publish(name: str, payload: dict[str, Any]) -> None:
    """Events are few, so a connection for each keeps us free of one that has died meanwhile."""
    async with asyncio.timeout(settings.amqp_timeout_seconds):
        connection = await aio_pika.connect(settings.amqp_url)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange(
                settings.amqp_exchange, aio_pika.ExchangeType.TOPIC, durable=True
            )
            message = aio_pika.Message(
                json.dumps(payload).encode(),
                content_type="application/json",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await exchange.publish(message, routing_key=name)
