"""What the members of a body are written to: the columns that keep them, and those that cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Assignment
from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.planner.checks import column_schema
from comfrey.planner.world import World, bare, effects, plain, properties

TEXT = Schema(type="string")
HASHED = ("hash",)


def columns(world: World, endpoint: Endpoint, name: str) -> tuple[Schema, ...]:
    """The rules of the columns that a member is written to as it is; one that is hashed is a text."""
    return tuple(
        TEXT if each.origin.via else column_schema(record, field)
        for record, field, each in _written(world, endpoint, name, "create", "update")
        if each.origin.via in ((), HASHED)
    )


def is_telling(world: World, endpoint: Endpoint, name: str, schema: Schema) -> bool:
    """Whether a well-made request has the member though nobody asks for it: a new row cannot do without, or its
    column alone tells what it is: a change without it would change nothing, and a row lack what it is made of."""
    plainly = schema.type == "any" and not schema.any_of
    stored = any(True for _ in _written(world, endpoint, name, "create", "update"))
    return is_needed(world, endpoint, name) or (plainly and stored)


def is_needed(world: World, endpoint: Endpoint, name: str) -> bool:
    """Whether a new row cannot be stored without the member, whatever the code itself asks of it."""
    return any(
        field.required and not field.nullable and not each.origin.via
        for _, field, each in _written(world, endpoint, name, "create")
    )


def _written(
    world: World, endpoint: Endpoint, name: str, *actions: str
) -> Iterator[tuple[Record, Field, Assignment]]:
    for effect in effects(endpoint, *actions):
        record = world.project.record(effect.record)
        for each in effect.values if record else ():
            field = record.field(each.field) if record else None
            same = plain(each.origin.name) == plain(name)
            if record and field and same and each.origin.kind in ("body", "form"):
                yield record, field, each


def is_awaited(endpoint: Endpoint, member: Property) -> bool:
    """Whether it is a file of a form that has nothing else to say, or one without which the code turns it away."""
    if bare(member.schema).format != "binary" or endpoint.body is None:
        return False
    others = properties(endpoint.body.schema)
    alone = all(bare(each.schema).format == "binary" for each in others)
    asked = (each.origin for each in endpoint.refusals if each.condition != "service")
    named = any(each is not None and each.kind == "file" for each in asked)
    return alone or endpoint.opens or named


def is_key_shaped(schema: Schema, key: Field) -> bool:
    """Whether a member, or each item of it, is of the type of the key that it names rows by."""
    inner = schema.items or schema
    numeric = key.type in ("integer", "bigint", "smallint")
    return inner.type == "any" or (inner.type in ("integer", "number")) == numeric


def holds_number_as_text(schema: Schema, key: Field) -> bool:
    """Whether a free text names rows that are numbered."""
    numeric = key.type in ("integer", "bigint", "smallint")
    free = schema.type == "string" and not (schema.format or schema.pattern or schema.enum)
    return numeric and key.primary_key and free
