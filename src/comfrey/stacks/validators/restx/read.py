"""Understands models of Flask-RESTX and tables of Flask-RESTful's fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from comfrey.model.schema import Property, Schema
from comfrey.source.value import (
    BoundExternal,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.shelf import folder

BOUNDS = {
    "min": "minimum",
    "max": "maximum",
    "multiple": "multiple_of",
    "min_length": "min_length",
    "max_length": "max_length",
    "min_items": "min_length",
    "max_items": "max_length",
    "unique": "unique_items",
    "pattern": "pattern",
}
"""Options of fields, and the keywords that they become."""


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("validators", "restx")
    assert found is not None
    return found.about.data


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of a model, a table of fields or one field; None for other values."""
    match type:
        case Instance(of=BoundExternal() | External()) if _maker(type):
            return _model(type, shapes)
        case DictValue() if type.items and all(_is_field(value) for _, value in type.items):
            return Schema(type="object", properties=tuple(_members(type, shapes)))
        case Instance(of=External()) | External() if _is_field(type):
            return _field(type, shapes)
    return None


def _maker(made: Instance) -> str:
    """The word that made a model, else ""."""
    of = made.of
    word = of.name if isinstance(of, BoundExternal) else of.last if isinstance(of, External) else ""
    if word not in data()["makers"]:
        return ""
    return word if _package(made) in data()["packages"] else ""


def _package(value: Value) -> str:
    """The package that something from outside the tree comes from."""
    match value:
        case External(name=name):
            return name.partition(".")[0]
        case BoundExternal(receiver=receiver):
            return _package(receiver)
        case Instance(of=of):
            return _package(of)
    return ""


def _is_field(value: Value | None) -> bool:
    made = value.of if isinstance(value, Instance) else value
    if not isinstance(made, External) or made.last not in data()["fields"]:
        return False
    return made.name.startswith(tuple(f"{each}.fields." for each in data()["packages"]))


# --- models ------------------------------------------------------------------


def _model(made: Instance, shapes: Shapes) -> Schema | None:
    word = _maker(made)
    position = data()["makers"][word]
    table = made.argument(position, "model") if position < len(made.args) else None
    name = plain(made.argument(0, "name"))
    if word.lower().startswith("schema"):
        return shapes.of(table) if table is not None else None
    members = {
        each.name: each for parent in made.args[1:position] for each in _parent(parent, shapes)
    }
    last = made.args[-1] if made.args else None
    members |= {each.name: each for each in _members(table or last, shapes)}
    return Schema(
        type="object",
        name=name if isinstance(name, str) else "",
        properties=tuple(members.values()),
        extra="forbid" if plain(made.kwarg("strict")) is True and not shapes.answer else "",
        place=made.place,
    )


def _parent(value: Value, shapes: Shapes) -> Iterator[Property]:
    for each in value.items if isinstance(value, ListValue) else [value]:
        yield from shapes.of(each).properties


def _members(table: Value | None, shapes: Shapes) -> Iterator[Property]:
    for key, value in table.items if isinstance(table, DictValue) else ():
        name = plain(key)
        if not isinstance(name, str) or not _is_field(value):
            continue
        made = value if isinstance(value, Instance) else Instance(value, (), ())
        reading = plain(made.kwarg("readonly")) is True
        if reading and not shapes.answer:
            continue
        yield Property(
            name=name,
            attribute=name,
            schema=_field(value, shapes),
            required=shapes.answer or plain(made.kwarg("required")) is True,
            read_only=reading,
            place=made.place,
        )


# --- fields ------------------------------------------------------------------


def _field(value: Value, shapes: Shapes) -> Schema:
    made = value if isinstance(value, Instance) else Instance(value, (), ())
    assert isinstance(made.of, External)
    kind = made.of.last
    said = data()["shown"].get(kind) if shapes.answer else None
    schema: Schema = msgspec.convert(said or data()["fields"][kind], Schema)
    if kind == "Nested":
        return _nested(made, shapes)
    if kind == "List" and made.args:
        schema = schema.replace(items=shapes.of(made.args[0]))
    if shapes.answer:
        return schema.replace(nullable=True, place=made.place)
    return schema.replace(place=made.place, **_bounds(made))


def _nested(made: Instance, shapes: Shapes) -> Schema:
    inner = made.argument(0, "model")
    if isinstance(inner, FunctionValue):
        inner = shapes.codebase.returned(inner, None, ((), ()))
    known = shapes.of(inner) if inner is not None else Schema(type="object")
    if plain(made.kwarg("as_list")) is True:
        return Schema(type="array", items=known)
    may_be_null = plain(made.kwarg("allow_null")) is True
    return known.replace(nullable=True) if may_be_null and shapes.answer else known


def _bounds(made: Instance) -> dict[str, Any]:
    """What the options of a field ask of a value."""
    told: dict[str, Any] = {}
    for option, keyword in BOUNDS.items():
        known = plain(made.kwarg(option))
        if known is not None:
            told[keyword] = known
    for side, keyword in (("Min", "minimum"), ("Max", "maximum")):
        if plain(made.kwarg(f"exclusive{side}")) is True and keyword in told:
            told[f"exclusive_{keyword}"] = told.pop(keyword)
    choices = plain(made.kwarg("enum"))
    return {**told, "enum": tuple(choices)} if isinstance(choices, list) else told
