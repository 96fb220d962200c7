"""A failure that is caught, passed over, and answered as a success: refused as the project refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Catch, Definition, FunctionDef, If, Raise, Return, Try, walk
from comfrey.stacks.answering import Spelled, functions_of, refusal, words

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED)
RANK = 22
GATEWAY = 502
"""The answer for whatever went wrong behind us, where none is declared (RFC 9110, 15.6.3)."""
FAULT = 500
"""The answer for whatever went wrong here."""
UNSTORED = "transaction"
"""The kind of cases in which the database refuses."""
HANDS_ON = re.compile(r"\b(?:next|reject)\s*\(|\.(?:status|code|sendStatus)\(\s*[45]|process\.exit")
"""What a `catch` does that lets the failure be known."""
REPLIES = re.compile(
    r"^(?:await\s+)?(?:res|reply|response|h)\b.*\.(?:json|send|end|sendStatus)\(", re.S
)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`catch (error) { console.error(error); }` → the same, and what the project refuses with behind it."""
    endpoint = project.endpoint(ailment.subject)
    lost = endpoint.swallows if endpoint is not None and ailment.kind == UNSTORED else ""
    wanted = ailment.expected or (GATEWAY if ailment.failure else FAULT,)
    status = next((each for each in wanted if each >= 400), 0)
    if not (ailment.failure or lost) or not status or not 200 <= ailment.actual < 400:
        return None
    thing = words(ailment.service or lost) or "service"
    detail = f"The {thing} failed" if ailment.failure else f"The {thing} could not be stored"
    for function in _functions(ailment, project, codebase):
        found = next(_silent(function), None)
        told = _told(codebase, project, function, found, status, detail) if found else None
        if found is None or told is None:
            continue
        last = found.body[-1]
        if isinstance(last, Return) or REPLIES.match(last.text):
            edit = mending.rewritten(last, last, told.text)
        else:
            edit = mending.after(last, told.text)
        failing = f"failing {thing}" if ailment.failure else f"{thing} that cannot be stored"
        summary = f"a {failing} is answered {status}"
        return Cure(summary=summary, edits=(edit, *told.imports), place=found.place)
    return None


def _told(
    codebase: Codebase,
    project: Project,
    function: FunctionDef,
    catch: Catch,
    status: int,
    detail: str,
) -> Spelled | None:
    """The refusal as the project writes it; what is the server's own fault goes on to its error handler."""
    step = [each.name for each in function.parameters if each.name == "next"]
    module = mending.module_of(codebase, function.span.source.path)
    if status == FAULT and step and catch.name and module is not None:
        return Spelled(f"return next({catch.name}){mending.semicolon(module)}", ())
    return refusal(codebase, project, function, status, detail=detail)


def _functions(ailment: Ailment, project: Project, codebase: Codebase) -> Iterator[FunctionDef]:
    """Where the service is asked, what the request passes, then what is called there."""
    endpoint = project.endpoint(ailment.subject)
    for use in endpoint.services if endpoint else ():
        if use.service == ailment.service:
            yield from _at(codebase, use.place)
    passed = [function for function, _ in functions_of(ailment, project, codebase)]
    yield from passed
    for function in passed:
        for each in mending.inside(function):
            if isinstance(each, Call):
                yield from mending.called(codebase, function, each)


def _at(codebase: Codebase, place: Place | None) -> Iterator[FunctionDef]:
    function = mending.function_at(codebase, place) if place else None
    if function is not None:
        yield function


def _silent(function: FunctionDef) -> Iterator[Catch]:
    """Each `catch` around something that is waited for, or asked, which keeps to itself what it caught."""
    for each in mending.statements(function):
        if not isinstance(each, Try):
            continue
        asks = any(isinstance(e, Call) for statement in each.body for e in walk(statement))
        yield from (e for e in each.catches if asks and e.body and not _lets_know(e))


def _lets_know(catch: Catch) -> bool:
    """Whether the failure is thrown, handed on, or answered as one, however it came about."""
    plain = [each for each in catch.body if not isinstance(each, If) or each.otherwise]
    told = (node for each in plain for node in walk(each))
    if any(isinstance(each, Raise | Definition) for each in told):
        return True
    return any(HANDS_ON.search(each.text) for each in plain)
