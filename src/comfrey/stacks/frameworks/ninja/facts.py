"""The folder's own data, and the few questions about names that every file here asks."""

from __future__ import annotations

from typing import Any

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
)
from comfrey.stacks.shelf import folder


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("frameworks", "ninja")
    assert found is not None
    return found.about.data


def dotted(value: Value | None) -> str:
    """The dotted name of what something is, or was made by; "" for what has none."""
    match value:
        case External(name=name):
            return name
        case ClassValue(qualified=qualified) | FunctionValue(qualified=qualified):
            return qualified.replace(":", ".")
        case Instance(of=of) | Generic(of=of):
            return dotted(of)
    return ""


def last(value: Value | None) -> str:
    """The last word of that name."""
    return dotted(value).rpartition(".")[2]


def lineage(codebase: Codebase, value: Value) -> tuple[str, ...]:
    """Dotted names of what something is and of all that it extends."""
    names = [dotted(value), *(each.replace(":", ".") for each in codebase.ancestry(value))]
    return tuple(dict.fromkeys(each for each in names if each))


def known(table: dict[str, Any], codebase: Codebase, value: Value) -> Any | None:
    """What a table says of something, by its name, or by that of what it extends; a package's module may differ."""
    for name in lineage(codebase, value):
        for key, entry in table.items():
            same_package = key.partition(".")[0] == name.partition(".")[0]
            if same_package and key.rpartition(".")[2] == name.rpartition(".")[2]:
                return entry
    return None


def items(value: Value | None) -> tuple[Value, ...]:
    """The members of a literal sequence; one thing alone as such."""
    if isinstance(value, ListValue):
        return tuple(value.items)
    return () if value is None or is_none(value) else (value,)


def is_none(value: Value | None) -> bool:
    """Whether a value is None for certain."""
    return isinstance(value, Const) and value.value is None


def entries(value: Value | None) -> dict[object, Value]:
    """A literal mapping by its constant keys."""
    if not isinstance(value, DictValue):
        return {}
    return {key.value: each for key, each in value.items if isinstance(key, Const)}
