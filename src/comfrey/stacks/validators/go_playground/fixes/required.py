"""A member that may be left out while its column takes no null, or while the handler follows its pointer."""

from __future__ import annotations

import re

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign
from comfrey.stacks.lacking import input_of

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5
RULES = re.compile(r'(binding|validate):"([^"]*)"')


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`binding:"max=120"` → `binding:"required,max=120"`."""
    endpoint, due = project.endpoint(ailment.subject), ailment.column_rule
    found = input_of(endpoint, ailment.fields[0]) if endpoint and ailment.fields else None
    if found is None or endpoint is None or found[2]:
        return None
    follows = ailment.symptom == CRASHED and "nil pointer" in ailment.error
    kept = due is not None and not due.nullable and not due.has_default
    creates = any(each.action == "create" for each in endpoint.effects)
    member = _member(codebase, found[1], ailment.fields[0])
    if not (follows or (kept and creates)) or member is None:
        return None
    edit = _required(member, project.stack.framework)
    if edit is None:
        return None
    why = "as the handler takes it for granted" if follows else "as its column is"
    summary = f"{ailment.fields[0]} is required, {why}"
    return Cure(summary=summary, edits=(edit,), place=member.place)


def _member(codebase: Codebase, place: Place | None, name: str) -> Assign | None:
    """The field of a struct that a member of the body goes to."""
    owner = mending.class_at(codebase, place)
    wire = name.rpartition(".")[2]
    for each in owner.body if owner is not None else ():
        if isinstance(each, Assign) and re.search(
            rf'(?:json|form):"{re.escape(wire)}[",]', each.text
        ):
            return each
    return None


def _required(member: Assign, framework: str) -> Edit | None:
    """The field with `required` first among its rules."""
    text = member.text
    found = RULES.search(text)
    if found is None:
        word = "binding" if framework == "gin" else "validate"
        end = text.rfind("`")
        written = f'{text[:end]} {word}:"required"{text[end:]}' if end > 0 else ""
        return mending.replaced(member, written) if written else None
    kept = [each for each in found[2].split(",") if each not in ("omitempty", "required", "")]
    rules = f'{found[1]}:"{",".join(["required", *kept])}"'
    return mending.replaced(member, text[: found.start()] + rules + text[found.end() :])
