"""Where a schema writes a field's rules: `name: z.string().max(80)`, or the constant that the field goes by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from comfrey.languages.javascript import mending
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Call,
    Constant,
    DictOf,
    Expression,
    Module,
    Name,
    Unary,
)


class Declaration(NamedTuple):
    """A field's schema as it is written in a module."""

    module: Module
    value: Expression


def declared(codebase: Codebase, place: Place | None, field: str) -> Declaration | None:
    """The schema that stands at a place: the value of the member `field`, else of the constant declared there."""
    module = mending.module_of(codebase, place.file) if place else None
    if module is None or place is None:
        return None
    name = field.rpartition(".")[2]
    constant: Expression | None = None
    for each in mending.everything(module):
        if isinstance(each, DictOf):
            for key, value in each.items:
                named = isinstance(key, Constant) and key.value == name
                if named and key is not None and key.span.line <= place.line <= value.span.end_line:
                    return Declaration(*_followed(codebase, module, value))
        elif isinstance(each, Assign) and each.value and mending.covers(each, place.line):
            constant = each.value
    return Declaration(module, constant) if isinstance(constant, Call) else None


def _followed(codebase: Codebase, module: Module, value: Expression) -> tuple[Module, Expression]:
    """The schema behind a bare name that stands for it."""
    return mending.spelled(codebase, module, value) if isinstance(value, Name) else (module, value)


def chain(value: Expression) -> Iterator[Call]:
    """The calls of `z.number().int().min(1)`, the last first."""
    while isinstance(value, Call):
        yield value
        if not isinstance(value.function, Attribute):
            break
        value = value.function.of


def method(call: Call) -> str:
    """`min` of `z.number().min(1)`."""
    return call.function.name if isinstance(call.function, Attribute) else ""


def spelling(module: Module, value: Any) -> str:
    """A number as the module writes it: by the name of a constant that it has for it."""
    for each in module.body:
        if isinstance(each, Assign) and isinstance(each.value, Constant):
            target = each.targets[0]
            same = each.value.value == value and not isinstance(value, bool)
            if same and isinstance(target, Name) and abs(value) > 100:
                return target.name
    return str(value)


def number(node: Expression | None) -> float | int | None:
    """What a literal says."""
    if isinstance(node, Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, Unary) and node.operator == "-" and isinstance(node.operand, Constant):
        return -node.operand.value if isinstance(node.operand.value, int | float) else None
    return None
