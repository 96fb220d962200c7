"""A route without the guard that its siblings have: the same guard, in the same place, or the same group."""

from __future__ import annotations

import re
from typing import NamedTuple

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Constant, Expression, walk
from comfrey.stacks.siblings import stricter

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 10
BEHIND = ("echo",)
"""Frameworks whose functions in front stand behind the handler."""


class Route(NamedTuple):
    """A registration: the call, its router as it is written, its path's literal, the rest of its arguments."""

    call: Call
    router: str
    path: str
    steps: tuple[Expression, ...]


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`r.DELETE("/:id", remove)` → `r.DELETE("/:id", requireUser, remove)`."""
    endpoint = project.endpoint(ailment.subject)
    refuses = any(each in (401, 403) for each in ailment.expected) and 404 not in ailment.expected
    if endpoint is None or not refuses or ailment.kind != "auth":
        return None
    mine = _route(codebase, endpoint)
    for sibling in stricter(project, endpoint) if mine else ():
        theirs = _route(codebase, sibling)
        edit = _edit(project, mine, theirs, endpoint, sibling) if mine and theirs else None
        if edit is not None:
            summary = f"{endpoint.key} is guarded as {sibling.key} is"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=(edit,), place=place, caller_like=sibling.key)
    return None


def _route(codebase: Codebase, endpoint: Endpoint) -> Route | None:
    """The call that registers an endpoint's handler."""
    for place in reversed(endpoint.evidence):
        function = mending.function_at(codebase, place)
        statement = mending.statement_at(function, place.line) if function else None
        for each in walk(statement) if statement is not None else ():
            found = _registered(each) if isinstance(each, Call) else None
            if found is not None:
                return found
    return None


def _registered(call: Call) -> Route | None:
    given = call.positional
    first = given[0] if given else None
    target = call.function
    literal = first.value if isinstance(first, Constant) else None
    if len(given) < 2 or not isinstance(literal, str) or not isinstance(target, Attribute):
        return None
    return Route(call, target.of.text, literal, given[1:])


def _edit(
    project: Project, mine: Route, theirs: Route, endpoint: Endpoint, sibling: Endpoint
) -> Edit | None:
    same_file = mine.call.span.source.path == theirs.call.span.source.path
    behind = project.stack.framework in BEHIND
    own, guards = (_guards(each, behind=behind) for each in (mine, theirs))
    lacking = [each.text for each in guards if each.text not in {e.text for e in own}]
    if lacking and same_file:
        text = ", ".join(lacking)
        if behind:
            return mending.appended(mine.steps[0] if not own else own[-1], f", {text}")
        return mending.before_text(mine.steps[-1], f"{text}, ")
    if same_file and mine.router != theirs.router and _is_alike(mine, theirs, endpoint, sibling):
        of = mine.call.function
        return mending.replaced(of.of, theirs.router) if isinstance(of, Attribute) else None
    return None


def _guards(route: Route, *, behind: bool) -> tuple[Expression, ...]:
    return route.steps[1:] if behind else route.steps[:-1]


def _is_alike(mine: Route, theirs: Route, endpoint: Endpoint, sibling: Endpoint) -> bool:
    """Whether both routers stand at the same place: what is left of the path without the literal is the same."""
    heads = (_head(mine.path, endpoint.path), _head(theirs.path, sibling.path))
    return heads[0] == heads[1] != "?"


def _head(literal: str, path: str) -> str:
    own = re.sub(r"[:*](\w+)", r"{\1}", literal.split(" ")[-1]).rstrip("/")
    whole = path.rstrip("/")
    return whole.removesuffix(own) if whole.endswith(own) else "?"
