"""Where a model's field is declared, and where its rules are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from comfrey.languages.python import mending
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Binary,
    Call,
    ClassDef,
    Constant,
    Expression,
    Module,
    Name,
    Subscript,
    TupleOf,
)

CONSTRAINED = ("conint", "constr", "confloat", "condecimal", "conlist")
RULED = ("Field", "StringConstraints", "Query", "Path", "Body", "Form", "Header", *CONSTRAINED)


@dataclass(frozen=True)
class Declaration:
    """One field: `name: annotation = value` in class `owner` of `module`."""

    module: Module
    owner: ClassDef | None
    statement: Assign
    annotation: Expression
    value: Expression | None


def declared(codebase: Codebase, place: Place | None) -> Declaration | None:
    """The field that is declared at a place: a member of a class."""
    module = mending.module_of(codebase, place.file) if place else None
    if module is None or place is None:
        return None
    for owner in mending.classes(module):
        for each in owner.body:
            if isinstance(each, Assign) and each.annotation and mending.covers(each, place.line):
                return Declaration(module, owner, each, each.annotation, each.value)
    return None


def rules(codebase: Codebase, found: Declaration) -> tuple[Module, Call] | None:
    """The call that writes the field's rules (`Field(ge=1)`), in the class or in the alias of its type."""
    if isinstance(found.value, Call) and _is_ruled(found.value):
        return found.module, found.value
    return next(_calls(codebase, found.module, found.annotation, 0), None)


def _calls(
    codebase: Codebase, module: Module, node: Expression, depth: int
) -> Iterator[tuple[Module, Call]]:
    """The ruling calls inside of an annotation, names followed."""
    module, node = mending.spelled(codebase, module, node)
    if depth > 6:
        return
    if isinstance(node, Call) and _is_ruled(node):
        yield module, node
    for part in _parts(node):
        yield from _calls(codebase, module, part, depth + 1)


def _parts(node: Expression) -> tuple[Expression, ...]:
    """What an annotation is made of: members of a union, arguments of a subscript."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Subscript):
        return (node.index,)
    return node.items if isinstance(node, TupleOf) else ()


def _is_ruled(call: Call) -> bool:
    return call.function.text.rpartition(".")[2] in RULED


def spelling(module: Module, value: Any) -> str:
    """A number or text as the module writes it: by the name of a constant that it has for it."""
    if isinstance(value, int) and abs(value) > 100:
        for each in module.body:
            if isinstance(each, Assign) and isinstance(each.value, Constant):
                same = each.value.value == value
                target = each.targets[0]
                if same and isinstance(target, Name):
                    return target.name
    return repr(value).replace("'", '"') if isinstance(value, str) else repr(value)
