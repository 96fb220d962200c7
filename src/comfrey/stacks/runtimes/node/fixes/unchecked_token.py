"""A token that does not hold, unhandled: turned away as a missing one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from comfrey.languages.javascript import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Constant,
    Definition,
    DictOf,
    Evaluate,
    FunctionDef,
    Module,
    Name,
    Raise,
    Return,
    Statement,
    walk,
)
from comfrey.stacks.answering import Spelled, refusal

SYMPTOMS = (CRASHED,)
RANK = 8
DOES_NOT_HOLD = re.compile(
    r"JsonWebTokenError|TokenExpiredError|NotBeforeError|jwt (?:malformed|expired|signature|not active)"
    r"|\bJW[STE]\w*(?:Error|Expired|Invalid|Failed)|invalid (?:token|signature|algorithm)|PASETO",
)
"""How the packages that read tokens say so (jsonwebtoken, jose, paseto)."""
STATUSES = (401, 403)
CLAIMS = ("claims", "payload", "decoded")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """A `try` around the statement that reads the token, whose `catch` answers 401."""
    status = next((each for each in STATUSES if each in ailment.expected), 0)
    if not status or not DOES_NOT_HOLD.search(ailment.error):
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        module = mending.module_of(codebase, place.file)
        statement = mending.statement_at(function, place.line) if function else None
        told = _told(codebase, project, module, function, status) if module and function else None
        if function is None or module is None or statement is None or told is None:
            continue
        edit = _caught(module, function, statement, told.text)
        if edit is not None:
            summary = f"a token that does not hold is answered {status}"
            return Cure(summary=summary, edits=(edit, *told.imports), place=statement.place)
    return None


def _told(
    codebase: Codebase, project: Project, module: Module, function: FunctionDef, status: int
) -> Spelled | None:
    """How the function itself turns a caller away, else how the project does."""
    for each in mending.within(function):
        if isinstance(each, Raise | Return | Evaluate) and _refuses(each, status):
            end = mending.semicolon(module)
            leave = f"\nreturn{end}" if isinstance(each, Evaluate) else ""
            return Spelled(mending.lines_of(each) + leave, ())
    return refusal(codebase, project, function, status)


def _refuses(statement: Statement, status: int) -> bool:
    """Whether a statement answers with the status, or throws an error that is named after it."""
    name = HTTPStatus(status).phrase.replace(" ", "")
    nodes = list(walk(statement))
    if any(isinstance(each, Definition) for each in nodes):
        return False
    return any(
        (isinstance(each, Constant) and each.value == status)
        or (isinstance(each, Name | Attribute) and each.name.lower().startswith(name.lower()))
        for each in nodes
    )


def _caught(module: Module, function: FunctionDef, statement: Statement, told: str) -> Edit | None:
    parted = _parted(module, function, statement)
    if parted is None:
        return None
    head, body, tail = parted
    attempt = f"{mending.block(module, 'try', body)} {mending.block(module, 'catch', told)}"
    return mending.rewritten(statement, statement, "\n".join(filter(None, (head, attempt, tail))))


def _parted(
    module: Module, function: FunctionDef, statement: Statement
) -> tuple[str, str, str] | None:
    """What stands before, in and after the `try`: names that the statement makes must outlive it."""
    end = mending.semicolon(module)
    if isinstance(statement, Evaluate | Return):
        return "", mending.lines_of(statement), ""
    if not isinstance(statement, Assign) or statement.value is None or len(statement.targets) != 1:
        return None
    target, lines = statement.targets[0], mending.lines_of(statement)
    if isinstance(target, Attribute) or not statement.declares:
        return "", lines, ""
    if isinstance(target, Name):
        name, value = target.name, lines[lines.index("=") + 1 :].strip()
        return f"let {name}{end}", f"{name} = {value}", ""
    if not isinstance(target, DictOf):
        return None
    name = next(_free(function), "")
    value = statement.value.text
    kind, _, _ = lines.partition("{")
    taken = f"{kind}{target.text} = {name}{end}"
    rest = lines[lines.index(value) :] if value in lines else f"{value}{end}"
    return (f"let {name}{end}", f"{name} = {rest}", taken) if name else None


def _free(function: FunctionDef) -> Iterator[str]:
    """Names for what a token says that the function does not use."""
    return (each for each in CLAIMS if not re.search(rf"\b{each}\b", function.text))
