"""Methods that a project adds to the rows of a record: `Book.objects.in_print()`, `User.objects.create_user(…)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Query
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

MODEL = "model"
"""By this name a manager knows the class of its record."""


def call(
    machine: Machine, of: Query, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """The method that the record's own manager has under a name, on these rows; None without one."""
    owner = machine.classes.get(of.record.name) if of.record is not None else None
    if owner is None:
        return None
    if name == MODEL:
        return machine.passing(owner, passed, at)
    for kind in _kinds(machine, owner):
        member = machine.codebase.member(kind, name)
        if member is not None and isinstance(member.value, FunctionValue):
            method = BoundMethod(of, member.value)
            return machine.passing(method, passed, at)
    return None


def _kinds(machine: Machine, owner: ClassValue) -> Iterator[ClassValue]:
    """The classes of the managers that a record's class holds, and of the queries that these are made from."""
    for attribute in machine.meaning.verbs["attributes"]:
        member = machine.codebase.member(owner, attribute)
        if member is not None and member.value is not None:
            yield from _of(machine, member.value)


def _of(machine: Machine, value: Value) -> Iterator[ClassValue]:
    match value:
        case ClassValue():
            yield value
            for base in machine.codebase.bases(value):
                yield from _of(machine, base) if isinstance(base, Instance) else ()
        case Instance(of=of, args=args):
            yield from _of(machine, of)
            for each in args:
                yield from _of(machine, each) if isinstance(each, ClassValue) else ()
        case BoundExternal(receiver=receiver):
            yield from _of(machine, receiver)
