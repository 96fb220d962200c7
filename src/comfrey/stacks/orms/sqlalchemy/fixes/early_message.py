"""People or queues that are told of a change before it is committed: told after the commit, as elsewhere."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import SENT, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, FunctionDef, Name, Statement, walk
from comfrey.stacks.orms.sqlalchemy.sessions import on_session, statement_of
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (SENT,)
RANK = 20
TOLD = ("email", "queue", "sms", "push")
"""Kinds of services that are told of what has happened."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The statement that tells moved behind the commit that follows it."""
    function = handler_of(codebase, project.endpoint(ailment.subject))
    if function is None:
        return None
    body = list(function.body)
    commits = [statement_of(function, call) for call in on_session(function, "commit")]
    last = next((each for each in reversed(commits) if each in body), None)
    told = _telling(ailment, project, codebase, function)
    early = [
        each for each in body if last and each.span.end <= last.span.start and _says(each, told)
    ]
    if last is None or len(early) != 1:
        return None
    moved = mending.after(last, mending.lines_of(early[0]))
    summary = f"{ailment.subject} tells of its change after the commit"
    return Cure(summary=summary, edits=(mending.removed(early[0]), moved), place=early[0].place)


def _telling(
    ailment: Ailment, project: Project, codebase: Codebase, function: FunctionDef
) -> frozenset[str]:
    """Local names that stand for the modules which speak to the service, or for what they define."""
    module = mending.module_of(codebase, function.span.source.path)
    names = {
        each.name
        for each in project.services
        if each.kind in TOLD and ailment.service in ("", each.name)
    }
    files = {c.file for each in project.services if each.name in names for c in each.calls}
    homes = {codebase.graph.module(file) for file in files if file != function.span.source.path}
    known = mending.origins(codebase, module) if module else {}
    return frozenset(
        local for local, origin in known.items() if {origin, origin.rpartition(".")[0]} & homes
    )


def _says(statement: Statement, names: frozenset[str]) -> bool:
    spoken = (each for each in walk(statement) if isinstance(each, Name | Attribute))
    return any(isinstance(each, Name) and each.name in names for each in spoken)
