"""A pointer to nothing whose fields are read: what was not found is refused before."""

from __future__ import annotations

import re

from comfrey.languages.go import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef, Statement
from comfrey.stacks.answering import functions_of
from comfrey.stacks.runtimes.go import rows
from comfrey.stacks.runtimes.go.replying import answers, refusal, words

SYMPTOMS = (CRASHED,)
RANK = 25
DEREFERENCED = "nil pointer dereference"
GIVEN = re.compile(r"^(?P<names>\w+(?:, \w+)*) :?= [\w.]+\(.*\)$", re.DOTALL)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if hive == nil { …404 }` behind `hive, err := s.find(id)`."""
    if DEREFERENCED not in ailment.error or 404 not in ailment.expected:
        return None
    for function, place in functions_of(ailment, project, codebase):
        if not answers(function):
            continue
        found = _given(function, place.line)
        if found is None:
            continue
        name, statement = found
        told = refusal(codebase, project, function, 404, ailment.record or name)
        module = rows.module_of(codebase, statement)
        if told is None or module is None:
            return None
        text = mending.block(f"if {name} == nil", told.text)
        edits = (
            mending.after(statement, text),
            *mending.importing(module, *told.packages),
        )
        summary = f"a missing {words(ailment.record or name)} is answered 404"
        return Cure(summary=summary, edits=edits, place=statement.place)
    return None


def _given(function: FunctionDef, line: int) -> tuple[str, Statement] | None:
    """The variable whose fields the line reads that a call has given, and the statement behind which it is known."""
    read = mending.statement_at(function, line)
    wanted = set(re.findall(r"\b(\w+)\.\w+", read.text if read is not None else ""))
    best: tuple[str, Statement] | None = None
    for block in mending.blocks(tuple(function.body)):
        for at, statement in enumerate(block):
            match = GIVEN.match(mending.lines_of(statement))
            if match is None or statement.span.line >= line:
                continue
            name = match["names"].partition(",")[0]
            behind = block[at + 1] if at + 1 < len(block) else None
            checked = behind is not None and bool(mending.fails(behind))
            if name in wanted and f"{name} == nil" not in function.text:
                best = (name, behind if checked and behind is not None else statement)
    return best
