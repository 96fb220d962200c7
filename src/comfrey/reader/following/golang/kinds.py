"""Errors of the code's own types: `errors.As(err, &known)`, `err.(*NotFound)`, `err.Error()`, a table by error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.languages.go.instances import Nil
from comfrey.reader.following.golang.faults import is_target
from comfrey.reader.following.value import All, AnyOf, Either, Truth, either
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NO = Const(False)
Ways = list[tuple[Value, Value]]


def ways(value: Value, held: tuple[Value, ...] = ()) -> Iterator[tuple[Value, Value]]:
    """Everything that an error may be, each with its condition."""
    if isinstance(value, Either):
        for test, each in value.options:
            yield from ways(each, (*held, test))
    else:
        yield (held[0] if len(held) == 1 else All(held)), value


def pointed(kind: Value) -> ClassValue | None:
    """The class of the tree that a type, a pointer to it, or an object of it is."""
    match kind:
        case Generic(args=(inner, *_)):
            return pointed(inner)
        case Nil(kind=Value() as inner):
            return pointed(inner)
        case Instance(of=ClassValue() | Generic() as inner):
            return pointed(inner)
        case ClassValue():
            return kind
    return None


def _of_kind(machine: Machine, value: Value, kind: Value) -> Ways:
    wanted = pointed(kind)
    if wanted is None:
        return []
    found: Ways = []
    for test, each in ways(value):
        own = pointed(each) if isinstance(each, Instance) else None
        if own is not None and machine.codebase.is_a(own, wanted.qualified):
            found.append((test, each))
        elif isinstance(each, Instance) and own is None:  # `fmt.Errorf("…: %w", err)`
            inner = [e for e in each.args if isinstance(e, Either | Instance)]
            found += [(All((test, t)), v) for e in inner for t, v in _of_kind(machine, e, kind)]
    return found


def is_kind(machine: Machine, value: Value, kind: Value) -> Value | None:
    """The condition that an error is of a type of the tree; None where the type is none."""
    if pointed(kind) is None:
        return None
    tests = tuple(test for test, _ in _of_kind(machine, value, kind))
    return AnyOf(tests) if len(tests) > 1 else tests[0] if tests else Truth(NO)


def as_kind(machine: Machine, value: Value, kind: Value) -> Value | None:
    """The error as that type; None where it is never one."""
    found = _of_kind(machine, value, kind)
    return either(tuple(found)) if found else None


def text(machine: Machine, value: Value) -> Value | None:
    """What `err.Error()` says; None where that is not told by the code."""
    found = [(test, _text(machine, each)) for test, each in ways(value)]
    if all(isinstance(each, UnknownValue) for _, each in found):
        return None
    return found[0][1] if len(found) == 1 else Either(tuple(found))


def _text(machine: Machine, value: Value) -> Value:
    match value:
        case Instance(of=External(name="errors.New"), args=(Const() as said, *_)):
            return said
        case Instance(of=ClassValue()):
            return machine.call(machine.attribute(value, "Error", None))
    return UnknownValue("what an error says")


def looked_up(container: Value, index: Value) -> Value | None:
    """`statuses[err]` of a table by errors; None for any other."""
    if not isinstance(container, DictValue) or not container.items:
        return None
    if not all(_is_error(key) for key, _ in container.items):
        return None
    return Either(tuple((is_target(index, key), item) for key, item in container.items))


def _is_error(value: Value) -> bool:
    return isinstance(value, Instance) and getattr(value.of, "name", "").endswith(
        ("errors.New", "fmt.Errorf")
    )
