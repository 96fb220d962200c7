"""A row that is not there, answered as a fault of the server's: refused as the siblings refuse."""

from __future__ import annotations

import re

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Evaluate, FunctionDef, Name, Statement
from comfrey.stacks.runtimes.go import rows
from comfrey.stacks.runtimes.go.replying import answers, handler_of, refusal, words

SYMPTOMS = (CRASHED, LET_IN, ANSWERED, TOLD)
RANK = 30
NAMED = ("ErrRecordNotFound", "ErrNoRows", "IsRecordNotFound", "RecordNotFound()")
LOOKS = re.compile(r"\.(?:First|Take|Last)\(")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if errors.Is(err, gorm.ErrRecordNotFound) { …404 }` where the error is looked at."""
    if 404 not in ailment.expected or ailment.kind == "validation":
        return None
    endpoint = project.endpoint(ailment.subject)
    for found in rows.asked(project, codebase, endpoint, ("read", "lock")):
        if not rows.is_told_apart(found.check, NAMED):
            return _told_apart(project, codebase, found)
    return _looked_at(ailment, project, codebase)


def _told_apart(project: Project, codebase: Codebase, found: rows.Asked) -> Cure | None:
    module = rows.module_of(codebase, found.check)
    told = refusal(codebase, project, found.function, 404, found.record)
    if told is None or module is None or not found.check.body:
        return None
    test = rows.is_missing(codebase, found.error)
    text = mending.block(f"if {test.condition}", told.text)
    edits = (
        mending.before(found.check.body[0], text),
        *mending.importing(module, *test.packages, *told.packages),
    )
    summary = f"a missing {words(found.record)} is answered 404"
    return Cure(summary=summary, edits=edits, place=found.check.place)


# --- an error that nobody looks at -------------------------------------------------


def _looked_at(ailment: Ailment, project: Project, codebase: Codebase) -> Cure | None:
    """`db.First(&book, id)` → `if err := db.First(&book, id).Error; err != nil { …404 }`."""
    endpoint = project.endpoint(ailment.subject)
    handler = handler_of(codebase, endpoint)
    for effect in endpoint.effects if endpoint else ():
        function = mending.function_at(codebase, effect.place)
        if effect.place is None or function is None or effect.action not in ("read", "lock"):
            continue
        statement = mending.statement_at(function, effect.place.line)
        chain = _unasked(statement) if function is handler or answers(function) else ""
        if statement is not None and chain:
            return _asking(project, codebase, function, statement, chain, effect.record)
    return None


def _unasked(statement: Statement | None) -> str:
    """The chain of a statement that finds a row and lets its error go, else ""."""
    if isinstance(statement, Evaluate):
        text = statement.value.text
    elif isinstance(statement, Assign) and statement.value is not None:
        target = statement.targets[0]
        text = statement.value.text if isinstance(target, Name) and target.name == "_" else ""
    else:
        return ""
    return (
        text.removesuffix(".Error") if LOOKS.search(text) and text.endswith((")", ".Error")) else ""
    )


def _asking(
    project: Project,
    codebase: Codebase,
    function: FunctionDef,
    statement: Statement,
    chain: str,
    record: str,
) -> Cure | None:
    module = rows.module_of(codebase, statement)
    told = refusal(codebase, project, function, 404, record)
    if told is None or module is None:
        return None
    text = mending.block(f"if err := {chain}.Error; err != nil", told.text)
    edits = (
        mending.rewritten(statement, statement, text),
        *mending.importing(module, *told.packages),
    )
    summary = f"a missing {words(record)} is answered 404"
    return Cure(summary=summary, edits=edits, place=statement.place)
