"""A member that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.lacking import left_out
from comfrey.stacks.validators.marshmallow.declaration import declared

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5
SAID = ("required", "load_default", "missing", "dump_only")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`fields.String(validate=…)` → `fields.String(required=True, validate=…)`."""
    found = left_out(ailment, project)
    if found is None:
        return None
    declaration = declared(codebase, found.place)
    if found.required or declaration is None:
        return None
    if any(each.name in SAID for each in declaration.call.arguments):
        return None
    keywords = all(each.name for each in declaration.call.arguments)
    edit = mending.with_argument(declaration.call, "required=True", first=keywords)
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=(edit,), place=declaration.statement.place)
