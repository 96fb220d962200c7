"""A write that is not told of the transaction around it, and stands when the others are undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import CHANGED, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect
from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Attribute, Call, FunctionDef
from comfrey.stacks.answering import functions_of
from comfrey.stacks.answering import words as spoken
from comfrey.stacks.runtimes.node.transactions import (
    Words,
    asked,
    calls,
    mentions,
    told,
    words_of,
    writing,
)

SYMPTOMS = (CHANGED, STORED)
RANK = 25


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`book.save()` → `book.save({ session })`, `prisma.book.update(…)` → `tx.book.update(…)`."""
    words = words_of(project) if asked(ailment) else None
    for function, held in writing(ailment, project, codebase) if words else ():
        for effect in held:
            name = next(_open(codebase, function, effect.place, words), "") if words else ""
            edit = _included(function, effect, words, name) if words and name else None
            if edit is not None:
                summary = f"the {spoken(effect.record)} is written in the transaction of the others"
                return Cure(summary=summary, edits=(edit,), place=effect.place)
    for function, place in functions_of(ailment, project, codebase) if words else ():
        name = next(_open(codebase, function, place, words), "") if words else ""
        for call, edit in _untold(function, words, name) if words and name else ():
            summary = f"{call.function.text} is told of the transaction of the others"
            return Cure(summary=summary, edits=(edit,), place=call.place)
    return None


def _untold(function: FunctionDef, words: Words, name: str) -> Iterator[tuple[Call, Edit]]:
    """Calls that write and could be told of the transaction, whatever the reader made of them."""
    for each in mending.inside(function):
        method = each.function if isinstance(each, Call) else None
        writes = isinstance(method, Attribute) and not method.name.startswith(("find", "reload"))
        if isinstance(each, Call) and writes and not mentions(each.text, name):
            edit = told(each, words, name)
            if edit is not None:
                yield each, edit


def _open(
    codebase: Codebase, function: FunctionDef, place: Place | None, words: Words
) -> Iterator[str]:
    """The name of the transaction in whose reach a place is: a parameter of a function around it."""
    module = mending.module_of(codebase, function.span.source.path)
    line = place.line if place else 0
    for each in mending.functions(module) if module else ():
        if mending.covers(each, line):
            yield from (e.name for e in each.parameters if e.name in words.names)


def _included(function: FunctionDef, effect: Effect, words: Words, name: str) -> Edit | None:
    line = effect.place.line if effect.place else 0
    for statement in mending.within(function):
        if not mending.covers(statement, line):
            continue
        for call in calls(statement, words, line):
            if not mentions(call.text, name):
                return told(call, words, name)
        found = re.search(words.client, statement.text) if words.client else None
        if found and found["client"] != name and statement.span.line == line:
            start = statement.span.start + len(statement.text[: found.start("client")].encode())
            end = start + len(found["client"].encode())
            return Edit(file=statement.span.source.path, start=start, end=end, text=name)
    return next((e for e in _saved(function, line, words, name) if e is not None), None)


def _saved(function: FunctionDef, line: int, words: Words, name: str) -> Iterator[Edit | None]:
    """Where the object is saved whose member is set on the line."""
    statement = mending.statement_at(function, line)
    target = statement.targets[0] if isinstance(statement, Assign) else None
    owner = target.of.text if isinstance(target, Attribute) else ""
    for each in mending.inside(function) if owner else ():
        if isinstance(each, Call) and each.function.text == f"{owner}.save":
            yield told(each, words, name) if not mentions(each.text, name) else None
