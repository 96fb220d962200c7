"""A unique column that refuses a second row, answered as a fault of the server's: 409."""

from __future__ import annotations

from comfrey.languages.go import mending
from comfrey.model.ailment import ANSWERED, CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.runtimes.go import rows
from comfrey.stacks.runtimes.go.replying import refusal, words

SYMPTOMS = (CRASHED, ANSWERED)
RANK = 20
NAMED = ("ErrDuplicatedKey", "23505", "1062", "UNIQUE constraint", "UniqueViolation")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`if errors.Is(err, gorm.ErrDuplicatedKey) { …409 }` where the error is looked at."""
    if 409 not in ailment.expected or (ailment.actual and ailment.actual < 500):
        return None
    endpoint = project.endpoint(ailment.subject)
    for found in rows.asked(project, codebase, endpoint, ("create", "update")):
        module = rows.module_of(codebase, found.check)
        told = refusal(codebase, project, found.function, 409, found.record)
        test = rows.is_duplicate(codebase, found.error)
        if rows.is_told_apart(found.check, NAMED) or not (module and told and test):
            continue
        text = mending.block(f"if {test.condition}", told.text)
        text = f"{test.before}\n{text}" if test.before else text
        edits = (
            mending.before(found.check.body[0], text),
            *mending.importing(module, *test.packages, *told.packages),
        )
        summary = f"a second {words(found.record)} of the same kind is answered 409"
        return Cure(summary=summary, edits=edits, place=found.check.place)
    return None
