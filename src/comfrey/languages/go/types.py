"""Go's types → expressions that spell them.

A pointer is `typing.Annotated[T, "*"]`, so that all that is asked of it is answered by T; slices and arrays are
`list[T]`, maps `dict[K, V]`, several results `tuple[A, B]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node as Raw

from comfrey.source.node import (
    Argument,
    Attribute,
    Call,
    Constant,
    DictOf,
    Expression,
    Name,
    Opaque,
    Span,
    Subscript,
    TupleOf,
)

if TYPE_CHECKING:
    from comfrey.languages.go.expressions import ExpressionLowering

NUMBERS = frozenset(
    [
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "byte",
        "rune",
    ]
)
LIST, DICT, TUPLE = "<list>", "<dict>", "<tuple>"
MADE = {LIST: "list", DICT: "dict", TUPLE: "tuple"}
"""Names that no declaration can take away (`func list(…)` is a common handler), and what they stand for."""
FLOATS = frozenset(["float32", "float64", "complex64", "complex128"])
LISTS = ("slice_type", "array_type", "implicit_length_array_type")
NAMES = ("type_identifier", "identifier", "package_identifier", "field_identifier")


def lowered(lowering: ExpressionLowering, raw: Raw | None) -> Expression:
    """The expression that a type is."""
    if raw is None:
        return Opaque(Span(lowering.source, 0, 0, 1, 1), "missing")
    span = lowering.span(raw)
    match raw.type:
        case "type_identifier" | "identifier" | "package_identifier":
            return Name(span, lowering.raw_text(raw))
        case "qualified_type":
            package = lowering.raw_text(raw.child_by_field_name("package"))
            return Attribute(span, Name(span, package), _field_text(lowering, raw, "name"))
        case "selector_expression":
            return lowering.expression(raw)
        case "pointer_type":
            inner = lowered(lowering, next(iter(lowering.inside(raw)), None))
            return annotated(span, inner)
        case "parenthesized_type" | "negated_type" | "type_elem":
            return lowered(lowering, next(iter(lowering.inside(raw)), None))
        case "slice_type" | "array_type" | "implicit_length_array_type":
            inner = lowered(lowering, raw.child_by_field_name("element"))
            return Subscript(span, Name(span, LIST), inner)
        case "map_type":
            key = lowered(lowering, raw.child_by_field_name("key"))
            value = lowered(lowering, raw.child_by_field_name("value"))
            return Subscript(span, Name(span, DICT), TupleOf(span, (key, value)))
        case "generic_type":
            return _generic(lowering, raw, span)
        case "function_type":
            return Name(span, "func")
        case "interface_type":
            return Name(span, "any")
        case "channel_type":
            return Name(span, "chan")
        case "struct_type":
            return lowering.nameless(raw)
        case "parameter_list":
            return results(lowering, raw) or Opaque(span, raw.type)
    return Opaque(span, raw.type)


def annotated(span: Span, inner: Expression) -> Expression:
    """A pointer to a type."""
    of = Attribute(span, Name(span, "typing"), "Annotated")
    return Subscript(span, of, TupleOf(span, (inner, Constant(span, "*"))))


def _generic(lowering: ExpressionLowering, raw: Raw, span: Span) -> Expression:
    of = lowered(lowering, raw.child_by_field_name("type"))
    given = raw.child_by_field_name("type_arguments")
    args = tuple(lowered(lowering, each) for each in (lowering.inside(given) if given else ()))
    if not args:
        return of
    return Subscript(span, of, args[0] if len(args) == 1 else TupleOf(span, args))


def results(lowering: ExpressionLowering, raw: Raw | None) -> Expression | None:
    """What a function gives back: one type, or a tuple of them; None for nothing."""
    if raw is None:
        return None
    if raw.type != "parameter_list":
        return lowered(lowering, raw)
    found: list[Expression] = []
    for each in lowering.inside(raw):
        kind = lowered(lowering, each.child_by_field_name("type"))
        found += [kind] * max(len(each.children_by_field_name("name")), 1)
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    span = lowering.span(raw)
    return Subscript(span, Name(span, TUPLE), TupleOf(span, tuple(found)))


def zero(lowering: ExpressionLowering, raw: Raw | None) -> Expression:
    """The value of a variable of that type that nothing was assigned to."""
    if raw is None:
        return Opaque(Span(lowering.source, 0, 0, 1, 1), "missing")
    span = lowering.span(raw)
    text = lowering.raw_text(raw)
    if raw.type == "map_type":
        return DictOf(span, ())
    if raw.type == "type_identifier":
        known = ZERO.get(text)
        if known is not None:
            return Constant(span, known[0])
    if raw.type in (*LISTS, *NAMED):
        return Call(span, Name(span, "<zero>"), (Argument(lowered(lowering, raw)),))
    return Constant(span, None)


NAMED = ("type_identifier", "qualified_type", "generic_type", "struct_type", "pointer_type")
ZERO: dict[str, tuple[object]] = {
    "string": ("",),
    "bool": (False,),
    "error": (None,),
    "any": (None,),
    **dict.fromkeys(NUMBERS, (0,)),
    **dict.fromkeys(FLOATS, (0.0,)),
}


def _field_text(lowering: ExpressionLowering, raw: Raw, name: str) -> str:
    return lowering.raw_text(raw.child_by_field_name(name))
