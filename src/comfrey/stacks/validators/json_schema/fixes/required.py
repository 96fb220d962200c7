"""A member that may be left out while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import DictOf, Expression, ListOf, Module
from comfrey.stacks.keywords import member
from comfrey.stacks.lacking import left_out

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`required: ['email']` → `required: ['email', 'name']`."""
    found = left_out(ailment, project)
    place = (found.place or found.own.place) if found else None
    module = mending.module_of(codebase, place.file) if place else None
    if found is None or found.required or place is None or module is None:
        return None
    name = ailment.fields[0].rpartition(".")[2]
    schema = _around(module, name, place)
    edit = _demanded(module, schema, name) if schema else None
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=(edit,), place=place) if edit else None


def _around(module: Module, name: str, place: Place) -> DictOf | None:
    """The innermost schema whose `properties` hold the member that is declared at the place."""
    found = None
    for each in mending.everything(module):
        properties = member(each, "properties") if isinstance(each, DictOf) else None
        held = properties[1] if properties else None
        declared = member(held, name) if isinstance(held, DictOf) else None
        if isinstance(each, DictOf) and declared and _covers(*declared, place.line):
            found = each
    return found


def _covers(key: Expression, value: Expression, line: int) -> bool:
    return key.span.line <= line <= value.span.end_line


def _demanded(module: Module, schema: DictOf, name: str) -> Edit | None:
    """The schema with the name among its `required`."""
    quoted, known = mending.quoted(module, name), member(schema, "required")
    if known is not None:
        listed = known[1]
        if not isinstance(listed, ListOf):
            return None
        if not listed.items:
            return mending.replaced(listed, f"[{quoted}]")
        return mending.appended(listed.items[-1], f", {quoted}")
    properties = member(schema, "properties")
    if properties is None:
        return None
    gap = ", "
    if schema.span.line != properties[0].span.line:
        gap = f",\n{mending.indentation(properties[0])}"
    return mending.before_text(properties[0], f"required: [{quoted}]{gap}")
