"""Writes whose failure a handler catches, and answers as if nothing had happened."""

from __future__ import annotations

from comfrey.reader.effects import Draft
from comfrey.reader.following import exchange
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.value import Failed
from comfrey.source.value import Instance

WRITES = ("create", "update", "delete")


def swallowed(followed: Followed, drafts: list[Draft]) -> str:
    """The record of a write whose failure is answered with a success; "" where that never happens."""
    reply = followed.calls.get(exchange.REPLY)
    told = exchange.good(reply) if isinstance(reply, Instance) else []
    failures = (each for tests in told for each in tests if isinstance(each, Failed))
    return next((lost for each in failures if (lost := _lost(each, drafts))), "")


def _lost(failed: Failed, drafts: list[Draft]) -> str:
    """The record of the first write that a `try` stands around; whatever goes wrong is caught there, no kind apart."""
    if failed.but:
        return ""
    within = (each for each in drafts if failed.start <= each.act.number < failed.end)
    return next((each.effect.record for each in within if each.effect.action in WRITES), "")
