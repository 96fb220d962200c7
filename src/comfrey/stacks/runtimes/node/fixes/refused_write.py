"""A write that the database refuses (a duplicate, a row that is gone, one that others depend on), unhandled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Catch, Expression, FunctionDef, If, Module, Node, Statement, Try
from comfrey.stacks import shelf
from comfrey.stacks.answering import (
    Spelled,
    borrowed,
    functions_of,
    refusal,
    template_at,
)

SYMPTOMS = (CRASHED,)
RANK = 20
WORDS = {
    "duplicate": re.compile(r"unique|duplicate|P2002|E11000|23505|ER_DUP", re.I),
    "foreign": re.compile(
        r"foreign key|P2003|23503|23001|ER_ROW_IS_REFERENCED|ER_NO_REFERENCED", re.I
    ),
    "missing": re.compile(r"P2025|record to (?:update|delete) not found|no record was found", re.I),
}
"""How ORMs and drivers name the refusal."""
WRITES = ("create", "update", "delete")
STATUSES = {"duplicate": (409, 400, 422), "foreign": (409, 404, 400), "missing": (404,)}
SAYS = {
    "duplicate": "a duplicate",
    "foreign": "a row that others depend on",
    "missing": "a missing row",
}
CONDITIONS = {"duplicate": "duplicate", "foreign": "referenced", "missing": "missing"}


class Condition(NamedTuple):
    """The test of an error, and what it needs."""

    text: str
    imports: Edits


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """One more `if` in the `catch` around the write, or a `try` around it."""
    kind = next((name for name, found in WORDS.items() if found.search(ailment.error)), "")
    status = next((e for e in ailment.expected if e in STATUSES.get(kind, ())), 0)
    if not status:
        return None
    endpoint = project.endpoint(ailment.subject)
    written = (e.record for e in endpoint.effects if e.action in WRITES) if endpoint else iter(())
    record = ailment.record or next(written, "")
    for function, place in functions_of(ailment, project, codebase):
        module = mending.module_of(codebase, place.file)
        statement = mending.statement_at(function, place.line)
        told = refusal(codebase, project, function, status, record)
        if module is None or statement is None or told is None:
            continue
        around = _around(function, statement)
        name = around.name if around else "error"
        test = _test(kind, project, codebase, module, name) if name else None
        if test is None or (around is None and not _is_whole(function, statement)):
            continue
        edits = _caught(module, function, statement, around, (test, told))
        summary = f"{SAYS[kind]} is answered {status}"
        return Cure(
            summary=summary, edits=(*edits, *test.imports, *told.imports), place=statement.place
        )
    return None


def _around(function: FunctionDef, statement: Statement) -> Catch | None:
    """The `catch` of the innermost `try` whose body holds the statement."""
    found = None
    for each in mending.within(function):
        caught = each.catches if isinstance(each, Try) else ()
        if isinstance(each, Try) and caught and any(_holds(e, statement) for e in each.body):
            found = caught[0]
    return found


def _holds(outer: Node, inner: Node) -> bool:
    return outer.span.start <= inner.span.start and inner.span.end <= outer.span.end


def _is_whole(function: FunctionDef, statement: Statement) -> bool:
    """Whether the statement stands at the top of the function, so that what follows can stand in a `try`."""
    return any(each is statement for each in function.body)


# --- telling the error apart ----------------------------------------------------


def _test(
    kind: str, project: Project, codebase: Codebase, module: Module, name: str
) -> Condition | None:
    """How the project itself tells such an error, else how its ORM names it."""
    for endpoint in project.endpoints:
        for each in endpoint.refusals:
            if each.condition != CONDITIONS[kind]:
                continue
            found = template_at(codebase, each)
            asked = _asking(found.function, found.statement) if found else None
            if found is None or asked is None:
                continue
            tests, caught = asked
            needs = [borrowed(codebase, found.module, module, e, {caught: name}) for e in tests]
            if None not in needs:
                text = re.sub(rf"\b{re.escape(caught)}\b", name, _together(tests))
                return Condition(text, tuple(edit for each in needs for edit in each or ()))
    return _named(kind, project, codebase, module, name)


def _asking(function: FunctionDef, statement: Statement) -> tuple[list[Expression], str] | None:
    """The conditions inside of a `catch` under which a refusal is given, outermost first, and the name of what was
    caught."""
    for each in mending.within(function):
        for catch in each.catches if isinstance(each, Try) else ():
            tests = list(_tests(catch.body, statement))
            if tests:
                return tests, catch.name
    return None


def _tests(body: Iterable[Statement], statement: Statement) -> Iterator[Expression]:
    """The tests of the `if`s, one in the other, that lead to the statement."""
    for each in body:
        if isinstance(each, If) and any(_holds(e, statement) for e in each.body):
            yield each.test
            yield from _tests(each.body, statement)


def _together(tests: list[Expression]) -> str:
    """The tests as one, on one line."""
    texts = [re.sub(r"\s+", " ", each.text) for each in tests]
    if len(texts) == 1:
        return texts[0]
    return " && ".join(f"({each})" if "||" in each else each for each in texts)


def _named(
    kind: str, project: Project, codebase: Codebase, module: Module, name: str
) -> Condition | None:
    folder = shelf.folder("orms", project.stack.orm)
    told = (folder.about.data.get("refused") or {}).get(kind) if folder else None
    if told is not None and "test" not in told:  # what tells is the driver's, not the mapper's
        told = told.get(project.database.dialect if project.database else "")
    if told is None:
        return None
    typed = module.source.path.endswith(("ts", "tsx"))
    text = told.get("typed", told["test"]) if typed else told["test"]
    imports: Edits = ()
    for package, names in (
        told.get("imports", {}).items() if text != told["test"] or not typed else ()
    ):
        used = [each for each in names if re.search(rf"\b{each}\b", text)]
        imports += mending.importing(codebase, module, package, used)
    return Condition(text.replace("error", name), imports)


# --- writing ----------------------------------------------------------------------


def _caught(
    module: Module,
    function: FunctionDef,
    statement: Statement,
    around: Catch | None,
    said: tuple[Condition, Spelled],
) -> Edits:
    test, told = said
    check = mending.block(module, f"if ({test.text})", told.text)
    if around is not None:
        first = next(iter(around.body), None)
        return (mending.before(first, check),) if first is not None else ()
    rest = [each for each in function.body if each.span.start >= statement.span.start]
    body = mending.lines_of(rest[0], rest[-1])
    again = f"throw error{mending.semicolon(module)}"
    text = f"{mending.block(module, 'try', body)} {mending.block(module, 'catch (error)', check + chr(10) + again)}"
    return (mending.rewritten(rest[0], rest[-1], text),)
