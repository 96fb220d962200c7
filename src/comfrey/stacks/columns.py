"""A stored field as the shape of what people send for it, where code takes that as it stands."""

from __future__ import annotations

from comfrey.model.record import Field
from comfrey.model.schema import Schema

TYPES = {
    "string": ("string", ""),
    "text": ("string", ""),
    "enum": ("string", ""),
    "integer": ("integer", ""),
    "smallint": ("integer", ""),
    "bigint": ("integer", ""),
    "float": ("number", ""),
    "decimal": ("number", ""),
    "boolean": ("boolean", ""),
    "datetime": ("string", "date-time"),
    "date": ("string", "date"),
    "uuid": ("string", "uuid"),
    "reference": ("string", ""),
    "array": ("array", ""),
    "object": ("object", ""),
    "json": ("object", ""),
}
"""The JSON type and format of each neutral type; those that are not here nobody sends."""
TEXT = Schema(type="string")
LENGTHS = {"min length": "min_length", "max length": "max_length"}
NUMBERS = {"≥": "minimum", "≤": "maximum"}
CHANGES = {"lowercase": "lower", "uppercase": "upper", "trim": "strip"}
"""Rules by which a model changes a text before it is stored."""


def sent_for(field: Field) -> Schema:
    """The shape of a value for a field whose type is one of `TYPES`: its type, its members, its bounds."""
    kind, form = TYPES[field.type]
    if "an e-mail address" in field.rules:
        form = "email"
    said = Schema(
        type=kind,
        format=form,
        enum=field.enum,
        nullable=not field.required,
        has_default=field.default is not None,
        pattern=field.pattern,
        transform=tuple(CHANGES[each] for each in field.rules if each in CHANGES),
        place=field.place,
    )
    if kind == "array":
        return said.replace(items=TEXT if field.items == "string" else None)
    if kind == "string" and field.length:
        said = said.replace(max_length=field.length)
    words = LENGTHS if kind == "string" else NUMBERS
    for rule in field.rules:
        word, _, bound = rule.rpartition(" ")
        if word in words and bound.lstrip("-").isdigit():
            said = said.replace(**{words[word]: int(bound)})
    return said


def is_sent(field: Field) -> bool:
    """Whether people send a value for a field: none that the database, the code or a clock fills in, nor one that code
    can only reach through the row that it refers to."""
    filled = field.default_from or field.default is not None or field.computed
    kept = field.on_update or field.version or field.through
    return field.type in TYPES and not (filled or kept)
