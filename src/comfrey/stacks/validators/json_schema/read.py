"""Understands objects that are JSON Schemas, with references to those that the app has added by `$id`."""

from __future__ import annotations

from typing import Any

from comfrey.model.schema import Property, Schema
from comfrey.source.value import DictValue, ListValue, Value, plain, text_of
from comfrey.stacks.shapes import Shapes

TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
SIGNS = ("properties", "anyOf", "oneOf", "allOf", "$ref", "enum", "const")
COPIED = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
    "uniqueItems": "unique_items",
    "title": "title",
}
MAX_DEPTH = 12


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of an object that is a JSON Schema; None for other values."""
    return _read(type, shapes, 0) if isinstance(type, DictValue) and _is_schema(type) else None


def _is_schema(value: DictValue) -> bool:
    said = plain(value.get("type"))
    named = said in TYPES or (isinstance(said, list) and all(each in TYPES for each in said))
    return named or any(value.get(sign) is not None for sign in SIGNS)


def _read(value: DictValue, shapes: Shapes, depth: int) -> Schema:
    if depth > MAX_DEPTH:
        return Schema()
    reference = text_of(value.get("$ref"))
    if reference is not None:
        found = _referred(reference, shapes)
        return _inner(found, shapes, depth) if found is not None else Schema(name=reference)
    said = plain(value.get("type"))
    names = [each for each in said if each != "null"] if isinstance(said, list) else [said]
    nullable = (isinstance(said, list) and "null" in said) or plain(value.get("nullable")) is True
    kind = names[0] if len(names) == 1 and names[0] in TYPES else "any"
    if value.get("properties") is not None and kind == "any":
        kind = "object"
    schema = Schema(type=kind, nullable=nullable, place=value.place)
    schema = schema.replace(**_copied(value), **_values(value))
    return _composed(_nested(schema, value, shapes, depth), value, shapes, depth)


def _copied(value: DictValue) -> dict[str, Any]:
    found = {}
    for name, attribute in COPIED.items():
        known = plain(value.get(name))
        if known is not None:
            found[attribute] = known
    known = plain(value.get("format"))
    return found | ({"format": known} if isinstance(known, str) else {})


def _values(value: DictValue) -> dict[str, Any]:
    found: dict[str, Any] = {}
    listed = plain(value.get("enum"))
    if isinstance(listed, list):
        found["enum"] = tuple(each for each in listed if each is not None)
    only = plain(value.get("const"))
    if only is not None:
        found["enum"] = (only,)
    if value.get("default") is not None:
        found |= {"has_default": True, "default": plain(value.get("default"))}
    return found


def _nested(schema: Schema, value: DictValue, shapes: Shapes, depth: int) -> Schema:
    items = value.get("items")
    if items is not None:
        schema = schema.replace(items=_inner(items, shapes, depth))
    members = value.get("properties")
    if isinstance(members, DictValue):
        named = plain(value.get("required"))
        required = {e for e in named if isinstance(e, str)} if isinstance(named, list) else set()
        schema = schema.replace(properties=_properties(members, required, shapes, depth))
    more = value.get("additionalProperties")
    if isinstance(more, DictValue):
        return schema.replace(values=_inner(more, shapes, depth))
    return schema


def _properties(
    members: DictValue, required: set[str], shapes: Shapes, depth: int
) -> tuple[Property, ...]:
    found: dict[str, Property] = {}
    for key, each in members.items:
        name = text_of(key)
        if name is not None:
            inner = _inner(each, shapes, depth)
            found[name] = Property(
                name=name, schema=inner, required=name in required, place=inner.place
            )
    return tuple(found.values())


def _composed(schema: Schema, value: DictValue, shapes: Shapes, depth: int) -> Schema:
    for word in ("anyOf", "oneOf"):
        listed = value.get(word)
        if isinstance(listed, ListValue):
            schema = schema.replace(any_of=tuple(_inner(e, shapes, depth) for e in listed.items))
    every = value.get("allOf")
    for each in every.items if isinstance(every, ListValue) else ():
        inner = _inner(each, shapes, depth)
        kind = inner.type if schema.type == "any" else schema.type
        schema = schema.replace(type=kind, properties=(*schema.properties, *inner.properties))
    return schema


def _inner(value: Value, shapes: Shapes, depth: int) -> Schema:
    if isinstance(value, DictValue):
        return _read(value, shapes, depth + 1)
    return shapes.of(value)


def _referred(reference: str, shapes: Shapes) -> Value | None:
    """The schema that was added under an `$id`, and what a pointer picks out of it."""
    name, _, pointer = reference.partition("#")
    for event in shapes.codebase.evaluator.events:
        for given in event.args if event.name == "addSchema" else ():
            if isinstance(given, DictValue) and text_of(given.get("$id")) in (name, name + "#"):
                found: Value | None = given
                for part in pointer.strip("/").split("/") if pointer.strip("/") else ():
                    found = found.get(part) if isinstance(found, DictValue) else None
                return found
    return None
