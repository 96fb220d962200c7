"""A field of the serializer that is not the caller's to write: whose the row is, what its owner may do."""

from __future__ import annotations

from comfrey.model.ailment import STORED, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign
from comfrey.stacks.lacking import bare
from comfrey.stacks.validators.drf.declaration import meta_of, read_only, serializer_of

SYMPTOMS = (STORED,)
RANK = 15


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`read_only_fields = ["owner"]` in the serializer's `Meta`."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or ailment.kind != "auth" or not ailment.fields:
        return None
    name = _member(endpoint, ailment.fields[0])
    owner = serializer_of(codebase, endpoint)
    meta = meta_of(owner) if owner is not None else None
    if not name or owner is None or meta is None:
        return None
    if any(isinstance(each, Assign) and each.targets[0].text == name for each in owner.body):
        return None  # what the class declares itself is not ruled by its `Meta`
    edit = read_only(meta, name)
    summary = f"{name} is shown by {owner.name}, and not taken in"
    return Cure(summary=summary, edits=(edit,), place=meta.place) if edit is not None else None


def _member(endpoint: Endpoint, field: str) -> str:
    """The member of the body that is stored as `field`, or ""."""
    schema = bare(endpoint.body.schema) if endpoint.body else None
    for each in schema.properties if schema else ():
        if field in (each.name, each.attribute, f"{each.attribute}_id"):
            return each.name
    return ""
