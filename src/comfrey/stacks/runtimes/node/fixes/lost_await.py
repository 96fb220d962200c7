"""A promise that nobody waits for: what goes wrong in it reaches no error path, and ends the process."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Evaluate, FunctionDef, Return, Try
from comfrey.stacks.answering import handler_of

SYMPTOMS = (CRASHED,)
RANK = 36


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`audit(order)` → `await audit(order)`; inside of a `try`, `return` waits as well."""
    handler = handler_of(codebase, project.endpoint(ailment.subject))
    if ailment.actual or handler is None or not handler.asynchronous:
        return None
    for call in _unawaited(handler):
        found = mending.called(codebase, handler, call)
        if any(each.asynchronous and _fails(each, ailment) for each in found):
            name = call.function.text
            edits = (mending.before_text(call, "await "),)
            return Cure(summary=f"{name} is waited for", edits=edits, place=call.place)
    return None


def _unawaited(handler: FunctionDef) -> Iterator[Call]:
    """Calls that a statement is all of."""
    for each in mending.statements(handler):
        if isinstance(each, Evaluate) and isinstance(each.value, Call):
            yield each.value
        for inner in each.body if isinstance(each, Try) else ():
            if isinstance(inner, Return) and isinstance(inner.value, Call):
                yield inner.value


def _fails(function: FunctionDef, ailment: Ailment) -> bool:
    """Whether the failure passes the function."""
    path = function.span.source.path
    return any(e.file == path and mending.covers(function, e.line) for e in ailment.trace)
