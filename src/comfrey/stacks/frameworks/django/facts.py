"""The folder's own data, and the few questions about names that every file here asks."""

from __future__ import annotations

from typing import Any

from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    Choice,
    ClassValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.frameworks.django.overlay import SPLIT
from comfrey.stacks.shelf import folder


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("frameworks", "django")
    assert found is not None
    return found.about.data


def dotted(value: Value | None) -> str:
    """The dotted name of something of a library, also of one that `library.md` spells out; "" else."""
    match value:
        case External(name=name):
            return name
        case ClassValue(qualified=qualified) | FunctionValue(qualified=qualified):
            return qualified.replace(":", ".")
        case Instance(of=of):
            return dotted(class_like(of))
    return ""


def last(value: Value | None) -> str:
    """The last word of the name of a class or function, or of what made an object."""
    return dotted(value).rpartition(".")[2]


def items(value: Value | None) -> tuple[Value, ...]:
    """The members of a literal sequence."""
    if isinstance(value, Choice):
        return items(value.options[0])
    return tuple(value.items) if isinstance(value, ListValue) else ()


def strings(value: Value | None) -> tuple[str, ...]:
    """The constant strings of a literal sequence, or the one string."""
    if (one := text_of(value)) is not None:
        return (one,)
    return tuple(each for each in map(plain, items(value)) if isinstance(each, str))


def setting(codebase: Codebase, settings: str, name: str) -> Value | None:
    """A name of the settings module, or of what it includes; None where it is not set."""
    found = codebase.evaluator.member(settings, name)
    return found if found is not None else codebase.evaluator.member(SPLIT, name)


def decorators(function: FunctionValue) -> tuple[tuple[str, Value], ...]:
    """(dotted name, value) of each decorator, outermost first."""
    return tuple((dotted(each), each) for each in function.decorators)
