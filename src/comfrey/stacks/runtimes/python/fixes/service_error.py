"""A failing service that ends as an unhandled error: the answer that the route declares for it."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Module
from comfrey.stacks.refusing import given, handler_of, refusing, words

SYMPTOMS = (CRASHED,)
RANK = 40
BY_FAILURE = {"timeout": 504, "rate_limit": 503, "network": 502, "status500": 502, "shape": 502}

GATEWAY = 502
"""The answer for whatever went wrong behind us, where nothing tells the failures apart (RFC 9110, 15.6.3)."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The call inside of a `try` whose `except` answers with what the route declares."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    if endpoint is None or function is None or not ailment.failure:
        return None
    frame = next((e for e in ailment.trace if mending.function_at(codebase, e) is function), None)
    statement = mending.statement_at(function, frame.line) if frame else None
    module = mending.module_of(codebase, function.span.source.path)
    status = _status(ailment, endpoint, given(codebase, project, function))
    known = _project_error(ailment, codebase, module) if module else None
    if statement is None or module is None or not status or known is None:
        return None
    spelled, imports = known
    thing = words(ailment.service) or "service"
    told = refusing(codebase, project, module, status, f"The {thing} failed", cause="error")
    if told is None:
        return None
    text, more = told
    named = " as error" if text.endswith(" from error") else ""
    body = "".join(f"    {line}\n" for line in mending.lines_of(statement).splitlines())
    wrapped = f"try:\n{body}except {spelled}{named}:\n    {text}"
    edits = (mending.rewritten(statement, statement, wrapped), *imports, *more)
    summary = f"a failing {thing} is answered {status}"
    return Cure(summary=summary, edits=edits, place=statement.place)


def _status(ailment: Ailment, endpoint: Endpoint, given: frozenset[int]) -> int:
    """A declared 502–504 that nothing in the handler gives yet; where none is declared, what HTTP says."""
    declared = [each for each in ailment.expected if 502 <= each <= 504]
    if not declared:
        declared = [each.status for each in endpoint.responses if 502 <= each.status <= 504]
    if not declared:
        return GATEWAY
    free = [each for each in declared if each not in given]
    wanted = BY_FAILURE.get(ailment.failure, 502)
    return wanted if wanted in free else (free[0] if free else 0)


def _project_error(
    ailment: Ailment, codebase: Codebase, module: Module
) -> tuple[str, mending.Edits] | None:
    """How the handler's module spells the project's own exception class that was raised."""
    name = ailment.error_class
    home = _home(codebase, ailment, name)
    if not home:
        return None
    for each in mending.imports(module):
        for original, local in each.names if not each.whole else ():
            if f"{each.module}.{original}" == home:
                return f"{local}.{name}", ()
            if each.module == home and original == name:
                return local, ()
    return name, mending.importing(module, home, [name])


def _home(codebase: Codebase, ailment: Ailment, name: str) -> str:
    """The module of the tree that defines the class."""
    for place in ailment.trace:
        module = mending.module_of(codebase, place.file)
        if module and any(each.name == name for each in mending.classes(module)):
            return codebase.graph.module(place.file)
        origin = mending.bound(module).get(name, "") if module else ""
        if origin and codebase.graph.file(origin.rpartition(".")[0]):
            return origin.rpartition(".")[0]
    return ""
