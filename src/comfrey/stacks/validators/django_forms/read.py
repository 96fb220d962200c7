"""Understands Django's forms: declared fields, those of the model, and the form's own checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from comfrey.model.schema import Check, Property, Schema
from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
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

FACTORY = "modelform_factory"
AS_FORM = External("django.db.models.as_form")
"""The ORM is asked with this for a model as its forms see it: blank or not, and names of attributes."""


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    folder = shelf.folder("validators", "django_forms")
    return folder.about.data if folder else {}


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """What a form takes in; None for other types."""
    if isinstance(type, External) and type.name in data()["packaged"]:
        return _packaged(type.name)
    if isinstance(type, Instance) and isinstance(type.of, External) and type.of.last == FACTORY:
        return _made(type, shapes)
    if not isinstance(type, ClassValue):
        return None
    ancestry = _lineage(shapes.codebase, type)
    known = next((each for each in ancestry if each in data()["packaged"]), None)
    mirrors = any(each in data()["models"] for each in ancestry)
    if known is None and not mirrors and not any(e in data()["forms"] for e in ancestry):
        return None
    fields = {each.name: each for each in _of_model(type, shapes)} if mirrors or known else {}
    if known is not None:
        fields |= {each.name: each for each in _packaged(known).properties}
    for member in shapes.codebase.members(type, inherited=True):
        found = _declared(member.name, member.value) if member.value is not None else None
        fields |= {member.name: found} if found is not None else {}
    checked = (_checked(each, type, shapes.codebase) for each in fields.values())
    return Schema(
        type="object",
        name=type.name,
        properties=tuple(checked),
        checks=tuple(_whole(type, shapes.codebase)),
        place=type.place,
    )


def _made(made: Instance, shapes: Shapes) -> Schema | None:
    """`modelform_factory(Book, fields=["title"])`, which a generic view calls for its model."""
    model = made.argument(0, "model")
    if model is None:
        return None
    found = tuple(taken(model, made.kwarg("fields"), made.kwarg("exclude"), shapes))
    return Schema(type="object", name=getattr(model, "name", ""), properties=found)


def _lineage(codebase: Codebase, kind: ClassValue) -> tuple[str, ...]:
    return tuple(each.replace(":", ".") for each in codebase.ancestry(kind))


def _packaged(name: str) -> Schema:
    members = data()["packaged"][name].items()
    shapes = ((key, data()["fields"].get(kind, {"type": kind})) for key, kind in members)
    properties = (
        Property(name=key, attribute=key, required=True, schema=Schema(min_length=1, **shape))
        for key, shape in shapes
    )
    return Schema(type="object", name=name.rpartition(".")[2], properties=tuple(properties))


# --- fields of a model ---------------------------------------------------------------


def _of_model(kind: ClassValue, shapes: Shapes) -> Iterator[Property]:
    """`Meta.model` and `Meta.fields`, by the names of its attributes."""
    model = _meta(shapes.codebase, kind, "model")
    if model is not None:
        wanted = _meta(shapes.codebase, kind, "fields")
        yield from taken(model, wanted, _meta(shapes.codebase, kind, "exclude"), shapes)


def taken(
    model: Value, fields: Value | None, exclude: Value | None, shapes: Shapes
) -> Iterator[Property]:
    """The fields that a form makes of a model."""
    wanted, left = _names(fields), _names(exclude)
    for each in shapes.of(Instance(AS_FORM, (model,))).properties:
        every = not wanted or "__all__" in wanted
        if each.read_only or each.name in left or not (every or each.name in wanted):
            continue
        yield each


def _meta(codebase: Codebase, kind: ClassValue, name: str) -> Value | None:
    inner = codebase.member(kind, "Meta")
    if inner is None or not isinstance(inner.value, ClassValue):
        return None
    member = codebase.member(inner.value, name)
    return member.value if member is not None else None


def _names(value: Value | None) -> set[str]:
    if (one := text_of(value)) is not None:
        return {one}
    items = value.items if isinstance(value, ListValue) else ()
    return {each for each in map(text_of, items) if each}


# --- declared fields -----------------------------------------------------------------


def _declared(name: str, made: Value) -> Property | None:
    like = class_like(made) if isinstance(made, Instance) else None
    word = like.last if isinstance(like, External) else ""
    if not isinstance(made, Instance) or word not in data()["fields"]:
        return None
    if not isinstance(like, External) or not like.name.startswith("django.forms"):
        return None
    changes: dict[str, Any] = {
        key: value
        for keyword, key in data()["rules"].items()
        if isinstance(value := plain(made.kwarg(keyword)), int | float)
    }
    schema: Schema = msgspec.convert(data()["fields"][word], Schema)
    enum = _choices(made.kwarg("choices")) if "Choice" in word else ()
    if schema.type == "string" and not schema.format:
        changes["transform"] = ("strip",)
    required = plain(made.kwarg("required")) is not False and schema.type != "boolean"
    return Property(
        name=name,
        attribute=name,
        schema=schema.replace(enum=enum, place=made.place, **changes),
        required=required,
        place=made.place,
    )


def _choices(value: Value | None) -> tuple[Any, ...]:
    if isinstance(value, BoundExternal) or not isinstance(value, ListValue):
        return ()
    found = [plain(each) for each in value.items]
    return tuple(each[0] for each in found if isinstance(each, list) and each)


def _checked(found: Property, kind: ClassValue, codebase: Codebase) -> Property:
    """The field with what `clean_<field>` does to it."""
    member = codebase.member(kind, f"clean_{found.name}")
    if member is None or not isinstance(member.value, FunctionValue):
        return found
    check = Check(name=member.name, place=member.value.place)
    return found.replace(schema=found.schema.replace(checks=(*found.schema.checks, check)))


def _whole(kind: ClassValue, codebase: Codebase) -> Iterator[Check]:
    member = codebase.member(kind, "clean")
    if member is not None and isinstance(member.value, FunctionValue):
        yield Check(name="clean", place=member.value.place)
