"""Understands marshmallow's schemas: classes, objects of them with their options, dictionaries of fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.model.schema import Check, Property, Schema
from comfrey.source.codebase import Codebase, Member
from comfrey.source.node import Attribute, Call, Compare, FunctionDef, Name, Node, Raise
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    DictValue,
    External,
    FunctionValue,
    Instance,
    Value,
    plain,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.marshmallow import rules
from comfrey.stacks.validators.marshmallow.rules import data, word

EXTRA = {"RAISE": "forbid", "EXCLUDE": "", "INCLUDE": "allow"}


@dataclass(frozen=True)
class Options:
    """What an object of a schema changes: `Schema(many=True, partial=("name",), only=…, exclude=…)`."""

    many: bool = False
    partial: bool | tuple[str, ...] = False
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unknown: str | None = None


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of a schema; None for types of other libraries."""
    match type:
        case ClassValue() if is_schema(type, shapes.codebase):
            return _class(type, Options(), shapes)
        case Instance(of=ClassValue() as kind) if is_schema(kind, shapes.codebase):
            return _class(kind, _options(type, shapes.codebase), shapes)
        case Instance() if rules.is_field(type):
            return _field(type, shapes)
        case Instance(of=BoundExternal(name="from_dict")) if type.args:
            return _table(type.args[0], shapes)
        case Instance(of=Instance(of=BoundExternal(name="from_dict")) as made) if made.args:
            return _table(made.args[0], shapes)
        case DictValue() if type.items and all(rules.is_field(value) for _, value in type.items):
            return _table(type, shapes)
    return None


def is_schema(kind: ClassValue, codebase: Codebase) -> bool:
    """Whether a class of the tree is a schema."""
    return codebase.is_a(kind, *data()["schemas"])


def _options(made: Instance, codebase: Codebase) -> Options:
    partial = plain(made.kwarg("partial"))
    unknown = made.kwarg("unknown")
    return Options(
        many=plain(made.kwarg("many")) is True,
        partial=tuple(partial) if isinstance(partial, list) else partial is True,
        only=_strings(made.kwarg("only")),
        exclude=_strings(made.kwarg("exclude")),
        unknown=EXTRA.get(word(unknown)) if unknown is not None else None,
    )


def _strings(value: Value | None) -> tuple[str, ...]:
    found = plain(value)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


# --- classes -----------------------------------------------------------------------


def _class(kind: ClassValue, options: Options, shapes: Shapes) -> Schema:
    codebase = shapes.codebase
    meta = _meta(kind, codebase)
    found: dict[str, Property] = {}
    if codebase.mro(kind) and _automatic(kind, codebase) and "model" in meta:
        found |= _columns(meta, shapes)
    members = codebase.members(kind, inherited=True)
    for member in members:
        made = _property(member, meta, shapes)
        if made is not None:
            found[member.name] = made
    for name in (*_strings(meta.get("fields")), *_strings(meta.get("additional"))):
        found.setdefault(name, Property(name=name, attribute=name, schema=Schema()))
    found = _validated(found, members, codebase)
    shown = [each for each in map(_chooser(meta, options, shapes), found.values()) if each]
    unknown = meta.get("unknown")
    extra = options.unknown
    if extra is None:
        extra = EXTRA.get(word(unknown), "forbid") if unknown is not None else "forbid"
    whole = Schema(
        type="object",
        name=kind.name,
        properties=tuple(shown),
        extra="" if shapes.answer else extra,
        checks=_schema_checks(members, codebase),
        place=kind.place,
    )
    return Schema(type="array", items=whole) if options.many else whole


def _chooser(meta: dict[str, Value], options: Options, shapes: Shapes):  # type: ignore[no-untyped-def]
    """Keeps the members that go this way, under the options of the object."""
    incoming = "load_only" if shapes.answer else "dump_only"
    left_out = {*_strings(meta.get("exclude")), *options.exclude}
    listed = set(_strings(meta.get(incoming)))

    def chosen(each: Property) -> Property | None:
        hidden = each.write_only if shapes.answer else each.read_only
        if hidden or each.attribute in listed or each.attribute in left_out:
            return None
        if options.only and each.attribute not in {o.partition(".")[0] for o in options.only}:
            return None
        partial = options.partial
        if partial is True or (isinstance(partial, tuple) and each.attribute in partial):
            return each.replace(required=False)
        return each

    return chosen


def _meta(kind: ClassValue, codebase: Codebase) -> dict[str, Value]:
    """The names of the nearest `class Meta`, and of those that it extends."""
    found: dict[str, Value] = {}
    for each in reversed(codebase.mro(kind)):
        member = codebase.own_member(each, "Meta") if isinstance(each, ClassValue) else None
        if member is not None and isinstance(member.value, ClassValue):
            inner = codebase.members(member.value, inherited=True)
            found |= {m.name: m.value for m in inner if m.value is not None}
    return found


def _automatic(kind: ClassValue, codebase: Codebase) -> bool:
    names = {each.rpartition(".")[2] for each in codebase.ancestry(kind)}
    return not names.isdisjoint(data()["automatic"])


def _columns(meta: dict[str, Value], shapes: Shapes) -> dict[str, Property]:
    """The columns of the model that an automatic schema takes over, foreign keys only when asked for."""
    model = shapes.of(meta["model"])
    keys = plain(meta.get("include_fk")) is True
    return {
        each.attribute: each
        for each in model.properties
        if keys or each.schema.title != "foreign key"
    }


def _property(member: Member, meta: dict[str, Value], shapes: Shapes) -> Property | None:
    value = member.value
    if not isinstance(value, Instance) or not rules.is_field(value):
        return None
    schema = _field(value, shapes)
    if word(value) == "auto_field" and "model" in meta:
        schema = _auto(value, member.name, meta["model"], shapes)
    outgoing = word(value) in data()["outgoing"]["words"]
    name = plain(value.kwarg("data_key")) or plain(value.kwarg("load_from"))
    return Property(
        name=name if isinstance(name, str) else member.name,
        attribute=member.name,
        schema=schema,
        required=plain(value.kwarg("required")) is True,
        read_only=outgoing or plain(value.kwarg("dump_only")) is True,
        write_only=plain(value.kwarg("load_only")) is True,
        place=member.place,
    )


def _auto(value: Instance, name: str, model: Value, shapes: Shapes) -> Schema:
    """`ma.auto_field()`: the model's column of that name, under the field's own rules."""
    said = plain(value.argument(0, "column_name"))
    known = shapes.of(model).properties
    wanted = said if isinstance(said, str) else name
    column = next((each.schema for each in known if each.attribute == wanted), Schema())
    column = column.replace(title="")
    return _ruled(column, value, shapes)


# --- fields ------------------------------------------------------------------------


def _field(value: Instance, shapes: Shapes) -> Schema:
    schema = rules.base(value)
    match word(value):
        case "Nested":
            schema = _nested(value, shapes)
        case "List" | "Tuple" if value.args:
            inner = value.args[0]
            if isinstance(inner, External):
                inner = Instance(inner)
            schema = schema.replace(items=shapes.of(inner))
        case "Enum" | "EnumField" if value.args:
            schema = _enum(value, shapes)
        case "Pluck" if len(value.args) > 1:
            schema = _pluck(value, shapes)
    return _ruled(schema, value, shapes)


def _ruled(schema: Schema, value: Instance, shapes: Shapes) -> Schema:
    schema = rules.ruled(schema, value.kwarg("validate"), shapes)
    missing = value.kwarg("load_default") or value.kwarg("missing")
    known, default = rules.default(missing)
    if known:
        schema = schema.replace(has_default=True, default=default)
    nullable = plain(value.kwarg("allow_none"))
    if nullable is True or (nullable is None and known and default is None):
        schema = schema.replace(nullable=True)
    elif nullable is False:
        schema = schema.replace(nullable=False)
    if plain(value.kwarg("strict")) is True:
        schema = schema.replace(strict=True)
    return schema


def _nested(value: Instance, shapes: Shapes) -> Schema:
    inner = value.argument(0, "nested")
    if isinstance(inner, FunctionValue):
        inner = shapes.codebase.returned(inner, None, ((), ()))
    if isinstance(name := plain(inner), str):
        inner = _by_name(name, shapes)
    if isinstance(inner, Instance) and isinstance(inner.of, ClassValue):
        kwargs = (*inner.kwargs, *value.kwargs)
        inner = Instance(inner.of, inner.args, tuple(p for p in kwargs if p[0] != "validate"))
    elif isinstance(inner, ClassValue):
        inner = Instance(inner, (), value.kwargs)
    if inner is None:
        return Schema(type="object")
    return shapes.of(inner)


def _by_name(name: str, shapes: Shapes) -> Value | None:
    found = (
        each
        for each in shapes.codebase.classes((name.encode(),))
        if each.name == name.rpartition(".")[2] and is_schema(each, shapes.codebase)
    )
    return next(found, None)


def _enum(value: Instance, shapes: Shapes) -> Schema:
    kind = value.args[0]
    members = shapes.codebase.enumerated(kind) if isinstance(kind, ClassValue) else None
    by_value = value.kwarg("by_value")
    if members is None or not isinstance(kind, ClassValue):
        return rules.base(value)
    if by_value is not None and plain(by_value) is not False:
        found = tuple(plain(each) for each in members)
    else:
        found = tuple(
            plain(each.fields.get("name")) for each in members if isinstance(each, Instance)
        )
    kinds = {type(each) for each in found}
    return Schema(type="integer" if kinds == {int} else "string", enum=found, name=kind.name)


def _pluck(value: Instance, shapes: Shapes) -> Schema:
    inner, name = value.args[0], plain(value.args[1])
    found = next((e.schema for e in shapes.of(inner).properties if e.attribute == name), Schema())
    many = plain(value.kwarg("many")) is True
    return Schema(type="array", items=found) if many else found


def _table(table: Value, shapes: Shapes) -> Schema | None:
    """webargs' `{"name": fields.Str(required=True)}`."""
    if not isinstance(table, DictValue):
        return None
    members = []
    for key, value in table.items:
        name = plain(key)
        if isinstance(name, str) and isinstance(value, Instance) and rules.is_field(value):
            members.append(
                Property(
                    name=name,
                    attribute=name,
                    schema=_field(value, shapes),
                    required=plain(value.kwarg("required")) is True,
                    place=value.place,
                )
            )
    return Schema(type="object", properties=tuple(members), extra="forbid")


# --- validators in code ------------------------------------------------------------


def _validated(
    found: dict[str, Property], members: tuple[Member, ...], codebase: Codebase
) -> dict[str, Property]:
    """`@validates("username")` methods, as checks of their fields."""
    for function in _methods(members):
        for each in function.decorators:
            if word(each) != "validates" or not isinstance(each, Instance):
                continue
            for name in (plain(value) for value in each.args):
                if isinstance(name, str) and name in found:
                    schema = rules.checked(found[name].schema, function)
                    if _asks_for_row(function, found[name].attribute or name):
                        schema = schema.replace(unique=True)
                    found[name] = found[name].replace(schema=schema)
    return found


def _asks_for_row(function: FunctionValue, name: str) -> bool:
    """Whether a validator looks for a row that has the value already: `filter_by(email=value)`."""
    node = function.node
    if not isinstance(node, FunctionDef) or len(node.parameters) < 2:
        return False
    given = node.parameters[1].name
    every = node.body.every
    return any(isinstance(each, Raise) for each in every) and any(
        _looks_up(each, name, given) for each in every
    )


def _looks_up(node: Node, name: str, given: str) -> bool:
    match node:
        case Call(function=Attribute()):
            found = node.keyword(name)
            return found is not None and found.text == given
        case Compare(first=Attribute(name=field), rest=(("==", Name(name=other)),)):
            return field == name and other == given
    return False


def _schema_checks(members: tuple[Member, ...], codebase: Codebase) -> tuple[Check, ...]:
    return tuple(
        Check(name=function.name, place=function.place)
        for function in _methods(members)
        if any(word(each) in ("validates_schema", "pre_load") for each in function.decorators)
    )


def _methods(members: tuple[Member, ...]) -> Iterator[FunctionValue]:
    for member in members:
        if isinstance(member.value, FunctionValue):
            yield member.value
