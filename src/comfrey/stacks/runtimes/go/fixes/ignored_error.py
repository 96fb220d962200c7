"""A write whose error nobody looks at: it ends the handler as its siblings' do."""

from __future__ import annotations

import re

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Call, Evaluate, FunctionDef, If, Name, Return, Statement

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED, TOLD)
RANK = 15
CHAINED = re.compile(r"\.(?:Create|Save|Delete|Updates?|UpdateColumns?|Commit)\($")
PLAIN = re.compile(r"\.(?:Exec|ExecContext|NamedExec|NamedExecContext)\($")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`tx.Create(&order)` → `if err := tx.Create(&order).Error; err != nil { … }`."""
    if ailment.kind not in ("transactions", "transaction", "lifecycle", "happy", "listing", ""):
        return None
    endpoint = project.endpoint(ailment.subject)
    for effect in endpoint.effects if endpoint else ():
        function = mending.function_at(codebase, effect.place)
        if function is None or effect.place is None or effect.action not in WRITES:
            continue
        statement = mending.statement_at(function, effect.place.line)
        text = _unasked(statement) if statement is not None else ""
        way = _way_out(function, statement) if text else ""
        if statement is not None and text and way:
            block = mending.block(text, way)
            summary = f"{function.name} looks whether the {effect.record} was written"
            edits = (mending.rewritten(statement, statement, block),)
            return Cure(summary=summary, edits=edits, place=statement.place)
    return None


WRITES = ("create", "update", "delete")


def _unasked(statement: Statement) -> str:
    """The `if` that looks at the error of a write that stands alone, else ""."""
    call = statement.value if isinstance(statement, Evaluate) else None
    if isinstance(statement, Assign) and isinstance(statement.value, Call):
        blank = all(isinstance(e, Name) and e.name == "_" for e in statement.targets)
        call = statement.value if blank else None
    if not isinstance(call, Call):
        return ""
    head = f".{mending.dotted(call)}("
    if CHAINED.search(head):
        return f"if err := {call.text}.Error; err != nil"
    return f"if _, err := {call.text}; err != nil" if PLAIN.search(head) else ""


def _way_out(function: FunctionDef, statement: Statement | None) -> str:
    """What the function does where another error is there."""
    for each in mending.statements(function):
        if isinstance(each, If) and mending.fails(each) == "err" and each is not statement:
            last = each.body[-1] if each.body else None
            named = isinstance(last, Return) and "errors.Is" not in each.text
            if named and "Bind" not in each.text and "Decode" not in each.text:
                return mending.lines_of(each.body[0], last)
    gives = function.returns.text if function.returns is not None else ""
    return "return err" if gives == "error" else ""
