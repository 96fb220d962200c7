"""A function in front that refuses and returns, after which Gin asks the handler all the same: it aborts.

Only `Abort` keeps Gin from the functions that come next (https://pkg.go.dev/github.com/gin-gonic/gin#Context.Abort).
"""

from __future__ import annotations

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Evaluate, FunctionDef, Return, Statement
from comfrey.stacks.runtimes.go.replying import status_of

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED, CRASHED, TOLD)
RANK = 20


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`c.JSON(401, …)` → `c.AbortWithStatusJSON(401, …)` wherever the guard refuses and returns."""
    endpoint = project.endpoint(ailment.subject)
    for guard in endpoint.guards if endpoint is not None and ailment.kind == "auth" else ():
        function = mending.function_at(codebase, guard.place) if guard.place else None
        edits = tuple(_aborted(each) for each in _let_on(function)) if function else ()
        if edits:
            summary = f"{guard.name} ends the requests that it refuses"
            return Cure(summary=summary, edits=edits, place=guard.place)
    return None


def _let_on(function: FunctionDef) -> list[Evaluate]:
    """What answers a refusal right before a return, or at the end, and ends nothing."""
    found: list[Evaluate] = []
    for block in mending.blocks(tuple(function.body)):
        for each, behind in zip(block, (*block[1:], None), strict=True):
            ends = isinstance(behind, Return) or behind is None
            if (
                isinstance(each, Evaluate)
                and ends
                and _method(each)
                and status_of(each)
                and not _aborts(block)
            ):
                found.append(each)
    return found


def _aborts(block: tuple[Statement, ...]) -> bool:
    return any(_called(each).startswith("Abort") for each in block)


def _called(statement: Statement) -> str:
    method = _method(statement)
    return method.name if method is not None else ""


def _method(statement: Statement) -> Attribute | None:
    """What a statement calls, where it is a method."""
    call = statement.value if isinstance(statement, Evaluate) else None
    function = call.function if isinstance(call, Call) else None
    return function if isinstance(function, Attribute) else None


def _aborted(statement: Evaluate) -> Edit:
    method = _method(statement)
    of = method.of.text if method is not None else ""
    if method is not None and method.name == "JSON":
        return mending.replaced(method, f"{of}.AbortWithStatusJSON")
    return mending.after(statement, f"{of}.Abort()")
