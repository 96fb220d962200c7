"""Understands TypeBox: calls that make JSON Schemas (`Type.Object({ id: Type.Number() })`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from comfrey.languages.javascript.chains import Step, chain_of
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.value import DictValue, ListValue, Value, plain, text_of
from comfrey.stacks import shelf
from comfrey.stacks.shapes import Shapes

PLAIN = {
    "String": "string",
    "Number": "number",
    "Integer": "integer",
    "BigInt": "integer",
    "Boolean": "boolean",
    "Null": "null",
    "RegExp": "string",
    "TemplateLiteral": "string",
}
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
    "format": "format",
    "uniqueItems": "unique_items",
}


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape that a TypeBox type describes; None for other values."""
    step = _step(type)
    schema = _read(step, shapes) if step is not None else None
    return schema.replace(place=schema.place or _place(type)) if schema is not None else None


def _place(value: Value) -> Place | None:
    chain = chain_of(value, *_packages())
    return chain.place if chain is not None else None


def _step(value: Value | None) -> Step | None:
    chain = chain_of(value, *_packages())
    if chain is None:
        return None
    first = chain.steps[-1]
    return Step(first.name.rpartition(".")[2], first.args)


@cache
def _packages() -> tuple[str, ...]:
    folder = shelf.folder("validators", "typebox")
    return tuple(folder.about.data["packages"]) if folder is not None else ()


def _read(step: Step, shapes: Shapes) -> Schema:
    options = step.args[-1] if step.args and isinstance(step.args[-1], DictValue) else None
    made = MADE.get(step.name)
    schema = made(step, shapes) if made is not None else Schema(type=PLAIN.get(step.name, "any"))
    if step.name in ("Object", "Partial", "Pick", "Omit") and len(step.args) < 2:
        return schema
    return _optioned(schema, options)


def _optioned(schema: Schema, options: DictValue | None) -> Schema:
    if options is None:
        return schema
    said: dict[str, Any] = {}
    for name, attribute in COPIED.items():
        known = plain(options.get(name))
        if known is not None:
            said[attribute] = known
    if options.get("default") is not None:
        said |= {"has_default": True, "default": plain(options.get("default"))}
    return schema.replace(**said)


def _of(step: Step, shapes: Shapes, index: int = 0) -> Schema:
    return shapes.of(step.args[index]) if index < len(step.args) else Schema()


def _object(step: Step, shapes: Shapes) -> Schema:
    members = step.args[0] if step.args else None
    found = []
    for key, value in members.items if isinstance(members, DictValue) else ():
        name, inner = text_of(key), _step(value)
        if name is not None:
            schema = shapes.of(value)
            optional = inner is not None and inner.name == "Optional"
            place = _place(value) or schema.place
            found.append(Property(name=name, schema=schema, required=not optional, place=place))
    return Schema(type="object", properties=tuple(found))


def _array(step: Step, shapes: Shapes) -> Schema:
    return Schema(type="array", items=_of(step, shapes))


def _literal(step: Step, shapes: Shapes) -> Schema:
    return Schema(type="string", enum=(step.value(),))


def _union(step: Step, shapes: Shapes) -> Schema:
    listed = step.args[0] if step.args else None
    inner = [shapes.of(each) for each in (listed.items if isinstance(listed, ListValue) else ())]
    nullable = any(each.type == "null" for each in inner)
    real = [each for each in inner if each.type != "null"]
    if real and all(len(each.enum) == 1 for each in real):
        values = tuple(each.enum[0] for each in real)
        return Schema(type="string", enum=values, nullable=nullable)
    if len(real) == 1:
        return real[0].replace(nullable=nullable)
    return Schema(any_of=tuple(real), nullable=nullable)


def _intersection(step: Step, shapes: Shapes) -> Schema:
    listed = step.args[0] if step.args else None
    known: dict[str, Property] = {}
    for each in listed.items if isinstance(listed, ListValue) else ():
        known |= {p.name: p for p in shapes.of(each).properties}
    return Schema(type="object", properties=tuple(known.values()))


def _record(step: Step, shapes: Shapes) -> Schema:
    return Schema(type="object", values=_of(step, shapes, 1))


def _inner(step: Step, shapes: Shapes) -> Schema:
    return _of(step, shapes)


def _partial(step: Step, shapes: Shapes) -> Schema:
    schema = _of(step, shapes)
    required = step.name == "Required"
    return schema.replace(
        properties=tuple(each.replace(required=required) for each in schema.properties)
    )


def _picked(step: Step, shapes: Shapes) -> Schema:
    schema = _of(step, shapes)
    named = plain(step.args[1]) if len(step.args) > 1 else None
    names = named if isinstance(named, list) else [named]
    keep = step.name == "Pick"
    return schema.replace(
        properties=tuple(each for each in schema.properties if (each.name in names) is keep)
    )


def _enum(step: Step, shapes: Shapes) -> Schema:
    known = plain(step.args[0]) if step.args else None
    values = tuple(known.values()) if isinstance(known, dict) else tuple(known or ())
    return Schema(type="string", enum=values)


def _reference(step: Step, shapes: Shapes) -> Schema:
    """`Type.Ref(Book)`; `Type.Ref('Book')` of a schema that the app was given by `addSchema`."""
    name = text_of(step.args[0]) if step.args else None
    if name is None:
        return _of(step, shapes)
    for event in shapes.codebase.evaluator.events:
        for given in event.args if event.name == "addSchema" else ():
            known = _step(given)
            options = known.args[-1] if known is not None and known.args else None
            if isinstance(options, DictValue) and text_of(options.get("$id")) == name:
                return shapes.of(given)
    return Schema()


MADE: dict[str, Callable[[Step, Shapes], Schema]] = {
    "Object": _object,
    "Array": _array,
    "Literal": _literal,
    "Union": _union,
    "Intersect": _intersection,
    "Composite": _intersection,
    "Record": _record,
    "Optional": _inner,
    "Readonly": _inner,
    "Transform": _inner,
    "Unsafe": _inner,
    "Ref": _reference,
    "Partial": _partial,
    "Required": _partial,
    "Pick": _picked,
    "Omit": _picked,
    "Enum": _enum,
}
