"""Understands DRF's serializers: declared fields, those of the model, and the project's own checks."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.schema import Check, Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Name, Node, Return, walk
from comfrey.source.value import ClassValue, External, FunctionValue, Instance, Value, plain
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.drf.fields import (
    data,
    declared,
    is_serializer,
    kind_of,
    lineage,
)
from comfrey.stacks.validators.drf.models import property_of, wanted

TIDYING = (
    "get",
    "pop",
    "setdefault",
    "update",
    "copy",
    "items",
    "lower",
    "upper",
    "strip",
    "title",
)
CHANGES = ("lower", "upper", "strip")


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of what a serializer takes in, or (for answers) gives out; None for other types."""
    many = isinstance(type, Instance) and plain(type.kwarg("many")) is True
    kind = type.of if isinstance(type, Instance) else type
    if isinstance(kind, External) and kind.name in data()["packaged"]:
        return _packaged(kind.name)
    if not isinstance(kind, ClassValue) or not is_serializer(shapes.codebase, kind):
        return None
    found = _serializer(kind, shapes)
    if shapes.answer and _shows_otherwise(kind, shapes.codebase):
        found = found.replace(properties=())
    partial = isinstance(type, Instance) and plain(type.kwarg("partial")) is True
    if partial:
        eased = tuple(each.replace(required=False) for each in found.properties)
        found = found.replace(properties=eased)
    return Schema(type="array", items=found) if many else found


def _shows_otherwise(kind: ClassValue, codebase: Codebase) -> bool:
    """Whether a serializer gives out something of its own: a `to_representation` that asks no other for the fields."""
    member = codebase.member(kind, "to_representation")
    function = member.value if member is not None else None
    return isinstance(function, FunctionValue) and "super(" not in function.node.text


def _packaged(name: str) -> Schema:
    members = data()["packaged"][name].items()
    return Schema(
        type="object",
        name=name.rpartition(".")[2],
        properties=tuple(
            Property(name=key, attribute=key, required=True, schema=Schema(type=kind, min_length=1))
            for key, kind in members
        ),
    )


def _serializer(kind: ClassValue, shapes: Shapes) -> Schema:
    codebase = shapes.codebase
    own = {each.name: each for each in _declared(kind, shapes)}
    properties = own
    if any(each in data()["models"] for each in lineage(codebase, kind)):
        names = wanted(codebase, kind, tuple(own))
        names = tuple(each for each in names if not _is_hidden(kind, each, codebase))
        made = ((name, own.get(name) or property_of(kind, name, shapes)) for name in names)
        properties = {name: each for name, each in made if each is not None}
    if shapes.answer:
        kept = [each for each in properties.values() if not each.write_only]
    else:
        kept = [each for each in properties.values() if not each.read_only]
    for base in lineage(codebase, kind):
        if base in data()["packaged"]:
            return _packaged(base)
    checked = [_checked(each, kind, codebase) for each in kept]
    return Schema(
        type="object",
        name=kind.name,
        properties=tuple(checked),
        checks=tuple(_whole(kind, codebase)),
        place=kind.place,
    )


def _is_hidden(kind: ClassValue, name: str, codebase: Codebase) -> bool:
    """Whether the serializer fills a field in itself, whatever is sent and shown."""
    member = codebase.member(kind, name)
    made = member.value if member is not None else None
    return isinstance(made, Instance) and kind_of(codebase, made) == "HiddenField"


def _declared(kind: ClassValue, shapes: Shapes) -> Iterator[Property]:
    for member in shapes.codebase.members(kind, inherited=True):
        if isinstance(member.value, Instance):
            found = declared(member.name, member.value, shapes)
            if found is not None:
                yield found


def _checked(found: Property, kind: ClassValue, codebase: Codebase) -> Property:
    """The field with what `validate_<field>` does to it."""
    member = codebase.member(kind, f"validate_{found.name}")
    if member is None or not isinstance(member.value, FunctionValue):
        return found
    schema = found.schema.replace(transform=_transform(member.value, found.schema.transform))
    if "raise" in member.value.node.text:
        check = Check(name=member.name, place=member.value.place)
        schema = schema.replace(checks=(*schema.checks, check))
    return found.replace(schema=schema)


def _transform(function: FunctionValue, known: tuple[str, ...]) -> tuple[str, ...]:
    """`return email.lower()`: what becomes of an accepted value."""
    names = [each.name for each in function.node.parameters]
    for node in _body(function):
        if isinstance(node, Return) and isinstance(node.value, Call):
            chain: list[str] = []
            inner: Node = node.value
            while isinstance(inner, Call) and isinstance(inner.function, Attribute):
                chain.append(inner.function.name)
                inner = inner.function.of
            if isinstance(inner, Name) and inner.name in names and set(chain) <= set(CHANGES):
                return tuple(dict.fromkeys((*known, *reversed(chain))))
    return known


def _whole(kind: ClassValue, codebase: Codebase) -> Iterator[Check]:
    member = codebase.member(kind, "validate")
    function = member.value if member is not None else None
    if isinstance(function, FunctionValue) and not _only_tidies(function):
        yield Check(name="validate", place=function.place)


def _only_tidies(function: FunctionValue) -> bool:
    """Whether a `validate` refuses nothing: it raises nothing, and calls only what rearranges values."""
    calls = [each.function for each in _body(function) if isinstance(each, Call)]
    plainly = all(isinstance(each, Attribute) and each.name in TIDYING for each in calls)
    return "raise" not in function.node.text and plainly


def _body(function: FunctionValue) -> Iterator[Node]:
    for statement in getattr(getattr(function.node, "body", None), "statements", ()):
        yield from walk(statement)
