"""Understands what Go's structs say of data: JSON, form and path tags, and the validator's rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.languages.go.instances import embedded, is_interface, underlying
from comfrey.languages.go.literals import tags
from comfrey.model.schema import Property, Schema
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant
from comfrey.source.value import ClassValue, Const, External, Generic, Instance, Value
from comfrey.stacks import shelf
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.go_playground import rules, written

PART = "<part>"
"""The generic that says which part of the request fills a struct: `<part>[T, "query"]`."""


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of values of a Go type; None for what is none."""
    match type:
        case Generic(of=External(name="<part>"), args=(kind, Const(value=str() as part), *filled)):
            return _part(kind, part, shapes, filled[0] if filled else None)
        case Generic(of=External(name="typing.Annotated"), args=(inner, *_)):
            return shapes.of(inner).replace(nullable=True)
        case Generic(of=External(name="list"), args=(External(name="byte" | "uint8"),)):
            return Schema(type="string", format="byte")
        case Generic(of=External(name="list"), args=(inner,)):
            return Schema(type="array", items=shapes.of(inner), nullable=shapes.answer)
        case Generic(of=External(name="dict"), args=(_, inner)):
            return Schema(type="object", values=shapes.of(inner), nullable=shapes.answer)
        case External(name=name) if name in _data()["types"]:
            return Schema(**_data()["types"][name])
        case External(name=name) if name.startswith("database/sql.Null"):
            return Schema(nullable=True)
        case Generic(of=ClassValue() as of):
            return _struct(of, "body", shapes)
        case ClassValue():
            return _named(type, shapes)
        case Instance(of=ClassValue() | Generic() as of):
            return shapes.of(of)
    return None


def _data() -> dict[str, Any]:
    folder = shelf.folder("validators", "go_playground")
    return folder.about.data if folder else {}


def _part(kind: Value, part: str, shapes: Shapes, filled: Value | None) -> Schema:
    """The shape of a part of the request; what the struct held before it was filled are defaults."""
    if not isinstance(kind, ClassValue):
        return shapes.of(kind)
    schema = _struct(kind, part, shapes)
    if not isinstance(filled, Instance) or not filled.kwargs:
        return schema
    made = tuple(_with_default(each, filled, shapes) for each in schema.properties)
    return schema.replace(properties=made)


def _with_default(member: Property, filled: Instance, shapes: Shapes) -> Property:
    inner = [each for _, each in filled.kwargs if isinstance(each, Instance)]
    for each in (filled, *inner):
        with shapes.codebase.evaluator.quietly():
            value = shapes.codebase.evaluator.attribute(each, member.attribute)
        if isinstance(value, Const) and value.value and not member.schema.has_default:
            schema = member.schema.replace(default=value.value, has_default=True)
            return member.replace(schema=schema)
    return member


def _named(type: ClassValue, shapes: Shapes) -> Schema:  # noqa: A002
    base = underlying(shapes.codebase.evaluator, type)
    if base is not None:
        schema = shapes.of(base)
        return schema.replace(name=type.name, place=type.place)
    if is_interface(type):
        return Schema(name=type.name, place=type.place)
    own = _written(type, shapes)
    return own if own is not None else _struct(type, "body", shapes)


def _written(type: ClassValue, shapes: Shapes) -> Schema | None:  # noqa: A002
    """A type that writes or reads its own JSON; None for one that does not."""
    word = "MarshalJSON" if shapes.answer else "UnmarshalJSON"
    for name in (word, "MarshalText" if shapes.answer else "UnmarshalText"):
        own = shapes.codebase.own_member(type, name)
        if own is not None and own.value is not None:
            return Schema(name=type.name, place=type.place)
    bases = [each for each in shapes.codebase.mro(type)[1:] if isinstance(each, External)]
    if any(each.name == "time.Time" for each in bases):
        return Schema(type="string", format="date-time", name=type.name, place=type.place)
    return None


def _struct(type: ClassValue, part: str, shapes: Shapes) -> Schema:  # noqa: A002
    made = tuple(_properties(type, part, shapes))
    unique = {each.name: each for each in made}
    return Schema(
        type="object", name=type.name, properties=tuple(unique.values()), place=type.place
    )


def _properties(type: ClassValue, part: str, shapes: Shapes, depth: int = 0) -> Iterator[Property]:  # noqa: A002
    found = {} if shapes.answer else written.refused(shapes.codebase, type)
    for member in _fields(type, shapes.codebase):
        if member.annotation is None or depth > 4:
            continue
        said = tags_of(member)
        name, options = _name(said, member, part)
        kind = _kind(member, type, shapes.codebase)
        if embedded(member) and not name:
            yield from _promoted(kind, part, shapes, depth)
        elif name:
            made = _property(name, options, said, member, kind, part, shapes)
            yield _checked(made, found.get(member.name, {}), kind)


def _fields(type: ClassValue, codebase: Codebase) -> tuple[Member, ...]:  # noqa: A002
    """The fields of a struct, of the one that it is made of where it is another name of it."""
    own = codebase.members(type)
    bases = codebase.bases(type)
    if any(each.annotation is not None for each in own) or "struct" in type.node.text or not bases:
        return own
    return _fields(bases[0], codebase) if isinstance(bases[0], ClassValue) else own


def _checked(made: Property, rule: dict[str, Any], kind: Value) -> Property:
    """A member under what a method of its struct refuses of it."""
    if not rule:
        return made
    pointer = isinstance(kind, Generic) and getattr(kind.of, "name", "") == "typing.Annotated"
    least = rule.get("min_length") or rule.get("minimum", 0) > 0
    zero = bool(least or {"format", "pattern", "enum"} & {*rule})
    needed = made.required or bool(
        rule.get("required") or (rule.get("bare") and zero and not pointer)
    )
    schema = written.narrowed(made.schema, rule)
    return made.replace(
        schema=schema.replace(nullable=schema.nullable and not needed), required=needed
    )


def tags_of(member: Member) -> dict[str, str]:
    """The tags of a field."""
    found: dict[str, str] = {}
    for each in member.decorators:
        if isinstance(each, Constant) and isinstance(each.value, str):
            found |= tags(each.value)
    return found


def _kind(member: Member, type: ClassValue, codebase: Codebase) -> Value:  # noqa: A002
    assert member.annotation is not None
    return codebase.type_of(member.annotation, codebase.body_of(type))


def _promoted(kind: Value, part: str, shapes: Shapes, depth: int) -> Iterator[Property]:
    if isinstance(kind, Generic) and kind.args and not isinstance(kind.of, ClassValue):
        kind = kind.args[0]
    if isinstance(kind, ClassValue):
        yield from _properties(kind, part, shapes, depth + 1)
    elif isinstance(kind, External) and kind.name.endswith("gorm.Model") and part == "body":
        for name, schema in MODEL.items():
            yield Property(name=name, attribute=name, schema=schema, required=shapes.answer)


MODEL = {
    "ID": Schema(type="integer"),
    "CreatedAt": Schema(type="string", format="date-time"),
    "UpdatedAt": Schema(type="string", format="date-time"),
    "DeletedAt": Schema(type="string", format="date-time", nullable=True),
}


ELSEWHERE = ("param", "params", "uri", "path", "query", "header", "reqHeader", "cookie")
"""Tags that say where else than in the body a field comes from: one struct may be filled by several parsers."""


def _name(said: dict[str, str], member: Member, part: str) -> tuple[str, str]:
    """The name of a field on the wire ("" for none) and the options beside it."""
    for key in _data()["names"].get(part, ("json",)):
        if key in said:
            name, _, options = said[key].partition(",")
            if name == "-":
                return "", ""
            if name or not embedded(member):
                return name or member.name, options
    plain = part in ("body", "form") and not embedded(member) and member.name[:1].isupper()
    plain = plain and not any(key in said for key in ELSEWHERE)
    return (member.name if plain else ""), ""


def _property(
    name: str,
    options: str,
    said: dict[str, str],
    member: Member,
    kind: Value,
    part: str,
    shapes: Shapes,
) -> Property:
    schema = shapes.of(kind)
    text = ",".join(said[key] for key in _data()["rules"] if key in said)
    needed = rules.required(text) or (not shapes.answer and _holds_required(kind, schema))
    if not shapes.answer:
        schema = rules.narrowed(schema, text)
        schema = schema.replace(nullable=part == "body" and not needed, strict=part == "body")
        schema = _defaulted(schema, options)
        if said.get("time_format") in rules.LAYOUTS:
            schema = schema.replace(format=rules.LAYOUTS[said["time_format"]])
    return Property(
        name=name,
        attribute=member.name,
        schema=schema,
        required=("omitempty" not in options) if shapes.answer else needed,
        place=member.place,
    )


def _holds_required(kind: Value, schema: Schema) -> bool:
    """A struct within, of which a member is required, cannot be left out."""
    return isinstance(kind, ClassValue) and any(each.required for each in schema.properties)


def _defaulted(schema: Schema, options: str) -> Schema:
    """`form:"page,default=1"`."""
    for each in options.split(","):
        word, sign, value = each.partition("=")
        if word == "default" and sign:
            whole = schema.type == "integer" and value.lstrip("-").isdigit()
            return schema.replace(default=int(value) if whole else value, has_default=True)
    return schema
