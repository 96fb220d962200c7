"""A write on a row that is not asked whose it is, though its sibling asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, FunctionDef, If, Name, Statement
from comfrey.stacks.answering import Template, borrowed, handler_of, scope, template_at, words

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED)
RANK = 12


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The sibling's `if (row.user_id !== req.user.id) { … }`, behind the statement that looks the row up."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    if endpoint is None or function is None or not {403, 404} & {*ailment.expected}:
        return None
    for record, template in _checks(project, endpoint, codebase):
        check = _holding(template.function, template.statement)
        row = _row(template.function, check) if check is not None else ""
        mine = _looked_up(function, row, record, endpoint)
        module = mending.module_of(codebase, function.span.source.path)
        if check is None or mine is None or module is None:
            continue
        statement, name = mine
        renamed = {row: name} | {each: each for each in scope(module, function)}
        imports = borrowed(codebase, template.module, module, check, renamed)
        if imports is None:
            continue
        text = re.sub(rf"\b{row}\b(?=\.)", name, mending.lines_of(check))
        summary = f"{endpoint.key} asks whose {words(record)} it is, as its siblings do"
        edits = (mending.after(statement, text), *imports)
        return Cure(summary=summary, edits=edits, place=statement.place)
    return None


def _checks(
    project: Project, endpoint: Endpoint, codebase: Codebase
) -> Iterator[tuple[str, Template]]:
    """(record, refusal) of siblings that ask who owns a record that this endpoint touches."""
    touched = {each.record for each in endpoint.effects}
    for sibling in project.endpoints:
        for each in sibling.refusals if sibling.key != endpoint.key else ():
            found = template_at(codebase, each) if each.condition == "owner" else None
            if found is not None and each.record in touched:
                yield each.record, found


def _holding(function: FunctionDef, statement: Statement) -> If | None:
    """The `if` under which the refusal is given."""
    for each in mending.within(function):
        if isinstance(each, If) and any(e.span.start == statement.span.start for e in each.body):
            return each
    return None


def _row(function: FunctionDef, check: If) -> str:
    """The local name of the row that the check looks at."""
    names = re.findall(r"\b([A-Za-z_$][\w$]*)\.", check.test.text)
    made = {name for _, name in _assigned(function)}
    return next((each for each in names if each in made), "")


def _assigned(function: FunctionDef) -> Iterator[tuple[Assign, str]]:
    for each in mending.within(function):
        target = each.targets[0] if isinstance(each, Assign) and each.targets else None
        if isinstance(each, Assign) and isinstance(target, Name):
            yield each, target.name


def _looked_up(
    function: FunctionDef, row: str, record: str, endpoint: Endpoint
) -> tuple[Statement, str] | None:
    """(statement, name) by which this function has the row: under the same name, else where it is read."""
    known = list(_assigned(function))
    for each, name in known:
        if name == row:
            return _behind(function, each, name), name
    reads = {
        e.place.line
        for e in endpoint.effects
        if e.action == "read" and e.record == record and e.place
    }
    for each, name in known:
        if any(mending.covers(each, line) for line in reads):
            return _behind(function, each, name), name
    return None


def _behind(function: FunctionDef, statement: Statement, name: str) -> Statement:
    """The statement, or the check behind it whether the row is there at all."""
    for each in mending.within(function):
        asks = isinstance(each, If) and each.test.text in (
            f"!{name}",
            f"{name} === null",
            f"{name} == null",
        )
        if asks and each.span.start > statement.span.end:
            return each
    return statement
