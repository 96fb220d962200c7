"""Documents inside documents: nested objects, schemas in schemas, arrays of either, Nest's classes."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.options import constant, last, option
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
)

MADE = "createForClass"
RAW = "raw"


def spelt(value: Value) -> tuple[Value, Value | None]:
    """(type, options): `{ type: String, … }` or the type alone. A nested object is its own type."""
    kind = option(value, "type")
    if kind is None or (isinstance(kind, DictValue) and option(kind, "type") is not None):
        return value, None
    return kind, value


def written(value: Value | None) -> Iterator[tuple[str, Value]]:
    """What an object says of a schema's fields."""
    for key, each in value.items if isinstance(value, DictValue) else ():
        if isinstance(key, Const) and not isinstance(each, FunctionValue):
            yield str(key.value), each


def inside(kind: Value) -> Value | None:
    """What stands in each place of a field: the object or the schema, also of an array of them."""
    if isinstance(kind, ListValue) and kind.items:
        kind = spelt(kind.items[0])[0]
    if isinstance(kind, DictValue):
        return kind if kind.items else None
    if isinstance(kind, Instance) and last(kind) == RAW and kind.args:
        return kind.args[0]
    is_schema = isinstance(kind, Instance) and last(kind) in ("Schema", MADE)
    return kind if is_schema or isinstance(kind, ClassValue) else None


def is_nested(kind: Value) -> bool:
    """Whether an object stands in the document itself: it has no life of its own and is always there."""
    return isinstance(kind, DictValue) or last(kind) == RAW


def has_identity(kind: Value, options: Value | None) -> bool:
    """Whether each of them has an `_id`: nested objects have none, schemas unless their options say so."""
    alone = is_nested(kind) and not isinstance(kind, ListValue)
    return not alone and constant(option(options, "_id")) is not False
