"""tree-sitter's Go trees → `source.node`: expressions.

Composite literals of structs are calls of their type with the fields by name. What only Go has is a call of a name in
angle brackets: `<several>` takes apart a call of several results, `<is>` tests a type, `<values>` and `<pairs>` are what
`range` meets.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node as Raw

from comfrey.languages.go import literals, types
from comfrey.languages.go.generics import TYPE
from comfrey.source.node import (
    Argument,
    Attribute,
    Binary,
    Block,
    BoolOp,
    Call,
    ClassDef,
    Compare,
    Constant,
    Definition,
    DictOf,
    Expression,
    FunctionDef,
    ListOf,
    Name,
    Opaque,
    SourceFile,
    Span,
    Subscript,
    Unary,
    Walrus,
)

IGNORED = frozenset({"comment", "ERROR"})
ANONYMOUS = "<anonymous>"
BYTES = ("[]byte", "[]rune")
"""Conversions that leave a text what it is."""
INSTANTIATED = ("type_instantiation_expression", "index_expression")
COMPARISONS = frozenset(["==", "!=", "<", "<=", ">", ">="])
BOOLEAN = {"&&": "and", "||": "or"}
TYPES = frozenset(
    [
        "slice_type",
        "array_type",
        "implicit_length_array_type",
        "map_type",
        "pointer_type",
        "function_type",
        "interface_type",
        "struct_type",
        "channel_type",
        "generic_type",
        "qualified_type",
        "type_identifier",
        "parenthesized_type",
    ]
)


class ExpressionLowering:
    """Expressions of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.iota = 0
        self.plain: frozenset[str] = frozenset()
        """Variables in sight that hold a text, a number, a flag or a pointer."""

    def span(self, raw: Raw) -> Span:
        line, end = raw.start_point.row + 1, raw.end_point.row + 1
        return Span(self.source, raw.start_byte, raw.end_byte, line, end)

    def raw_text(self, raw: Raw | None) -> str:
        if raw is None:
            return ""
        return self.source.data[raw.start_byte : raw.end_byte].decode("utf-8", "replace")

    def expression(self, raw: Raw | None) -> Expression:
        """Any expression; what is not understood is Opaque."""
        if raw is None:
            return Opaque(Span(self.source, 0, 0, 1, 1), "missing")
        if raw.type in TYPES:
            return types.lowered(self, raw)
        lower = EXPRESSIONS.get(raw.type)
        return lower(self, raw) if lower else Opaque(self.span(raw), raw.type)

    def field(self, raw: Raw, name: str) -> Expression:
        return self.expression(raw.child_by_field_name(name))

    def inside(self, raw: Raw | None) -> list[Raw]:
        if raw is None:
            return []
        return [each for each in raw.named_children if each.type not in IGNORED]

    def listed(self, raw: Raw | None) -> tuple[Expression, ...]:
        """The members of an expression list, or the lone expression."""
        if raw is None:
            return ()
        if raw.type == "expression_list":
            return tuple(self.expression(each) for each in self.inside(raw))
        return (self.expression(raw),)

    def special(self, span: Span, name: str, *given: Expression) -> Call:
        """A call of something that only Go has."""
        return Call(span, Name(span, name), tuple(Argument(each) for each in given))

    # --- functions and types, which statements complete ------------------------

    def function_literal(self, raw: Raw) -> FunctionDef:
        raise NotImplementedError

    def nameless(self, raw: Raw) -> Expression:
        """A struct type that has no name."""
        return Definition(self.span(raw), self.struct(raw, ANONYMOUS))

    def struct(self, raw: Raw, name: str, parameters: tuple[str, ...] = ()) -> ClassDef:
        raise NotImplementedError

    # --- leaves --------------------------------------------------------------

    def _name(self, raw: Raw) -> Expression:
        return Name(self.span(raw), self.raw_text(raw))

    def _iota(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), self.iota)

    def _number(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), literals.number(self.raw_text(raw)))

    def _constant(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), CONSTANTS[raw.type])

    def _string(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), literals.string(self.raw_text(raw)))

    def _rune(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), literals.string(self.raw_text(raw)))

    # --- access and calls ----------------------------------------------------

    def _selector(self, raw: Raw) -> Expression:
        name = self.raw_text(raw.child_by_field_name("field"))
        return Attribute(self.span(raw), self.field(raw, "operand"), name)

    def _call(self, raw: Raw) -> Expression:
        function = raw.child_by_field_name("function")
        kinds = self._type_arguments(raw, function)
        if kinds and function is not None and function.type in INSTANTIATED:
            function = self.inside(function)[0]
        given = self._arguments(raw.child_by_field_name("arguments"))
        if len(given) == 1 and function is not None and self.raw_text(function) in BYTES:
            return given[0].value
        if function is not None and self.raw_text(function) == "errors.As" and len(given) == 2:
            name = self.raw_text(self.inside(raw.child_by_field_name("arguments"))[1]).lstrip("&")
            if name.isidentifier():
                return self._matched(raw, given[0].value, name)
        kind = tuple(Argument(types.lowered(self, e), name=TYPE) for e in kinds[:1])
        return Call(self.span(raw), self.expression(function), (*given, *kind))

    def _matched(self, raw: Raw, error: Expression, name: str) -> Expression:
        """`errors.As(err, &target)`: the target is the error where it is one of that type."""
        span = self.span(raw)
        return Walrus(span, name, self.special(span, "<as>", error, Name(span, name)))

    def _type_arguments(self, raw: Raw, function: Raw | None) -> list[Raw]:
        """The types that a generic function is called with."""
        listed = raw.child_by_field_name("type_arguments")
        if listed is not None:
            return self.inside(listed)
        if function is None or function.type not in INSTANTIATED:
            return []
        given = self.inside(function)[1:]
        return given if given and self._is_type(given[0]) else []

    def _is_type(self, raw: Raw) -> bool:
        """Whether what stands in brackets is rather a type than an index, by its name."""
        last = self.raw_text(raw).rpartition(".")[2].lstrip("*")
        return last[:1].isupper() or last in ("string", "int", "any", "bool")

    def _arguments(self, raw: Raw | None) -> tuple[Argument, ...]:
        found = []
        for each in self.inside(raw):
            if each.type == "variadic_argument":
                found.append(Argument(self.expression(self.inside(each)[0]), spread="*"))
            else:
                found.append(Argument(self.expression(each)))
        return tuple(found)

    def _index(self, raw: Raw) -> Expression:
        span, of, at = self.span(raw), self.field(raw, "operand"), self.field(raw, "index")
        if _is_header(of, at) and not _is_set_or_asked(raw):
            return Call(span, Attribute(of.span, of, "Values"), (Argument(at),))
        return Subscript(span, of, at)

    def _slice(self, raw: Raw) -> Expression:
        span = self.span(raw)
        start, end = raw.child_by_field_name("start"), raw.child_by_field_name("end")
        bounds = [self.expression(e) if e else Constant(span, None) for e in (start, end)]
        return self.special(span, "<slice>", self.field(raw, "operand"), *bounds)

    def _assertion(self, raw: Raw) -> Expression:
        kind = types.lowered(self, raw.child_by_field_name("type"))
        return self.special(self.span(raw), "<asserted>", self.field(raw, "operand"), kind)

    def _conversion(self, raw: Raw) -> Expression:
        kind = raw.child_by_field_name("type")
        if kind is not None and self.raw_text(kind) in BYTES:
            return self.field(raw, "operand")
        given = Argument(self.field(raw, "operand"))
        listed = kind.child_by_field_name("type_arguments") if kind is not None else None
        if kind is not None and listed is not None and self._is_type(self.inside(listed)[0]):
            return self._instantiated(raw, kind, given)
        return Call(self.span(raw), types.lowered(self, kind), (given,))

    def _instantiated(self, raw: Raw, kind: Raw, given: Argument) -> Expression:
        """`made[Report](box)`: a call of a generic function, which the grammar cannot tell from a conversion."""
        of = types.lowered(self, kind.child_by_field_name("type"))
        listed = self.inside(kind.child_by_field_name("type_arguments"))
        inner = tuple(Argument(types.lowered(self, each), name=TYPE) for each in listed[:1])
        return Call(self.span(raw), of, (given, *inner))

    def _inner(self, raw: Raw) -> Expression:
        return self.expression(next(iter(self.inside(raw)), None))

    # --- literals of types ---------------------------------------------------

    def _composite(self, raw: Raw) -> Expression:
        return self.literal(
            self.span(raw), raw.child_by_field_name("type"), raw.child_by_field_name("body")
        )

    def literal(self, span: Span, kind: Raw | None, body: Raw | None) -> Expression:
        """`T{…}`; members that leave out their type have that of T's elements."""
        if kind is not None and kind.type in types.LISTS and not self.inside(body):
            return self.special(span, "<zero>", types.lowered(self, kind))
        if kind is not None and kind.type in types.LISTS:
            element = kind.child_by_field_name("element")
            items = tuple(self._element(each, element)[1] for each in self.inside(body))
            return ListOf(span, items)
        if kind is not None and kind.type == "map_type":
            key, value = (kind.child_by_field_name(name) for name in ("key", "value"))
            pairs = [self._element(each, value, key) for each in self.inside(body)]
            return DictOf(span, tuple(pairs))
        made = types.lowered(self, kind)
        arguments = []
        for each in self.inside(body):
            name, member = self._member(each, made)
            arguments.append(Argument(member, name=name))
        return Call(span, made, tuple(arguments))

    def _element(
        self, raw: Raw, kind: Raw | None, key_kind: Raw | None = None
    ) -> tuple[Expression | None, Expression]:
        """An element of a slice or map, with its key."""
        if raw.type != "keyed_element":
            return None, self._elided(raw, kind)
        key, value = self.inside(raw)[0], self.inside(raw)[-1]
        return self._elided(key, key_kind), self._elided(value, kind)

    def _elided(self, raw: Raw, kind: Raw | None) -> Expression:
        inside = self.inside(raw)
        bare = inside[0] if raw.type == "literal_element" and inside else raw
        if bare.type != "literal_value":
            return self.expression(bare)
        if kind is not None and kind.type == "pointer_type":
            kind = next(iter(self.inside(kind)), kind)
        return self.literal(self.span(bare), kind, bare)

    def _member(self, raw: Raw, of: Expression) -> tuple[str, Expression]:
        """A member of a literal whose type goes by a name: a field, or an element where the type is a slice or map."""
        if raw.type != "keyed_element":
            return "", self._of_named(raw, of)
        key, value = self.inside(raw)[0], self.inside(raw)[-1]
        inside = self.inside(key)
        bare = inside[0] if key.type == "literal_element" and inside else key
        if bare.type in ("identifier", "field_identifier"):
            return self.raw_text(bare), self._of_named(value, of)
        span = self.span(raw)
        return "", self.special(span, "<keyed>", self.expression(bare), self._of_named(value, of))

    def _of_named(self, raw: Raw, of: Expression) -> Expression:
        inside = self.inside(raw)
        bare = inside[0] if raw.type == "literal_element" and inside else raw
        if bare.type != "literal_value":
            return self.expression(bare)
        span = self.span(bare)
        element = self.special(span, "<element>", of)
        arguments = []
        for each in self.inside(bare):
            name, value = self._member(each, element)
            arguments.append(Argument(value, name=name))
        return Call(span, element, tuple(arguments))

    def _function(self, raw: Raw) -> Expression:
        made = self.function_literal(raw)
        return Definition(made.span, made)

    # --- operators -----------------------------------------------------------

    def _unary(self, raw: Raw) -> Expression:
        span, operand = self.span(raw), self.field(raw, "operand")
        operator = self.raw_text(raw.child_by_field_name("operator"))
        if operator == "&" and isinstance(operand, Name) and operand.name in self.plain:
            return Walrus(span, operand.name, self.special(span, "<filled>", operand))
        if operator in ("&", "*"):
            return operand
        if operator == "!":
            return Unary(span, "not", operand)
        if operator == "<-":
            return self.special(span, "<received>", operand)
        return Unary(span, "~" if operator == "^" else operator, operand)

    def _binary(self, raw: Raw) -> Expression:
        span = self.span(raw)
        operator = self.raw_text(raw.child_by_field_name("operator"))
        left, right = self.field(raw, "left"), self.field(raw, "right")
        if operator in BOOLEAN:
            return BoolOp(span, BOOLEAN[operator], (left, right))
        if operator in COMPARISONS:
            return Compare(span, left, ((operator, right),))
        return Binary(span, operator, left, right)


CONSTANTS: dict[str, object] = {"true": True, "false": False, "nil": None}
EXPRESSIONS: dict[str, Callable[[ExpressionLowering, Raw], Expression]] = {
    "identifier": ExpressionLowering._name,
    "field_identifier": ExpressionLowering._name,
    "package_identifier": ExpressionLowering._name,
    "type_identifier": ExpressionLowering._name,
    "blank_identifier": ExpressionLowering._name,
    "iota": ExpressionLowering._iota,
    "int_literal": ExpressionLowering._number,
    "float_literal": ExpressionLowering._number,
    "interpreted_string_literal": ExpressionLowering._string,
    "raw_string_literal": ExpressionLowering._string,
    "rune_literal": ExpressionLowering._rune,
    "true": ExpressionLowering._constant,
    "false": ExpressionLowering._constant,
    "nil": ExpressionLowering._constant,
    "selector_expression": ExpressionLowering._selector,
    "call_expression": ExpressionLowering._call,
    "index_expression": ExpressionLowering._index,
    "slice_expression": ExpressionLowering._slice,
    "type_assertion_expression": ExpressionLowering._assertion,
    "type_conversion_expression": ExpressionLowering._conversion,
    "type_instantiation_expression": ExpressionLowering._inner,
    "parenthesized_expression": ExpressionLowering._inner,
    "literal_element": ExpressionLowering._inner,
    "composite_literal": ExpressionLowering._composite,
    "func_literal": ExpressionLowering._function,
    "unary_expression": ExpressionLowering._unary,
    "binary_expression": ExpressionLowering._binary,
}


def _is_header(of: Expression, at: Expression) -> bool:
    """`r.Header["Token"]`: the values of one header, as `r.Header.Values("Token")` gives them."""
    named = isinstance(at, Constant) and isinstance(at.value, str)
    return named and isinstance(of, Attribute) and of.name == "Header"


def _is_set_or_asked(raw: Raw) -> bool:
    """True for what an assignment writes to, `req.Header["Accept"] = …`, and where it is also asked for whether
    there is such a header: `given, ok := r.Header["Token"]`."""
    listed = raw.parent
    whole = listed.parent if listed is not None else None
    left = whole.child_by_field_name("left") if whole is not None else None
    return left is not None and (left == listed or left.named_child_count > 1)


__all__ = ["ANONYMOUS", "Block", "ExpressionLowering"]
