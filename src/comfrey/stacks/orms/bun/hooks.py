"""What Bun's structs call the columns of their tables."""

from __future__ import annotations

from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue
from comfrey.stacks.orms.bun.read import stored


def names(codebase: Codebase, record: Record) -> dict[str, str]:
    """The column of each field: `OwnerID` → `owner_id`."""
    kind = codebase.resolve(record.module, record.name) if record.module else None
    if not isinstance(kind, ClassValue):
        return {}
    return {member.name: column for column, member, _, _ in stored(codebase, kind)}
