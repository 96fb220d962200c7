"""A unique key that nobody asks about before it is written, though the project has a way to, and does elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Await,
    Call,
    Constant,
    FunctionDef,
    If,
    Module,
    Raise,
    walk,
)
from comfrey.stacks.refusing import refusing, words

SYMPTOMS = (CRASHED,)
RANK = 19
TAKEN = re.compile(r"UNIQUE constraint failed: \w+\.(\w+)$|Key \((\w+)\)=\(")
"""How SQLite and PostgreSQL name the one column of a key that is taken."""
LOOKS = ("get_by_{}", "find_by_{}", "by_{}", "get_{}", "find_one_by_{}")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if get_by_label(data.label): raise …` before the row is made, as others do before theirs."""
    column = _column(ailment)
    status = next((each for each in ailment.expected if each in (409, 400)), 0)
    if not status or not column:
        return None
    for place in ailment.trace:
        function = mending.function_at(codebase, place)
        statement = mending.statement_at(function, place.line) if function else None
        module = mending.module_of(codebase, place.file)
        for call in walk(statement) if function and statement and module else ():
            asked = (
                _asked(call, column, function, codebase)
                if isinstance(call, Call) and function
                else ""
            )
            told = (
                _told(codebase, project, module, status, ailment, column)
                if asked and module
                else None
            )
            if told and statement:
                text, imports = told
                check = mending.before(statement, f"if {asked}:\n    {text}")
                summary = (
                    f"a {words(ailment.record) or 'row'} with a {column} that is taken is refused"
                )
                return Cure(summary=summary, edits=(check, *imports), place=statement.place)
    return None


def _column(ailment: Ailment) -> str:
    found = TAKEN.search(ailment.error.strip())
    return next((each for each in found.groups() if each), "") if found else ""


# --- the question ---------------------------------------------------------------------


def _asked(call: Call, column: str, function: FunctionDef, codebase: Codebase) -> str:
    """The lookup by the column, where what makes the row is called: of the same receiver, else ""."""
    if not isinstance(call.function, Attribute) or not call.arguments:
        return ""
    owner = call.function.of.text
    sent = _sent(function, column, codebase)
    for form in LOOKS if sent else ():
        name = form.format(column)
        if any(_is_method(codebase, function, call, owner, name)):
            known = {
                each.name
                for each in function.parameters
                if "." not in sent or each.name != sent.partition(".")[0]
            }
            first = call.arguments[0].value.text
            before = [first] if first in known and len(call.arguments) > 1 else []
            wait = "await " if _waits(function, call) else ""
            return f"{wait}{owner}.{name}({', '.join([*before, sent])})"
    return ""


def _is_method(
    codebase: Codebase, function: FunctionDef, call: Call, owner: str, name: str
) -> Iterator[bool]:
    """Whether the receiver of a call has a function of that name, too."""
    homes = {each.span.source.path for each in mending.called(codebase, function, call)}
    for path in sorted(homes):
        module = mending.module_of(codebase, path)
        yield from (
            (True for each in module.body if isinstance(each, FunctionDef) and each.name == name)
            if module
            else ()
        )
    yield from (True for _ in mending.methods(codebase, owner, name))


def _sent(function: FunctionDef, column: str, codebase: Codebase) -> str:
    """The sent value of the column: a member of the parameter whose class declares it, or a parameter."""
    for each in function.parameters:
        if each.name == column:
            return column
        title = each.annotation.text.rpartition(".")[2] if each.annotation else ""
        for name in codebase.modules((f"class {title}".encode(),)) if title else ():
            module = codebase.parsed(name)
            for kind in mending.classes(module) if module else ():
                if kind.name == title and re.search(rf"^\s+{column}\s*:", kind.text, re.M):
                    return f"{each.name}.{column}"
    return ""


def _waits(function: FunctionDef, call: Call) -> bool:
    return any(
        isinstance(each, Await) and each.value.span.start == call.span.start
        for each in mending.inside(function)
    )


# --- the answer -----------------------------------------------------------------------


def _told(
    codebase: Codebase,
    project: Project,
    module: Module,
    status: int,
    ailment: Ailment,
    column: str,
) -> tuple[str, mending.Edits] | None:
    """What others raise who ask so: the framework's refusal, or the project's own error of this module."""
    thing = words(ailment.record) or "one"
    said = f"There is already a {thing} with this {column}"
    raised = [each for each in _raised(module) if not each.function.text.endswith("HTTPException")]
    if any(each.handler.file == module.source.path for each in project.endpoints):
        others = (mending.module_of(codebase, each.handler.file) for each in project.endpoints)
        if any(any(_raised(each)) for each in others if each):
            return refusing(codebase, project, module, status, said)
        return None
    for each in raised:
        text = [a.value for a in each.arguments if isinstance(a.value, Constant)]
        if len(each.arguments) == len(text) == 1 and isinstance(text[0].value, str):
            return f'raise {each.function.text}("{said}")', ()
    return None


def _raised(module: Module) -> Iterator[Call]:
    """The errors of a module that follow a lookup that found something."""
    for function in mending.functions(module):
        for each in mending.statements(function):
            first = each.body[0] if isinstance(each, If) and _found(each) else None
            if isinstance(first, Raise) and isinstance(first.value, Call):
                yield first.value


def _found(statement: If) -> bool:
    text = statement.test.text
    return re.search(r"(?:get|find)_\w*by_|\bby_\w+\(", text) is not None and "None" not in text
