"""What Nest's configuration service demands of the environment before it lets the app start
(https://docs.nestjs.com/techniques/configuration#schema-validation)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.schema import Property
from comfrey.reader.link import Link
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    DictOf,
    Expression,
    FunctionDef,
    Name,
    walk,
)
from comfrey.source.scope import Scope
from comfrey.source.value import FunctionValue, Value

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
SCHEMA, FUNCTION = "validationSchema", "validate"
SHAPING = ("plainToInstance", "plainToClass")
PARSING = ("parse", "safeParse", "validate", "validateSync")


def demanded(codebase: Codebase, node: Call, scope: Scope) -> Iterator[Property]:
    """The variables that `ConfigModule.forRoot({ validationSchema, validate })` asks for, with their rules."""
    shapes = Link(codebase)
    for value in _schemas(codebase, node, scope):
        for each in shapes.of(value).properties:
            if VARIABLE.fullmatch(each.name):
                yield each


def _schemas(codebase: Codebase, node: Call, scope: Scope) -> Iterator[Value]:
    options = node.positional[0] if node.positional else None
    for key, said in options.items if isinstance(options, DictOf) else ():
        name = key.value if isinstance(key, Constant) else getattr(key, "name", None)
        if name == SCHEMA:
            yield codebase.value(said, scope)
        elif name == FUNCTION:
            yield from _validated(codebase, codebase.value(said, scope))


def _validated(codebase: Codebase, function: Value) -> Iterator[Value]:
    """The schemas and classes that a function puts the environment through."""
    if not isinstance(function, FunctionValue):
        return
    node = function.node
    parts = node.body.statements if isinstance(node, FunctionDef) else (node.body,)
    for each in (inner for part in parts for inner in walk(part)):
        if isinstance(each, Call) and (schema := _schema(each)) is not None:
            yield codebase.value(schema, function.scope)


def _schema(call: Call) -> Expression | None:
    word = call.function
    if isinstance(word, Attribute) and word.name in PARSING:
        return word.of
    named = isinstance(word, Name) and word.name in SHAPING
    return call.positional[0] if named and call.positional else None
