"""A value that is compared with, or stored in, an enumeration's column: its members only."""

from __future__ import annotations

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import declared, method
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, walk
from comfrey.stacks.lacking import bare, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 8
ANYTHING = ("String", "Any", "Unknown")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Type.String()` → `Type.Union([Type.Literal('paid'), Type.Literal('void')])`."""
    found = loose(ailment, project)
    if found is None or not found.due.enum or bare(found.own).enum:
        return None
    declaration = declared(codebase, found.place or found.own.place, ailment.fields[0])
    for each in walk(declaration.value) if declaration else ():
        if declaration and isinstance(each, Call) and method(each) in ANYTHING:
            head = each.function.text.removesuffix(method(each))
            said = [mending.quoted(declaration.module, str(value)) for value in found.due.enum]
            members = ", ".join(f"{head}Literal({value})" for value in said)
            edits = (mending.replaced(each, f"{head}Union([{members}])"),)
            summary = f"{ailment.fields[0]} is one of its column's values"
            return Cure(summary=summary, edits=edits, place=each.place)
    return None
