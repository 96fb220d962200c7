"""What the members of a body are written to: the columns that keep them, and those that cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Assignment
from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.planner.checks import column_schema
from comfrey.planner.world import World, effects, plain

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
