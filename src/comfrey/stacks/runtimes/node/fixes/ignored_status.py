"""An answer to errors that calls every error the server's: one that says itself what it is answered with is heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import ANSWERED, CRASHED, TURNED_AWAY, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    Module,
    Parameter,
    Return,
    Statement,
    walk,
)

SYMPTOMS = (CRASHED, ANSWERED, TURNED_AWAY)
RANK = 60
STATUS = {"express": "status", "fastify": "statusCode"}
"""The member in which the frameworks' own errors say what they are answered with."""
SETS = ("status", "code", "sendStatus")
UNTYPED = ("", "any")


class Answer(NamedTuple):
    """Where a function answers an error with 500: the statement, and the status in it."""

    module: Module
    function: FunctionDef
    statement: Statement
    status: Expression


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`res.status(500)…` → before it `if (err.status && err.status < 500) { return res.status(err.status)… }`."""
    endpoint = project.endpoint(ailment.subject)
    told = endpoint.garbled_status if endpoint is not None else None
    if told not in ailment.expected or ailment.actual < 500:
        return None
    for answer in _answers(project, codebase):
        edits = _heard(project, codebase, answer)
        if edits:
            summary = "an error that the caller is to blame for keeps its own status"
            return Cure(summary=summary, edits=edits, place=answer.statement.place)
    return None


# --- finding ----------------------------------------------------------------------


def _answers(project: Project, codebase: Codebase) -> Iterator[Answer]:
    for name in sorted(codebase.modules((b"500", b"INTERNAL_SERVER_ERROR"))):
        module = codebase.parsed(name)
        for function in mending.functions(module) if module else ():
            if module is None or not _hears(project, module, function):
                continue
            for each in mending.statements(function):
                status = _status(each) if isinstance(each, Evaluate | Return) else None
                if status is not None:
                    yield Answer(module, function, each, status)


def _hears(project: Project, module: Module, function: FunctionDef) -> bool:
    """Whether a function is what the framework hands its errors to."""
    count = len(_parameters(function))
    match project.stack.framework:
        case "express":
            return count == 4
        case "fastify":
            text = module.source.data.decode("utf-8", "replace")
            return count == 3 and "setErrorHandler" in text
    return count == 2 and function.name == "catch"


def _parameters(function: FunctionDef) -> tuple[Parameter, ...]:
    """The parameters that are handed over: a method's object is not among them."""
    given = function.parameters
    return given[1:] if given and given[0].name == "this" else given


def _status(statement: Statement) -> Expression | None:
    """The status of a call that answers 500: `res.status(500)`, `reply.code(HttpStatus.INTERNAL_SERVER_ERROR)`."""
    for each in walk(statement):
        method = each.function if isinstance(each, Call) else None
        if isinstance(each, Call) and isinstance(method, Attribute) and method.name in SETS:
            given = each.positional[0] if each.positional else None
            if given is not None and _is_fault(given):
                return given
    return None


def _is_fault(status: Expression) -> bool:
    named = isinstance(status, Attribute) and status.name == "INTERNAL_SERVER_ERROR"
    return named or (isinstance(status, Constant) and status.value == 500)


# --- mending ----------------------------------------------------------------------


def _heard(project: Project, codebase: Codebase, answer: Answer) -> Edits:
    error, module = _parameters(answer.function)[0], answer.module
    if not error.name:
        return ()
    member = STATUS.get(project.stack.framework, "")
    known = f"{error.name}.{member}" if member else f"{error.name}.getStatus()"
    test = _blames(error, member) if member else f"{error.name} instanceof HttpException"
    end = mending.semicolon(module)
    told = _retold(answer, error.name, known)
    told += "" if isinstance(answer.statement, Return) else f"\nreturn{end}"
    needed: Edits = ()
    if not member:
        needed = mending.importing(codebase, module, "@nestjs/common", ["HttpException"])
    text = mending.block(module, f"if ({test})", told)
    return (mending.before(answer.statement, text), *needed)


def _blames(error: Parameter, member: str) -> str:
    """Whether an error says that it is the caller's, as its type lets it be asked."""
    said = f"{error.name}.{member}"
    if (error.annotation.text if error.annotation else "") in UNTYPED:
        return f"{said} && {said} < 500"
    return f"'{member}' in {error.name} && typeof {said} === 'number' && {said} < 500"


def _retold(answer: Answer, error: str, known: str) -> str:
    """The same answer, told of this error: its status, and its message in place of the sentence."""
    text = mending.lines_of(answer.statement).replace(answer.status.text, known)
    for each in walk(answer.statement):
        sentence = isinstance(each, Constant) and isinstance(each.value, str) and " " in each.value
        if sentence:
            text = text.replace(each.text, f"{error}.message")
    return text
