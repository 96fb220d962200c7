"""Understands forms of WTForms: their fields, what these ask for, and the form's own checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from comfrey.model.schema import Check, Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Compare, Expression, FunctionDef, Node, Raise
from comfrey.source.value import ClassValue, FunctionValue, Instance, Value, plain
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.wtforms import rules
from comfrey.stacks.validators.wtforms.rules import data, word

PLACES = {"label": 0, "validators": 1}


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """What a form takes in; None for other types."""
    kind = type.of if isinstance(type, Instance) else type
    if not isinstance(kind, ClassValue) or not shapes.codebase.is_a(kind, *data()["forms"]):
        return None
    members = {e.name: e.value for e in shapes.codebase.members(kind, inherited=True)}
    found = (_field(name, value) for name, value in members.items())
    return Schema(
        type="object",
        name=kind.name,
        properties=tuple(_checked(each, kind, shapes.codebase) for each in found if each),
        checks=tuple(_whole(kind, shapes.codebase)),
        place=kind.place,
    )


def _field(name: str, value: Value | None) -> Property | None:
    if not isinstance(value, Instance) or word(value) not in data()["fields"]:
        return None
    schema: Schema = msgspec.convert(data()["fields"][word(value)], Schema)
    schema = schema.replace(place=value.place, **_options(word(value), value))
    made = Property(name=name, attribute=name, schema=schema, place=value.place)
    return rules.ruled(made, value.argument(PLACES["validators"], "validators"))


def _options(kind: str, made: Instance) -> dict[str, Any]:
    """The choices of a field, and what these are turned into."""
    coerced = word(made.kwarg("coerce"))
    told: dict[str, Any] = {"type": "integer"} if coerced == "int" else {}
    choices = tuple(_choices(made.kwarg("choices")))
    if not choices or ("Select" not in kind and kind != "RadioField"):
        return told
    if kind == "SelectMultipleField":
        return {"items": Schema(type=told.get("type", "string"), enum=choices)}
    return {**told, "enum": choices}


def _choices(value: Value | None) -> Iterator[Any]:
    """The values of `[("nl", "Nederlands"), …]`, or of plain ones; nothing where one is not known."""
    found = plain(value)
    known = found if isinstance(found, list) else []
    firsts = [each[0] if isinstance(each, list) and each else each for each in known]
    if all(isinstance(each, str | int) for each in firsts):
        yield from firsts


# --- the form's own checks -----------------------------------------------------------


def _checked(found: Property, kind: ClassValue, codebase: Codebase) -> Property:
    """The field with what `validate_<field>` does to it."""
    member = codebase.member(kind, f"validate_{found.name}")
    if member is None or not isinstance(member.value, FunctionValue):
        return found
    schema = rules.checked(found.schema, member.name, member.value)
    if _asks_for_row(member.value, found.name):
        schema = schema.replace(unique=True)
    return found.replace(schema=schema)


def _asks_for_row(function: FunctionValue, name: str) -> bool:
    """Whether a check looks for a row that has the value already, and refuses then: `filter_by(email=field.data)`."""
    node = function.node
    if not isinstance(node, FunctionDef) or len(node.parameters) < 2:
        return False
    given, every = node.parameters[1].name, node.body.every
    raises = any(isinstance(each, Raise) for each in every)
    return raises and any(_looks_up(each, name, given) for each in every)


def _looks_up(node: Node, name: str, given: str) -> bool:
    match node:
        case Call(function=Attribute()):
            found = node.keyword(name)
            return found is not None and _is_data(found, given)
        case Compare(first=Attribute(name=field), rest=(("==", other),)):
            return field == name and _is_data(other, given)
    return False


def _is_data(node: Expression, given: str) -> bool:
    """`field.data`, also with something done to it (`field.data.lower()`)."""
    return node.text.startswith(f"{given}.data")


def _whole(kind: ClassValue, codebase: Codebase) -> Iterator[Check]:
    for name in ("validate", "validate_on_submit"):
        member = codebase.member(kind, name)
        if member is not None and isinstance(member.value, FunctionValue):
            yield Check(name=name, place=member.value.place)
