"""What structs call the columns of the tables that they stand for."""

from __future__ import annotations

import re

from comfrey.languages.go.literals import tags
from comfrey.model.record import Record
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant
from comfrey.source.value import ClassValue


def names(codebase: Codebase, record: Record) -> dict[str, str]:
    """The column of each field: its `db` or `bun` tag, its name in JSON, its name in snake case."""
    kind = codebase.resolve(record.module, record.name) if record.module else None
    if not isinstance(kind, ClassValue):
        return {}
    columns = {each.name for each in record.fields}
    found: dict[str, str] = {}
    for member in codebase.members(kind, inherited=True):
        known = next((each for each in spelled(member) if each in columns), "")
        if known:
            found[member.name] = known
    return found


def spelled(member: Member) -> tuple[str, ...]:
    """By what names a field may go in its table: as its tags say, then as its own name does."""
    said: dict[str, str] = {}
    for mark in member.decorators:
        if isinstance(mark, Constant) and isinstance(mark.value, str):
            said |= tags(mark.value)
    told = [said.get(key, "").partition(",")[0] for key in ("db", "bun", "json")]
    snake = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", member.name)
    )
    return (*(each for each in told if each), snake.lower())
