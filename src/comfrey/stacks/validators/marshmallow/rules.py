"""marshmallow's fields and validators as parts of a `Schema`."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from comfrey.model.schema import Check, Schema
from comfrey.source.node import FunctionDef, Lambda
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.shelf import folder


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("validators", "marshmallow")
    assert found is not None
    return found.about.data


def word(value: Value | None) -> str:
    """The last word of what made a value."""
    made = value.of if isinstance(value, Instance) else value
    if isinstance(made, BoundExternal):
        return made.name
    if isinstance(made, ClassValue):
        return made.name
    return made.last if isinstance(made, External) else ""


def is_field(value: Value | None) -> bool:
    """Whether a value is a field of a schema."""
    if not isinstance(value, Instance):
        return False
    return word(value) in data()["fields"] or word(value) in data()["outgoing"]["words"]


def base(value: Instance) -> Schema:
    """The shape that a field's class alone tells."""
    return msgspec.convert(data()["fields"].get(word(value), {}), Schema)


def ruled(schema: Schema, by: Value | None, shapes: Shapes) -> Schema:
    """The schema under `validate=`: one validator, several in an `And`, or a list of them."""
    if isinstance(by, ListValue):
        for each in by.items:
            schema = ruled(schema, each, shapes)
        return schema
    if isinstance(by, FunctionValue | BoundMethod):
        function = by.function if isinstance(by, BoundMethod) else by
        return checked(schema, function)
    if not isinstance(by, Instance):
        return schema
    if word(by) == "And":
        return ruled(schema, ListValue(list(by.args)), shapes)
    rule = RULES.get(word(by))
    return rule(schema, by) if rule is not None else _unknown(schema, by, shapes)


def checked(schema: Schema, function: FunctionValue) -> Schema:
    """A validator in code that no keyword can say."""
    detail = function.node.text if isinstance(function.node, Lambda) else ""
    name = function.name if isinstance(function.node, FunctionDef) else "lambda"
    made = Check(name=name, detail=detail[:120], place=function.place)
    return schema.replace(checks=(*schema.checks, made))


def _unknown(schema: Schema, by: Instance, shapes: Shapes) -> Schema:
    """A validator class of the project."""
    if not isinstance(by.of, ClassValue):
        return schema
    method = shapes.codebase.member(by.of, "__call__")
    if method is not None and isinstance(method.value, FunctionValue):
        return schema.replace(
            checks=(*schema.checks, Check(name=by.of.name, place=method.value.place))
        )
    return schema


def _length(schema: Schema, by: Instance) -> Schema:
    low, high = plain(by.argument(0, "min")), plain(by.argument(1, "max"))
    exact = plain(by.kwarg("equal"))
    if isinstance(exact, int):
        low = high = exact
    return schema.replace(
        min_length=low if isinstance(low, int) else schema.min_length,
        max_length=high if isinstance(high, int) else schema.max_length,
    )


def _range(schema: Schema, by: Instance) -> Schema:
    low, high = plain(by.argument(0, "min")), plain(by.argument(1, "max"))
    for key, value, exclusive in (
        ("minimum", low, plain(by.kwarg("min_inclusive")) is False),
        ("maximum", high, plain(by.kwarg("max_inclusive")) is False),
    ):
        if isinstance(value, int | float) and not isinstance(value, bool):
            schema = schema.replace(**{f"exclusive_{key}" if exclusive else key: value})
    return schema


def _one_of(schema: Schema, by: Instance) -> Schema:
    choices = by.argument(0, "choices")
    found = plain(choices)
    if not isinstance(found, list) or any(each is None for each in found):
        return schema
    return schema.replace(enum=tuple(found))


def _regexp(schema: Schema, by: Instance) -> Schema:
    said = by.argument(0, "regex")
    if isinstance(said, Instance) and word(said) == "compile":
        said = said.argument(0, "pattern")
    found = plain(said)
    if not isinstance(found, str):
        return schema
    found = found if found.startswith("^") else f"^{found}"
    return schema.replace(pattern=re.sub(r"\\Z$", "$", found))


def _equal(schema: Schema, by: Instance) -> Schema:
    found = plain(by.argument(0, "comparable"))
    return schema.replace(enum=(found,)) if found is not None else schema


def _email(schema: Schema, by: Instance) -> Schema:
    return schema.replace(format="email")


def _url(schema: Schema, by: Instance) -> Schema:
    return schema.replace(format="uri")


RULES = {
    "Length": _length,
    "Range": _range,
    "OneOf": _one_of,
    "Regexp": _regexp,
    "Equal": _equal,
    "Email": _email,
    "URL": _url,
}


def default(value: Value | None) -> tuple[bool, Any]:
    """(known, value) of a field's default."""
    if value is None:
        return False, None
    found = plain(value)
    return found is not None or isinstance(value, Const), found
