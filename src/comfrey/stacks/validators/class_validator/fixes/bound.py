"""A bound, length, pattern or choice that the column has and the DTO lacks, or has differently."""

from __future__ import annotations

from typing import Any

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call
from comfrey.stacks.lacking import bare, lacking, loose
from comfrey.stacks.validators.class_validator.declaration import Property, added, declared

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
MARKS = {
    "minimum": "Min",
    "maximum": "Max",
    "min_length": "MinLength",
    "max_length": "MaxLength",
    "pattern": "Matches",
    "enum": "IsIn",
}
SAME = {"MinLength": ("IsNotEmpty", "MinLength"), "Min": ("Min", "IsPositive")}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@IsString()` → `@MaxLength(80)` beside it."""
    found = loose(ailment, project)
    if found is None:
        return None
    own, due, place, _ = found
    lax = [(name, value) for name, value in _lacking(own, due) if name in MARKS]
    prop = declared(codebase, place or own.place, ailment.fields[0])
    if prop is None or not lax:
        return None
    edits: Edits = ()
    for name, value in lax:
        edits += _edits(codebase, prop, MARKS[name], _spelled(prop, name, value))
    told = ", ".join(f"{MARKS[name]}({_spelled(prop, name, value)})" for name, value in lax)
    summary = f"{ailment.fields[0]} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=edits, place=prop.statement.place)


def _lacking(own: Schema, due: Schema) -> list[tuple[str, Any]]:
    found = list(lacking(own, due))
    if due.enum and not bare(own).enum:
        found.append(("enum", due.enum))
    return found


def _spelled(prop: Property, name: str, value: Any) -> str:
    if name == "enum":
        return f"[{', '.join(mending.quoted(prop.module, str(each)) for each in value)}]"
    if name == "pattern":
        return f"/{str(value).replace('/', chr(92) + '/')}/"
    return str(value)


def _edits(codebase: Codebase, prop: Property, name: str, text: str) -> Edits:
    old = prop.mark(name)
    if isinstance(old, Call) and old.positional:
        return (mending.replaced(old.positional[0], text),)
    return added(codebase, prop, f"{name}({text})")
