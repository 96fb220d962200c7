"""Bodies whose members lie in one another (`{ user: { email } }`), where only the code that reads them tells."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.model.endpoint import Body
from comfrey.model.origin import Refusal
from comfrey.model.schema import Property, Schema

OPEN = ("", "any", "object")


def nested(body: Body | None, asked: Iterable[str], refused: Iterable[Refusal]) -> Body | None:
    """The body with the members of members that are read, where no schema says what is in them. What is
    refused when it is absent is required, and so is what members are read of."""
    needed = {e.origin.name for e in refused if e.condition == "invalid" and e.origin is not None}
    deep = sorted(name for name in asked if "." in name)
    if body is None or not deep:
        return body
    schema = body.schema
    for name in deep:
        schema = _with(schema, name.split("."), name in needed)
    return body.replace(schema=schema) if schema != body.schema else body


def _with(schema: Schema, path: list[str], required: bool) -> Schema:
    first, *rest = path
    old = schema.property(first)
    if rest and old is not None and _is_open(old.schema):
        inner = _with(old.schema.replace(type="object"), rest, required)
        made = old.replace(schema=inner, required=True)
    elif not rest and old is None:
        made = Property(name=first, schema=Schema(), required=required)
    else:
        return schema
    kept = tuple(each for each in schema.properties if each.name != first)
    return schema.replace(properties=(*kept, made))


def _is_open(schema: Schema) -> bool:
    """Whether nothing that declares the member says what is in it, but what was read so far."""
    return schema.type in OPEN and schema.place is None and not schema.any_of
