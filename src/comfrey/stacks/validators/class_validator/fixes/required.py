"""A property that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.lacking import left_out
from comfrey.stacks.validators.class_validator.declaration import declared, without

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@IsOptional() @IsString() name?: string` → `@IsString() name: string`."""
    found = left_out(ailment, project)
    if found is None:
        return None
    own, _, place, _ = found
    prop = declared(codebase, place or own.place, ailment.fields[0])
    lenient = prop.mark("IsOptional") if prop is not None else None
    if prop is None or lenient is None:
        return None
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=without(prop, lenient), place=prop.statement.place)
