"""An error that is answered, after which the handler goes on: it ends there."""

from __future__ import annotations

import itertools

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Evaluate, FunctionDef, If, Statement
from comfrey.stacks.runtimes.go.replying import handler_of, status_of

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED, CRASHED, TOLD)
RANK = 4


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """A `return` behind `c.JSON(http.StatusBadRequest, …)`."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    if endpoint is None or function is None or function.returns is not None:
        return None
    for statement in _open_ends(function):
        if not ailment.expected or status_of(statement) in ailment.expected:
            summary = f"{endpoint.key} ends where it has answered {status_of(statement)}"
            edits = (mending.after(statement, "return"),)
            return Cure(summary=summary, edits=edits, place=statement.place)
    return None


def _open_ends(function: FunctionDef) -> list[Statement]:
    """What answers an error last in an `if` behind which more stands."""
    found: list[Statement] = []
    for block in mending.blocks(tuple(function.body)):
        for each, _ in itertools.pairwise(block):
            last = each.body[-1] if isinstance(each, If) and each.body else None
            alone = isinstance(each, If) and not each.otherwise
            if alone and isinstance(last, Evaluate) and status_of(last):
                found.append(last)
    return found
