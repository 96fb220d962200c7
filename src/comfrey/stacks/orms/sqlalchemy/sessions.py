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


def functions_of(ailment: Ailment, project: Project, codebase: Codebase) -> tuple[FunctionDef, ...]:
    """The handler, then the functions of the tree that it calls by name, then theirs."""
    handler = handler_of(codebase, project.endpoint(ailment.subject))
    found: list[FunctionDef] = [handler] if handler else []
    for each in found:
        if len(found) > 12:
            break
        found += [other for other in _called(each, codebase) if other not in found]
    return tuple(found)


def _called(function: FunctionDef, codebase: Codebase) -> Iterator[FunctionDef]:
    """The functions of the tree that a function calls: in its module, or imported into it."""
    module = mending.module_of(codebase, function.span.source.path)
    if module is None:
        return
    known = mending.origins(codebase, module)
    for call in calls(function):
        head, _, name = call.function.text.rpartition(".")
        origin = known.get(head, "") if head else known.get(name, "").rpartition(".")[0]
        other = codebase.parsed(origin) if origin else module if not head else None
        target = name if head else known.get(name, name).rpartition(".")[2]
        for each in mending.functions(other) if other else ():
            if each.name == target:
                yield each
        if head and not origin:
            yield from mending.methods(codebase, head, name)


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
    for call in on_session(
        function, "commit", "flush", "get", "scalar", "scalars", "execute", "add"
    ):
        if isinstance(call.function, Attribute):
            return call.function.of.text
    return ""


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
