"""Rules as JSON Schema's keywords in an object that JavaScript writes out: `{ minimum: 1, maxLength: 80 }`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import spelling
from comfrey.model.remedy import Edit
from comfrey.source.node import Constant, DictOf, Expression, Module
from comfrey.stacks.lacking import Rule

KEYWORDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "format": "format",
}
LOOSER = {
    "minimum": "exclusiveMinimum",
    "exclusiveMinimum": "minimum",
    "maximum": "exclusiveMaximum",
    "exclusiveMaximum": "maximum",
}
"""The keyword that says the same kind of bound in another way."""


def known(lax: Iterator[Rule]) -> list[Rule]:
    """Those of the rules that a keyword says."""
    return [(name, value) for name, value in lax if name in KEYWORDS]


def member(given: DictOf, name: str) -> tuple[Expression, Expression] | None:
    """(key, value) of an object's member."""
    for key, value in given.items:
        if isinstance(key, Constant) and key.value == name:
            return key, value
    return None


def bounded(module: Module, given: DictOf, lax: list[Rule]) -> Iterator[Edit]:
    """The object with these bounds in place of its own of the same kind, else behind all others."""
    new: list[Rule] = []
    for name, value in lax:
        word, text = KEYWORDS[name], _spelled(module, value)
        same, other = member(given, word), member(given, LOOSER.get(word, ""))
        if same is not None:
            yield mending.replaced(same[1], text)
        elif other is not None:
            yield mending.replaced(other[0], word)
            yield mending.replaced(other[1], text)
        else:
            new.append((name, value))
    more = "".join(f", {each}" for each in written(module, new))
    if new and given.items:
        yield mending.appended(given.items[-1][1], more)
    elif new:
        yield mending.replaced(given, f"{{ {more.removeprefix(', ')} }}")


def written(module: Module, lax: list[Rule]) -> Iterator[str]:
    """Each rule as a member, `maxLength: 80`."""
    return (f"{KEYWORDS[name]}: {_spelled(module, value)}" for name, value in lax)


def _spelled(module: Module, value: object) -> str:
    return mending.quoted(module, value) if isinstance(value, str) else spelling(module, value)


def told(lax: list[Rule]) -> str:
    """The rules for people."""
    return ", ".join(f"{KEYWORDS[name]} {value}" for name, value in lax)


def choices(module: Module, values: tuple[object, ...]) -> str:
    """The values as a list, `'petrol', 'diesel'`."""
    return ", ".join(mending.quoted(module, str(each)) for each in values)
