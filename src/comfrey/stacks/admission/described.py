"""What the types of a handler's request say of its parts. They are gone at run time: nobody looks whether a value fits."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    External,
    FunctionValue,
    Generic,
    Value,
)
from comfrey.stacks.shapes import Shapes

POSITIONS = {"express.Request": {"body": 2}, "express-serve-static-core.Request": {"body": 2}}
"""Where a type argument of a request says what a part of it is
(https://www.npmjs.com/package/@types/express-serve-static-core)."""
MEMBERS = {"fastify.FastifyRequest": {"Body": "body"}}
"""Members of a type argument that say the same (https://fastify.dev/docs/latest/Reference/TypeScript/)."""
MAX_DEPTH = 3


def described(function: Value, codebase: Codebase, shapes: Shapes) -> dict[str, Schema]:
    """The shapes of the parts of a request by their location, as the type of a handler's first parameter has them."""
    inner = function.function if isinstance(function, BoundMethod) else function
    if not isinstance(inner, FunctionValue):
        return {}
    first = next((each for each in inner.node.parameters if each.annotation is not None), None)
    if first is None or first.annotation is None:
        return {}
    kind = codebase.type_of(first.annotation, inner.scope)
    told = {location: shapes.of(each) for location, each in _parts(kind, codebase)}
    return {location: _unchecked(each) for location, each in told.items() if each.properties}


def _parts(kind: Value, codebase: Codebase, depth: int = 0) -> Iterator[tuple[str, Value]]:
    """The types of the parts of a request, also of an interface of the tree that extends one."""
    if isinstance(kind, ClassValue) and depth < MAX_DEPTH:
        yield from _named(kind, {"body": "body"}, codebase)
        for base in codebase.bases(kind):
            yield from _parts(base, codebase, depth + 1)
    if not isinstance(kind, Generic) or not isinstance(kind.of, External):
        return
    for location, position in POSITIONS.get(kind.of.name, {}).items():
        if position < len(kind.args):
            yield location, kind.args[position]
    words = MEMBERS.get(kind.of.name, {})
    for each in kind.args[:1]:
        if isinstance(each, ClassValue):
            yield from _named(each, words, codebase)


def _named(
    kind: ClassValue, words: dict[str, str], codebase: Codebase
) -> Iterator[tuple[str, Value]]:
    for member in codebase.members(kind):
        location = words.get(member.name)
        if location is not None and member.annotation is not None:
            yield location, codebase.type_of(member.annotation, codebase.body_of(member.owner))


def _unchecked(schema: Schema) -> Schema:
    members = tuple(_loose(each) for each in schema.properties)
    return schema.replace(properties=members, unchecked=True)


def _loose(member: Property) -> Property:
    return member.replace(required=False, schema=member.schema.replace(unchecked=True))
