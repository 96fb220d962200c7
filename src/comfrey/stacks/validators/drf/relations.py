"""Rows at the other end of a relation, as a serializer shows and takes them: one key, or a list of keys
(https://www.django-rest-framework.org/api-guide/relations/)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Instance, Value, plain, text_of
from comfrey.stacks.validators.drf.fields import data, last

MANY = "ManyToManyField"
ONE = "OneToOneField"
FORWARD = ("ForeignKey", ONE)
NEEDLES = (b"ForeignKey(", b"OneToOneField(", b"ManyToManyField(")


def keys(schema: Schema, *, nonempty: bool = False) -> Schema:
    """A list of what names one row."""
    return Schema(
        type="array", items=schema, min_length=1 if nonempty else None, place=schema.place
    )


def key_of(target: Value | None, codebase: Codebase, *, linked: bool = False) -> Schema:
    """What names a row of a model: its primary key, or in a serializer of links an address that only the app knows."""
    if linked:
        return Schema()
    for member in (
        codebase.members(target, inherited=True) if isinstance(target, ClassValue) else ()
    ):
        made = member.value
        if isinstance(made, Instance) and plain(made.kwarg("primary_key")) is True:
            kind = data()["models_fields"].get(last(made), "")
            if kind in ("UUIDField", "CharField", "SlugField"):
                found: Schema = msgspec.convert(data()["fields"][kind], Schema)
                return found.replace(key=True)
    plainly: Schema = msgspec.convert(data()["fields"]["PrimaryKeyRelatedField"], Schema)
    return plainly


def to_many(name: str, made: Instance, codebase: Codebase, *, linked: bool) -> Property:
    """A model's own `ManyToManyField`: one through a model of the project is only shown."""
    blank = plain(made.kwarg("blank")) is True
    through = made.kwarg("through") is not None
    target = _target(made, codebase)
    schema = keys(key_of(target, codebase, linked=linked), nonempty=not blank)
    return Property(
        name=name,
        attribute=name,
        schema=schema.replace(place=made.place),
        required=not blank and not through,
        read_only=through,
        place=made.place,
    )


def to_one(name: str, made: Instance, codebase: Codebase, *, linked: bool) -> Property:
    """A model's own foreign key."""
    said = {key: plain(value) for key, value in made.kwargs}
    schema = key_of(_target(made, codebase), codebase, linked=linked)
    alone = last(made) == ONE or said.get("unique") is True
    schema = schema.replace(place=made.place, nullable=said.get("null") is True, unique=alone)
    reads = said.get("editable") is False
    optional = "default" in said or said.get("blank") or said.get("null")
    return Property(
        name=name,
        attribute=name,
        schema=schema,
        required=not optional and not reads,
        read_only=reads,
        place=made.place,
    )


def back(name: str, model: ClassValue, codebase: Codebase, *, linked: bool) -> Property | None:
    """What other models' relations to this one are called here: they must be sent, though the list may be empty."""
    for owner, made in _pointing(model, codebase):
        called = text_of(made.kwarg("related_name"))
        own = owner.name.lower()
        single = last(made) == ONE
        if name != (called or (own if single else f"{own}_set")):
            continue
        one = key_of(owner, codebase, linked=linked).replace(place=made.place)
        schema = one if single else keys(one)
        return Property(name=name, attribute=name, schema=schema, required=True, place=made.place)
    return None


def _pointing(model: ClassValue, codebase: Codebase) -> Iterator[tuple[ClassValue, Instance]]:
    for owner in codebase.classes(NEEDLES):
        for member in codebase.members(owner):
            made = member.value
            if isinstance(made, Instance) and last(made) in (*FORWARD, MANY):
                target = _target(made, codebase)
                if target is model or _named(made) == model.name:
                    yield owner, made


def _target(made: Instance, codebase: Codebase) -> ClassValue | None:
    to = made.argument(0, "to")
    if isinstance(to, ClassValue):
        return to
    name = _named(made)
    wanted = (each for each in codebase.classes((b"class " + name.encode(),)) if each.name == name)
    return next(wanted, None) if name else None


def _named(made: Instance) -> str:
    return (text_of(made.argument(0, "to")) or "").rpartition(".")[2]
