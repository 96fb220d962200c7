"""A field that a sibling route checks by express-validator, and this one does not."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.stacks.answering import borrowed
from comfrey.stacks.frameworks.express.chains import Checked, chain_at, checked
from comfrey.stacks.frameworks.express.routing import route_of
from comfrey.stacks.lacking import input_of
from comfrey.stacks.siblings import shared

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 9


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The sibling's `body('model').isLength({ max: 60 })` in front of this route's own checks."""
    endpoint = project.endpoint(ailment.subject)
    field = ailment.fields[0] if ailment.fields else ""
    route = route_of(codebase, endpoint) if endpoint and field else None
    own = [each for each in route.steps if chain_at(each)] if route else []
    if endpoint is None or route is None or not own or any(chain_at(e, field) for e in own):
        return None
    for sibling, theirs in _siblings(project, codebase, endpoint, field):
        imports = borrowed(codebase, theirs.module, route.module, theirs.whole, {})
        if imports is None:
            continue
        on_lines = own[0].span.line != route.call.span.line
        gap = f",\n{mending.indentation(own[0])}" if on_lines else ", "
        edits = (mending.before_text(own[0], f"{theirs.whole.text}{gap}"), *imports)
        summary = f"{field} is checked as {sibling.key} checks it"
        return Cure(summary=summary, edits=edits, place=endpoint.handler.place)
    return None


def _siblings(
    project: Project, codebase: Codebase, endpoint: Endpoint, field: str
) -> Iterator[tuple[Endpoint, Checked]]:
    """Endpoints that write the same record and check the field, the nearest first."""
    records = {each.record for each in endpoint.effects}
    others = [
        each
        for each in project.endpoints
        if each.key != endpoint.key and records & {e.record for e in each.effects}
    ]
    for each in sorted(others, key=lambda other: -shared(other, endpoint)):
        given = input_of(each, field)
        found = checked(codebase, given[1] or given[0].place, field) if given else None
        if found is not None:
            yield each, found
