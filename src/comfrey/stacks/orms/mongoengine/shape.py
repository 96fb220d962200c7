"""A document as the shape of what people send for it, where code takes that as it stands."""

from __future__ import annotations

from comfrey.model.record import Record
from comfrey.model.schema import Property, Schema
from comfrey.stacks import columns


def sent_for(record: Record) -> Schema:
    """The record's fields as members, but for its key, what it refers to and what it fills in by itself."""
    kept = (
        each
        for each in record.fields
        if not (
            each.primary_key or each.references or each.computed or each.type not in columns.TYPES
        )
    )
    members = tuple(
        Property(
            name=each.name,
            attribute=each.name,
            required=each.required,
            schema=columns.sent_for(each),
            place=each.place,
        )
        for each in kept
    )
    return Schema(type="object", name=record.name, properties=members, place=record.place)
