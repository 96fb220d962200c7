import logging
from collections.abc import Awaitable

logger = logging.getLogger(__name__)


async def attempt(what: str, work: Awaitable[None]) -> None:
    """Do what follows a commit: whatever becomes of it, the answer is settled."""
    try:
        await work
    except Exception:
        logger.exception("Could not %s", what)
