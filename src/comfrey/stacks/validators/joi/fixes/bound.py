"""A bound, length or choice that the column has and the schema lacks, or has differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.stacks.lacking import Rule, bare, lacking, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
METHODS = {
    "minimum": "min",
    "maximum": "max",
    "exclusive_minimum": "greater",
    "exclusive_maximum": "less",
    "min_length": "min",
    "max_length": "max",
    "enum": "valid",
}
SAME = {
    "min": ("min", "greater", "positive"),
    "max": ("max", "less"),
    "greater": ("min", "greater", "positive"),
    "less": ("max", "less"),
}
"""Calls that say the same kind of bound."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Joi.number().max(101)` → `Joi.number().max(100)`."""
    found = loose(ailment, project)
    if found is None:
        return None
    own, due, place, _ = found
    lax = [(name, value) for name, value in _lacking(own, due) if name in METHODS]
    declaration = declared(codebase, place or own.place, ailment.fields[0])
    if declaration is None or not lax:
        return None
    edits = tuple(_edits(declaration, lax))
    told = ", ".join(f"{METHODS[name]}({_spelled(declaration, value)})" for name, value in lax)
    summary = f"{ailment.fields[0]} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=edits, place=declaration.value.place) if edits else None


def _lacking(own: Schema, due: Schema) -> Iterator[Rule]:
    yield from lacking(own, due)
    if due.enum and not bare(own).enum:
        yield "enum", due.enum


def _spelled(found: Declaration, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(mending.quoted(found.module, str(each)) for each in value)
    return spelling(found.module, value)


def _edits(found: Declaration, lax: list[Rule]) -> Iterator[Edit]:
    calls = list(chain(found.value))
    for name, value in lax:
        word, text = METHODS[name], _spelled(found, value)
        old = next((each for each in calls if method(each) in SAME.get(word, ())), None)
        if old is None and calls:
            yield mending.appended(_before_demands(calls), f".{word}({text})")
        elif old is not None and method(old) == word and old.positional:
            yield mending.replaced(old.positional[0], text)
        elif old is not None:
            yield mending.replaced(
                old, f"{old.function.text.removesuffix(method(old))}{word}({text})"
            )


def _before_demands(calls: list[Any]) -> Any:
    """The call behind which a rule reads well: before `required()` and its like."""
    late = ("required", "optional", "default", "messages", "label")
    return next((each for each in calls if method(each) not in late), calls[-1])
