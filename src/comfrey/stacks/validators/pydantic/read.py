"""Understands types as pydantic does: annotations, models, enums, dataclasses, typed dictionaries."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from comfrey.model.schema import Schema
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    Generic,
    Instance,
    Value,
    plain,
)
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.validators.pydantic import models, rules

TRANSPARENT = (
    "Final",
    "Required",
    "NotRequired",
    "ReadOnly",
    "Optional",
    "SerializeAsAny",
    "Indexed",
)
MAPPINGS = ("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "Counter")
OPAQUE = ("type", "Type", "Callable", "Any", "object")


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The shape of values of a type; None for types of other libraries."""
    match type:
        case Const(value=None):
            return Schema(type="null")
        case External():
            return _external(type)
        case Generic():
            return _generic(type, shapes)
        case Instance(of=External()):
            return _made(type, shapes)
        case ClassValue():
            return models.shape(type, (), shapes)
    return None


def narrowed(schema: Schema, by: Value, shapes: Shapes) -> Schema:
    """The schema under the rules of one piece of metadata."""
    return rules.narrowed(schema, by)


def _external(type: External) -> Schema | None:  # noqa: A002
    if type.last in OPAQUE:
        return Schema()
    known = rules.data()["types"].get(type.last)
    if known is not None:
        return msgspec.convert(known, Schema)
    return models.packaged(type, (), None)


def _generic(type: Generic, shapes: Shapes) -> Schema | None:  # noqa: A002
    if isinstance(type.of, ClassValue):
        return models.shape(type.of, type.args, shapes)
    word = rules.last(type.of)
    if handler := SPECIAL.get(word):
        return handler(type.args, shapes)
    if word in MAPPINGS:
        return _mapping(type.args, shapes)
    if word in OPAQUE or not type.args:
        return Schema()
    known = rules.data()["types"].get(word)
    if known is None:
        assert isinstance(type.of, External)
        return models.packaged(type.of, type.args, shapes)
    base: Schema = msgspec.convert(known, Schema)
    return base.replace(items=shapes.of(type.args[0])) if base.type == "array" else base


def _union(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    options = [each for each in args if not (isinstance(each, Const) and each.value is None)]
    nullable = len(options) < len(args)
    shown = [shapes.of(each) for each in options]
    if len(shown) == 1:
        return shown[0].replace(nullable=nullable or shown[0].nullable)
    return Schema(any_of=tuple(shown), nullable=nullable)


def _optional(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    return _union((*args, Const(None)), shapes)


def _annotated(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    schema = shapes.of(args[0])
    for metadata in args[1:]:
        schema = shapes.narrowed(schema, metadata)
    return schema


def _literal(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    values = [plain(each) for each in args]
    known = tuple(each for each in values if each is not None)
    return Schema(
        type=models.json_type(known), enum=known, nullable=any(_is_none(each) for each in args)
    )


def _mapping(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    return Schema(type="object", values=shapes.of(args[1]) if len(args) > 1 else None)


def _tuple(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    if len(args) == 2 and isinstance(args[1], Const) and args[1].value is Ellipsis:
        return Schema(type="array", items=shapes.of(args[0]))
    members = [shapes.of(each) for each in args]
    same = bool(members) and all(each == members[0] for each in members)
    items = members[0] if same else Schema(any_of=tuple(members)) if members else None
    return Schema(type="array", items=items, min_length=len(args), max_length=len(args))


def _transparent(args: tuple[Value, ...], shapes: Shapes) -> Schema:
    return shapes.of(args[0])


def _made(type: Instance, shapes: Shapes) -> Schema | None:  # noqa: A002
    """A type that a call made: `conint(ge=1)`, a TypeVar, a NewType, `create_model(...)`."""
    word = rules.last(type.of)
    base = rules.data()["constrained"].get(word)
    if base is not None:
        schema = _external(External(base)) or Schema()
        if base in ("list", "set", "frozenset") and type.args:
            schema = schema.replace(items=shapes.of(type.args[0]))
        return rules.narrowed(schema, type)
    if word == "TypeVar":
        return _variable(type, shapes)
    if word in ("NewType", "TypeAliasType", "Indexed"):
        target = type.argument(0 if word == "Indexed" else 1, "value")
        return shapes.of(target) if target is not None else None
    if word == "create_model":
        return models.created(type, shapes)
    if word == "TypedDict":
        return Schema(type="object", name=str(plain(type.argument(0, "typename")) or ""))
    return None


def _variable(type: Instance, shapes: Shapes) -> Schema:  # noqa: A002
    bound = type.kwarg("bound")
    if bound is not None:
        return shapes.of(bound)
    return _union(type.args[1:], shapes) if len(type.args) > 1 else Schema()


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


Handler = Callable[[tuple[Value, ...], Shapes], Schema]
SPECIAL: dict[str, Handler] = {
    "Union": _union,
    "Optional": _optional,
    "Annotated": _annotated,
    "Literal": _literal,
    "tuple": _tuple,
    "Tuple": _tuple,
    **dict.fromkeys((each for each in TRANSPARENT if each != "Optional"), _transparent),
}
