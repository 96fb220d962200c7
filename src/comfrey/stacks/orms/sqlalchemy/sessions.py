"""What a function does with its session: the calls that matter to a transaction, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import Ailment
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Await,
    Call,
    Expression,
    FunctionDef,
    Name,
    Statement,
)
from comfrey.stacks.refusing import handler_of

METHODS = (
    "commit",
    "flush",
    "get",
    "scalar",
    "scalars",
    "execute",
    "add",
    "delete",
    "query",
    "refresh",
)
NAMES = ("session", "db", "db_session", "database", "conn", "connection")
"""How a parameter that is a session is called."""


def functions_of(ailment: Ailment, project: Project, codebase: Codebase) -> tuple[FunctionDef, ...]:
    """The handler, then the functions of the tree through which it writes, then those that these call by
    name."""
    endpoint = project.endpoint(ailment.subject)
    handler = handler_of(codebase, endpoint)
    found: list[FunctionDef] = [handler] if handler else []
    for effect in endpoint.effects if endpoint else ():
        if effect.action in ("create", "update", "delete"):
            on_the_way = (mending.function_at(codebase, each) for each in effect.through)
            found += [each for each in on_the_way if each is not None and each not in found]
    for each in found:
        if len(found) > 12:
            break
        found += [other for other in _called(each, codebase) if other not in found]
    return tuple(found)


def writers(project: Project, codebase: Codebase) -> tuple[FunctionDef, ...]:
    """Every function of the tree through which an endpoint writes, the handlers included."""
    places = {
        (place.file, place.line): place
        for endpoint in project.endpoints
        for effect in endpoint.effects
        if effect.action in ("create", "update", "delete")
        for place in (endpoint.handler.place, *effect.through)
        if place.file
    }
    found = (mending.function_at(codebase, places[key]) for key in sorted(places))
    return tuple(dict.fromkeys(each for each in found if each is not None))


def writer_of(ailment: Ailment, project: Project, codebase: Codebase) -> FunctionDef | None:
    """The function in which the endpoint's last write happens."""
    endpoint = project.endpoint(ailment.subject)
    made = (
        [e for e in endpoint.effects if e.action in ("create", "update", "delete")]
        if endpoint
        else []
    )
    place = made[-1].through[-1] if made and made[-1].through else None
    return mending.function_at(codebase, place) or handler_of(codebase, endpoint)


def _called(function: FunctionDef, codebase: Codebase) -> Iterator[FunctionDef]:
    """The functions of the tree that a function calls."""
    for call in calls(function):
        yield from mending.called(codebase, function, call)


def calls(function: FunctionDef) -> Iterator[Call]:
    """Every call of a function's body."""
    return (each for each in mending.inside(function) if isinstance(each, Call))


def on_session(function: FunctionDef, *methods: str) -> Iterator[Call]:
    """Calls of one of the methods on something that is named as a session."""
    for call in calls(function):
        if isinstance(call.function, Attribute) and call.function.name in methods:
            owner = call.function.of.text.rpartition(".")[2].lower()
            if any(word in owner for word in ("session", "db", "conn", "uow")):
                yield call


def statement_of(function: FunctionDef, call: Call) -> Statement | None:
    """The statement that a call stands in."""
    return mending.statement_of(function, call)


def session_name(function: FunctionDef) -> str:
    """How the function calls its session, "" when it has none."""
    for call in on_session(function, *METHODS):
        if isinstance(call.function, Attribute):
            return call.function.of.text
    return next((e.name for e in function.parameters if e.name.lower() in NAMES), "")


def waits(function: FunctionDef) -> str:
    """`await ` in functions whose session is asynchronous, else ""."""
    awaited = (each for each in mending.inside(function) if isinstance(each, Await))
    session = session_name(function)
    return "await " if any(each.value.text.startswith(f"{session}.") for each in awaited) else ""


def row_name(function: FunctionDef) -> str:
    """The local name of the row that the function looks up first, or ""."""
    for each in function.body:
        if isinstance(each, Assign) and len(each.targets) == 1 and _looked_up(each.value):
            target = each.targets[0]
            if isinstance(target, Name):
                return target.name
    return ""


def _looked_up(value: Expression | None) -> bool:
    value = value.value if isinstance(value, Await) else value
    return isinstance(value, Call)
