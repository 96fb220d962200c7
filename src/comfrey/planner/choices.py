"""A filter by an enumeration that is declared as any text, while the answers declare its members."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint, Parameter
from comfrey.model.place import Unknown
from comfrey.model.record import Field
from comfrey.planner.acceptance import accepts
from comfrey.planner.listing import item_schema
from comfrey.planner.wording import words
from comfrey.planner.world import World, bare, conditions, parameters

STRANGE = "sideways"


def questions(world: World) -> list[Unknown]:
    """Filters that take any text: an empty list is an answer too, so that a person has to judge."""
    return [
        _question(endpoint, *each)
        for endpoint in world.endpoints
        for each in _loose(world, endpoint)
    ]


def _question(endpoint: Endpoint, parameter: Parameter, field: Field) -> Unknown:
    known = ", ".join(map(str, field.enum))
    return Unknown(
        subject=endpoint.key,
        reason=f"{words(parameter.name)} takes any text, and the answers say that it is one of {known}",
        place=parameter.place or endpoint.handler.place,
    )


def _is_told(endpoint: Endpoint, parameter: Parameter) -> bool:
    """Whether the items of the endpoint's answer declare the members of the parameter's enumeration."""
    listing = endpoint.listing
    item = item_schema(endpoint, listing) if listing else None
    member = item.property(parameter.name) if item else None
    return member is not None and bool(bare(member.schema).enum)


def _loose(world: World, endpoint: Endpoint) -> Iterator[tuple[Parameter, Field]]:
    declared = {each.name: each for each in parameters(endpoint, "query")}
    seen: set[str] = set()
    for effect, condition in conditions(endpoint):
        record = world.project.record(effect.record)
        field = record.field(condition.field) if record else None
        found = declared.get(condition.origin.name) if condition.origin.kind == "query" else None
        plain = condition.operator == "eq" and not condition.origin.via
        if field is None or found is None or not plain or found.name in seen:
            continue
        schema = bare(found.schema)
        any_text = schema.type == "string" and not schema.enum and accepts(schema, STRANGE)
        if field.enum and field.enum_class and any_text and _is_told(endpoint, found):
            seen.add(found.name)
            yield found, field
