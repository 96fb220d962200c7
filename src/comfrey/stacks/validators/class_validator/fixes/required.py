"""A property that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.lacking import input_of
from comfrey.stacks.validators.class_validator.declaration import declared, without

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@IsOptional() @IsString() name?: string` → `@IsString() name: string`."""
    endpoint, due = project.endpoint(ailment.subject), ailment.column_rule
    found = input_of(endpoint, ailment.fields[0]) if endpoint and ailment.fields and due else None
    if found is None or due is None or due.nullable or due.has_default or endpoint is None:
        return None
    own, place, _ = found
    creates = any(each.action == "create" for each in endpoint.effects)
    prop = declared(codebase, place or own.place, ailment.fields[0])
    lenient = prop.mark("IsOptional") if prop is not None else None
    if not creates or prop is None or lenient is None:
        return None
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=without(prop, lenient), place=prop.statement.place)
