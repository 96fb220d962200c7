"""Writes of which some stay when another one fails: the function's statements in one transaction."""

from __future__ import annotations

import re
from collections import Counter

from comfrey.languages.go import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef
from comfrey.stacks.answering import functions_of

SYMPTOMS = (CHANGED, STORED)
RANK = 30
WRITES = ("create", "update", "delete")
ASKED = re.compile(
    r"(?P<db>\b(?:\w+\.)*\w+)(?P<with>\.WithContext\([^()]*(?:\(\))?[^()]*\))?"
    r"(?:\.(?:Model|Where|Select|Omit|Clauses)\([^\n]*?\))*\.(?:Create|Save|Delete|Updates?|UpdateColumns?)\("
)
"""A write, from the database that it is asked of."""
AT_ONCE = re.compile(
    r"func\((?P<name>\w+) \*gorm\.DB\) error \{(?P<body>.*?\n)(?P<margin>[ \t]*)\}\((?P<db>[^\n]*)\)$",
    re.DOTALL | re.MULTILINE,
)
"""A function of a transaction that is called with the database itself."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`return s.db.Transaction(func(tx *gorm.DB) error { … })` around what the function does."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or "nothing behind" not in ailment.title:
        return None
    places = [
        place
        for each in endpoint.effects
        if each.action in WRITES
        for place in (each.place, *each.through)
        if place is not None
    ]
    for function, _ in functions_of(ailment, project, codebase):
        edits = _at_once(function) or _wrapped(function, places)
        if edits:
            summary = f"{endpoint.key} does all of its writes or none"
            return Cure(summary=summary, edits=edits, place=function.place)
    return None


def _at_once(function: FunctionDef) -> tuple[Edit, ...]:
    """`func(tx *gorm.DB) error { … }(db)` → `db.Transaction(func(tx *gorm.DB) error { … })`."""
    found = AT_ONCE.search(function.text)
    if found is None:
        return ()
    text = f"{found['db']}.Transaction(func({found['name']} *gorm.DB) error {{{found['body']}{found['margin']}}})"
    start = function.span.start + len(function.text[: found.start()].encode())
    end = start + len(found[0].encode())
    return (Edit(file=function.span.source.path, start=start, end=end, text=text),)


def _wrapped(function: FunctionDef, places: list[Place]) -> tuple[Edit, ...]:
    """The body of a function that gives nothing but an error and writes more than once."""
    gives = function.returns.text if function.returns is not None else ""
    held = {
        p.line
        for p in places
        if p.file == function.span.source.path and mending.covers(function, p.line)
    }
    statements = tuple(function.body)
    if gives != "error" or not statements or re.search(r"Transaction\(|\.Begin\(", function.text):
        return ()
    first, last = statements[0], statements[-1]
    body = mending.lines_of(first, last)
    asked = Counter((each["db"], each["with"] or "") for each in ASKED.finditer(body))
    if len(held - {function.place.line if function.place else 0}) < 2 or not asked:
        return ()
    (base, context), _ = asked.most_common(1)[0]
    if base == "tx":
        return ()
    inner = re.sub(rf"\b{re.escape(base)}\b(?:{re.escape(context)})?", "tx", body)
    block = (
        mending.block(f"return {base}{context}.Transaction(func(tx *gorm.DB) error", inner) + ")"
    )
    return (mending.rewritten(first, last, block),)
