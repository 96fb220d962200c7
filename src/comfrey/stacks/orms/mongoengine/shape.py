"""A document as the shape of what people send for it, where code takes that as it stands."""

from __future__ import annotations

from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema

TYPES = {
    "string": ("string", ""),
    "enum": ("string", ""),
    "integer": ("integer", ""),
    "bigint": ("integer", ""),
    "float": ("number", ""),
    "boolean": ("boolean", ""),
    "datetime": ("string", "date-time"),
    "date": ("string", "date"),
    "uuid": ("string", "uuid"),
    "array": ("array", ""),
    "object": ("object", ""),
}
TEXT = Schema(type="string")
LENGTHS = {"min length": "min_length", "max length": "max_length"}
NUMBERS = {"≥": "minimum", "≤": "maximum"}


def sent_for(record: Record) -> Schema:
    """The record's fields as members, but for its key, what it refers to and what it fills in by itself."""
    kept = (
        each
        for each in record.fields
        if not (each.primary_key or each.references or each.computed or each.type not in TYPES)
    )
    members = tuple(
        Property(
            name=each.name,
            attribute=each.name,
            required=each.required,
            schema=_schema(each),
            place=each.place,
        )
        for each in kept
    )
    return Schema(type="object", name=record.name, properties=members, place=record.place)


def _schema(field: Field) -> Schema:
    kind, form = TYPES[field.type]
    if "an e-mail address" in field.rules:
        form = "email"
    said = Schema(type=kind, format=form, nullable=True, enum=field.enum, place=field.place)
    if kind == "array":
        return said.replace(items=TEXT if field.items == "string" else None)
    words = LENGTHS if kind == "string" else NUMBERS
    for rule in field.rules:
        word, _, bound = rule.rpartition(" ")
        if word in words and bound.lstrip("-").isdigit():
            said = said.replace(**{words[word]: int(bound)})
    return said.replace(nullable=not field.required, has_default=field.default is not None)
