"""What Ent's structs call the columns of their tables."""

from __future__ import annotations

import re

from comfrey.languages.go.literals import tags
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant
from comfrey.source.value import ClassValue
from comfrey.stacks.orms.ent.schema import snake


def names(codebase: Codebase, record: Record) -> dict[str, str]:
    """The column of each field of a row's struct, `RoomID` → `room_id`: what its JSON is called, else its name."""
    kind = codebase.resolve(record.module, record.name) if record.module else None
    found: dict[str, str] = {}
    for member in codebase.members(kind) if isinstance(kind, ClassValue) else ():
        said = [
            tags(e.value)
            for e in member.decorators
            if isinstance(e, Constant) and isinstance(e.value, str)
        ]
        spelled = [each.get("json", "").partition(",")[0] for each in said]
        known = next((e for e in (*spelled, snake(member.name)) if record.field(e)), "")
        if known:
            found[member.name] = known
    return found | {
        _pascal(each.name): each.name for each in record.fields if _pascal(each.name) not in found
    }


def _pascal(column: str) -> str:
    """`room_id` → `RoomID`."""
    words = re.split(r"[_\-]", column)
    return "".join(
        w.upper() if w in ("id", "url", "uuid", "api", "ip") else w[:1].upper() + w[1:]
        for w in words
    )
