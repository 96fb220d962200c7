"""A bound, length or pattern that the column has and the schema lacks, or has differently."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import (
    Declaration,
    chain,
    declared,
    method,
    spelling,
)
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call
from comfrey.stacks.lacking import Rule, lacking, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
METHODS = {
    "minimum": "min",
    "maximum": "max",
    "exclusive_minimum": "gt",
    "exclusive_maximum": "lt",
    "min_length": "min",
    "max_length": "max",
}
SAME = {
    "min": ("min", "gte", "nonnegative", "positive", "gt"),
    "max": ("max", "lte", "lt"),
    "gt": ("min", "gte", "gt", "nonnegative", "positive"),
    "lt": ("max", "lte", "lt"),
}
"""Calls that say the same kind of bound."""
LATE = (
    "optional",
    "nullable",
    "nullish",
    "default",
    "refine",
    "transform",
    "catch",
    "pipe",
    "describe",
)
"""Calls behind which no bound can stand."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`z.number().max(101)` → `z.number().max(100)`."""
    found = loose(ailment, project)
    if found is None:
        return None
    own, due, place, _ = found
    lax = [(name, value) for name, value in lacking(own, due) if name in METHODS]
    declaration = declared(codebase, place or own.place, ailment.fields[0])
    if declaration is None or not lax:
        return None
    edits = tuple(_edits(declaration, lax))
    told = ", ".join(f"{METHODS[name]}({value})" for name, value in lax)
    summary = f"{ailment.fields[0]} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=edits, place=declaration.value.place) if edits else None


def _edits(found: Declaration, lax: list[Rule]) -> Iterator[Edit]:
    calls = list(chain(found.value))
    for name, value in lax:
        text = spelling(found.module, value)
        old = next((each for each in calls if method(each) in SAME[METHODS[name]]), None)
        if old is None:
            last = _last(calls)
            if last is not None:
                yield mending.appended(last, f".{METHODS[name]}({text})")
        elif method(old) == METHODS[name] and old.positional:
            yield mending.replaced(old.positional[0], text)
        else:
            head = old.function.text.removesuffix(method(old))
            yield mending.replaced(old, f"{head}{METHODS[name]}({text})")


def _last(calls: list[Call]) -> Call | None:
    """The call behind which a bound may stand."""
    return next((each for each in calls if method(each) not in LATE), None)
