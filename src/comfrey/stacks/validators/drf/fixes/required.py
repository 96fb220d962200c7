"""A field that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant
from comfrey.stacks.lacking import left_out
from comfrey.stacks.validators.drf.declaration import declared

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5
DEFAULTED = ("default", "read_only")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`CharField(required=False)` → `CharField()`."""
    found = left_out(ailment, project)
    declaration = declared(codebase, found.place) if found is not None else None
    if found is None or found.required or declaration is None:
        return None
    call = declaration.call
    lax = call.keyword("required")
    eased = isinstance(lax, Constant) and lax.value is False
    if not eased or any(each.name in DEFAULTED for each in call.arguments):
        return None
    edit = mending.without(call, "required")
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=(edit,), place=declaration.statement.place)
