"""A bound, length or choice that the column has and the schema lacks, or has differently."""

from __future__ import annotations

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import declared
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import DictOf
from comfrey.stacks.keywords import bounded, choices, known, member, told
from comfrey.stacks.lacking import bare, lacking, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`{ type: 'integer', maximum: 101 }` → `{ type: 'integer', maximum: 100 }`."""
    found = loose(ailment, project)
    if found is None:
        return None
    own, due, place, _ = found
    declaration = declared(codebase, place or own.place, ailment.fields[0])
    given = declaration.value if declaration else None
    if declaration is None or not isinstance(given, DictOf) or member(given, "$ref"):
        return None
    if due.enum and not bare(own).enum and given.items:
        text = f", enum: [{choices(declaration.module, due.enum)}]"
        summary = f"{ailment.fields[0]} is one of its column's values"
        only = mending.appended(given.items[-1][1], text)
        return Cure(summary=summary, edits=(only,), place=given.place)
    lax = known(lacking(own, due))
    edits = tuple(bounded(declaration.module, given, lax)) if lax else ()
    summary = f"{ailment.fields[0]} is bounded as its column is: {told(lax)}"
    return Cure(summary=summary, edits=edits, place=given.place) if edits else None
