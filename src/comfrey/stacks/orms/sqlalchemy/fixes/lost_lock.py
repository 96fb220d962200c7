"""Rows that are read to be changed, without the lock that the function speaks of."""

from __future__ import annotations

import re

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Attribute, Call, FunctionDef, walk
from comfrey.stacks.orms.sqlalchemy.sessions import functions_of

SYMPTOMS = (STORED, ANSWERED, CHANGED, CRASHED, TOLD)
RANK = 60
SAYS = re.compile(r"\block", re.I)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`.with_for_update()` on the query of a function that says that it locks."""
    for function in functions_of(ailment, project, codebase):
        text = "\n".join(mending.lines_of(each) for each in function.body)
        says = SAYS.search(function.name) or SAYS.search(function.docstring)
        if says and "for_update" not in text:
            query = _query(function)
            if query is not None:
                edits = (_locked(query),)
                summary = f"{function.name} locks the rows that it reads"
                return Cure(summary=summary, edits=edits, place=query.place)
    return None


def _query(function: FunctionDef) -> Call | None:
    """The outermost call of the chain that begins with `select(…)`."""
    for statement in mending.statements(function):
        if isinstance(statement, Assign) and statement.value is not None:
            for each in walk(statement.value):
                if isinstance(each, Call) and _begins_with_select(each):
                    return each
    return None


def _begins_with_select(call: Call) -> bool:
    function = call.function
    while isinstance(function, Attribute):
        inner = function.of
        if not isinstance(inner, Call):
            return False
        function = inner.function
    return function.text == "select"


def _locked(query: Call) -> Edit:
    lines = query.text.splitlines()
    if len(lines) > 1 and lines[-1].lstrip().startswith("."):
        indent = lines[-1][: len(lines[-1]) - len(lines[-1].lstrip())]
        return mending.appended(query, f"\n{indent}.with_for_update()")
    return mending.appended(query, ".with_for_update()")
