"""A member that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import declared, method
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call
from comfrey.stacks.lacking import left_out

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Type.Optional(Type.String())` → `Type.String()`."""
    found = left_out(ailment, project)
    if found is None or found.required:
        return None
    declaration = declared(codebase, found.place or found.own.place, ailment.fields[0])
    value = declaration.value if declaration else None
    if not isinstance(value, Call) or method(value) != "Optional" or not value.positional:
        return None
    edits = (mending.replaced(value, value.positional[0].text),)
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=edits, place=value.place)
