"""tree-sitter's TypeScript types → `source.node` expressions, spelt as the evaluator knows types.

`A | B` is `typing.Union[A, B]`, `A & B` is `typing.Intersection[A, B]`, `T[]` is `Array[T]`, a literal type is its
value, an object type is an anonymous class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tree_sitter import Node as Raw

from comfrey.source.node import (
    Argument,
    Assign,
    Attribute,
    Block,
    ClassDef,
    Constant,
    Definition,
    Expression,
    FunctionDef,
    Name,
    Opaque,
    Span,
    Statement,
    Subscript,
    TupleOf,
)

if TYPE_CHECKING:
    from comfrey.languages.javascript.expressions import ExpressionLowering


def lowered(lowering: ExpressionLowering, raw: Raw | None) -> Expression:
    """Any type; what is not understood is Opaque."""
    if raw is None:
        return Opaque(Span(lowering.source, 0, 0, 1, 1), "missing")
    if raw.type in ("type_annotation", "readonly_type", "parenthesized_type", "optional_type"):
        return lowered(lowering, _first(raw))
    lower = TYPES.get(raw.type)
    return lower(lowering, raw) if lower else Opaque(lowering.span(raw), raw.type)


def _first(raw: Raw) -> Raw | None:
    return next((each for each in raw.named_children if each.type != "comment"), None)


def _inside(raw: Raw) -> list[Raw]:
    return [each for each in raw.named_children if each.type != "comment"]


def _of(span: Span, of: Expression, arguments: list[Expression]) -> Expression:
    single = len(arguments) == 1
    return Subscript(span, of, arguments[0] if single else TupleOf(span, tuple(arguments)))


def _named(lowering: ExpressionLowering, raw: Raw) -> Expression:
    return Name(lowering.span(raw), lowering.raw_text(raw))


def _nested(lowering: ExpressionLowering, raw: Raw) -> Expression:
    span = lowering.span(raw)
    first, *rest = lowering.raw_text(raw).split(".")
    found: Expression = Name(span, first.strip())
    for name in rest:
        found = Attribute(span, found, name.strip())
    return found


def _generic(lowering: ExpressionLowering, raw: Raw) -> Expression:
    arguments = raw.child_by_field_name("type_arguments")
    given = [lowered(lowering, each) for each in _inside(arguments)] if arguments else []
    return _of(lowering.span(raw), lowered(lowering, raw.child_by_field_name("name")), given)


def _several(word: str) -> Callable[[ExpressionLowering, Raw], Expression]:
    def lower(lowering: ExpressionLowering, raw: Raw) -> Expression:
        span = lowering.span(raw)
        parts = [lowered(lowering, each) for each in _inside(raw)]
        if len(parts) == 1:
            return parts[0]
        return _of(span, Attribute(span, Name(span, "typing"), word), parts)

    return lower


def _array(lowering: ExpressionLowering, raw: Raw) -> Expression:
    span = lowering.span(raw)
    return _of(span, Name(span, "Array"), [lowered(lowering, _first(raw))])


def _tuple(lowering: ExpressionLowering, raw: Raw) -> Expression:
    span = lowering.span(raw)
    return _of(span, Name(span, "tuple"), [lowered(lowering, each) for each in _inside(raw)])


def _literal(lowering: ExpressionLowering, raw: Raw) -> Expression:
    return lowering.expression(_first(raw))


def _query(lowering: ExpressionLowering, raw: Raw) -> Expression:
    """`typeof x` as a type is `typeof[x]`."""
    span = lowering.span(raw)
    return _of(span, Name(span, "typeof"), [lowering.expression(_first(raw))])


def _lookup(lowering: ExpressionLowering, raw: Raw) -> Expression:
    """`A["b"]`: the type of a member."""
    of, *rest = _inside(raw)
    member = (
        lowering.expression(_first(rest[0])) if rest and rest[0].type == "literal_type" else None
    )
    if isinstance(member, Constant) and isinstance(member.value, str):
        return Attribute(lowering.span(raw), lowered(lowering, of), member.value)
    return Opaque(lowering.span(raw), raw.type)


def _object(lowering: ExpressionLowering, raw: Raw) -> Expression:
    span = lowering.span(raw)
    body = Block(lambda: members(lowering, raw))
    return Definition(span, ClassDef(span, "object", (), (), body))


def _function(lowering: ExpressionLowering, raw: Raw) -> Expression:
    span = lowering.span(raw)
    return Name(span, "Function")


def members(lowering: ExpressionLowering, raw: Raw) -> tuple[Statement, ...]:
    """The members of an interface or object type, as fields of a class body. An optional one's type is
    `typing.Optional[T]`."""
    return tuple(
        _member(lowering, each)
        for each in raw.named_children
        if each.type in ("property_signature", "method_signature")
    )


def _member(lowering: ExpressionLowering, raw: Raw) -> Statement:
    span = lowering.span(raw)
    named = raw.child_by_field_name("name")
    name = lowering.member_name(named)
    if raw.type == "method_signature":
        return FunctionDef(span, name, (), None, (), Block(lambda: ()))
    note = raw.child_by_field_name("type")
    kind = lowered(lowering, note) if note else Name(span, "any")
    if any(each.type == "?" for each in raw.children):
        kind = optional(span, kind)
    return Assign(span, (Name(span, name),), None, kind)


def optional(span: Span, kind: Expression) -> Expression:
    """The type of what may be left out."""
    return _of(span, Attribute(span, Name(span, "typing"), "Optional"), [kind])


def interface(lowering: ExpressionLowering, raw: Raw) -> Statement:
    """An interface is a class of bare fields."""
    span = lowering.span(raw)
    heads = [
        Argument(lowered(lowering, each))
        for clause in raw.named_children
        if clause.type == "extends_type_clause"
        for each in clause.named_children
    ]
    body = raw.child_by_field_name("body")
    name = lowering.raw_text(raw.child_by_field_name("name"))
    block = Block(lambda: members(lowering, body) if body is not None else ())
    return ClassDef(span, name, tuple(heads), (), block, type_parameters(lowering, raw))


def alias(lowering: ExpressionLowering, raw: Raw) -> Statement:
    """`type A = …`: an object type is a class of that name, anything else a value that is a type."""
    span = lowering.span(raw)
    name = lowering.raw_text(raw.child_by_field_name("name"))
    value = raw.child_by_field_name("value")
    if value is not None and value.type == "object_type":
        body = Block(lambda: members(lowering, value))
        return ClassDef(span, name, (), (), body, type_parameters(lowering, raw))
    return Assign(span, (Name(span, name),), lowered(lowering, value), Name(span, "TypeAlias"))


def type_parameters(lowering: ExpressionLowering, raw: Raw) -> tuple[str, ...]:
    """The names of `<T, U extends X>`."""
    typed = raw.child_by_field_name("type_parameters")
    return tuple(
        lowering.raw_text(each.child_by_field_name("name"))
        for each in (typed.named_children if typed else ())
        if each.type == "type_parameter"
    )


TYPES: dict[str, Callable[[ExpressionLowering, Raw], Expression]] = {
    "type_identifier": _named,
    "identifier": _named,
    "predefined_type": _named,
    "this_type": _named,
    "nested_type_identifier": _nested,
    "nested_identifier": _nested,
    "generic_type": _generic,
    "union_type": _several("Union"),
    "intersection_type": _several("Intersection"),
    "array_type": _array,
    "tuple_type": _tuple,
    "literal_type": _literal,
    "type_query": _query,
    "lookup_type": _lookup,
    "object_type": _object,
    "function_type": _function,
    "constructor_type": _function,
    "template_literal_type": lambda lowering, raw: Name(lowering.span(raw), "string"),
    "index_type_query": lambda lowering, raw: Name(lowering.span(raw), "string"),
}
