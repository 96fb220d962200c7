"""A member of a schema that is not the caller's to write: whose the row is."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.model.schema import Property
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call
from comfrey.stacks.lacking import bare
from comfrey.stacks.validators.marshmallow.declaration import declared

SYMPTOMS = (STORED,)
RANK = 15


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`owner_id = fields.Integer()` → `fields.Integer(dump_only=True)`."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or endpoint.body is None or ailment.kind != "auth" or not ailment.fields:
        return None
    members = bare(endpoint.body.schema).properties
    found = next((each for each in members if _is_stored_as(each, ailment.fields[0])), None)
    declaration = declared(codebase, found.place) if found is not None else None
    if found is None or declaration is None or declaration.call.keyword("dump_only") is not None:
        return None
    edit = _shown_alone(declaration.call)
    summary = f"{found.name} is shown and not taken: it is not the caller's to choose"
    return Cure(summary=summary, edits=(edit,), place=declaration.statement.place)


def _is_stored_as(member: Property, field: str) -> bool:
    return field in (member.name, member.attribute, f"{member.attribute}_id")


def _shown_alone(call: Call) -> Edit:
    if call.keyword("required") is not None:
        kept = ", ".join(
            "dump_only=True" if each.name == "required" else mending.source(each)
            for each in call.arguments
        )
        return mending.replaced(call, f"{call.function.text}({kept})")
    keywords = all(each.name for each in call.arguments)
    return mending.with_argument(call, "dump_only=True", first=keywords)
