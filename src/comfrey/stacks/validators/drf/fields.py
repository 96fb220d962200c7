"""One field of a serializer: its shape, whether it must be sent, which way it goes."""

from __future__ import annotations

from typing import Any

import msgspec

from comfrey.model.schema import Check, Property, Schema
from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf
from comfrey.stacks.shapes import Shapes

MODEL_FIELDS = "django.db.models."


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    folder = shelf.folder("validators", "drf")
    return folder.about.data if folder else {}


def last(value: Value | None) -> str:
    """The last word of what a value is or was made by."""
    like = class_like(value) if value is not None else None
    if isinstance(like, ClassValue):
        return like.name
    return like.last if isinstance(like, External) else ""


def kind_of(codebase: Codebase, made: Instance) -> str:
    """The serializer field that an object is, by itself or by what its class extends."""
    for name in (last(made), *(e.rpartition(".")[2] for e in codebase.ancestry(made.of))):
        if name in data()["fields"]:
            return name
    return ""


def declared(name: str, made: Instance, shapes: Shapes) -> Property | None:
    """A field that the serializer's class declares; None for what is no field."""
    codebase = shapes.codebase
    inner = codebase.class_of(made)
    if inner is not None and is_serializer(codebase, inner):
        return _nested(name, made, inner, shapes)
    if isinstance(made.of, External) and made.of.name in data()["packaged"]:
        return None
    kind = kind_of(codebase, made)
    if not kind:
        if not isinstance(made.of, External) or not last(made).endswith(("Field", "Serializer")):
            return None
        return _property(name, made, Schema(place=made.place))
    if kind == "HiddenField":
        return None
    schema = msgspec.convert(data()["fields"][kind], Schema).replace(place=made.place)
    if kind == "ListField":
        child = made.kwarg("child")
        schema = schema.replace(items=_item(child, shapes))
    if kind.endswith("RelatedField") and plain(made.kwarg("many")) is True:
        least = 1 if plain(made.kwarg("allow_empty")) is False else None
        schema = Schema(type="array", items=schema, min_length=least, place=made.place)
    return _property(name, made, ruled(schema, made, kind))


def is_serializer(codebase: Codebase, kind: ClassValue) -> bool:
    """Whether a class of the tree is a serializer."""
    ancestry = lineage(codebase, kind)
    return any(each in data()["serializers"] or each in data()["packaged"] for each in ancestry)


def lineage(codebase: Codebase, kind: Value) -> tuple[str, ...]:
    """Dotted names of a class and its ancestors, whether the library spells them out or not."""
    return tuple(each.replace(":", ".") for each in codebase.ancestry(kind))


def _item(child: Value | None, shapes: Shapes) -> Schema:
    found = declared("", child, shapes) if isinstance(child, Instance) else None
    return found.schema if found is not None else Schema()


def _nested(name: str, made: Instance, inner: ClassValue, shapes: Shapes) -> Property:
    """A serializer within a serializer, one or (`many=True`) several."""
    schema = shapes.of(inner)
    if plain(made.kwarg("many")) is True:
        schema = Schema(
            type="array",
            items=schema,
            min_length=_whole(made, "min_length")
            or (1 if plain(made.kwarg("allow_empty")) is False else None),
            max_length=_whole(made, "max_length"),
            place=made.place,
        )
    return _property(name, made, schema)


def _property(name: str, made: Instance, schema: Schema) -> Property:
    default = made.kwarg("default")
    reads = plain(made.kwarg("read_only")) is True or last(made) in READ_ONLY
    required = plain(made.kwarg("required")) is not False and default is None and not reads
    if plain(made.kwarg("allow_null")) is True:
        schema = schema.replace(nullable=True)
    known = plain(default)
    if default is not None and isinstance(known, str | int | float | bool):
        schema = schema.replace(has_default=True, default=known)
    return Property(
        name=name,
        attribute=text_of(made.kwarg("source")) or name,
        schema=schema,
        required=required,
        read_only=reads,
        write_only=plain(made.kwarg("write_only")) is True,
        place=made.place,
    )


READ_ONLY = (
    "SerializerMethodField",
    "ReadOnlyField",
    "StringRelatedField",
    "HyperlinkedIdentityField",
)


def _whole(made: Instance, name: str) -> int | None:
    found = plain(made.kwarg(name))
    return found if isinstance(found, int) else None


def ruled(schema: Schema, made: Instance, kind: str) -> Schema:
    """The shape under what the field is told: lengths, bounds, a pattern, choices, validators."""
    changes: dict[str, Any] = {}
    for name, key in RULES.items():
        value = plain(made.kwarg(name))
        if isinstance(value, int | float) and not isinstance(value, bool):
            changes[key] = value
    if kind == "RegexField":
        pattern = text_of(made.argument(0, "regex"))
        changes |= {"pattern": pattern} if pattern else {}
    if plain(made.kwarg("allow_blank")) is True and "min_length" not in changes:
        changes["min_length"] = None
    if schema.type == "string" and not schema.format and kind == "CharField":
        trims = plain(made.kwarg("trim_whitespace")) is not False
        changes["transform"] = ("strip",) if trims else ()
    enum = choices(made.argument(0, "choices")) if "Choice" in kind else ()
    if enum:
        changes["enum"] = enum
    schema = schema.replace(**changes)
    validators = made.kwarg("validators")
    for each in validators.items if isinstance(validators, ListValue) else ():
        schema = validated(schema, each)
    return schema


RULES = {
    "max_length": "max_length",
    "min_length": "min_length",
    "max_value": "maximum",
    "min_value": "minimum",
    "max_digits": "max_digits",
    "decimal_places": "decimal_places",
}


def validated(schema: Schema, validator: Value) -> Schema:
    """The shape under one validator; one in code becomes a check."""
    name = last(validator) or (validator.name if isinstance(validator, FunctionValue) else "")
    made = validator if isinstance(validator, Instance) else None
    limit = plain(made.argument(0, "limit_value")) if made is not None else None
    if name in LIMITS and isinstance(limit, int | float):
        return schema.replace(**{LIMITS[name]: limit})
    if name == "RegexValidator" and made is not None:
        pattern = text_of(made.argument(0, "regex"))
        return schema.replace(pattern=pattern) if pattern else schema
    if name in ("EmailValidator", "validate_email"):
        return schema.replace(format="email")
    if name in ("URLValidator",):
        return schema.replace(format="uri")
    if name == "UniqueValidator":
        return schema.replace(unique=True)
    if not name or name in ("UniqueTogetherValidator",):
        return schema
    place = validator.place if isinstance(validator, FunctionValue | Instance) else None
    return schema.replace(checks=(*schema.checks, Check(name=name, place=place)))


LIMITS = {
    "MinValueValidator": "minimum",
    "MaxValueValidator": "maximum",
    "MinLengthValidator": "min_length",
    "MaxLengthValidator": "max_length",
}


def choices(value: Value | None) -> tuple[Any, ...]:
    """The values of `Status.choices`, of a list of pairs or of plain values, or of a mapping."""
    kind = value.receiver if isinstance(value, BoundExternal) and value.name == "choices" else value
    if isinstance(kind, ClassValue):
        from_class = [_member_value(each.value) for each in _members(kind)]
        return tuple(each for each in from_class if each is not None)
    if isinstance(value, DictValue):
        return tuple(plain(key) for key, _ in value.items)
    found = []
    for each in value.items if isinstance(value, ListValue) else ():
        pair = each.items if isinstance(each, ListValue) else None
        found.append(plain(pair[0]) if pair else plain(each))
    return tuple(each for each in found if each is not None)


def _members(kind: ClassValue) -> list[Any]:
    return [each for each in kind.node.body.statements if hasattr(each, "targets")]


def _member_value(node: Any) -> Any:
    first = node.items[0] if hasattr(node, "items") and node.items else node
    return getattr(first, "value", None)
