"""A DELETE that looks its row up and commits, but never deletes it."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.orms.sqlalchemy.sessions import (
    calls,
    functions_of,
    on_session,
    row_name,
    session_name,
    statement_of,
    waits,
)

SYMPTOMS = (STORED, ANSWERED)
RANK = 14


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`session.delete(row)` before the commit."""
    functions = functions_of(ailment, project, codebase)
    if not ailment.subject.startswith("DELETE ") or not functions:
        return None
    deletes = any(
        call.function.text.rpartition(".")[2] == "delete" for f in functions for call in calls(f)
    )
    handler, row = functions[0], row_name(functions[0])
    commit = next(on_session(handler, "commit", "flush"), None)
    statement = statement_of(handler, commit) if commit else None
    changed = [each for each in mending.statements(handler) if each.text.startswith(f"{row}.")]
    if deletes or not row or changed or statement is None:
        return None
    text = f"{waits(handler)}{session_name(handler)}.delete({row})"
    edits = (mending.before(statement, text),)
    return Cure(summary=f"{ailment.subject} deletes its row", edits=edits, place=handler.place)
