"""A unique key that is already taken ends as an unhandled error: the answer that the siblings give."""

from __future__ import annotations

import re

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, FunctionDef, Statement, Try, walk
from comfrey.stacks.refusing import refusing, words

SYMPTOMS = (CRASHED,)
RANK = 20
WRITES = ("commit", "flush")
SESSION = re.compile(r"(?P<session>[\w.]+)\.(?:commit|flush)\(")
UNIQUE = re.compile(r"unique|duplicate", re.I)
"""How databases and their drivers name the refusal."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The commit inside of a `try` whose `except IntegrityError` answers 409."""
    status = next((each for each in ailment.expected if each in (409, 400, 422)), 0)
    if not status or not UNIQUE.search(ailment.error):
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        statement = mending.statement_at(function, place.line) if function else None
        if function is not None and statement is not None and _writes(statement):
            return _cured(ailment, project, codebase, function, statement, status)
    return None


def _writes(statement: Statement) -> bool:
    return any(
        isinstance(each, Call)
        and isinstance(each.function, Attribute)
        and each.function.name in WRITES
        for each in walk(statement)
    )


def _cured(
    ailment: Ailment,
    project: Project,
    codebase: Codebase,
    function: FunctionDef,
    statement: Statement,
    status: int,
) -> Cure | None:
    module = mending.module_of(codebase, statement.span.source.path)
    within = [e for e in mending.statements(function) if isinstance(e, Try)]
    if module is None or any(mending.covers(each.body[0], statement.span.line) for each in within):
        return None
    thing = words(ailment.record) or "one"
    said = f"There is already such a {thing}"
    told = refusing(codebase, project, module, status, said, cause="error")
    if told is None:
        return None
    text, imports = told
    source = mending.lines_of(statement)
    rollback = _rollback(codebase, project, source)
    named = " as error" if text.endswith(" from error") else ""
    handler = f"except IntegrityError{named}:\n{rollback}    {text}"
    body = "".join(f"    {line}\n" for line in source.splitlines())
    edits = (
        mending.rewritten(statement, statement, f"try:\n{body}{handler}"),
        *imports,
        *mending.importing(module, "sqlalchemy.exc", ["IntegrityError"]),
    )
    return Cure(summary=f"a duplicate is answered {status}", edits=edits, place=statement.place)


def _rollback(codebase: Codebase, project: Project, source: str) -> str:
    """A rollback, unless the project's own handlers of this error do without one."""
    for file in sorted({each.handler.file for each in project.endpoints if each.handler.file}):
        module = mending.module_of(codebase, file)
        for function in mending.functions(module) if module else ():
            for each in mending.statements(function):
                alike = isinstance(each, Try) and "IntegrityError" in each.text
                if alike and "rollback" not in each.text:
                    return ""
    line = next((e.strip() for e in source.splitlines() if SESSION.search(e)), "")
    found = SESSION.search(line)
    wait = "await " if "await " in line else ""
    return f"    {wait}{found['session']}.rollback()\n" if found else ""
