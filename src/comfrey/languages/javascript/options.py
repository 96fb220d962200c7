"""Objects of options, as libraries of JavaScript take them: `{ unique: true, default: 0 }`."""

from __future__ import annotations

from typing import Any

from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef, Return
from comfrey.source.value import (
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
)


def option(of: Value | None, name: str) -> Value | None:
    """The option of that name; None where it is not there."""
    return of.get(name) if isinstance(of, DictValue) else None


def said(of: Value | None, name: str) -> Any:
    """The constant that an option holds, None for anything else."""
    return constant(option(of, name))


def constant(value: Value | None) -> Any:
    """A constant, an enum's member by its value."""
    if isinstance(value, Choice):
        value = value.options[0]
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Instance) and "value" in value.fields:
        return plain(value.fields["value"])
    return None


def text(of: Value | None, name: str) -> str:
    found = said(of, name)
    return found if isinstance(found, str) else ""


def flag(of: Value | None, name: str) -> bool:
    """Whether an option is on: `true`, or `[true, "message"]`."""
    found = option(of, name)
    if isinstance(found, ListValue) and found.items:
        found = found.items[0]
    return constant(found) is True


def number(of: Value | None, name: str) -> int | None:
    """The number that an option holds, also as `[8, "message"]`."""
    found = option(of, name)
    if isinstance(found, ListValue) and found.items:
        found = found.items[0]
    known = constant(found)
    return known if isinstance(known, int) and not isinstance(known, bool) else None


def items(value: Value | None) -> tuple[Value, ...]:
    """The members of an array, or the values of an object."""
    match value:
        case ListValue(items=found):
            return tuple(found)
        case DictValue(items=pairs):
            return tuple(each for _, each in pairs)
        case _:
            return ()


def words(value: Value | None) -> tuple[str, ...]:
    """The texts among the members."""
    found = (constant(each) for each in items(value))
    return tuple(each for each in found if isinstance(each, str))


def values(value: Value | None) -> tuple[Any, ...]:
    """The constants among the members: of an enum written as an array or an object."""
    found = (constant(each) for each in items(value))
    return tuple(each for each in found if each is not None)


def last(value: Value | None) -> str:
    """The last part of what made a value, or of the value's own name: `pgTable`, `ObjectId`."""
    like = class_like(value) if value is not None else None
    if isinstance(like, External):
        return like.last
    return value.last if isinstance(value, External) else ""


def marks(codebase: Codebase, kind: ClassValue) -> tuple[Value, ...]:
    """The values of a class's decorators, outermost first."""
    return tuple(codebase.value(each, kind.scope) for each in kind.node.decorators)


def given_back(codebase: Codebase, function: Value | None) -> Value | None:
    """What a function without a body of its own gives back: `() => users.id`."""
    if not isinstance(function, FunctionValue):
        return None
    node = function.node
    found = node.body
    if isinstance(node, FunctionDef):
        last_one = next((e for e in node.body.statements if isinstance(e, Return)), None)
        if last_one is None or last_one.value is None:
            return None
        return codebase.value(last_one.value, function.scope)
    return codebase.value(found, function.scope)  # type: ignore[arg-type]
