"""Writes of which some stay when another one fails: the view in one transaction."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import CHANGED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase

SYMPTOMS = (CHANGED,)
RANK = 30
ATOMIC = "@transaction.atomic"


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@transaction.atomic` on the function that answers."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or "nothing behind" not in ailment.title:
        return None
    function = mending.function_at(codebase, endpoint.handler.place)
    module = mending.module_of(codebase, endpoint.handler.file)
    if function is None or module is None or "atomic" in function.text:
        return None
    if any("atomic" in each.text for each in function.decorators):
        return None
    edits = (
        mending.before(function, ATOMIC, keep=True),
        *mending.importing(module, "django.db", ["transaction"]),
    )
    summary = f"{endpoint.key} does all of its writes or none"
    return Cure(summary=summary, edits=edits, place=endpoint.handler.place)
