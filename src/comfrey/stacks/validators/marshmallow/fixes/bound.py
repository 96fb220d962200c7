"""A bound or length that the column has and the schema's field lacks, or has differently."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Expression, ListOf
from comfrey.stacks.lacking import Rule, lacking, loose
from comfrey.stacks.validators.marshmallow.declaration import (
    Declaration,
    declared,
    validators,
)

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
SPELT = {
    "minimum": ("Range", "min"),
    "maximum": ("Range", "max"),
    "min_length": ("Length", "min"),
    "max_length": ("Length", "max"),
}
POSITIONS = {"min": 0, "max": 1}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The validator of the field with the column's bound."""
    found = loose(ailment, project)
    if found is None:
        return None
    lax = [each for each in lacking(found.own, found.due) if each[0] in SPELT]
    declaration = declared(codebase, found.place)
    if declaration is None or not lax:
        return None
    edits = tuple(_edits(declaration, lax))
    told = ", ".join(f"{SPELT[name][1]}={value}" for name, value in lax)
    summary = f"{ailment.fields[0]} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=edits, place=declaration.statement.place) if edits else None


def _edits(found: Declaration, lax: list[Rule]) -> Iterator[Edit]:
    said = found.call.keyword("validate")
    for kind in ("Range", "Length"):
        bounds = [(SPELT[name][1], value) for name, value in lax if SPELT[name][0] == kind]
        if not bounds:
            continue
        known = _validator(said, kind)
        if known is not None:
            yield from _changed(known, bounds)
            continue
        module, imports = validators(found)
        text = f"{module}{kind}({', '.join(f'{k}={v}' for k, v in bounds)})"
        yield from imports
        if said is None:
            yield mending.with_argument(found.call, f"validate={text}")
        elif isinstance(said, ListOf) and said.items:
            yield mending.appended(said.items[-1], f", {text}")
        else:
            yield mending.replaced(said, f"[{said.text}, {text}]")


def _validator(said: Expression | None, kind: str) -> Call | None:
    """The validator of a kind that is written at the field itself: one that others share stays as it is."""
    for each in said.items if isinstance(said, ListOf) else (said,):
        if isinstance(each, Call) and each.function.text.rpartition(".")[2] == kind:
            return each
    return None


def _changed(call: Call, bounds: list[tuple[str, object]]) -> Iterator[Edit]:
    """The validator with its bound corrected, or with one more."""
    for keyword, value in bounds:
        old = call.keyword(keyword)
        position = POSITIONS[keyword]
        if old is None and position < len(call.positional):
            old = call.positional[position]
        if old is not None:
            yield mending.replaced(old, str(value))
        else:
            yield mending.with_argument(call, f"{keyword}={value}")
