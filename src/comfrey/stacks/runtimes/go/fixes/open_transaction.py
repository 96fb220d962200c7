"""A transaction that an early end leaves open, with its locks and its connection: it is rolled back there."""

from __future__ import annotations

import itertools
import re

from comfrey.languages.go import mending
from comfrey.model.ailment import (
    ANSWERED,
    BROKEN,
    CHANGED,
    CRASHED,
    LET_IN,
    STORED,
    TOLD,
    Ailment,
    Cure,
)
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef, Statement
from comfrey.stacks.answering import functions_of

SYMPTOMS = (CHANGED, STORED, CRASHED, ANSWERED, LET_IN, TOLD, BROKEN)
RANK = 35
BEGUN = re.compile(
    r"^(?P<tx>\w+)(?:, (?P<error>\w+))? :?= [^\n]*?\.(?:Begin|BeginTx|Beginx|BeginTxx)\((?P<given>[^\n]*)\)$"
)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`defer tx.Rollback()` behind `tx, err := db.Begin()`; once it is committed, this does nothing."""
    for function, _ in functions_of(ailment, project, codebase):
        found = _begun(function)
        if found is None:
            continue
        statement, line = found
        summary = f"{function.name} rolls its transaction back where it ends early"
        return Cure(summary=summary, edits=(mending.after(statement, line),), place=statement.place)
    return None


def _begun(function: FunctionDef) -> tuple[Statement, str] | None:
    """The statement behind which a transaction is open that nothing rolls back, and the line that would."""
    if "Rollback(" in function.text or "return" not in function.text:
        return None
    for block in mending.blocks(tuple(function.body)):
        for statement, behind in itertools.pairwise(block):
            match = BEGUN.match(mending.lines_of(statement))
            if match is None:
                continue
            checked = bool(match["error"]) and mending.fails(behind) == match["error"]
            return (
                behind if checked else statement
            ), f"defer {match['tx']}.Rollback({_context(match)})"
    return None


def _context(match: re.Match[str]) -> str:
    """What pgx wants: its transactions are rolled back with a context, the other packages' without."""
    given = match["given"].partition(",")[0].strip()
    alone = given and "," not in match["given"] and ".Begin(" in match[0]
    return given if alone else ""
