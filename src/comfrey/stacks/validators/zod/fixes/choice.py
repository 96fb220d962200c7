"""A text that is compared with, or stored in, an enumeration's column: its members only."""

from __future__ import annotations

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import declared, method
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Expression, walk
from comfrey.stacks.lacking import bare, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 8


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`z.string()` → `z.enum(['pending', 'paid'])`."""
    found = loose(ailment, project)
    if found is None or not found.due.enum or bare(found.own).enum:
        return None
    own, due, place, _ = found
    declaration = declared(codebase, place or own.place, ailment.fields[0])
    text = _text(declaration.value) if declaration else None
    if declaration is None or text is None:
        return None
    members = ", ".join(mending.quoted(declaration.module, str(each)) for each in due.enum)
    head = text.function.text.removesuffix("string")
    edits = (mending.replaced(text, f"{head}enum([{members}])"),)
    summary = f"{ailment.fields[0]} is one of its column's values"
    return Cure(summary=summary, edits=edits, place=declaration.value.place)


def _text(value: Expression) -> Call | None:
    """The `z.string()` at the chain's start."""
    for each in walk(value):
        if isinstance(each, Call) and method(each) == "string" and not each.arguments:
            return each
    return None
