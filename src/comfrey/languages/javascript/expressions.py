"""tree-sitter's JavaScript and TypeScript trees → `source.node`: expressions."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tree_sitter import Node as Raw

from comfrey.languages.javascript import literals, types
from comfrey.source.node import (
    Argument,
    Attribute,
    Await,
    Binary,
    Block,
    BoolOp,
    Call,
    ClassDef,
    Compare,
    Conditional,
    Constant,
    Definition,
    DictOf,
    Expression,
    Fallback,
    Format,
    FunctionDef,
    ListOf,
    Name,
    Opaque,
    SourceFile,
    Span,
    Starred,
    Subscript,
    TupleOf,
    Unary,
    Walrus,
    Yield,
)

IGNORED = frozenset({"comment", "ERROR", "html_comment"})
FUNCTIONS = (
    "arrow_function",
    "function_expression",
    "function",
    "generator_function",
    "function_declaration",
    "generator_function_declaration",
)
IDENTITY = {"===": "is", "!==": "is not"}
"""What tells null from undefined."""
COMPARISONS = {"===": "==", "!==": "!=", "==": "==", "!=": "!=", "instanceof": "instanceof"}
ORDER = ("<", "<=", ">", ">=")
ASKED = ("instanceof", "in")
"""Operators that are asked of an object, as functions are."""
BOOLEAN = {"&&": "and", "||": "or", "??": "or"}
WRAPPERS = (
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "instantiation_expression",
)


def _awaited_last(
    raw: Raw | None, of: Expression, make: Callable[[Expression], Expression]
) -> Expression:
    """`await db<Book>("books").first()` awaits all of it, though the grammar takes it for `(await db)<Book>(…)`."""
    if isinstance(of, Await) and raw is not None and raw.type not in WRAPPERS:
        made = make(of.value)
        return Await(made.span, made)
    return make(of)


class ExpressionLowering:
    """Expressions of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source

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
        lower = EXPRESSIONS.get(raw.type)
        return lower(self, raw) if lower else Opaque(self.span(raw), raw.type)

    def field(self, raw: Raw, name: str) -> Expression:
        return self.expression(raw.child_by_field_name(name))

    def inside(self, raw: Raw) -> list[Raw]:
        return [each for each in raw.named_children if each.type not in IGNORED]

    def all(self, raw: Raw) -> tuple[Expression, ...]:
        return tuple(self.expression(each) for each in self.inside(raw))

    def unwrapped(self, raw: Raw | None) -> Raw | None:
        """What stands inside parentheses, `as T`, `!` and their like."""
        while raw is not None and raw.type in WRAPPERS and self.inside(raw):
            raw = self.inside(raw)[0]
        return raw

    # --- leaves --------------------------------------------------------------

    def _name(self, raw: Raw) -> Expression:
        text = self.raw_text(raw)
        return Constant(self.span(raw), None) if text == "undefined" else Name(self.span(raw), text)

    def _number(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), literals.number(self.raw_text(raw)))

    def _constant(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), CONSTANTS[raw.type])

    def _string(self, raw: Raw) -> Expression:
        return Constant(self.span(raw), literals.string(self.raw_text(raw)))

    def _template(self, raw: Raw) -> Expression:
        parts: list[str | Expression] = []
        for each in raw.named_children:
            if each.type == "template_substitution":
                parts.append(self.expression(next(iter(self.inside(each)), None)))
            else:
                parts.append(literals.unescaped(self.raw_text(each)))
        if all(isinstance(each, str) for each in parts):
            return Constant(self.span(raw), "".join(str(each) for each in parts))
        return Format(self.span(raw), tuple(parts))

    def _regex(self, raw: Raw) -> Expression:
        """`/a/g` is the call `RegExp("a", "g")`."""
        span = self.span(raw)
        pattern, flags = (raw.child_by_field_name(name) for name in ("pattern", "flags"))
        given = [Argument(Constant(span, self.raw_text(pattern)))]
        given.append(Argument(Constant(span, self.raw_text(flags))))
        return Call(span, Name(span, "RegExp"), tuple(given))

    # --- access and calls ----------------------------------------------------

    def _member(self, raw: Raw) -> Expression:
        name = self.raw_text(raw.child_by_field_name("property"))
        of = raw.child_by_field_name("object")
        if of is not None and of.type == "meta_property" and name in META:
            return Name(self.span(raw), META[name])
        span = self.span(raw)
        return _awaited_last(of, self.expression(of), lambda inner: Attribute(span, inner, name))

    def _subscript(self, raw: Raw) -> Expression:
        """`a["b"]` is `a.b`."""
        of, index = self.field(raw, "object"), self.field(raw, "index")
        if isinstance(index, Constant) and isinstance(index.value, str):
            return Attribute(self.span(raw), of, index.value)
        return Subscript(self.span(raw), of, index)

    def _call(self, raw: Raw) -> Expression:
        function = raw.child_by_field_name("function")
        arguments = raw.child_by_field_name("arguments")
        span = self.span(raw)
        if function is not None and function.type == "super":
            called: Expression = Attribute(span, self._super(function), "__init__")
        else:
            called = self.expression(function)
        given = self.arguments(arguments)
        return _awaited_last(function, called, lambda inner: Call(span, inner, given))

    def _super(self, raw: Raw) -> Expression:
        span = self.span(raw)
        return Call(span, Name(span, "super"), ())

    def _new(self, raw: Raw) -> Expression:
        arguments = raw.child_by_field_name("arguments")
        return Call(self.span(raw), self.field(raw, "constructor"), self.arguments(arguments))

    def arguments(self, raw: Raw | None) -> tuple[Argument, ...]:
        """An argument list, or the template of a tagged one."""
        if raw is None:
            return ()
        if raw.type == "template_string":
            return (Argument(self._template(raw)),)
        return tuple(self._argument(each) for each in self.inside(raw))

    def _argument(self, raw: Raw) -> Argument:
        if raw.type == "spread_element":
            return Argument(self.first(raw), "", "*")
        return Argument(self.expression(raw))

    def first(self, raw: Raw) -> Expression:
        inside = self.inside(raw)
        return self.expression(inside[0] if inside else None)

    def only_expression(self, root: Raw) -> Expression:
        """The one expression that a whole text is."""
        inside = self.inside(root)
        return self.first(inside[0]) if inside else Opaque(self.span(root), "nothing")

    def _last(self, raw: Raw) -> Expression:
        """`(a, b)` is b; `<T>x` is x."""
        inside = self.inside(raw)
        return self.expression(inside[-1] if inside else None)

    # --- operators -----------------------------------------------------------

    def _binary(self, raw: Raw) -> Expression:
        operator = self.raw_text(raw.child_by_field_name("operator"))
        left, right = self.field(raw, "left"), self.field(raw, "right")
        span = self.span(raw)
        if operator in BOOLEAN:
            return self._boolean(span, BOOLEAN[operator], left, right)
        if operator in ASKED:
            return Call(span, Name(span, operator), (Argument(left), Argument(right)))
        if operator in IDENTITY and isinstance(right, Constant) and right.text == "null":
            return Compare(span, left, ((IDENTITY[operator], right),))
        if operator in COMPARISONS or operator in ORDER:
            return Compare(span, left, ((COMPARISONS.get(operator, operator), right),))
        return Binary(span, operator, left, right)

    def _boolean(
        self, span: Span, operator: str, left: Expression, right: Expression
    ) -> Expression:
        operands: list[Expression] = []
        for each in (left, right):
            same = isinstance(each, BoolOp) and each.operator == operator
            operands += each.operands if same and isinstance(each, BoolOp) else (each,)
        return BoolOp(span, operator, tuple(operands))

    def _unary(self, raw: Raw) -> Expression:
        operator = self.raw_text(raw.child_by_field_name("operator"))
        value, span = self.field(raw, "argument"), self.span(raw)
        if operator == "void":
            return Constant(span, None)
        if operator == "typeof":
            return Call(span, Name(span, "typeof"), (Argument(value),))
        if operator == "+":
            return Call(span, Name(span, "Number"), (Argument(value),))
        return Unary(span, "not" if operator == "!" else operator, value)

    def _conditional(self, raw: Raw) -> Expression:
        test, then = self.field(raw, "condition"), self.field(raw, "consequence")
        return Conditional(self.span(raw), test, then, self.field(raw, "alternative"))

    def _assignment(self, raw: Raw) -> Expression:
        """`(name = value)`; other targets count for their value only."""
        left, value = self.expression(raw.child_by_field_name("left")), self.field(raw, "right")
        return Walrus(self.span(raw), left.name, value) if isinstance(left, Name) else value

    def _update(self, raw: Raw) -> Expression:
        return self.field(raw, "argument")

    # --- collections ---------------------------------------------------------

    def _array(self, raw: Raw) -> Expression:
        return ListOf(self.span(raw), self.all(raw))

    def _spread(self, raw: Raw) -> Expression:
        return Starred(self.span(raw), self.first(raw))

    def _object(self, raw: Raw) -> Expression:
        items: list[tuple[Expression | None, Expression]] = []
        for each in self.inside(raw):
            if each.type == "pair":
                items.append((self.key(each, "key"), self.pair_value(each)))
            elif each.type == "spread_element":
                items.append((None, self.first(each)))
            elif each.type == "shorthand_property_identifier":
                items.append((Constant(self.span(each), self.raw_text(each)), self._name(each)))
            elif each.type == "method_definition":
                items.append((self.key(each, "name"), self._method_value(each)))
        return DictOf(self.span(raw), tuple(items))

    def _method_value(self, raw: Raw) -> Expression:
        """A method of an object literal; a getter is what it gives."""
        span = self.span(raw)
        made = Definition(
            span, self.function(raw, self.member_name(raw.child_by_field_name("name")))
        )
        if any(each.type == "get" for each in raw.children):
            return Call(span, made, ())
        return made

    def pair_value(self, raw: Raw) -> Expression:
        """The value of `key: value`; a function is called by its key."""
        value = raw.child_by_field_name("value")
        bare = self.unwrapped(value)
        if bare is not None and bare.type in FUNCTIONS:
            name = self.member_name(raw.child_by_field_name("key"))
            return Definition(self.span(bare), self.function(bare, name))
        return self.named_value(value, self.member_name(raw.child_by_field_name("key")))

    def named_value(self, raw: Raw | None, name: str) -> Expression:
        """A value that is given a name: the one nameless function inside a call (`wrap(async () => …)`) goes
        by it."""
        value = self.expression(raw)
        if not isinstance(value, Call):
            return value
        nameless = [a for a in value.arguments if _is_nameless(a.value)]
        if len(nameless) != 1:
            return value
        given = tuple(_named(a, name) if a is nameless[0] else a for a in value.arguments)
        return Call(value.span, value.function, given)

    def key(self, raw: Raw, field: str) -> Expression:
        named = raw.child_by_field_name(field)
        if named is not None and named.type == "computed_property_name":
            return self.first(named)
        span = self.span(named) if named is not None else self.span(raw)
        return Constant(span, self.member_name(named))

    def member_name(self, raw: Raw | None) -> str:
        """The name of a member: `a`, `"a"`, `#a`, `1`; a computed one as it is written."""
        text = self.raw_text(raw)
        return literals.string(text) if raw is not None and raw.type == "string" else text

    # --- patterns ------------------------------------------------------------

    def pattern(self, raw: Raw | None) -> Expression:
        """The target of a binding or assignment."""
        if raw is None:
            return self.expression(raw)
        span = self.span(raw)
        match raw.type:
            case "object_pattern" | "object":
                return DictOf(span, tuple(self._parts_of(raw)))
            case "array_pattern" | "array":
                return ListOf(span, tuple(self._elements(raw)))
            case "assignment_pattern" | "object_assignment_pattern" | "assignment_expression":
                target = self.pattern(raw.child_by_field_name("left"))
                return Fallback(span, target, self.field(raw, "right"))
            case "rest_pattern" | "spread_element":
                inside = self.inside(raw)
                return Starred(span, self.pattern(inside[0] if inside else None))
            case "shorthand_property_identifier_pattern" | "shorthand_property_identifier":
                return Name(span, self.raw_text(raw))
            case "as_expression" | "non_null_expression" | "parenthesized_expression":
                return self.pattern(self.inside(raw)[0])
        return self.expression(raw)

    def _parts_of(self, raw: Raw) -> list[tuple[Expression | None, Expression]]:
        found: list[tuple[Expression | None, Expression]] = []
        for each in self.inside(raw):
            if each.type in ("pair_pattern", "pair"):
                target = self.pattern(each.child_by_field_name("value"))
                found.append((self.key(each, "key"), target))
            elif each.type in ("rest_pattern", "spread_element"):
                inside = self.inside(each)
                found.append((None, self.pattern(inside[0] if inside else None)))
            else:
                target = self.pattern(each)
                inner = target.target if isinstance(target, Fallback) else target
                name = inner.name if isinstance(inner, Name) else self.raw_text(each)
                found.append((Constant(self.span(each), name), target))
        return found

    def _elements(self, raw: Raw) -> list[Expression]:
        """The targets of `[a, , b]`; a hole is bound to a name that nobody can write."""
        found: list[Expression] = []
        filled = False
        for each in raw.children:
            if each.type == ",":
                if not filled:
                    found.append(Name(self.span(each), HOLE))
                filled = False
            elif each.is_named and each.type not in IGNORED:
                found.append(self.pattern(each))
                filled = True
        return found

    # --- functions -----------------------------------------------------------

    def _function_value(self, raw: Raw) -> Expression:
        name = self.raw_text(raw.child_by_field_name("name")) or ANONYMOUS
        return Definition(self.span(raw), self.function(raw, name))

    def _class_value(self, raw: Raw) -> Expression:
        name = self.raw_text(raw.child_by_field_name("name")) or ANONYMOUS
        return Definition(self.span(raw), self.class_(raw, name))

    def function(self, raw: Raw, name: str, decorators: tuple[Expression, ...] = ()) -> FunctionDef:
        """A function of any form (the statements' half of the lowering knows how)."""
        raise NotImplementedError

    def class_(self, raw: Raw, name: str, decorators: tuple[Expression, ...] = ()) -> ClassDef:
        """A class, likewise."""
        raise NotImplementedError

    # --- the rest ------------------------------------------------------------

    def _await(self, raw: Raw) -> Expression:
        return Await(self.span(raw), self.first(raw))

    def _yield(self, raw: Raw) -> Expression:
        inside = self.inside(raw)
        delegate = any(each.type == "*" for each in raw.children)
        return Yield(self.span(raw), self.expression(inside[0]) if inside else None, delegate)

    def _meta(self, raw: Raw) -> Expression:
        span = self.span(raw)
        return Attribute(span, Name(span, "import"), "meta")

    def _word(self, raw: Raw) -> Expression:
        return Name(self.span(raw), raw.type)


def _is_nameless(value: Expression) -> bool:
    return isinstance(value, Definition) and value.statement.name == ANONYMOUS


def _named(argument: Argument, name: str) -> Argument:
    value = argument.value
    assert isinstance(value, Definition)
    made = Definition(value.span, msgspec.structs.replace(value.statement, name=name))
    return Argument(made, argument.name, argument.spread)


META = {"dirname": "__dirname", "filename": "__filename", "url": "__filename"}
"""What `import.meta` tells of the file, by the names that CommonJS has for it."""
ANONYMOUS = "<anonymous>"
HOLE = "<hole>"
NO_STATEMENTS: Block = Block(lambda: ())
CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
EXPRESSIONS: dict[str, Callable[[ExpressionLowering, Raw], Expression]] = {
    "identifier": ExpressionLowering._name,
    "shorthand_property_identifier": ExpressionLowering._name,
    "this": ExpressionLowering._word,
    "super": ExpressionLowering._super,
    "import": ExpressionLowering._word,
    "meta_property": ExpressionLowering._meta,
    "number": ExpressionLowering._number,
    **dict.fromkeys(CONSTANTS, ExpressionLowering._constant),
    "string": ExpressionLowering._string,
    "template_string": ExpressionLowering._template,
    "regex": ExpressionLowering._regex,
    "member_expression": ExpressionLowering._member,
    "subscript_expression": ExpressionLowering._subscript,
    "call_expression": ExpressionLowering._call,
    "new_expression": ExpressionLowering._new,
    **dict.fromkeys(WRAPPERS, ExpressionLowering.first),
    "type_assertion": ExpressionLowering._last,
    "sequence_expression": ExpressionLowering._last,
    "binary_expression": ExpressionLowering._binary,
    "unary_expression": ExpressionLowering._unary,
    "ternary_expression": ExpressionLowering._conditional,
    "assignment_expression": ExpressionLowering._assignment,
    "augmented_assignment_expression": ExpressionLowering._assignment,
    "update_expression": ExpressionLowering._update,
    "array": ExpressionLowering._array,
    "spread_element": ExpressionLowering._spread,
    "object": ExpressionLowering._object,
    **dict.fromkeys(FUNCTIONS, ExpressionLowering._function_value),
    "class": ExpressionLowering._class_value,
    "await_expression": ExpressionLowering._await,
    "yield_expression": ExpressionLowering._yield,
}
__all__ = ["EXPRESSIONS", "ExpressionLowering", "Subscript", "TupleOf", "types"]
