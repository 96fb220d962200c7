"""A member that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.lacking import input_of
from comfrey.stacks.validators.marshmallow.declaration import declared, with_argument

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5
SAID = ("required", "load_default", "missing", "dump_only")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`fields.String(validate=…)` → `fields.String(required=True, validate=…)`."""
    endpoint, due = project.endpoint(ailment.subject), ailment.column_rule
    found = input_of(endpoint, ailment.fields[0]) if endpoint and ailment.fields and due else None
    if found is None or due is None or due.nullable or due.has_default or endpoint is None:
        return None
    _, place, required = found
    creates = any(each.action == "create" for each in endpoint.effects)
    declaration = declared(codebase, place)
    if required or not creates or declaration is None:
        return None
    if any(each.name in SAID for each in declaration.call.arguments):
        return None
    keywords = all(each.name for each in declaration.call.arguments)
    edit = with_argument(declaration.call, "required=True", first=keywords)
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=(edit,), place=declaration.statement.place)
