"""Bodies that code hands on as they are, where only what it stores tells what may be in them: `Book.create(req.body)`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Body, Endpoint
from comfrey.model.origin import Effect
from comfrey.model.record import Record
from comfrey.model.schema import Property, Schema
from comfrey.stacks import columns

STORING = ("create", "update")


def handed_on(
    endpoint: Endpoint, effects: tuple[Effect, ...], records: tuple[Record, ...]
) -> Body | None:
    """The endpoint's body with a member for each field that the whole of it fills. Nobody checks these: the
    store alone may refuse one."""
    body = endpoint.body
    schema = body.schema if body is not None else Schema(type="object")
    known = {each.name for each in schema.properties}
    found = {each.name: each for each in _members(effects, records) if each.name not in known}
    if not found:
        return body
    schema = schema.replace(type="object", properties=(*schema.properties, *found.values()))
    return body.replace(schema=schema) if body is not None else Body(schema=schema)


def _members(effects: tuple[Effect, ...], records: tuple[Record, ...]) -> Iterator[Property]:
    by_name = {each.name: each for each in records}
    for effect in effects:
        record = by_name.get(effect.record)
        for value in effect.values if record and effect.action in STORING else ():
            field = record.field(value.field) if record is not None else None
            sent = value.origin.kind == "body" and value.origin.name == value.field
            if field is None or not sent or not columns.is_sent(field):
                continue
            yield Property(
                name=field.name,
                attribute=field.name,
                required=field.required and effect.action == "create",
                schema=columns.sent_for(field).replace(unchecked=True),
                place=field.place,
            )
