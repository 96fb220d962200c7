"""Classes that are shapes: pydantic and SQLModel models, dataclasses, typed dictionaries, enums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from comfrey.model.place import Place
from comfrey.model.schema import Check, Property, Schema
from comfrey.source.codebase import Member
from comfrey.source.node import Call, FunctionDef
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.pydantic import rules
from comfrey.stacks.validators.pydantic.checks import understand
from comfrey.stacks.validators.pydantic.config import Config, read_config
from comfrey.stacks.validators.pydantic.generics import bind, bindings
from comfrey.stacks.validators.pydantic.mirrors import mirrored

CHOICES = (
    "django.db.models.TextChoices",
    "django.db.models.IntegerChoices",
    "django.db.models.enums.TextChoices",
    "django.db.models.enums.IntegerChoices",
)
"""Enumerations whose members have a label beside their value."""
ENUMS = (
    "enum.Enum",
    "enum.StrEnum",
    "enum.IntEnum",
    "enum.IntFlag",
    "enum.Flag",
    "strenum.StrEnum",
    *CHOICES,
)
TYPED_DICTS = ("typing.TypedDict", "typing_extensions.TypedDict")
FIELD_VALIDATORS = ("field_validator", "validator")
MODEL_VALIDATORS = ("model_validator", "root_validator")
NOT_FIELDS = ("PrivateAttr", "Relationship")
FACTORIES: dict[str, Any] = {"list": [], "dict": {}, "set": [], "tuple": []}


def shape(of: ClassValue, args: tuple[Value, ...], shapes: Shapes) -> Schema | None:
    """The shape of a class of the tree; None when it is no model of ours."""
    codebase = shapes.codebase
    if codebase.is_a(of, *ENUMS):
        return _enum(of, shapes)
    if codebase.is_a(of, *rules.data()["models"], *rules.data()["packaged"]):
        return _model(of, args, shapes)
    if codebase.is_a(of, *TYPED_DICTS) or _is_dataclass(of):
        return _plain_class(of, args, shapes)
    return None


def json_type(values: tuple[Any, ...]) -> str:
    """The JSON type that all the values share, else `any`."""
    names = {
        "boolean" if isinstance(each, bool) else _NAMES.get(type(each), "any") for each in values
    }
    return names.pop() if len(names) == 1 else "any"


_NAMES = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}


# --- models ------------------------------------------------------------------


def _model(of: ClassValue, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    config = read_config(of, shapes)
    bound = bindings(of, args, shapes.codebase)
    members = shapes.codebase.members(of, inherited=True)
    found: dict[str, Property] = {
        each.attribute: each for each in _packaged_members(of, bound, shapes)
    }
    for member in members:
        made = _property(member, bound, config, shapes)
        if made is not None:
            found[member.name] = made
    if shapes.answer:
        found |= {each.attribute: each for each in _computed(members, bound, config, shapes)}
    if "root" in found and shapes.codebase.is_a(of, "pydantic.RootModel"):
        return found["root"].schema.replace(name=of.name, place=of.place)
    if roots := _root_argument(of, shapes):
        return shapes.of(bind(roots, bound)).replace(name=of.name, place=of.place)
    if "__root__" in found:
        return found["__root__"].schema.replace(name=of.name, place=of.place)
    found = _validated(found, members, shapes)
    return Schema(
        type="object",
        name=_name(of, args),
        properties=tuple(found.values()),
        extra=config.extra,
        title=config.title,
        checks=_model_checks(members),
        examples=config.examples,
        place=of.place,
    )


def _root_argument(of: ClassValue, shapes: Shapes) -> Value | None:
    args = shapes.codebase.type_arguments(of, "pydantic.RootModel")
    return args[0] if args else None


def _name(of: ClassValue, args: tuple[Value, ...]) -> str:
    inner = [each.name for each in args if isinstance(each, ClassValue)]
    return f"{of.name}[{', '.join(inner)}]" if inner else of.name


def _property(
    member: Member, bound: dict[int, Value], config: Config, shapes: Shapes
) -> Property | None:
    if member.annotation is None or _is_private(member):
        return None
    declared = bind(
        shapes.codebase.type_of(member.annotation, shapes.codebase.body_of(member.owner)), bound
    )
    word = rules.last(declared.of if isinstance(declared, Generic) else declared)
    if word in ("ClassVar", "InitVar"):
        return None
    fields = [*_fields_of(declared), *_fields_of(member.value)]
    if shapes.answer and any(plain(each.kwarg("exclude")) is True for each in fields):
        return None
    schema = shapes.of(declared)
    if isinstance(member.value, Instance):
        schema = shapes.narrowed(schema, member.value)
    schema = config.applied(schema)
    required, schema = _default(member, fields, schema, config)
    alias = _alias(member.name, fields, config, shapes)
    return Property(
        name=alias,
        attribute=member.name,
        schema=schema,
        required=required or shapes.answer,
        place=member.place,
    )


def _is_private(member: Member) -> bool:
    if member.name.startswith("_") and member.name != "__root__":
        return True
    if member.name == "model_config" or isinstance(member.value, FunctionValue | ClassValue):
        return True
    return isinstance(member.value, Instance) and rules.last(member.value.of) in NOT_FIELDS


def _fields_of(value: Value | None) -> Iterator[Instance]:
    """The `Field(...)`s that a default is or that an `Annotated` carries."""
    match value:
        case Instance(of=External(name=name)) if name.endswith(("Field", "field", "Param")):
            yield value
        case Generic(of=External() as of, args=args):
            if of.last == "Annotated":
                for each in args[1:]:
                    yield from _fields_of(each)
            elif of.last == "Union":
                for each in args:
                    yield from _fields_of(each)


def _default(
    member: Member, fields: list[Instance], schema: Schema, config: Config
) -> tuple[bool, Schema]:
    """Whether the member must be sent, and its schema with the default."""
    given = member.value
    if isinstance(given, Instance) and given in fields:
        given = given.argument(0, "default")
    if given is None:
        given = next((each.kwarg("default") for each in fields if each.kwarg("default")), None)
    factory = next(
        (each.kwarg("default_factory") for each in fields if each.kwarg("default_factory")), None
    )
    if isinstance(given, Const) and given.value is Ellipsis:
        return True, schema
    if given is not None:
        return False, _with_default(schema, given)
    if factory is not None:
        word = rules.last(factory)
        known = word in FACTORIES
        return False, schema.replace(has_default=known, default=FACTORIES.get(word))
    if config.release == 1 and schema.nullable:
        return False, schema.replace(has_default=True)
    return True, schema


def _with_default(schema: Schema, given: Value) -> Schema:
    value = plain(given)
    known = value is not None or (isinstance(given, Const) and given.value is None)
    if not known:
        return schema
    if value is None and not schema.nullable and schema.type != "any":
        return schema.replace(has_default=True, default=None)
    return schema.replace(has_default=True, default=value)


def _alias(name: str, fields: list[Instance], config: Config, shapes: Shapes) -> str:
    order = ("serialization_alias", "alias") if shapes.answer else ("validation_alias", "alias")
    for key in order:
        for each in fields:
            if isinstance(alias := plain(each.kwarg(key)), str):
                return alias
            if (choices := _choices(each.kwarg(key))) is not None:
                return choices
    return config.alias(name)


def _choices(value: Value | None) -> str | None:
    """The first of `AliasChoices("a", "b")`, a one-word `AliasPath("a")`."""
    if isinstance(value, Instance) and value.args:
        known = plain(value.args[0])
        return known if isinstance(known, str) else None
    return None


def _computed(
    members: tuple[Member, ...], bound: dict[int, Value], config: Config, shapes: Shapes
) -> Iterator[Property]:
    for member in members:
        function = member.value
        if not isinstance(function, FunctionValue) or not _decorated(function, ("computed_field",)):
            continue
        node = function.node
        returns = node.returns if isinstance(node, FunctionDef) else None
        kind = bind(shapes.codebase.type_of(returns, function.scope), bound) if returns else None
        yield Property(
            name=config.alias(member.name),
            attribute=member.name,
            schema=shapes.of(kind) if kind is not None else Schema(),
            required=True,
            read_only=True,
            place=member.place,
        )


# --- validators --------------------------------------------------------------


def _decorated(function: FunctionValue, names: tuple[str, ...]) -> Instance | External | None:
    for each in function.decorators:
        made = each.of if isinstance(each, Instance) else each
        if rules.last(made) in names:
            return each if isinstance(each, Instance | External) else None
    return None


def _validated(
    found: dict[str, Property], members: tuple[Member, ...], shapes: Shapes
) -> dict[str, Property]:
    """The properties with what their validators amount to."""
    for member in members:
        if not isinstance(member.value, FunctionValue):
            continue
        decorator = _validator(member, member.value, shapes)
        if not isinstance(decorator, Instance):
            continue
        named = [name for each in decorator.args if isinstance(name := plain(each), str)]
        for name in list(found) if "*" in named else named:
            if name in found:
                found[name] = _under(found[name], member.value)
    return found


def _validator(member: Member, function: FunctionValue, shapes: Shapes) -> Value | None:
    """`@field_validator("a")` above a method, or `_a = field_validator("a")(shared_function)`."""
    decorator = _decorated(function, FIELD_VALIDATORS)
    if decorator is not None or not isinstance(member.expression, Call):
        return decorator
    scope = shapes.codebase.body_of(member.owner)
    made = shapes.codebase.value(member.expression.function, scope)
    is_one = isinstance(made, Instance) and rules.last(made.of) in FIELD_VALIDATORS
    return made if is_one else None


def _under(member: Property, validator: FunctionValue) -> Property:
    changes, checks = understand(validator)
    schema = member.schema
    transform = tuple(dict.fromkeys((*schema.transform, *changes.pop("transform", ()))))
    schema = rules.apply(schema, changes)
    checks = tuple(each for each in checks if each not in schema.checks)
    return member.replace(
        schema=schema.replace(transform=transform, checks=(*schema.checks, *checks))
    )


def _model_checks(members: tuple[Member, ...]) -> tuple[Check, ...]:
    found: list[Check] = []
    for member in members:
        if isinstance(member.value, FunctionValue) and _decorated(member.value, MODEL_VALIDATORS):
            found += understand_model(member.value)
    return tuple(found)


def understand_model(validator: FunctionValue) -> tuple[Check, ...]:
    """The refusals of a validator over the whole model; none when it only rewrites."""
    changes, checks = understand(validator)
    if changes.keys() - {"transform"} and not checks:
        return (Check(name=validator.name, place=validator.place),)
    return checks


# --- other classes -----------------------------------------------------------


def _enum(of: ClassValue, shapes: Shapes) -> Schema:
    if shapes.codebase.is_a(of, *CHOICES):
        members = shapes.codebase.enumerated(of) or []
        known = [plain(each.fields.get("value")) for each in members if isinstance(each, Instance)]
        return Schema(type=json_type(tuple(known)), enum=tuple(known), name=of.name, place=of.place)
    values: list[Any] = []
    for index, member in enumerate(shapes.codebase.members(of), 1):
        if member.name.startswith("_") or isinstance(member.value, FunctionValue | ClassValue):
            continue
        if isinstance(member.value, Instance) and rules.last(member.value.of) == "auto":
            lower = shapes.codebase.is_a(of, "enum.StrEnum")
            values.append(member.name.lower() if lower else index)
        elif (value := plain(member.value)) is not None:
            values.append(value)
    distinct = tuple(dict.fromkeys(each for each in values if isinstance(each, str | int | float)))
    return Schema(type=json_type(distinct), enum=distinct, name=of.name, place=of.place)


def _is_dataclass(of: ClassValue) -> bool:
    return any(
        each.text.partition("(")[0].rpartition(".")[2] in ("dataclass", "define")
        for each in of.node.decorators
    )


def _plain_class(of: ClassValue, args: tuple[Value, ...], shapes: Shapes) -> Schema:
    """A dataclass or typed dictionary."""
    bound = bindings(of, args, shapes.codebase)
    partial = any(each.name == "total" and each.value.text == "False" for each in of.node.arguments)
    properties = []
    for member in shapes.codebase.members(of, inherited=True):
        made = _property(member, bound, Config(), shapes)
        if made is not None:
            optional = partial or "NotRequired" in (
                member.annotation.text if member.annotation else ""
            )
            properties.append(made.replace(required=made.required and not optional))
    return Schema(type="object", name=of.name, properties=tuple(properties), place=of.place)


def created(made: Instance, shapes: Shapes) -> Schema:
    """`create_model("Name", field=(type, default), __base__=Model)`."""
    base = made.kwarg("__base__")
    under = shapes.of(base) if base is not None else Schema(type="object")
    fields = {each.name: each for each in under.properties}
    for name, value in made.kwargs:
        if not name.startswith("__"):
            fields[name] = _created_field(name, value, made.place, shapes)
    title = plain(made.argument(0, "model_name"))
    return under.replace(
        type="object",
        name=title if isinstance(title, str) else "",
        properties=tuple(fields.values()),
    )


def _created_field(name: str, value: Value, place: Place | None, shapes: Shapes) -> Property:
    items = value.items if isinstance(value, ListValue) else [value]
    schema = shapes.of(items[0]) if items else Schema()
    default = items[1] if len(items) > 1 else None
    if isinstance(default, Instance):
        schema = shapes.narrowed(schema, default)
        default = default.argument(0, "default")
    required = default is None or (isinstance(default, Const) and default.value is Ellipsis)
    if not required and default is not None:
        schema = _with_default(schema, default)
    return Property(name=name, attribute=name, schema=schema, required=required, place=place)


# --- models that live in packages --------------------------------------------


def packaged(of: External, args: tuple[Value, ...], shapes: Shapes | None) -> Schema | None:
    """A model of a package that the shelf knows by heart; None for any other name."""
    known = _known(of.name)
    if known is None:
        return None
    return Schema(type="object", name=of.last, properties=tuple(_spelt(known, args, shapes)))


def _known(name: str) -> dict[str, str] | None:
    table: dict[str, dict[str, str]] = rules.data()["packaged"]
    if name in table:
        return table[name]
    package, _, word = name.partition(".")[0], "", name.rpartition(".")[2]
    found = [
        members
        for key, members in table.items()
        if key.partition(".")[0] == package and key.rpartition(".")[2] == word
    ]
    return found[0] if found else None


def _spelt(
    known: dict[str, str], args: tuple[Value, ...], shapes: Shapes | None
) -> Iterator[Property]:
    types = rules.data()["types"]
    for name, spelling in known.items():
        word = spelling.rstrip("?")
        if word == "[0]":
            inner = shapes.of(args[0]) if shapes and args else Schema()
            schema = Schema(type="array", items=inner)
        else:
            schema = msgspec.convert(types.get(word, {}), Schema)
        answer = shapes is not None and shapes.answer
        yield Property(
            name=name, attribute=name, schema=schema, required=answer or not spelling.endswith("?")
        )


def _packaged_members(
    of: ClassValue, bound: dict[int, Value], shapes: Shapes
) -> Iterator[Property]:
    for ancestor in reversed(shapes.codebase.mro(of)):
        if isinstance(ancestor, External) and (known := _known(ancestor.name)) is not None:
            args = shapes.codebase.type_arguments(of, ancestor.name)
            yield from _spelt(known, tuple(bind(each, bound) for each in args), shapes)
    if shapes.codebase.is_a(of, *rules.data()["mirrors"]):
        yield from mirrored(of, shapes)
