"""Decorators of classes, methods and parameters, composed ones laid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.languages.javascript.decorators import by_hand, laid_out
from comfrey.source.codebase import Codebase
from comfrey.source.node import Expression
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
)
from comfrey.stacks.admission.passage import dotted

METADATA = "@nestjs/common.SetMetadata"


def of_class(codebase: Codebase, of: ClassValue) -> tuple[Value, ...]:
    """The decorators of a class, outermost first."""
    own = evaluated(codebase, of.node.decorators, of.scope)
    return tuple(laid_out(own))


def of_function(codebase: Codebase, function: FunctionValue) -> tuple[Value, ...]:
    """The decorators of a method, outermost first."""
    own = function.decorators
    if not own:
        own = tuple(evaluated(codebase, getattr(function.node, "decorators", ()), function.scope))
    target = (
        Instance(function.owner or External("Object"), symbolic=True),
        Const(function.name),
        DictValue([(Const("value"), function)]),
    )
    ev = codebase.evaluator
    return tuple(inner for each in laid_out(own) for inner in by_hand(ev, each, *target))


def evaluated(
    codebase: Codebase, expressions: Iterable[Expression], scope: Scope
) -> Iterator[Value]:
    for each in expressions:
        yield codebase.evaluator.value(each, scope)


def named(found: Iterable[Value], *names: str) -> Iterator[Instance]:
    """The decorators that go by one of the last names, from any package."""
    for each in found:
        if isinstance(each, Instance) and dotted(each).rpartition(".")[2] in names:
            yield each
        elif isinstance(each, External) and each.last in names:
            yield Instance(each)


def first(found: Iterable[Value], *names: str) -> Instance | None:
    return next(named(found, *names), None)


def metadata(found: Iterable[Value]) -> dict[object, Value]:
    """What `SetMetadata(key, value)` and decorators made by `Reflector.createDecorator()` say, by key."""
    told: dict[object, Value] = {}
    for each in found:
        if not isinstance(each, Instance):
            continue
        if dotted(each) == METADATA and len(each.args) > 1:
            told.setdefault(key_of(each.args[0]), each.args[1])
        elif isinstance(each.of, BoundExternal) and each.of.name == "__call__":
            value = each.args[0] if each.args else Const(None)
            told.setdefault(id(each.of.receiver), value)
    return told


def key_of(value: Value) -> object:
    """A metadata key: its text, else the decorator itself."""
    known = plain(value)
    if known is not None:
        return known
    return value.name if isinstance(value, External) else id(value)
