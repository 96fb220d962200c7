"""Whose a row is where the caller is known by a token alone: `claims.UserID != c.Param("id")`."""

from __future__ import annotations

import re

from comfrey.model.origin import Origin, Refusal
from comfrey.model.record import Record
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import Given
from comfrey.reader.origins import origin
from comfrey.source.value import Value

SUBJECT = re.compile(r"(?:sub|(?:user|account)?_?u?u?id)", re.IGNORECASE)
"""What a token calls the key of the caller's own row."""


def is_credential(value: Value) -> bool:
    """Whether a value is what the caller showed, or was told by it."""
    return isinstance(value, Given) and value.kind in ("claim", "credential")


def turned_away(machine: Machine, claim: str, operator: str, other: Value) -> Refusal | None:
    """The refusal of everybody but the caller whose own row the path names; None for any other comparison."""
    user, source = machine.user_record(), origin(other)
    key = _key(user, claim) if user is not None else ""
    if user is None or operator != "ne" or source.kind != "path" or not key:
        return None
    own = Origin(kind=source.kind, name=source.name)
    return Refusal(status=0, condition="owner", record=user.name, field=key, origin=own)


def _key(user: Record, claim: str) -> str:
    """The field of the caller's row that a claim tells: its key, or another one that is of one row only; else ""."""
    if SUBJECT.fullmatch(claim):
        return next((each.name for each in user.primary_key), "id")
    bare = claim.replace("_", "").lower()
    single = [each.name for each in user.fields if each.unique or each.primary_key]
    return next((each for each in single if each.replace("_", "").lower() == bare), "")
