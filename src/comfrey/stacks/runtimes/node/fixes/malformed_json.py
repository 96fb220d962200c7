"""Text of the caller's that is taken for JSON and is none: refused, where it would pass for the server's own fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, TURNED_AWAY, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, FunctionDef, Node, Statement, Try, walk
from comfrey.stacks.answering import functions_of, refusal

SYMPTOMS = (CRASHED, ANSWERED, CHANGED, TURNED_AWAY)
RANK = 24
ERROR = "SyntaxError"
PARSED = "JSON.parse"
KEPT = re.compile(
    r"(?:const|let|var)\s+(?P<name>\w+)(?P<type>\s*:[^=]+?)?\s*=\s*(?P<value>.+?);?", re.S
)
"""A statement that keeps one value under one name."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`const page = JSON.parse(req.body);` → `let page; try { page = … } catch { return res.status(400)… }`."""
    status = next((each for each in ailment.expected if 400 <= each < 500), 0)
    broken = ailment.actual >= HTTPStatus.INTERNAL_SERVER_ERROR or not ailment.actual
    if not status or not broken or ailment.error_class != ERROR or "JSON" not in ailment.error:
        return None
    for function, place in functions_of(ailment, project, codebase):
        for statement in _parsing(function):
            if not mending.covers(statement, place.line):
                continue
            edits = _caught(codebase, project, function, statement, status)
            if edits:
                summary = f"text that is not JSON is answered {status}"
                return Cure(summary=summary, edits=edits, place=statement.place)
    return None


def _parsing(function: FunctionDef) -> Iterator[Statement]:
    """The statements of a function that take text for JSON, and no others in them."""
    for each in mending.within(function):
        if not isinstance(each, Try | FunctionDef) and any(map(_parses, walk(each))):
            yield each


def _parses(node: Node) -> bool:
    return isinstance(node, Call) and node.function.text == PARSED


def _caught(
    codebase: Codebase, project: Project, function: FunctionDef, statement: Statement, status: int
) -> Edits:
    module = mending.module_of(codebase, function.span.source.path)
    kept = KEPT.fullmatch(mending.lines_of(statement).strip())
    told = refusal(codebase, project, function, status, detail="This is not valid JSON")
    if module is None or kept is None or told is None:
        return ()
    end = mending.semicolon(module)
    first = f"let {kept['name']}{kept['type'] or ''}{end}"
    attempt = mending.block(module, "try", f"{kept['name']} = {kept['value']}{end}")
    text = f"{first}\n{attempt} {mending.block(module, 'catch', told.text)}"
    return (mending.rewritten(statement, statement, text), *told.imports)
