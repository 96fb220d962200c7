"""Transactions as the ORMs of Node write them: which calls belong to one, and how a call is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from comfrey.languages.javascript import mending
from comfrey.model.ailment import Ailment
from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, DictOf, FunctionDef, Statement, walk
from comfrey.stacks import shelf
from comfrey.stacks.answering import functions_of

WRITES = ("create", "update", "delete")


class Words(NamedTuple):
    """`names` that a transaction goes by, the method that opens one (`begin`, "" for none), what matches a write
    on the client outside of it (`client`), and at which position a call takes it (`options`)."""

    names: tuple[str, ...]
    begin: str
    client: str
    options: dict[str, int]


def words_of(project: Project) -> Words | None:
    """How the project's ORM speaks of transactions."""
    folder = shelf.folder("orms", project.stack.orm)
    told: dict[str, Any] = folder.about.data.get("transaction", {}) if folder else {}
    if not told:
        return None
    options = dict(told.get("options", {}))
    return Words(tuple(told["names"]), told.get("begin", ""), told.get("client", ""), options)


def asked(ailment: Ailment) -> bool:
    """Whether the tests are about writes that stand or fall together."""
    return "nothing behind" in ailment.title


def writing(
    ailment: Ailment, project: Project, codebase: Codebase
) -> Iterator[tuple[FunctionDef, list[Effect]]]:
    """The functions that the request passes, each with the endpoint's writes in it."""
    endpoint = project.endpoint(ailment.subject)
    seen: set[tuple[str, int]] = set()
    for function, _ in functions_of(ailment, project, codebase) if endpoint else ():
        spot = (function.span.source.path, function.span.start)
        held = [] if endpoint is None or spot in seen else list(_held(endpoint, function))
        seen.add(spot)
        if held:
            yield function, held


def writes(endpoint: Endpoint) -> list[Effect]:
    return [each for each in endpoint.effects if each.action in WRITES and each.place]


def _held(endpoint: Endpoint, function: FunctionDef) -> Iterator[Effect]:
    path = function.span.source.path
    for each in writes(endpoint):
        place = each.place
        if place is not None and place.file == path and mending.covers(function, place.line):
            yield each


def told(call: Call, words: Words, name: str) -> Edit | None:
    """The call with the transaction among its options: `create(values)` → `create(values, { transaction })`."""
    method = call.function.name if isinstance(call.function, Attribute) else ""
    position = words.options.get(method)
    if position is None or len(call.arguments) < position:
        return None
    member = words.names[0] if name == words.names[0] else f"{words.names[0]}: {name}"
    if len(call.arguments) == position:
        gap = ", " if call.arguments else ""
        end = call.span.end - 1
        text = f"{gap}{{ {member} }}"
        return Edit(file=call.span.source.path, start=end, end=end, text=text)
    given = call.arguments[position].value
    if not isinstance(given, DictOf) or not given.items:
        return None
    return mending.appended(given.items[-1][1], f", {member}")


def calls(statement: Statement, words: Words, line: int) -> Iterator[Call]:
    """The calls on a line that take a transaction among their options."""
    for each in walk(statement):
        method = each.function if isinstance(each, Call) else None
        known = isinstance(method, Attribute) and method.name in words.options
        if isinstance(each, Call) and known and mending.covers(each, line):
            yield each


def mentions(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w$.]){re.escape(name)}\b", text))
