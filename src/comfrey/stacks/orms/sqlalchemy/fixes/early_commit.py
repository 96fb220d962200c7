"""A commit in the middle of what belongs together: only the last one stays."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import For, FunctionDef, Statement, While
from comfrey.stacks.orms.sqlalchemy.sessions import functions_of, on_session, statement_of

SYMPTOMS = (CHANGED, STORED)
RANK = 18


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The earlier commits removed; a flush where a later line may need the keys."""
    for function in functions_of(ailment, project, codebase):
        found = [statement_of(function, call) for call in on_session(function, "commit")]
        commits = [each for each in found if each is not None]
        early = [each for each in commits[:-1] if _goes_on(function, each, commits[-1])]
        if early:
            edits = tuple(_softened(each) for each in early)
            summary = "what is written together is committed together"
            return Cure(summary=summary, edits=edits, place=early[0].place)
    return None


def _goes_on(function: FunctionDef, commit: Statement, last: Statement) -> bool:
    """Whether the last commit surely follows this one: it stands on the function's own level."""
    top = list(function.body)
    loops = [e for e in mending.statements(function) if isinstance(e, For | While)]
    inside = any(mending.covers(loop, commit.span.line) for loop in loops)
    return last in top and (inside or commit in top)


def _softened(commit: Statement) -> Edit:
    return mending.replaced(commit, commit.text.replace(".commit()", ".flush()"))
