"""A member that may be left out or null while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.languages.javascript.declaration import Declaration, chain, declared, method
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call
from comfrey.stacks.lacking import left_out

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5
LENIENT = ("optional", "nullish", "nullable", "default", "catch")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`z.string().optional()` → `z.string()`."""
    found = left_out(ailment, project)
    if found is None:
        return None
    own, _, place, required = found
    declaration = declared(codebase, place or own.place, ailment.fields[0])
    if declaration is None or (required and not own.nullable):
        return None
    edits = _strict(declaration)
    if not edits:
        return None
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=edits, place=declaration.value.place)


def _strict(found: Declaration) -> tuple[Edit, ...]:
    """The chain without the calls that let nothing through."""
    lenient = [each for each in chain(found.value) if method(each) in LENIENT]
    return tuple(_gone(each) for each in lenient)


def _gone(call: Call) -> Edit:
    of = call.function.of if isinstance(call.function, Attribute) else call
    file, start, end = call.span.source.path, of.span.end, call.span.end
    return Edit(file=file, start=start, end=end, text="")
