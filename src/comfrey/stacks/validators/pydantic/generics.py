"""Type variables and what stands for them."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, External, Generic, Instance, Value


def bindings(of: ClassValue, args: tuple[Value, ...], codebase: Codebase) -> dict[int, Value]:
    """What each type variable of a class and of its ancestors is, by the variable's identity."""
    found: dict[int, Value] = {}
    _bind_class(of, args, codebase, found, 0)
    return found


def _bind_class(
    of: ClassValue, args: tuple[Value, ...], codebase: Codebase, found: dict[int, Value], depth: int
) -> None:
    for variable, value in zip(parameters(of, codebase), args, strict=False):
        found[id(variable)] = value
    for base in codebase.bases(of):
        if isinstance(base, Generic) and isinstance(base.of, ClassValue) and depth < 12:
            inner = tuple(bind(each, found) for each in base.args)
            _bind_class(base.of, inner, codebase, found, depth + 1)
        elif isinstance(base, ClassValue) and depth < 12:
            _bind_class(base, (), codebase, found, depth + 1)


def parameters(of: ClassValue, codebase: Codebase) -> tuple[Value, ...]:
    """The class's own type variables in order: of `Generic[...]`, else as its bases name them."""
    named: dict[int, Value] = {}
    for base in codebase.bases(of):
        if not isinstance(base, Generic):
            continue
        found = list(_variables(base))
        if isinstance(base.of, External) and base.of.last in ("Generic", "Protocol"):
            return tuple(found)
        named |= {id(each): each for each in found}
    return tuple(named.values())


def bind(value: Value, bound: dict[int, Value]) -> Value:
    """The type with its variables replaced."""
    if id(value) in bound:
        return bound[id(value)]
    if isinstance(value, Generic) and bound:
        return Generic(value.of, tuple(bind(each, bound) for each in value.args), value.place)
    return value


def _variables(value: Value) -> Iterator[Value]:
    if isinstance(value, Generic):
        for each in value.args:
            yield from _variables(each)
    elif _is_variable(value):
        yield value


def _is_variable(value: Value) -> bool:
    made = value.of if isinstance(value, Instance) else None
    return isinstance(made, External) and made.last in ("TypeVar", "ParamSpec")
