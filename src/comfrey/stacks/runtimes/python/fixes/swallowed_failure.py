"""A service's failure that is caught, passed over, and answered as a success."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Catch, FunctionDef, Pass, Try
from comfrey.stacks.refusing import ends, given, handler_of, refusing, words

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED)
RANK = 20
GATEWAY = 502
"""The answer for whatever went wrong behind us, where the routes declare none (RFC 9110, 15.6.3)."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`except Failed: log` → `except Failed as error: log; raise …502 from error`, as declared."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    module = mending.module_of(codebase, function.span.source.path) if function else None
    if endpoint is None or function is None or module is None or not ailment.failure:
        return None
    status = _status(ailment, endpoint, given(codebase, project, function))
    found = _silent(codebase, project, function)
    thing = words(ailment.service) or "service"
    cause = (found.name or "error") if found else ""
    told = refusing(codebase, project, module, status, f"The {thing} failed", cause)
    if not status or found is None or told is None:
        return None
    text, imports = told
    edits = [_ended(found, text), *imports]
    if text.endswith(" from error") and not found.name:
        edits.append(mending.appended(found.kinds[-1], " as error"))
    summary = f"a failing {thing} is answered {status}"
    return Cure(summary=summary, edits=tuple(edits), place=found.place)


def _status(ailment: Ailment, endpoint: Endpoint, given: frozenset[int]) -> int:
    """A declared 502–504 that nothing in the handler gives yet; where none is declared, what HTTP says; else 0."""
    declared = [each.status for each in endpoint.responses if 502 <= each.status <= 504]
    wanted = [each for each in (*ailment.expected, *declared) if each in declared]
    free = (each for each in (wanted if declared else (GATEWAY,)) if each not in given)
    return next(free, 0)


def _ended(found: Catch, text: str) -> Edit:
    last = found.body[-1]
    return mending.replaced(last, text) if isinstance(last, Pass) else mending.after(last, text)


def _silent(codebase: Codebase, project: Project, function: FunctionDef) -> Catch | None:
    """The `except` that neither refuses nor returns, beside others of its `try` that do."""
    for each in mending.statements(function):
        catches = each.catches if isinstance(each, Try) else ()
        quiet = [e for e in catches if not ends(codebase, project, function, e.body)]
        if len(quiet) == 1 and len(catches) > 1 and quiet[0].kinds:
            return quiet[0]
    return None
