"""Functions that SQLAlchemy calls as a row is stored, and that look at what the row refers to."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Name
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    External,
    FunctionValue,
    Instance,
    Value,
    text_of,
)

STORING = ("before_insert", "after_insert")
DECORATOR = "listens_for"
CALL = "listen"
TARGET = 2
"""Which parameter of a mapper's listener is the row."""


def looked_at(codebase: Codebase, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """The records, those told whose rows lead to others while they are stored (`target.post.community_id`): a row
    that was only given a key leads nowhere yet."""
    asked: dict[str, set[str]] = {}
    for kind, function in _listening(codebase):
        asked.setdefault(kind.qualified, set()).update(_members(codebase, function))
    return tuple(
        each.replace(leads=True)
        if asked.get(f"{each.module}:{each.name}", set()) & {r.name for r in each.relations}
        else each
        for each in records
    )


def _listening(codebase: Codebase) -> Iterator[tuple[ClassValue, FunctionValue]]:
    """(class, function) of `@event.listens_for(Comment, "after_insert")` and `event.listen(Comment, …, function)`."""
    for function in codebase.functions((DECORATOR.encode(),)):
        for made in function.decorators:
            if isinstance(made, Instance) and _last(made.of) == DECORATOR:
                yield from _told(made.args, function)
    for event in codebase.evaluator.events:
        if event.name == CALL and len(event.args) > TARGET:
            yield from _told(event.args, event.args[2])


def _told(args: tuple[Value, ...], function: Value) -> Iterator[tuple[ClassValue, FunctionValue]]:
    kind, when = args[0] if args else None, args[1] if len(args) > 1 else None
    stores = text_of(when) in STORING
    if stores and isinstance(kind, ClassValue) and isinstance(function, FunctionValue):
        yield kind, function


def _members(codebase: Codebase, function: FunctionValue) -> Iterator[str]:
    """What a listener asks its row for."""
    parameters = function.node.parameters
    row = parameters[TARGET].name if len(parameters) > TARGET else ""
    for node in Study(codebase, function).walk():
        if isinstance(node, Attribute) and isinstance(node.of, Name) and node.of.name == row:
            yield node.name


def _last(value: Value) -> str:
    if isinstance(value, External):
        return value.last
    return value.name if isinstance(value, BoundExternal) else ""
