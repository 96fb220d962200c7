"""tree-sitter's class bodies → `source.node`: methods, fields, static blocks, what a class extends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node as Raw

from comfrey.languages.javascript import types
from comfrey.languages.javascript.expressions import FUNCTIONS
from comfrey.source.node import (
    Argument,
    Assign,
    Attribute,
    Block,
    Call,
    Evaluate,
    Expression,
    FunctionDef,
    Name,
    Statement,
)

if TYPE_CHECKING:
    from comfrey.languages.javascript.lower import Lowering

FIELDS = "__fields__"


def heritage(low: Lowering, raw: Raw) -> tuple[Argument, ...]:
    """What a class extends, with the type arguments that it gives."""
    found: list[Argument] = []
    for heritage in raw.named_children:
        if heritage.type != "class_heritage":
            continue
        clauses = [e for e in heritage.named_children if e.type == "extends_clause"]
        if not clauses and heritage.named_children[0].type != "implements_clause":
            found.append(Argument(low.first(heritage)))
        found += [Argument(_base(low, each)) for each in clauses]
    return tuple(found)


def _base(low: Lowering, raw: Raw) -> Expression:
    arguments = raw.child_by_field_name("type_arguments")
    of = low.field(raw, "value")
    given = [types.lowered(low, each) for each in low.inside(arguments)] if arguments else []
    return types._of(low.span(raw), of, given) if given else of


def members(low: Lowering, raw: Raw, owner: str) -> tuple[Statement, ...]:
    """What stands in the body of the class called `owner`."""
    statements: list[Statement] = []
    fields: list[Statement] = []
    marks: list[Expression] = []
    for each in low.inside(raw):
        if each.type == "decorator":
            marks.append(low.first(each))
            continue
        statements += _class_member(low, each, (*marks, *low.decorators(each)), fields)
        marks = []
    if fields:
        kept = tuple(fields)
        this = (low.this(raw),)
        statements.insert(
            0, FunctionDef(low.span(raw), FIELDS, this, None, (), Block(lambda: kept))
        )
    for each in low.inside(raw):
        if each.type == "class_static_block":
            statements += _static_block(low, each, owner)
    return tuple(statements)


def _static_block(low: Lowering, raw: Raw, owner: str) -> tuple[Statement, ...]:
    """`static { … }`: a method that the class calls once its methods are there."""
    span = low.span(raw)
    name = Name(span, f"<static {raw.start_point.row}>")
    block = Block(lambda: low.body(raw.child_by_field_name("body")))
    marks = (Name(span, "staticmethod"),)
    method = FunctionDef(span, name.name, (low.this(raw),), None, marks, block)
    return (method, Evaluate(span, Call(span, name, (Argument(Name(span, owner)),))))


def _class_member(
    low: Lowering, raw: Raw, marks: tuple[Expression, ...], fields: list[Statement]
) -> tuple[Statement, ...]:
    if raw.type == "method_definition":
        return (_method(low, raw, marks),)
    if raw.type in ("public_field_definition", "field_definition"):
        return _field(low, raw, marks, fields)
    return ()


def _method(low: Lowering, raw: Raw, marks: tuple[Expression, ...]) -> Statement:
    span, words = low.span(raw), {each.type for each in raw.children}
    name = low.member_name(raw.child_by_field_name("name"))
    if "get" in words:
        marks = (Name(span, "property"), *marks)
    elif "set" in words:
        name = f"<set {name}>"
    if "static" in words:
        marks = (Name(span, "classmethod"), *marks)
    return low.function(raw, "__init__" if name == "constructor" else name, marks, True)


def _field(
    low: Lowering, raw: Raw, marks: tuple[Expression, ...], fields: list[Statement]
) -> tuple[Statement, ...]:
    span = low.span(raw)
    named = raw.child_by_field_name("name") or raw.child_by_field_name("property")
    name = low.member_name(named)
    note = raw.child_by_field_name("type")
    annotation = types.lowered(low, note) if note else None
    if annotation is not None and any(each.type == "?" for each in raw.children):
        annotation = types.optional(span, annotation)
    value = low.unwrapped(raw.child_by_field_name("value"))
    static = any(each.type == "static" for each in raw.children)
    if value is not None and value.type in FUNCTIONS:
        if static:
            return (low.function(value, name, (Name(span, "staticmethod"), *marks)),)
        return (low.function(value, name, marks, True),)
    target = Name(span, name)
    if static or value is None:
        given = low.expression(value) if value is not None else None
        return (Assign(span, (target,), given, annotation, "", marks),)
    owned = Attribute(span, Name(span, "this"), name)
    fields.append(Assign(span, (owned,), low.named_value(value, name), None))
    return (Assign(span, (target,), None, annotation, "", marks),)
