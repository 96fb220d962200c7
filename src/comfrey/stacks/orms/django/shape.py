"""A model as the shape of what people send for it: what `ModelForm`s and `ModelSchema`s are made from."""

from __future__ import annotations

from typing import Any

from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.source.value import Instance, ListValue, Value, plain
from comfrey.stacks.orms.django.constraints import last

SHAPES: dict[str, dict[str, str]] = {
    "integer": {"type": "integer"},
    "bigint": {"type": "integer"},
    "smallint": {"type": "integer"},
    "float": {"type": "number"},
    "decimal": {"type": "string", "format": "decimal"},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "interval": {"type": "string", "format": "duration"},
    "reference": {"type": "integer"},
    "array": {"type": "array"},
}
FORMATS = {"EmailField": "email", "URLField": "uri", "FileField": "binary", "ImageField": "binary"}
BOUNDS = {
    "MinValueValidator": "minimum",
    "MaxValueValidator": "maximum",
    "MinLengthValidator": "min_length",
    "MaxLengthValidator": "max_length",
}


def shaped(record: Record, made: dict[str, Instance]) -> Schema:
    """The record's fields as members; `made` are the objects that the class declares them with, by attribute."""
    members = [_member(each, made) for each in record.fields]
    related = (
        Property(
            name=each.name,
            attribute=each.name,
            schema=Schema(type="array", items=Schema(type="integer")),
            required=plain(made[each.name].kwarg("blank")) is not True,
            place=each.place,
        )
        for each in record.relations
        if each.kind == "many_to_many" and each.name in made
    )
    return Schema(
        type="object", name=record.name, properties=(*members, *related), place=record.place
    )


def as_form(found: Schema, made: dict[str, Instance]) -> Schema:
    """The same as a form has it: a field must be filled in unless it may be blank, whatever its default."""
    members = []
    for each in found.properties:
        declared = made.get(each.attribute)
        blank = declared is None or plain(declared.kwarg("blank")) is True
        flag = each.schema.type == "boolean"
        schema = each.schema.replace(nullable=False, has_default=False, default=None)
        if schema.type == "string" and not schema.format and not schema.enum:
            schema = schema.replace(transform=("strip",))
        members.append(
            each.replace(
                name=each.attribute,
                attribute=each.name,
                required=not blank and not flag,
                schema=schema.replace(unique=declared is not None and _is_unique(declared)),
            )
        )
    return found.replace(properties=tuple(members))


def _is_unique(declared: Instance) -> bool:
    return plain(declared.kwarg("unique")) is True


def _member(field: Field, made: dict[str, Instance]) -> Property:
    """One column, `author_id`, under its own name and that of the attribute, `author`."""
    attribute = field.name
    if attribute not in made and field.name.removesuffix("_id") in made:
        attribute = field.name.removesuffix("_id")
    declared = made.get(attribute)
    editable = declared is None or plain(declared.kwarg("editable")) is not False
    automatic = field.default_from == "auto" or _is_stamped(declared) or not editable
    return Property(
        name=field.name,
        attribute=attribute,
        schema=_schema(field, declared),
        required=field.required and not automatic,
        read_only=automatic,
        place=field.place,
    )


def _is_stamped(declared: Instance | None) -> bool:
    words = ("auto_now", "auto_now_add")
    return declared is not None and any(plain(declared.kwarg(each)) is True for each in words)


def _schema(field: Field, declared: Instance | None) -> Schema:
    changes: dict[str, Any] = dict(SHAPES.get(field.type, {}))
    kind = last(declared) if declared is not None else ""
    changes |= {"format": FORMATS[kind]} if kind in FORMATS else {}
    if field.type == "string" and changes.get("format") != "binary":
        changes["max_length"] = field.length
    if field.type == "decimal":
        changes |= {"max_digits": field.precision, "decimal_places": field.scale}
    if kind.startswith("Positive"):
        changes["minimum"] = 0
    if field.default is not None and field.default_from == "code":
        changes |= {"has_default": True, "default": field.default}
    schema = Schema(nullable=field.nullable, enum=field.enum, place=field.place, **changes)
    validators = declared.kwarg("validators") if declared is not None else None
    for each in validators.items if isinstance(validators, ListValue) else ():
        schema = _validated(schema, each)
    return schema


def _validated(schema: Schema, validator: Value) -> Schema:
    limit = plain(validator.argument(0, "limit_value")) if isinstance(validator, Instance) else None
    word = BOUNDS.get(last(validator))
    known = word is not None and isinstance(limit, int | float)
    return schema.replace(**{word: limit}) if known and word is not None else schema
