"""A row that is used without asking whether it is there: 404, as the siblings answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, TOLD, Ailment, Cure
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
    Return,
    Statement,
    Unary,
    walk,
)
from comfrey.stacks.refusing import handler_of, own_refusal, refusing, said_elsewhere, words

SYMPTOMS = (CRASHED, LET_IN, ANSWERED, TOLD)
RANK = 30
MAYBE = ("get", "scalar", "scalar_one_or_none", "one_or_none", "first", "get_or_none")
SURE = {"scalar_one": "scalar_one_or_none", "one": "one_or_none"}


class Lookup(NamedTuple):
    """A statement that looks a row up: `name` is "" when it returns the row at once."""

    statement: Assign | Return
    name: str
    record: str


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """An `if row is None: raise …404` behind the statement that looks the row up."""
    if 404 not in ailment.expected or ailment.kind == "validation":
        return None
    handler = handler_of(codebase, project.endpoint(ailment.subject))
    for function in _functions(ailment, codebase, handler):
        for found in _lookups(function, project, codebase):
            returns = not found.name and function is not handler
            if not returns and not _asked(function, found.name):
                return _cured(project, codebase, function, found)
    return None


def _functions(
    ailment: Ailment, codebase: Codebase, handler: FunctionDef | None
) -> Iterator[FunctionDef]:
    """The function that failed and those that called it, then the handler."""
    frames = (mending.function_at(codebase, each) for each in reversed(ailment.trace))
    seen: set[int] = set()
    for each in (*frames, handler):
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each


# --- rows that may be missing ---------------------------------------------------


def _lookups(function: FunctionDef, project: Project, codebase: Codebase) -> Iterator[Lookup]:
    """Every row that a function looks up, by itself or through another function of the tree."""
    for each in mending.statements(function):
        if not isinstance(each, Assign | Return) or each.value is None:
            continue
        name = _target(each)
        call = _call(each.value)
        if name is None or call is None:
            continue
        record = _looked_up(call, project) or _handed_on(function, call, project, codebase)
        if record:
            yield Lookup(each, name, record)


def _target(statement: Assign | Return) -> str | None:
    if isinstance(statement, Return):
        return ""
    target = statement.targets[0] if len(statement.targets) == 1 else None
    return target.name if isinstance(target, Name) else None


def _looked_up(call: Call, project: Project) -> str:
    """The record whose row the call may find, or ""."""
    if _method(call) not in (*MAYBE, *SURE):
        return ""
    return next((each.name for each in project.records if _mentions(call, each.name)), "")


def _handed_on(function: FunctionDef, call: Call, project: Project, codebase: Codebase) -> str:
    """The record whose row a function of the tree looks up and returns, missing or not; or ""."""
    called = [each for each in mending.called(codebase, function, call) if each is not function]
    given = {_returned(each, project) for each in called} - {""}
    if not given and any(_looks_up(each) for each in called):
        given = {_spoken_of(call, project)} - {""}
    return given.pop() if len(given) == 1 else ""


def _looks_up(function: FunctionDef) -> bool:
    """Whether all that a function does is to look a row up, of whatever record its class is for."""
    last = list(function.body)[-1] if function.body else None
    call = _call(last.value) if isinstance(last, Return) and last.value is not None else None
    return call is not None and _method(call) in MAYBE and len(list(function.body)) <= 2


def _spoken_of(call: Call, project: Project) -> str:
    """The record that the receiver is named after: `self.runs.get(…)` → Run."""
    owner = call.function.of.text if isinstance(call.function, Attribute) else ""
    stem = owner.rpartition(".")[2].lower().strip("_").replace("_", "")
    for each in project.records:
        name = each.name.lower()
        if stem and (stem in (name, each.table.replace("_", "")) or stem.startswith(name)):
            return each.name
    return ""


def _returned(function: FunctionDef, project: Project) -> str:
    """The record of the row that a function returns without asking whether it is there, or ""."""
    rows: dict[str, str] = {}
    for each in mending.statements(function):
        value = each.value if isinstance(each, Assign | Return) else None
        call = _call(value) if value is not None else None
        if isinstance(each, Assign) and call is not None and (name := _target(each)):
            record = next((r.name for r in project.records if _mentions(call, r.name)), "")
            rows[name] = _looked_up(call, project) or (f"?{record}" if record else "")
        elif isinstance(each, Return) and call is not None:
            owner = call.function.of.text if isinstance(call.function, Attribute) else ""
            through = rows.get(owner, "") if _method(call) in MAYBE else ""
            if found := _looked_up(call, project) or through.removeprefix("?"):
                return found
        elif isinstance(each, Return) and isinstance(value, Name):
            record = rows.get(value.name, "").partition("?")[0]
            if record and not _asked(function, value.name):
                return record
    return ""


def _call(node: Expression) -> Call | None:
    node = node.value if isinstance(node, Await) else node
    return node if isinstance(node, Call) else None


def _method(call: Call) -> str:
    return call.function.name if isinstance(call.function, Attribute) else ""


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(each, Name | Attribute) and each.name == name for each in walk(node))


def _asked(function: FunctionDef, name: str) -> bool:
    """Whether the function looks if the row is there (`row is None`, `not row`)."""
    for each in mending.inside(function) if name else ():
        compared = each.rest if isinstance(each, Compare) and each.first.text == name else ()
        if any(operand.text == "None" for _, operand in compared):
            return True
        if isinstance(each, Unary) and each.operator == "not" and each.operand.text == name:
            return True
        if isinstance(each, If) and each.test.text == name:
            return True
    return False


# --- asking -------------------------------------------------------------------------


def _cured(
    project: Project, codebase: Codebase, function: FunctionDef, found: Lookup
) -> Cure | None:
    statement, name, record = found
    module = mending.module_of(codebase, statement.span.source.path)
    if module is None:
        return None
    own = own_refusal(codebase, project, function, 404, record)
    said = said_elsewhere(codebase, project, 404, record)
    said = said or f"{words(record).capitalize()} not found"
    told = (f"raise {own[0]}", own[1]) if own else refusing(codebase, project, module, 404, said)
    if told is None:
        return None
    text, imports = told
    summary = f"a missing {words(record)} is answered 404"
    edits = (*_asking(statement, name, record, text), *imports)
    return Cure(summary=summary, edits=edits, place=statement.place)


def _asking(statement: Assign | Return, name: str, record: str, text: str) -> tuple[Edit, ...]:
    """The check behind the lookup; a row that was returned at once gets a name first."""
    if name:
        check = mending.after(statement, f"if {name} is None:\n    {text}")
        return (*_milder(statement), check)
    row = words(record).replace(" ", "_")
    value = statement.value.text if statement.value is not None else ""
    for call in _sure(statement):
        head = call.function.text.removesuffix(_method(call))
        value = value.replace(call.function.text, f"{head}{SURE[_method(call)]}")
    lines = f"{row} = {value}\nif {row} is None:\n    {text}\nreturn {row}"
    return (mending.rewritten(statement, statement, lines),)


def _milder(statement: Statement) -> tuple[Edit, ...]:
    """`scalar_one()` raises by itself: the form that gives None."""
    return tuple(
        mending.replaced(
            call.function, f"{call.function.text.removesuffix(_method(call))}{SURE[_method(call)]}"
        )
        for call in _sure(statement)
    )


def _sure(statement: Statement) -> list[Call]:
    return [each for each in walk(statement) if isinstance(each, Call) and _method(each) in SURE]
