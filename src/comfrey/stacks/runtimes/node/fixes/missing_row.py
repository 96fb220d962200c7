"""A row that is used without asking whether it is there: refused as the siblings refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Await,
    BoolOp,
    Call,
    Compare,
    Conditional,
    Expression,
    FunctionDef,
    If,
    Name,
    Return,
    Unary,
    walk,
)
from comfrey.stacks.answering import refusal, words

SYMPTOMS = (CRASHED, LET_IN, ANSWERED, TOLD)
RANK = 30
LOOKS = ("read", "lock")


class Lookup(NamedTuple):
    """A local name that holds a row, or nothing."""

    function: FunctionDef
    statement: Assign
    name: str
    record: str


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if (!row) { …404 }` behind the statement that looks the row up."""
    if 404 not in ailment.expected or ailment.kind == "validation":
        return None
    endpoint = project.endpoint(ailment.subject)
    for effect in endpoint.effects if endpoint else ():
        found = _lookup(effect, codebase) if effect.action in LOOKS else None
        if found is not None and not _asked(found.function, found.name):
            return _cured(project, codebase, found)
    for effect in endpoint.effects if endpoint else ():
        if effect.action in LOOKS and _is_own(project, ailment.subject, effect):
            cured = _named_first(project, codebase, effect)
            if cured is not None:
                return cured
    return None


def _is_own(project: Project, subject: str, effect: Effect) -> bool:
    """Whether no other endpoint looks there: what finds nothing may mean something else to it."""
    others = (each for each in project.endpoints if each.key != subject)
    return not any(one.place == effect.place for each in others for one in each.effects)


def _named_first(project: Project, codebase: Codebase, effect: Effect) -> Cure | None:
    """`return this.trips.findOneBy({ id })` → a name for the row, the check, `return trip`."""
    function = mending.function_at(codebase, effect.place)
    module = mending.module_of(codebase, effect.place.file) if effect.place else None
    statement = (
        mending.statement_at(function, effect.place.line) if function and effect.place else None
    )
    if function is None or module is None or not isinstance(statement, Return):
        return None
    name = effect.record[:1].lower() + effect.record[1:]
    called = _call(statement.value) if statement.value is not None else None
    told = refusal(codebase, project, function, 404, effect.record)
    if called is None or told is None or name in {each.name for each in function.parameters}:
        return None
    waits = _waiting(function)
    if waits is None:
        return None
    end = mending.semicolon(module)
    check = mending.block(module, f"if (!{name})", told.text)
    margin = mending.indentation(statement)
    last = end if statement.text.endswith(";") else ""
    lines = [
        f"const {name} = await {called.text}{end}",
        *check.splitlines(),
        f"return {name}{last}",
    ]
    text = f"\n{margin}".join(lines)
    return Cure(
        summary=f"a missing {words(effect.record)} is answered 404",
        edits=(mending.replaced(statement, text), *waits, *told.imports),
        place=statement.place,
    )


def _waiting(function: FunctionDef) -> mending.Edits | None:
    """What makes a method wait: nothing where it does already; None where it is no method that could."""
    if function.asynchronous:
        return ()
    data, start = function.span.source.data, function.span.start
    text = data[start : function.span.end].decode("utf-8", "replace")
    found = re.match(
        r"(?:@[^\n]*\n\s*)*(?:(?:public|private|protected|override|static)\s+)*(?=[\w$]+\s*\()",
        text,
    )
    if found is None or text.startswith(("function", "get ", "set ")):
        return None
    at = start + len(text[: found.end()].encode())
    return (Edit(file=function.span.source.path, start=at, end=at, text="async "),)


def _lookup(effect: Effect, codebase: Codebase) -> Lookup | None:
    """Where what the effect finds gets a name: where it is found, or where the function that finds it is called."""
    function = mending.function_at(codebase, effect.place)
    statement = None
    if function is not None and effect.place is not None:
        statement = mending.statement_at(function, effect.place.line)
    if function is None or statement is None:
        return None
    if named := _named(function, statement, effect.record):
        return named
    given = function.name if isinstance(statement, Return) else ""
    for place in reversed(effect.through):
        caller = mending.function_at(codebase, place)
        if caller is None or caller is function or not given:
            continue
        for each in mending.within(caller):
            call = _call(each.value) if isinstance(each, Assign | Return) and each.value else None
            if call is None or call.function.text.rpartition(".")[2] != given:
                continue
            if named := _named(caller, each, effect.record):
                return named
            given = caller.name if isinstance(each, Return) else ""
            break
    return None


def _named(function: FunctionDef, statement: object, record: str) -> Lookup | None:
    if not isinstance(statement, Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    held = statement.value is not None and _call(statement.value) is not None
    return (
        Lookup(function, statement, target.name, record)
        if isinstance(target, Name) and held
        else None
    )


def _call(node: Expression) -> Call | None:
    node = node.value if isinstance(node, Await) else node
    return node if isinstance(node, Call) else None


def _asked(function: FunctionDef, name: str) -> bool:
    """Whether the function looks if the row is there, in whatever words."""
    return any(_asks(test, name) for test in _tests(function))


def _tests(function: FunctionDef) -> Iterator[Expression]:
    for statement in mending.within(function):
        for each in walk(statement):
            if isinstance(each, If | Conditional):
                yield each.test
            elif isinstance(each, BoolOp):
                yield from each.operands


def _asks(test: Expression, name: str) -> bool:
    for each in walk(test):
        if isinstance(each, Compare) and each.first.text == name:
            return True
        if isinstance(each, Unary) and each.operator == "not" and each.operand.text == name:
            return True
    return test.text == name


def _cured(project: Project, codebase: Codebase, found: Lookup) -> Cure | None:
    module = mending.module_of(codebase, found.statement.span.source.path)
    told = refusal(codebase, project, found.function, 404, found.record)
    if told is None or module is None:
        return None
    check = mending.block(module, f"if (!{found.name})", told.text)
    return Cure(
        summary=f"a missing {words(found.record)} is answered 404",
        edits=(mending.after(found.statement, check), *told.imports),
        place=found.statement.place,
    )
