"""A PATCH that writes a member that was not sent, and so empties it."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CHANGED, STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Attribute, FunctionDef, Name
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (STORED, CHANGED, TOLD)
RANK = 15


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`row.body = update.body` → only `if "body" in update.model_fields_set`."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    if endpoint is None or function is None or endpoint.method != "PATCH" or endpoint.body is None:
        return None
    optional = {
        each.attribute or each.name for each in endpoint.body.schema.properties if not each.required
    }
    parameters = {each.name for each in function.parameters}
    edits = tuple(
        mending.rewritten(each, each, f'if "{name}" in {source}.model_fields_set:\n    {each.text}')
        for each, source, name in _unconditional(function)
        if name in optional and source in parameters
    )
    if not edits:
        return None
    summary = "a member that was not sent keeps its value"
    return Cure(summary=summary, edits=edits, place=endpoint.handler.place)


def _unconditional(function: FunctionDef) -> Iterator[tuple[Assign, str, str]]:
    """(statement, body's name, member) of `row.member = body.member` on the handler's first level."""
    for each in function.body:
        if isinstance(each, Assign) and isinstance(each.value, Attribute) and not each.operator:
            value, target = each.value, each.targets[0]
            alike = isinstance(target, Attribute) and target.name == value.name
            if alike and isinstance(value.of, Name):
                yield each, value.of.name, value.name
