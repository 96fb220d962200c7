"""tree-sitter's Python tree → `source.node`: expressions."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node as Raw

from comfrey.languages.python import literals
from comfrey.source.node import (
    Argument,
    Attribute,
    Await,
    Binary,
    BoolOp,
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    Constant,
    DictOf,
    Expression,
    Format,
    Lambda,
    ListOf,
    Name,
    Opaque,
    Parameter,
    SetOf,
    Slice,
    SourceFile,
    Span,
    Starred,
    Subscript,
    TupleOf,
    Unary,
    Walrus,
    Yield,
)

IGNORED = frozenset({"comment", "line_continuation", "ERROR"})


class ExpressionLowering:
    """Expressions of one file. `line` is where its text begins, for text taken out of a string."""

    def __init__(self, source: SourceFile, line: int = 1) -> None:
        self.source = source
        self.line = line

    def span(self, raw: Raw) -> Span:
        line, end = raw.start_point.row, raw.end_point.row
        return Span(self.source, raw.start_byte, raw.end_byte, line + self.line, end + self.line)

    def raw_text(self, raw: Raw | None) -> str:
        if raw is None:
            return ""
        return self.source.data[raw.start_byte : raw.end_byte].decode("utf-8", "replace")

    def expression(self, raw: Raw | None) -> Expression:
        """Any expression; what is not understood is Opaque."""
        if raw is None:
            return Opaque(Span(self.source, 0, 0, self.line, self.line), "missing")
        lower = EXPRESSIONS.get(raw.type)
        return lower(self, raw) if lower else Opaque(self.span(raw), raw.type)

    def field(self, raw: Raw, name: str) -> Expression:
        return self.expression(raw.child_by_field_name(name))

    def _inside(self, raw: Raw) -> list[Raw]:
        return [each for each in raw.named_children if each.type not in IGNORED]

    def _all(self, raw: Raw) -> tuple[Expression, ...]:
        return tuple(self.expression(each) for each in self._inside(raw))

    # --- leaves --------------------------------------------------------------

    def _name(self, raw: Raw) -> Expression:
        return Name(self.span(raw), self.raw_text(raw))

    def _number(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), literals.number(self.raw_text(raw)))

    def _constant(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), CONSTANTS[raw.type])

    def _string(self, raw: Raw) -> Expression:
        text = self.raw_text(raw)
        if not literals.is_format(text):
            return Constant(self.span(raw), literals.string(text))
        return Format(self.span(raw), self._parts(raw, text))

    def _parts(self, raw: Raw, text: str) -> tuple[str | Expression, ...]:
        """Text and expressions of an f-string; `{x:02d}` is the call `format(x, "02d")`."""
        is_raw = "r" in text[: text.find(text[-1])].lower()
        parts: list[str | Expression] = []
        for each in raw.named_children:
            if each.type == "string_content":
                parts.append(literals.fragment(self.raw_text(each), is_raw))
            elif each.type == "interpolation":
                parts.append(self._interpolated(each))
        return tuple(parts)

    def _interpolated(self, raw: Raw) -> Expression:
        value = self.field(raw, "expression")
        layout = raw.child_by_field_name("format_specifier")
        if layout is None:
            return value
        span = self.span(raw)
        given = Argument(value), Argument(Constant(span, self.raw_text(layout)[1:]))
        return Call(span, Name(span, "format"), given)

    def _concatenated(self, raw: Raw) -> Expression:
        pieces = [self._string(each) for each in raw.named_children if each.type == "string"]
        if all(isinstance(p, Constant) and isinstance(p.value, str) for p in pieces):
            whole = "".join(p.value for p in pieces if isinstance(p, Constant))
            return Constant(self.span(raw), whole)
        parts: list[str | Expression] = []
        for piece in pieces:
            if isinstance(piece, Format):
                parts += piece.parts
            elif isinstance(piece, Constant):
                parts.append(str(piece.value))
        return Format(self.span(raw), tuple(parts))

    # --- access and calls ----------------------------------------------------

    def _attribute(self, raw: Raw) -> Expression:
        name = self.raw_text(raw.child_by_field_name("attribute"))
        return Attribute(self.span(raw), self.field(raw, "object"), name)

    def _dotted(self, raw: Raw) -> Expression:
        """`a.b.c` where the grammar has a `dotted_name` (patterns, member types)."""
        span = self.span(raw)
        first, *rest = self.raw_text(raw).split(".")
        found: Expression = Name(span, first)
        for name in rest:
            found = Attribute(span, found, name)
        return found

    def _call(self, raw: Raw) -> Expression:
        arguments = raw.child_by_field_name("arguments")
        return Call(self.span(raw), self.field(raw, "function"), self.arguments(arguments))

    def arguments(self, raw: Raw | None) -> tuple[Argument, ...]:
        """An argument list, or the lone generator of `f(x for x in y)`."""
        if raw is None:
            return ()
        if raw.type == "generator_expression":
            return (Argument(self.expression(raw)),)
        return tuple(self._argument(each) for each in self._inside(raw))

    def _argument(self, raw: Raw) -> Argument:
        if raw.type == "keyword_argument":
            name = self.raw_text(raw.child_by_field_name("name"))
            return Argument(self.field(raw, "value"), name)
        if raw.type in ("list_splat", "dictionary_splat"):
            spread = "*" if raw.type == "list_splat" else "**"
            return Argument(self.expression(raw.named_children[0]), "", spread)
        return Argument(self.expression(raw))

    def _subscript(self, raw: Raw) -> Expression:
        indexes = [self.expression(e) for e in raw.children_by_field_name("subscript")]
        return self._indexed(raw, self.field(raw, "value"), indexes)

    def _indexed(self, raw: Raw, of: Expression, indexes: list[Expression]) -> Expression:
        span = self.span(raw)
        single = len(indexes) == 1
        return Subscript(span, of, indexes[0] if single else TupleOf(span, tuple(indexes)))

    def _slice(self, raw: Raw) -> Expression:
        parts: list[Expression] = [Constant(self.span(raw), None)] * 3
        position = 0
        for each in raw.children:
            if each.type == ":":
                position += 1
            elif each.is_named and position < len(parts):
                parts[position] = self.expression(each)
        return Slice(self.span(raw), tuple(parts))

    # --- types ---------------------------------------------------------------

    def _first(self, raw: Raw) -> Expression:
        inside = self._inside(raw)
        return self.expression(inside[0] if inside else None)

    def _generic(self, raw: Raw) -> Expression:
        """`list[int]` in an annotation: the grammar knows it by another name than a subscript."""
        of, parameters = raw.named_children[0], raw.named_children[-1]
        return self._indexed(raw, self.expression(of), list(self._all(parameters)))

    def _union(self, raw: Raw) -> Expression:
        left, right = (self.expression(each) for each in self._inside(raw)[:2])
        return Binary(self.span(raw), "|", left, right)

    # --- operators -----------------------------------------------------------

    def _binary(self, raw: Raw) -> Expression:
        operator = self.raw_text(raw.child_by_field_name("operator"))
        return Binary(self.span(raw), operator, self.field(raw, "left"), self.field(raw, "right"))

    def _unary(self, raw: Raw) -> Expression:
        operator = self.raw_text(raw.child_by_field_name("operator"))
        return Unary(self.span(raw), operator, self.field(raw, "argument"))

    def _not(self, raw: Raw) -> Expression:
        return Unary(self.span(raw), "not", self.field(raw, "argument"))

    def _boolean(self, raw: Raw) -> Expression:
        operator = self.raw_text(raw.child_by_field_name("operator"))
        operands: list[Expression] = []
        for side in ("left", "right"):
            lowered = self.field(raw, side)
            same = isinstance(lowered, BoolOp) and lowered.operator == operator
            operands += lowered.operands if same and isinstance(lowered, BoolOp) else (lowered,)
        return BoolOp(self.span(raw), operator, tuple(operands))

    def _compare(self, raw: Raw) -> Expression:
        operands = self._all(raw)
        operators = [
            " ".join(self.raw_text(e).split()) for e in raw.children_by_field_name("operators")
        ]
        rest = tuple(zip(operators, operands[1:], strict=False))
        return Compare(self.span(raw), operands[0], rest)

    def _conditional(self, raw: Raw) -> Expression:
        parts = self._all(raw)
        if len(parts) != 3:
            return Opaque(self.span(raw), raw.type)
        return Conditional(self.span(raw), parts[1], parts[0], parts[2])

    # --- collections ---------------------------------------------------------

    def _list(self, raw: Raw) -> Expression:
        return ListOf(self.span(raw), self._all(raw))

    def _tuple(self, raw: Raw) -> Expression:
        return TupleOf(self.span(raw), self._all(raw))

    def _set(self, raw: Raw) -> Expression:
        return SetOf(self.span(raw), self._all(raw))

    def _dict(self, raw: Raw) -> Expression:
        items: list[tuple[Expression | None, Expression]] = []
        for each in self._inside(raw):
            if each.type == "pair":
                items.append((self.field(each, "key"), self.field(each, "value")))
            elif each.type == "dictionary_splat":
                items.append((None, self.expression(each.named_children[0])))
        return DictOf(self.span(raw), tuple(items))

    def _starred(self, raw: Raw) -> Expression:
        return Starred(self.span(raw), self._first(raw))

    def _comprehension(self, raw: Raw) -> Expression:
        kind = raw.type.partition("_")[0]
        body = raw.child_by_field_name("body")
        key: Expression | None = None
        if kind == "dictionary" and body is not None:
            key, element = self.field(body, "key"), self.field(body, "value")
        else:
            element = self.expression(body)
        return Comprehension(self.span(raw), KINDS[kind], element, key, tuple(self._clauses(raw)))

    def _clauses(self, raw: Raw) -> list[Clause]:
        clauses: list[Clause] = []
        for each in raw.named_children:
            if each.type == "for_in_clause":
                clauses.append(Clause(self.field(each, "left"), self.field(each, "right"), ()))
            elif each.type == "if_clause" and clauses:
                last = clauses[-1]
                tests = (*last.conditions, self._first(each))
                clauses[-1] = Clause(last.target, last.source, tests)
        return clauses

    # --- the rest ------------------------------------------------------------

    def _lambda(self, raw: Raw) -> Expression:
        parameters = self.parameters(raw.child_by_field_name("parameters"))
        return Lambda(self.span(raw), parameters, self.field(raw, "body"))

    def parameters(self, raw: Raw | None) -> tuple[Parameter, ...]:
        """A parameter list (the statements' half of the lowering knows how)."""
        raise NotImplementedError

    def _await(self, raw: Raw) -> Expression:
        return Await(self.span(raw), self._first(raw))

    def _yield(self, raw: Raw) -> Expression:
        inside = self._inside(raw)
        delegate = any(each.type == "from" for each in raw.children)
        value = self.expression(inside[0]) if inside else None
        return Yield(self.span(raw), value, delegate)

    def _walrus(self, raw: Raw) -> Expression:
        name = self.raw_text(raw.child_by_field_name("name"))
        return Walrus(self.span(raw), name, self.field(raw, "value"))

    def pattern(self, raw: Raw) -> Expression:
        """A `case` pattern, as far as it can be read as an expression."""
        inside = self._inside(raw)
        if raw.type == "case_pattern":
            if not inside:
                return Name(self.span(raw), "_")
            return self.pattern(inside[0])
        if raw.type == "union_pattern":
            found = self.pattern(inside[0])
            for each in inside[1:]:
                found = Binary(self.span(raw), "|", found, self.pattern(each))
            return found
        if raw.type in ("tuple_pattern", "list_pattern"):
            return TupleOf(self.span(raw), tuple(self.pattern(each) for each in inside))
        return self.expression(raw)


CONSTANTS = {"true": True, "false": False, "none": None, "ellipsis": ...}
KINDS = {"list": "list", "set": "set", "generator": "generator", "dictionary": "dict"}
EXPRESSIONS: dict[str, Callable[[ExpressionLowering, Raw], Expression]] = {
    "identifier": ExpressionLowering._name,
    "keyword_identifier": ExpressionLowering._name,
    "integer": ExpressionLowering._number,
    "float": ExpressionLowering._number,
    **dict.fromkeys(CONSTANTS, ExpressionLowering._constant),
    "string": ExpressionLowering._string,
    "concatenated_string": ExpressionLowering._concatenated,
    "attribute": ExpressionLowering._attribute,
    "member_type": ExpressionLowering._dotted,
    "dotted_name": ExpressionLowering._dotted,
    "call": ExpressionLowering._call,
    "subscript": ExpressionLowering._subscript,
    "slice": ExpressionLowering._slice,
    "type": ExpressionLowering._first,
    "generic_type": ExpressionLowering._generic,
    "union_type": ExpressionLowering._union,
    "splat_type": ExpressionLowering._starred,
    "constrained_type": ExpressionLowering._first,
    "parenthesized_expression": ExpressionLowering._first,
    "binary_operator": ExpressionLowering._binary,
    "unary_operator": ExpressionLowering._unary,
    "not_operator": ExpressionLowering._not,
    "boolean_operator": ExpressionLowering._boolean,
    "comparison_operator": ExpressionLowering._compare,
    "conditional_expression": ExpressionLowering._conditional,
    "list": ExpressionLowering._list,
    "list_pattern": ExpressionLowering._list,
    "tuple": ExpressionLowering._tuple,
    "tuple_pattern": ExpressionLowering._tuple,
    "pattern_list": ExpressionLowering._tuple,
    "expression_list": ExpressionLowering._tuple,
    "set": ExpressionLowering._set,
    "dictionary": ExpressionLowering._dict,
    "list_splat": ExpressionLowering._starred,
    "list_splat_pattern": ExpressionLowering._starred,
    "parenthesized_list_splat": ExpressionLowering._first,
    "list_comprehension": ExpressionLowering._comprehension,
    "set_comprehension": ExpressionLowering._comprehension,
    "dictionary_comprehension": ExpressionLowering._comprehension,
    "generator_expression": ExpressionLowering._comprehension,
    "lambda": ExpressionLowering._lambda,
    "await": ExpressionLowering._await,
    "yield": ExpressionLowering._yield,
    "named_expression": ExpressionLowering._walrus,
    "as_pattern": ExpressionLowering._first,
    "as_pattern_target": ExpressionLowering._first,
}
