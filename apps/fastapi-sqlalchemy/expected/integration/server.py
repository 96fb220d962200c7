"""The app as a server runs it: what it fails to handle is logged and answered 500."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.main import app

logger = logging.getLogger(__name__)


class Server:
    """Runs the app inside of its lifespan."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.state:
            scope["state"] = dict(self.state)
        try:
            await self.app(scope, receive, send)
        except Exception:
            if scope["type"] == "http":
                logger.exception("Unhandled error in %s %s", scope["method"], scope["path"])
            raise


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """The app between its start-up and its shutdown."""
    server = Server()
    async with server.app.router.lifespan_context(server.app) as state:
        server.state = state
        yield server
