"""Fields that a `ModelSerializer` takes from its model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.drf.fields import (
    choices,
    data,
    declared,
    last,
    lineage,
    ruled,
    validated,
)
from comfrey.stacks.validators.drf.relations import FORWARD, MANY, back, to_many, to_one


def meta(codebase: Codebase, kind: ClassValue, name: str) -> Value | None:
    """A name of the inner `Meta`."""
    inner = codebase.member(kind, "Meta")
    if inner is None or not isinstance(inner.value, ClassValue):
        return None
    member = codebase.member(inner.value, name)
    return member.value if member is not None else None


def wanted(codebase: Codebase, kind: ClassValue, own: tuple[str, ...]) -> tuple[str, ...]:
    """The names that the serializer shows, in order."""
    model = meta(codebase, kind, "model")
    listed = meta(codebase, kind, "fields")
    if isinstance(listed, ListValue):
        return tuple(each for each in map(text_of, listed.items) if each)
    every = tuple(_columns(codebase, model)) if isinstance(model, ClassValue) else ()
    left = meta(codebase, kind, "exclude")
    excluded = {text_of(each) for each in left.items} if isinstance(left, ListValue) else set()
    names = dict.fromkeys((*every, *own))
    if "id" not in names and not any(_is_key(codebase, model, each) for each in every):
        names = {"id": None, **names}
    return tuple(each for each in names if each not in excluded)


def _is_key(codebase: Codebase, model: Value | None, name: str) -> bool:
    made = model_field(codebase, model, name)
    return made is not None and plain(made.kwarg("primary_key")) is True


def _columns(codebase: Codebase, model: ClassValue) -> Iterator[str]:
    for member in codebase.members(model, inherited=True):
        known = (MANY, *data()["models_fields"])
        if isinstance(member.value, Instance) and last(member.value) in known:
            yield member.name


def model_field(codebase: Codebase, model: Value | None, name: str) -> Instance | None:
    """The object that the model's class puts under a name."""
    member = codebase.member(model, name) if isinstance(model, ClassValue) else None
    found = member.value if member is not None else None
    return found if isinstance(found, Instance) else None


def property_of(kind: ClassValue, name: str, shapes: Shapes) -> Property | None:
    """What the serializer makes of the model's `name`."""
    codebase = shapes.codebase
    model = meta(codebase, kind, "model")
    made = model_field(codebase, model, name)
    extra = _extra(codebase, kind, name)
    reads = name in _names(meta(codebase, kind, "read_only_fields"))
    related = _related(kind, model, name, made, codebase)
    if related is not None:
        deep = plain(meta(codebase, kind, "depth") or Const(0))
        related = related.replace(read_only=related.read_only or reads or bool(deep))
        return _told(related, extra)
    if made is None or last(made) not in data()["models_fields"]:
        shape = Schema(type="integer") if name in ("id", "pk") or name.endswith("_id") else Schema()
        return Property(name=name, attribute=name, schema=shape, read_only=True)
    found = _of_field(name, made, shapes)
    found = found.replace(read_only=found.read_only or reads)
    return _told(found, extra)


def _related(
    kind: ClassValue, model: Value | None, name: str, made: Instance | None, codebase: Codebase
) -> Property | None:
    """The field as one that names rows of another model, or None where it is none."""
    linked = any(each.endswith("HyperlinkedModelSerializer") for each in lineage(codebase, kind))
    if made is not None and last(made) == MANY:
        return to_many(name, made, codebase, linked=linked)
    if made is not None and last(made) in FORWARD:
        return to_one(name, made, codebase, linked=linked)
    plainly = made is None and isinstance(model, ClassValue) and not codebase.member(model, name)
    return (
        back(name, model, codebase, linked=linked)
        if plainly and isinstance(model, ClassValue)
        else None
    )


def _names(value: Value | None) -> tuple[str, ...]:
    items = value.items if isinstance(value, ListValue) else ()
    return tuple(each for each in map(text_of, items) if each)


def _extra(codebase: Codebase, kind: ClassValue, name: str) -> DictValue | None:
    listed = meta(codebase, kind, "extra_kwargs")
    found = listed.get(name) if isinstance(listed, DictValue) else None
    return found if isinstance(found, DictValue) else None


def _told(found: Property, extra: DictValue | None) -> Property:
    """The field under its `extra_kwargs`."""
    if extra is None:
        return found
    given = tuple((str(plain(key)), value) for key, value in extra.items)
    made = Instance(Const(None), (), given, found.place)
    schema = ruled(found.schema, made, "")
    said = {name: plain(value) for name, value in given}
    if "validators" in said:
        schema = schema.replace(unique=_asks(extra.get("validators")))
    reads = bool(said.get("read_only", found.read_only))
    required = said.get("required", found.required and "default" not in said)
    if "allow_null" in said:
        schema = schema.replace(nullable=bool(said["allow_null"]))
    return found.replace(
        schema=schema,
        read_only=reads,
        write_only=bool(said.get("write_only", found.write_only)),
        required=bool(required) and not reads,
    )


def _asks(validators: Value | None) -> bool:
    """Whether DRF's `UniqueValidator` stands among validators that replace its own."""
    listed = validators.items if isinstance(validators, ListValue) else ()
    return any(last(each) == "UniqueValidator" for each in listed)


def _of_field(name: str, made: Instance, shapes: Shapes) -> Property:
    """A model's field as DRF serializes it."""
    kind = data()["models_fields"][last(made)]
    said = {key: plain(value) for key, value in made.kwargs}
    schema: Schema = msgspec.convert(data()["fields"][kind], Schema)
    schema = schema.replace(place=made.place, nullable=said.get("null") is True)
    schema = _bounded(schema, made, said, limitless=_is_limitless(shapes.codebase))
    enum = choices(made.kwarg("choices")) if made.kwarg("choices") is not None else ()
    schema = schema.replace(enum=enum) if enum else schema
    schema = schema.replace(unique=said.get("unique") is True)
    validators = made.kwarg("validators")
    for each in validators.items if isinstance(validators, ListValue) else ():
        schema = validated(schema, each)
    automatic = last(made).endswith("AutoField") or said.get("editable") is False
    reads = automatic or bool(said.get("auto_now") or said.get("auto_now_add"))
    optional = "default" in said or "db_default" in said or said.get("blank") or said.get("null")
    return Property(
        name=name,
        attribute=name,
        schema=schema,
        required=not optional and not reads,
        read_only=reads,
        place=made.place,
    )


def _is_limitless(codebase: Codebase) -> bool:
    """Whether the settings name SQLite, which tells Django of no largest integer (`integer_field_range`)."""
    settings = codebase.resolve("django.conf", "settings")
    listed = codebase.evaluator.attribute(settings, "DATABASES")
    default = listed.get("default") if isinstance(listed, DictValue) else None
    engine = default.get("ENGINE") if isinstance(default, DictValue) else None
    return (text_of(engine) or "").endswith("sqlite3")


def _bounded(schema: Schema, made: Instance, said: dict[str, Any], *, limitless: bool) -> Schema:
    low, high = data()["bounds"].get(last(made), (None, None))
    if low is not None:
        low = None if limitless and low < 0 else low
        schema = schema.replace(minimum=low, maximum=None if limitless else high)
    if schema.type != "string":
        return schema
    length = said.get("max_length") or {"EmailField": 254, "SlugField": 50, "URLField": 200}.get(
        last(made)
    )
    if last(made) in ("CharField", "TextField"):
        schema = schema.replace(transform=("strip",))
    if said.get("blank") is True:
        schema = schema.replace(min_length=None)
    if schema.format in ("decimal",):
        return schema.replace(
            max_digits=said.get("max_digits"), decimal_places=said.get("decimal_places")
        )
    return schema.replace(max_length=length) if isinstance(length, int) else schema


__all__ = ["declared", "meta", "property_of", "wanted"]
