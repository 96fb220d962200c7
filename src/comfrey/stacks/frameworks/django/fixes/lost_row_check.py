"""A permission for a row that lets everybody have it: its owner, by the record's own key to who calls."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.record import Record, Relation
from comfrey.source.codebase import Codebase
from comfrey.source.node import Return

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 14
ROW = 3
"""Where the row stands among `self, request, view, obj`."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The last `return True` becomes `return review.user == request.user`."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or endpoint.toothless is None or 403 not in ailment.expected:
        return None
    check = mending.function_at(codebase, endpoint.toothless)
    owned = _owned(project, [each.record for each in endpoint.effects])
    if check is None or owned is None or len(check.parameters) <= ROW:
        return None
    ends = [each for each in mending.inside(check) if isinstance(each, Return)]
    names = [each.name for each in check.parameters]
    value = ends[-1].value if ends else None
    if value is None:
        return None
    record, owner = owned
    edit = mending.replaced(value, f"{names[ROW]}.{owner.name} == {names[1]}.user")
    summary = f"a row of {record.name} is its {owner.name}'s alone"
    return Cure(summary=summary, edits=(edit,), place=endpoint.toothless)


def _owned(project: Project, records: list[str]) -> tuple[Record, Relation] | None:
    """The record that is written, with the one relation that leads to who calls."""
    user = project.authentication.user if project.authentication else "User"
    for name in dict.fromkeys(records):
        record = project.record(name)
        ties = (
            [each for each in record.relations if each.to == user and each.field] if record else []
        )
        if record is not None and len(ties) == 1:
            return record, ties[0]
    return None
