"""A text that comes to a column of few words: only these."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.lacking import loose
from comfrey.stacks.validators.marshmallow.declaration import declared, validators

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 8


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`fields.String()` → `fields.String(validate=validate.OneOf([…]))`."""
    found = loose(ailment, project)
    if found is None or not found.due.enum or found.own.enum:
        return None
    declaration = declared(codebase, found.place)
    if declaration is None or declaration.call.keyword("validate") is not None:
        return None
    words = ", ".join(spelt(each) for each in found.due.enum)
    module, imports = validators(declaration)
    edit = mending.with_argument(declaration.call, f"validate={module}OneOf([{words}])")
    summary = f"{ailment.fields[0]} is one of {words}"
    return Cure(summary=summary, edits=(edit, *imports), place=declaration.statement.place)


def spelt(value: object) -> str:
    """A word as the project would most likely quote it."""
    return f'"{value}"' if isinstance(value, str) else str(value)
