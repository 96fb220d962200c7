"""A row that is used without asking whether it is there: 404, as the siblings answer."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Await,
    Call,
    Compare,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    Statement,
    Unary,
    walk,
)
from comfrey.stacks.refusing import handler_of, refusal, said_elsewhere, words

SYMPTOMS = (CRASHED, LET_IN, ANSWERED)
RANK = 30
MAYBE = ("get", "scalar", "scalar_one_or_none", "one_or_none", "first", "get_or_none")
SURE = {"scalar_one": "scalar_one_or_none", "one": "one_or_none"}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """An `if row is None: raise …404` behind the statement that looks the row up."""
    if 404 not in ailment.expected or ailment.kind == "validation":
        return None
    for function in _functions(ailment, project, codebase):
        for statement, name, record in _lookups(function, project):
            if not _asked(function, name):
                return _cured(ailment, project, codebase, statement, name, record)
    return None


def _functions(ailment: Ailment, project: Project, codebase: Codebase) -> Iterator[FunctionDef]:
    """The function that failed, then the handler."""
    frames = (mending.function_at(codebase, each) for each in reversed(ailment.trace))
    handler = handler_of(codebase, project.endpoint(ailment.subject))
    seen: set[int] = set()
    for each in (*frames, handler):
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each


def _lookups(function: FunctionDef, project: Project) -> Iterator[tuple[Assign, str, str]]:
    """(statement, local name, record) of every row that may be missing."""
    for each in mending.statements(function):
        if isinstance(each, Assign) and each.value is not None and len(each.targets) == 1:
            target, call = each.targets[0], _call(each.value)
            if isinstance(target, Name) and call is not None and _method(call) in (*MAYBE, *SURE):
                record = next((r.name for r in project.records if _mentions(call, r.name)), "")
                if record:
                    yield each, target.name, record


def _call(node: Expression) -> Call | None:
    node = node.value if isinstance(node, Await) else node
    return node if isinstance(node, Call) else None


def _method(call: Call) -> str:
    return call.function.name if isinstance(call.function, Attribute) else ""


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(each, Name) and each.name == name for each in walk(node))


def _asked(function: FunctionDef, name: str) -> bool:
    """Whether the function looks if the row is there (`row is None`, `not row`)."""
    for each in mending.inside(function):
        compared = each.rest if isinstance(each, Compare) and each.first.text == name else ()
        if any(operand.text == "None" for _, operand in compared):
            return True
        if isinstance(each, Unary) and each.operator == "not" and each.operand.text == name:
            return True
        if isinstance(each, If) and each.test.text == name:
            return True
    return False


def _cured(
    ailment: Ailment,
    project: Project,
    codebase: Codebase,
    statement: Assign,
    name: str,
    record: str,
) -> Cure | None:
    module = mending.module_of(codebase, statement.span.source.path)
    if module is None:
        return None
    detail = (
        said_elsewhere(codebase, project, 404, record) or f"{words(record).capitalize()} not found"
    )
    text, imports = refusal(codebase, project, module, 404, detail)
    check = mending.after(statement, f"if {name} is None:\n    raise {text}")
    edits = (*_milder(statement), check, *imports)
    summary = f"a missing {words(record)} is answered 404"
    return Cure(summary=summary, edits=edits, place=statement.place)


def _milder(statement: Statement) -> tuple[Edit, ...]:
    """`scalar_one()` raises by itself: the form that gives None."""
    found = [
        each
        for each in walk(statement)
        if isinstance(each, Call) and _method(each) in SURE and isinstance(each.function, Attribute)
    ]
    edits = []
    for call in found:
        old = call.function.text
        head = old[: len(old) - len(_method(call))]
        edits.append(mending.replaced(call.function, f"{head}{SURE[_method(call)]}"))
    return tuple(edits)
