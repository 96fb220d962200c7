"""The list of books, kept in Redis until a book changes: without Redis the shop is only slower."""

import json
import logging
from functools import cache
from typing import Any

import redis
from flask import current_app

logger = logging.getLogger(__name__)
KEY = "books"


@cache
def client() -> redis.Redis:
    return redis.Redis.from_url(current_app.config["REDIS_URL"], socket_timeout=1)


def read(query: str) -> dict[str, Any] | None:
    try:
        known = client().hget(KEY, query)
    except redis.RedisError:
        logger.exception("The cache cannot be read")
        return None
    return json.loads(known) if known else None


def keep(query: str, page: dict[str, Any]) -> None:
    try:
        client().hset(KEY, query, json.dumps(page))
        client().expire(KEY, current_app.config["BOOK_CACHE_SECONDS"])
    except redis.RedisError:
        logger.exception("The cache cannot be written")


def forget() -> None:
    try:
        client().delete(KEY)
    except redis.RedisError:
        logger.exception("The cache cannot be emptied")
