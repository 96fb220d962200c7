"""Methods of an entity that TypeORM calls before it is stored."""

from __future__ import annotations

from comfrey.languages.javascript.options import last
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, External, FunctionValue, Instance

SAVING = ("BeforeInsert", "BeforeUpdate")


def saving(codebase: Codebase, record: Record) -> tuple[FunctionValue, ...]:
    """`@BeforeInsert() hashPassword() { … }`: `this` is the entity."""
    kind = codebase.resolve(record.module, record.name)
    if not isinstance(kind, ClassValue):
        return ()
    found = (each.value for each in codebase.members(kind, inherited=True))
    return tuple(
        each
        for each in found
        if isinstance(each, FunctionValue)
        and any(isinstance(e, Instance | External) and last(e) in SAVING for e in each.decorators)
    )
