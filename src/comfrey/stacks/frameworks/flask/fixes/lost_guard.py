"""A view without the decorator that guards its siblings, or with a milder one: theirs, in the same place."""

from __future__ import annotations

import re

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Expression, FunctionDef, Name, walk
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 10
ROUTES = ("route", "get", "post", "put", "patch", "delete")
GUARDS = re.compile(
    r"login|auth|jwt|token|admin|staff|role|permission|scope|required|protect", re.I
)
RENEWAL = "renewal"
"""What lets nobody in but with a token that only renews others is no guard for anything else."""
NOBODY = re.compile(r"_AppCtxGlobals|AnonymousUser|@jwt_required")
"""How Flask, Flask-Login and Flask-JWT-Extended speak of a caller whom nothing has asked for."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@login_required` of the nearest sibling below the view's route; where the view has one of its own, and it
    is the caller's role that it does not ask for, theirs instead."""
    endpoint = project.endpoint(ailment.subject)
    view = handler_of(codebase, endpoint)
    refuses = any(each in (401, 403) for each in ailment.expected) and 404 not in ailment.expected
    if endpoint is None or view is None:
        return None
    if not _asks_nobody(ailment, view) and not (refuses and ailment.kind == "auth"):
        return None
    free = _free(project, codebase)
    own = next((each for each in view.decorators if _guards(each, free)), None)
    if own is not None and {*ailment.expected} & {401}:
        return None
    for sibling in _siblings(project, endpoint):
        other = handler_of(codebase, sibling)
        theirs = next((e for e in other.decorators if _guards(e, free)), None) if other else None
        if theirs is None or other is None or (own is not None and own.text == theirs.text):
            continue
        edits = _copied(codebase, view, own, other, theirs)
        if edits:
            summary = f"{endpoint.key} is guarded as {sibling.key} is"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=edits, place=place, caller_like=sibling.key)
    return None


def _asks_nobody(ailment: Ailment, view: FunctionDef) -> bool:
    """Whether a view fails for want of a caller: Flask's `g` names the missing attribute and no more."""
    if ailment.symptom != CRASHED:
        return False
    bare = re.search(r"AttributeError: (\w+)\s*$", ailment.error)
    return bool(NOBODY.search(ailment.error)) or (bare is not None and f"g.{bare[1]}" in view.text)


def _free(project: Project, codebase: Codebase) -> frozenset[str]:
    """The decorators of views that anyone may ask: none of them guards."""
    open_views = (handler_of(codebase, each) for each in project.endpoints if each.auth is False)
    return frozenset(_head(each) for view in open_views if view for each in view.decorators)


def _head(decorator: Expression) -> str:
    return decorator.text.partition("(")[0]


def _guards(decorator: Expression, free: frozenset[str]) -> bool:
    head = _head(decorator)
    word = head.rpartition(".")[2]
    return word not in ROUTES and head not in free and bool(GUARDS.search(word))


def _siblings(project: Project, endpoint: Endpoint) -> list[Endpoint]:
    """Guarded endpoints of the same file, those nearest by path first, writes for a write."""
    alike = [
        each
        for each in project.endpoints
        if each.auth and each.key != endpoint.key and each.handler.file == endpoint.handler.file
        if not all(guard.scheme == RENEWAL for guard in each.guards)
    ]
    writes = endpoint.method != "GET"
    return sorted(alike, key=lambda e: ((e.method != "GET") != writes, -_shared(e, endpoint)))


def _shared(each: Endpoint, endpoint: Endpoint) -> int:
    """How many segments two paths have in common, and whether they are the same."""
    pairs = list(zip(each.path.split("/"), endpoint.path.split("/"), strict=False))
    same = [a == b for a, b in pairs]
    count = same.index(False) if False in same else len(same)
    return 2 * count + (each.path == endpoint.path)


def _copied(
    codebase: Codebase,
    view: FunctionDef,
    own: Expression | None,
    other: FunctionDef,
    theirs: Expression,
) -> tuple[Edit, ...]:
    """Their decorator in the place of the milder one, else right below the route."""
    imports = _imported(codebase, view, other, theirs)
    if own is not None:
        return (mending.replaced(own, theirs.text), *imports)
    route = next((e for e in view.decorators if _head(e).rpartition(".")[2] in ROUTES), None)
    return (mending.after(route, f"@{theirs.text}"), *imports) if route is not None else ()


def _imported(
    codebase: Codebase, view: FunctionDef, other: FunctionDef, theirs: Expression
) -> tuple[Edit, ...]:
    """What the decorator's names need where the view stands."""
    here = mending.module_of(codebase, view.span.source.path)
    there = mending.module_of(codebase, other.span.source.path)
    if here is None or there is None or here is there:
        return ()
    known = mending.origins(codebase, there)
    edits: list[Edit] = []
    for name in sorted({each.name for each in walk(theirs) if isinstance(each, Name)}):
        origin = known.get(name, "").rpartition(".")[0]
        edits += mending.importing(here, origin, [name]) if origin else ()
    return tuple(edits)
