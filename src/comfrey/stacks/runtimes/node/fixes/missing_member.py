"""A member of the body that is opened without asking whether it is there: refused as the siblings refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    Constant,
    DictOf,
    Expression,
    FunctionDef,
    Name,
    Node,
    Statement,
    walk,
)
from comfrey.stacks.answering import handler_of, refusal
from comfrey.stacks.lacking import bare

SYMPTOMS = (CRASHED,)
RANK = 28
UNSET = re.compile(
    r"Cannot read propert(?:y|ies) .*of (?:undefined|null)|as it is (?:undefined|null)"
    r"|undefined or null to object|(?:undefined|null) is not iterable|is not iterable"
)
"""How the engine says that nothing is there."""
OPENED = re.compile(
    r"reading '(?P<read>\w+)'|destructure property '(?P<taken>\w+)' of '(?P<of>[^']+)'"
)
STATUSES = (400, 422)

Path = tuple[str, ...]


class Opened(NamedTuple):
    """The member as the code calls it, and where its absence is to be asked about."""

    text: str
    statement: Statement
    behind: bool
    """True where the statement is what gives it its name."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if (!req.body.user) { …422 }` in front of the statement that hands it on."""
    endpoint = project.endpoint(ailment.subject)
    status = _status(ailment, project)
    if endpoint is None or not status or not UNSET.search(ailment.error):
        return None
    for member in _members(ailment, endpoint):
        for function, found in _places(ailment, endpoint, codebase, member):
            module = mending.module_of(codebase, function.span.source.path)
            told = refusal(codebase, project, function, status, member=member[-1])
            if module is None or told is None:
                continue
            check = mending.block(module, f"if (!{found.text})", told.text)
            edit = _written(found, check)
            summary = f"a missing {member[-1]} is answered {status}"
            return Cure(summary=summary, edits=(edit, *told.imports), place=found.statement.place)
    return None


def _status(ailment: Ailment, project: Project) -> int:
    """Of what is due, what the project's own code answers to such input."""
    told = [
        e.status for each in project.endpoints for e in each.refusals if e.condition == "invalid"
    ]
    return next((each for each in (*told, *STATUSES) if each in ailment.expected), 0)


def _written(found: Opened, check: str) -> Edit:
    write = mending.after if found.behind else mending.before
    return write(found.statement, check)


def _members(ailment: Ailment, endpoint: Endpoint) -> Iterator[Path]:
    """The member that the tests leave out, else those of the body that hold others."""
    if ailment.fields:
        path = tuple(ailment.fields[0].split("."))
        if not any(each.isdigit() for each in path):
            yield path
        return
    schema = bare(endpoint.body.schema) if endpoint.body else None
    for each in schema.properties if schema else ():
        if each.required and bare(each.schema).type in ("object", "array"):
            yield (each.name,)


# --- where it is opened ------------------------------------------------------------


def _places(
    ailment: Ailment, endpoint: Endpoint, codebase: Codebase, member: Path
) -> Iterator[tuple[FunctionDef, Opened]]:
    """Where the handler first speaks of the member, else the place of the failure."""
    handler = handler_of(codebase, endpoint)
    found = _opened(handler, member) if handler else None
    if handler is not None and found is not None:
        yield handler, found
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        at = _failing(ailment, function, place.line, member[-1]) if function else None
        if function is not None and at is not None:
            yield function, at


def _failing(ailment: Ailment, function: FunctionDef, line: int, member: str) -> Opened | None:
    """What is nothing there on the line that fails, if it goes by the member's name."""
    statement = mending.statement_at(function, line)
    told = OPENED.search(ailment.error)
    if statement is None or told is None:
        return None
    if told["of"]:
        return Opened(told["of"], statement, False) if _tail(told["of"]) == member else None
    for each in walk(statement):
        read = isinstance(each, Attribute) and each.name == told["read"]
        if isinstance(each, Attribute) and read and _tail(each.of.text) == member:
            return Opened(each.of.text, statement, False)
    return None


def _tail(text: str) -> str:
    return re.split(r"[.?!]+", text.rstrip("!?"))[-1]


def _opened(handler: FunctionDef, member: Path) -> Opened | None:
    """The first statement of the handler that speaks of the member of the body."""
    known = dict(_given(handler))
    if any(path == member for path in known.values()):
        name = next(each for each, path in known.items() if path == member)
        first = next(iter(handler.body), None)
        return Opened(name, first, False) if first is not None else None
    for statement in mending.within(handler):
        if isinstance(statement, Assign) and len(statement.targets) == 1 and statement.value:
            taken = dict(_taken(statement, handler, known))
            known |= taken
            for name, path in taken.items():
                if path == member:
                    return Opened(name, statement, True)
        for each in walk(statement):
            if isinstance(each, Attribute) and _path(each, handler, known) == member:
                return Opened(each.text, _innermost(handler, each) or statement, False)
    return None


def _given(handler: FunctionDef) -> Iterator[tuple[str, Path]]:
    """Parameters that are the body, or a member of it: `@Body('user') user`."""
    for each in handler.parameters:
        for mark in each.decorators:
            if isinstance(mark, Call) and mark.function.text.rpartition(".")[2] == "Body":
                first = mark.positional[0] if mark.positional else None
                named = isinstance(first, Constant) and isinstance(first.value, str)
                yield each.name, (str(getattr(first, "value", "")),) if named else ()


def _taken(
    statement: Assign, handler: FunctionDef, known: dict[str, Path]
) -> Iterator[tuple[str, Path]]:
    """Names that a statement gives to the body or to members of it."""
    path = _path(statement.value, handler, known) if statement.value else None
    target = statement.targets[0]
    if path is None:
        return
    if isinstance(target, Name):
        yield target.name, path
    for key, value in target.items if isinstance(target, DictOf) else ():
        if isinstance(key, Constant) and isinstance(value, Name):
            yield value.name, (*path, str(key.value))


def _path(node: Expression, handler: FunctionDef, known: dict[str, Path]) -> Path | None:
    """Where in the body an expression looks; () is all of it, None is elsewhere."""
    if isinstance(node, Name):
        return known.get(node.name)
    if not isinstance(node, Attribute):
        return None
    asked = {each.name for each in handler.parameters}
    if node.name == "body" and isinstance(node.of, Name) and node.of.name in asked - set(known):
        return ()
    inner = _path(node.of, handler, known)
    return None if inner is None else (*inner, node.name)


def _innermost(handler: FunctionDef, node: Node) -> Statement | None:
    """The innermost statement, in whatever function of the handler, that holds a node."""
    found = None
    for each in mending.within(handler):
        if each.span.start <= node.span.start and node.span.end <= each.span.end:
            found = each
    return found
