"""tree-sitter's Go trees → `source.node`: declarations and statements.

A file's functions, types, constants and variables can be asked for before it has run, as a package's may refer to
each other in any order. A struct is a class whose embedded types are its bases; a method is `Method`, its receiver the
first parameter. A `switch` is a chain of `if`s. `if x == "" { x = y }` is `x = x or y`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node as Raw

from comfrey.languages.go import flags, generics, literals, types
from comfrey.languages.go.expressions import ANONYMOUS, ExpressionLowering
from comfrey.languages.go.generics import TYPE
from comfrey.languages.go.packages import local_names, unversioned
from comfrey.source.node import (
    Argument,
    Assign,
    Attribute,
    Block,
    BoolOp,
    Call,
    ClassDef,
    Compare,
    Constant,
    Definition,
    Evaluate,
    Expression,
    For,
    FunctionDef,
    If,
    Import,
    Late,
    Method,
    Mystery,
    Name,
    Parameter,
    Pass,
    Raise,
    Return,
    SourceFile,
    Span,
    Statement,
    Subscript,
    TupleOf,
    While,
)

PACKAGE = "<package>"
STARTED = "<started>"
INTERFACE = "<interface>"
"""The name that marks a class as an interface, among its decorators."""
LAST = re.compile(r"(?:^|\.)(?:Fatal\w*|Exit|Panic\w*|Goexit)$|^panic$")
"""Calls that do not come back."""
SKIPPED = frozenset(
    [
        "comment",
        "empty_statement",
        "package_clause",
        "defer_statement",
        "goto_statement",
        ";",
        "fallthrough_statement",
    ]
)


class Lowering(ExpressionLowering):
    """The lowering of one file."""

    def module(self, root: Raw) -> tuple[Statement, ...]:
        """A file's declarations, then what runs when the package is initialised, then `main`."""
        span = self.span(root)
        declared: list[Statement] = [Import(span, "", (("*", "*"),), level=1)]
        methods: list[Statement] = []
        late: list[Statement] = []
        names: list[str] = []
        for child in root.named_children:
            try:
                found = self._declaration(child)
            except RecursionError:
                found = (Mystery(self.span(child), "too deep"),)
            for each in found:
                if isinstance(each, Method):
                    methods.append(each)
                    continue
                declared.append(each)
                if isinstance(each, Late):
                    late += [Evaluate(t.span, t) for t in each.targets if isinstance(t, Name)]
                elif isinstance(each, FunctionDef):
                    names.append(each.name)
        started = [Evaluate(span, self.special(span, PACKAGE))]
        runs = [n for n in names if n.startswith("init#")]
        if self._is_program(root) and "main" in names:
            runs.append("main")
        program = self.special(span, STARTED, *(Name(span, name) for name in runs))
        return (*declared, *started, *methods, *late, Evaluate(span, program))

    def _is_program(self, root: Raw) -> bool:
        clause = next((e for e in root.named_children if e.type == "package_clause"), None)
        return clause is not None and self.raw_text(clause).split()[-1] == "main"

    def _declaration(self, raw: Raw) -> tuple[Statement, ...]:
        match raw.type:
            case "import_declaration":
                return tuple(self._imports(raw))
            case "function_declaration":
                return (self._function_statement(raw),)
            case "method_declaration":
                return (self._method(raw),)
            case "type_declaration":
                return self._types(raw)
            case "const_declaration":
                return tuple(self._constants(raw))
            case "var_declaration":
                return tuple(self._package_variables(raw))
        return ()

    # --- imports -------------------------------------------------------------

    def _imports(self, raw: Raw) -> list[Statement]:
        found: list[Statement] = []
        waiting = list(self.inside(raw))
        while waiting:
            each = waiting.pop(0)
            if each.type == "import_spec_list":
                waiting = [*self.inside(each), *waiting]
            elif each.type == "import_spec":
                found.append(self._import(each))
        return found

    def _import(self, raw: Raw) -> Statement:
        span = self.span(raw)
        path = literals.string(self.raw_text(raw.child_by_field_name("path")))
        alias = self.raw_text(raw.child_by_field_name("name"))
        module = unversioned(path)
        if alias == ".":
            return Import(span, module, (("*", "*"),))
        if alias == "_":
            return Pass(span, "pass")
        locals_ = (alias,) if alias else local_names(path)
        return Import(span, "", tuple((module, each) for each in locals_), whole=True)

    # --- functions and methods -------------------------------------------------

    def _function_statement(self, raw: Raw) -> FunctionDef:
        name = self.raw_text(raw.child_by_field_name("name"))
        if name == "init":
            name = f"init#{raw.start_point.row + 1}"
        return self.function(raw, name)

    def function(self, raw: Raw, name: str, receiver: Raw | None = None) -> FunctionDef:
        """A function of any form. Results that have names are variables of its body."""
        listed = raw.child_by_field_name("parameters")
        result = raw.child_by_field_name("result")
        body = raw.child_by_field_name("body")
        parameters = (*self._parameters(receiver), *self._parameters(listed))
        opening, named = self._named_results(result)
        generic = self._type_parameters(raw.child_by_field_name("type_parameters"))
        if generic:
            span = self.span(raw)
            kind = Parameter(TYPE, "keyword", None, None, span)
            parameters = (*parameters, kind)
            opening = (*generics.openings(self, span, generic, listed), *opening)
        plain = self.plain
        return FunctionDef(
            self.span(raw),
            name,
            parameters,
            types.results(self, result),
            (),
            Block(lambda: (*opening, *Body(self.source, named, plain).block(body))),
        )

    def function_literal(self, raw: Raw) -> FunctionDef:
        return self.function(raw, ANONYMOUS)

    def _method(self, raw: Raw) -> Statement:
        receiver = raw.child_by_field_name("receiver")
        name = self.raw_text(raw.child_by_field_name("name"))
        span = self.span(raw)
        made = self.function(raw, name, receiver)
        if not made.parameters or len(self.inside(receiver)) != 1:
            return Mystery(span, "a method of nothing")
        return Method(span, self._owner(self.inside(receiver)[0]), made)

    def _owner(self, raw: Raw) -> Expression:
        kind = raw.child_by_field_name("type")
        while kind is not None and kind.type in ("pointer_type", "parenthesized_type"):
            kind = next(iter(self.inside(kind)), None)
        if kind is not None and kind.type == "generic_type":
            kind = kind.child_by_field_name("type")
        return types.lowered(self, kind)

    def _parameters(self, raw: Raw | None) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        for each in self.inside(raw):
            kind = each.child_by_field_name("type")
            variadic = each.type == "variadic_parameter_declaration"
            annotation = types.lowered(self, kind)
            names: list[Raw | None] = list(each.children_by_field_name("name"))
            for name in names or [None]:
                span = self.span(name if name is not None else each)
                text = self.raw_text(name) or "_"
                if text == "_":
                    text = f"_{len(found)}"
                how = "*" if variadic else "positional"
                found.append(Parameter(text, how, annotation, None, span))
        return tuple(found)

    def _named_results(self, raw: Raw | None) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
        if raw is None or raw.type != "parameter_list":
            return (), ()
        found: list[Statement] = []
        names: list[str] = []
        for each in self.inside(raw):
            for name in each.children_by_field_name("name"):
                text, span = self.raw_text(name), self.span(name)
                names.append(text)
                value = types.zero(self, each.child_by_field_name("type"))
                found.append(Assign(span, (Name(span, text),), value))
        return tuple(found), tuple(names)

    # --- types ---------------------------------------------------------------

    def _types(self, raw: Raw) -> tuple[Statement, ...]:
        found: list[Statement] = []
        for each in self.inside(raw):
            name = self.raw_text(each.child_by_field_name("name"))
            kind = each.child_by_field_name("type")
            if each.type == "type_alias":
                target = Name(self.span(each), name)
                found.append(Late(self.span(each), (target,), types.lowered(self, kind)))
            elif kind is not None:
                parameters = self._type_parameters(each.child_by_field_name("type_parameters"))
                found.append(self._type(each, kind, name, parameters))
        return tuple(found)

    def _type_parameters(self, raw: Raw | None) -> tuple[str, ...]:
        found: list[str] = []
        for each in self.inside(raw):
            found += [self.raw_text(name) for name in each.children_by_field_name("name")]
        return tuple(found)

    def _type(self, raw: Raw, kind: Raw, name: str, parameters: tuple[str, ...]) -> ClassDef:
        span = self.span(raw)
        if kind.type == "struct_type":
            return self.struct(kind, name, parameters, raw)
        if kind.type == "interface_type":
            mark = (Constant(span, INTERFACE),)
            bases = tuple(Argument(e) for e in self._embedded_interfaces(kind))
            return ClassDef(
                span, name, bases, mark, Block(lambda: self._signatures(kind)), parameters
            )
        base = (Argument(types.lowered(self, kind)),)
        return ClassDef(span, name, base, (), Block(lambda: ()), parameters)

    def struct(
        self, raw: Raw, name: str, parameters: tuple[str, ...] = (), at: Raw | None = None
    ) -> ClassDef:
        bases: list[Argument] = []
        for each in self._fields(raw):
            if not each.children_by_field_name("name"):
                bases.append(Argument(self._embedded(each)))
        body = Block(lambda: self._members(raw))
        return ClassDef(self.span(at or raw), name, tuple(bases), (), body, parameters)

    def _fields(self, raw: Raw) -> list[Raw]:
        listed = next((e for e in raw.named_children if e.type == "field_declaration_list"), None)
        return [e for e in self.inside(listed) if e.type == "field_declaration"]

    def _embedded(self, raw: Raw) -> Expression:
        kind = raw.child_by_field_name("type")
        return types.lowered(self, kind)

    def _members(self, raw: Raw) -> tuple[Statement, ...]:
        """The fields of a struct; a tag is a decorator, an embedded type a field of its own name."""
        found: list[Statement] = []
        for each in self._fields(raw):
            span = self.span(each)
            kind = each.child_by_field_name("type")
            tag = each.child_by_field_name("tag")
            marks: tuple[Expression, ...] = ()
            if tag is not None:
                marks = (Constant(self.span(tag), literals.string(self.raw_text(tag))),)
            names = [self.raw_text(name) for name in each.children_by_field_name("name")]
            annotation = types.lowered(self, kind)
            starred = any(child.type == "*" for child in each.children)
            if starred:
                annotation = types.annotated(span, annotation)
            if not names:
                last = self.raw_text(kind).partition("[")[0].lstrip("*").rpartition(".")[2]
                marks = (*marks, Constant(span, EMBEDDED))
                names = [last]
            found += [Assign(span, (Name(span, n),), None, annotation, "", marks) for n in names]
        return tuple(found)

    def _embedded_interfaces(self, raw: Raw) -> list[Expression]:
        inner = [e for e in self.inside(raw) if e.type in ("type_elem", "constraint_elem")]
        lone = [e for e in inner if len(self.inside(e)) == 1]
        return [types.lowered(self, self.inside(each)[0]) for each in lone]

    def _signatures(self, raw: Raw) -> tuple[Statement, ...]:
        """The methods of an interface: functions without a body."""
        found = []
        for each in self.inside(raw):
            if each.type in ("method_elem", "method_spec"):
                span = self.span(each)
                name = self.raw_text(each.child_by_field_name("name"))
                receiver = Parameter("<receiver>", "positional", None, None, span)
                given = (receiver, *self._parameters(each.child_by_field_name("parameters")))
                returns = types.results(self, each.child_by_field_name("result"))
                found.append(FunctionDef(span, name, given, returns, (), Block(lambda: ())))
        return tuple(found)

    # --- constants and variables of the package --------------------------------

    def _constants(self, raw: Raw, top: bool = True) -> list[Statement]:
        """A block of constants: one that gives no value repeats the one above, with the next `iota`."""
        found: list[Statement] = []
        kind: Raw | None = None
        given: Raw | None = None
        for index, spec in enumerate(e for e in self.inside(raw) if e.type == "const_spec"):
            value = spec.child_by_field_name("value")
            if value is not None:
                kind, given = spec.child_by_field_name("type"), value
            self.iota = index
            names = [e for e in spec.children_by_field_name("name") if e.type != ","]
            for name, expression in zip(names, self.listed(given), strict=False):
                if kind is not None and self.raw_text(kind) not in BASIC:
                    span = self.span(name)
                    expression = Call(span, types.lowered(self, kind), (Argument(expression),))
                target = Name(self.span(name), self.raw_text(name))
                make = Late if top else Assign
                found.append(make(self.span(spec), (target,), expression))
        self.iota = 0
        return found

    def _specs(self, raw: Raw) -> list[Raw]:
        found: list[Raw] = []
        for each in self.inside(raw):
            found += self.inside(each) if each.type == "var_spec_list" else [each]
        return [each for each in found if each.type == "var_spec"]

    def _package_variables(self, raw: Raw) -> list[Statement]:
        found: list[Statement] = []
        for spec in self._specs(raw):
            span, names, values = self._variable(spec)
            if len(values) == len(names):
                pairs = zip(names, values, strict=True)
                found += [Late(span, (name,), value) for name, value in pairs]
            elif len(values) == 1:
                found.append(Late(span, names, self.several(values[0], len(names))))
        return found

    def _variable(self, raw: Raw) -> tuple[Span, tuple[Name, ...], tuple[Expression, ...]]:
        """The names that a `var` declares, and their values (by their types where none is given)."""
        names = tuple(
            Name(self.span(each), self.raw_text(each))
            for each in raw.children_by_field_name("name")
            if each.type != ","
        )
        values = self.listed(raw.child_by_field_name("value"))
        if not values:
            kind = raw.child_by_field_name("type")
            values = tuple(types.zero(self, kind) for _ in names)
        return self.span(raw), names, values

    def several(self, value: Expression, count: int) -> Expression:
        """One expression of several results; `x.(T)` gives x, and whether it is one."""
        match value:
            case Call(function=Name(name="<asserted>"), arguments=(of, kind)) if count == 2:
                told = self.special(value.span, "<is>", of.value, kind.value)
                return TupleOf(value.span, (value, told))
        return self.special(value.span, "<several>", Constant(value.span, count), value)

    def block(self, raw: Raw | None) -> tuple[Statement, ...]:
        raise NotImplementedError


class Body(Lowering):
    """The lowering of one function's body. `named` are its results that have names."""

    def __init__(
        self, source: SourceFile, named: tuple[str, ...] = (), plain: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(source)
        self.named = named
        self.plain = plain

    def block(self, raw: Raw | None) -> tuple[Statement, ...]:
        found: list[Statement] = []
        for child in self.inside(raw):
            found += self.block(child) if child.type == "statement_list" else self.statement(child)
        return tuple(found)

    def statement(self, raw: Raw | None) -> tuple[Statement, ...]:
        """One statement, which may come to several."""
        if raw is None or raw.type in SKIPPED:
            return ()
        lower = STATEMENTS.get(raw.type)
        if lower is None:
            return (Mystery(self.span(raw), raw.type),)
        try:
            return lower(self, raw)
        except RecursionError:
            return (Mystery(self.span(raw), "too deep"),)

    # --- bindings ------------------------------------------------------------

    def _declared(self, raw: Raw) -> tuple[Statement, ...]:
        found: list[Statement] = []
        for spec in self._specs(raw):
            span, names, values = self._variable(spec)
            found += self._bound(span, names, values)
            kind = spec.child_by_field_name("type")
            if kind is not None and kind.type == "pointer_type":
                self.plain |= {each.name for each in names if isinstance(each, Name)}
        return tuple(found)

    def _local_constants(self, raw: Raw) -> tuple[Statement, ...]:
        return tuple(self._constants(raw, top=False))

    def _local_types(self, raw: Raw) -> tuple[Statement, ...]:
        return self._types(raw)

    def _short(self, raw: Raw) -> tuple[Statement, ...]:
        left = self.listed(raw.child_by_field_name("left"))
        right = self.listed(raw.child_by_field_name("right"))
        return self._bound(self.span(raw), left, right)

    def _bound(
        self,
        span: Span,
        names: tuple[Expression, ...],
        values: tuple[Expression, ...],
        declares: bool = True,
    ) -> tuple[Statement, ...]:
        if len(names) == len(values):
            pairs = zip(names, values, strict=True)
            self.plain |= {
                n.name
                for n, v in pairs
                if isinstance(n, Name) and isinstance(v, Constant) and v.value is not None
            }
        if len(names) == 1 and len(values) == 1:
            return (Assign(span, names, values[0], declares=declares),)
        lone = len(values) == 1
        value = self.several(values[0], len(names)) if lone else TupleOf(span, values)
        return (Assign(span, (TupleOf(span, names),), value, declares=declares),)

    def _assignment(self, raw: Raw) -> tuple[Statement, ...]:
        operator = self.raw_text(raw.child_by_field_name("operator"))
        left = self.listed(raw.child_by_field_name("left"))
        right = self.listed(raw.child_by_field_name("right"))
        if operator == "=":
            return self._bound(self.span(raw), left, right, declares=False)
        return (Assign(self.span(raw), left, right[0], None, operator.rstrip("=")),)

    def _stepped(self, raw: Raw) -> tuple[Statement, ...]:
        span, target = self.span(raw), self.expression(self.inside(raw)[0])
        sign = "+" if raw.type == "inc_statement" else "-"
        return (Assign(span, (target,), Constant(span, 1), None, sign),)

    # --- expressions for their effects -----------------------------------------

    def _evaluated(self, raw: Raw) -> tuple[Statement, ...]:
        inside = self.inside(raw)
        if not inside:
            return ()
        bound = flags.assigned(self, inside[0])
        if bound is not None:
            return (bound,)
        span, value = self.span(raw), self.expression(inside[0])
        if isinstance(value, Call) and LAST.search(value.function.text):
            if value.function.text == "panic":
                return (Raise(span, value.positional[0] if value.positional else None),)
            return (Evaluate(span, value), Raise(span, None))
        return (Evaluate(span, value),)

    def _started(self, raw: Raw) -> tuple[Statement, ...]:
        return (Evaluate(self.span(raw), self.expression(self.inside(raw)[0])),)

    def _returned(self, raw: Raw) -> tuple[Statement, ...]:
        span = self.span(raw)
        inside = self.inside(raw)
        values = self.listed(inside[0]) if inside else ()
        if not values:
            values = tuple(Name(span, name) for name in self.named)
        if not values:
            return (Return(span, None),)
        return (Return(span, values[0] if len(values) == 1 else TupleOf(span, values)),)

    def _sent(self, raw: Raw) -> tuple[Statement, ...]:
        span = self.span(raw)
        value = self.special(span, "<sent>", self.field(raw, "channel"), self.field(raw, "value"))
        return (Evaluate(span, value),)

    # --- control -------------------------------------------------------------

    def _opened(self, raw: Raw) -> tuple[Statement, ...]:
        """What stands before the semicolon of an `if` or `switch`."""
        return self.statement(raw.child_by_field_name("initializer"))

    def _if(self, raw: Raw) -> tuple[Statement, ...]:
        test = self.field(raw, "condition")
        body = self.block(raw.child_by_field_name("consequence"))
        other = raw.child_by_field_name("alternative")
        otherwise = () if other is None else self._otherwise(other)
        opened = self._opened(raw)
        filled = self._filled(test, body) if not otherwise else None
        if filled is not None:
            return (*opened, filled)
        return (*opened, If(self.span(raw), test, body, otherwise))

    def _otherwise(self, raw: Raw) -> tuple[Statement, ...]:
        return self.statement(raw) if raw.type == "if_statement" else self.block(raw)

    def _filled(self, test: Expression, body: tuple[Statement, ...]) -> Statement | None:
        """`if x == "" { x = y }` as `x = x or y`; None for anything else."""
        match test, body:
            case (
                Compare(first=Name() | Attribute() as name, rest=(("==", Constant(value="" | 0)),)),
                (Assign(targets=(target,), value=value, operator=""),),
            ) if value is not None and target.text == name.text:
                span = body[0].span
                return Assign(span, (target,), BoolOp(span, "or", (name, value)))
        return None

    def _for(self, raw: Raw) -> tuple[Statement, ...]:
        span = self.span(raw)
        body = self.block(raw.child_by_field_name("body"))
        head = next((e for e in self.inside(raw) if e.type in ("for_clause", "range_clause")), None)
        if head is not None and head.type == "range_clause":
            return (self._range(span, head, body),)
        if head is not None:
            opened = self.statement(head.child_by_field_name("initializer"))
            test = head.child_by_field_name("condition")
            then = self.statement(head.child_by_field_name("update"))
            known = self.expression(test) if test is not None else Constant(span, True)
            return (*opened, While(span, known, (*body, *then)))
        tests = [e for e in self.inside(raw) if e.type != "block"]
        known = self.expression(tests[0]) if tests else Constant(span, True)
        return (While(span, known, body),)

    def _range(self, span: Span, head: Raw, body: tuple[Statement, ...]) -> Statement:
        source = self.field(head, "right")
        targets = self.listed(head.child_by_field_name("left"))
        at = source.span
        if not targets:
            return For(span, Name(span, "_"), self.special(at, "<keys>", source), body)
        if len(targets) == 1:
            return For(span, targets[0], self.special(at, "<keys>", source), body)
        if targets[0].text == "_":
            return For(span, targets[1], self.special(at, "<values>", source), body)
        pair = TupleOf(span, targets)
        return For(span, pair, self.special(at, "<pairs>", source), body)

    def _switch(self, raw: Raw) -> tuple[Statement, ...]:
        opened = self._opened(raw)
        value = raw.child_by_field_name("value")
        subject = self.expression(value) if value is not None else None
        arms: list[tuple[Raw, Expression | None]] = []
        for each in self.inside(raw):
            if each.type == "expression_case":
                tests = self.listed(each.child_by_field_name("value"))
                arms.append((each, self._any(each, tests, subject)))
            elif each.type == "default_case":
                arms.append((each, None))
        return (*opened, *self._chain(arms))

    def _any(
        self, raw: Raw, tests: tuple[Expression, ...], subject: Expression | None
    ) -> Expression:
        found: list[Expression] = []
        for each in tests:
            span = each.span
            found.append(each if subject is None else Compare(span, subject, (("==", each),)))
        return found[0] if len(found) == 1 else BoolOp(self.span(raw), "or", tuple(found))

    def _chain(
        self,
        arms: list[tuple[Raw, Expression | None]],
        opening: Callable[[Raw], tuple[Statement, ...]] = lambda raw: (),
    ) -> tuple[Statement, ...]:
        """The arms of a `switch` as a chain of `if`s, the default last."""
        result: tuple[Statement, ...] = ()
        tested = [each for each in arms if each[1] is not None]
        for raw, _ in [each for each in arms if each[1] is None]:
            result = (*opening(raw), *self._arm(raw))
        for raw, test in reversed(tested):
            if test is not None:
                body = (*opening(raw), *self._arm(raw))
                result = (If(self.span(raw), test, body, result),)
        return result

    def _arm(self, raw: Raw) -> tuple[Statement, ...]:
        heads = {e.id for name in ("value", "type") for e in raw.children_by_field_name(name)}
        found: list[Statement] = []
        for each in self.inside(raw):
            if each.id not in heads:
                found += self.block(each) if each.type == "statement_list" else self.statement(each)
        if found and isinstance(found[-1], Pass) and found[-1].kind == "break":
            found.pop()
        return tuple(found)

    def _type_switch(self, raw: Raw) -> tuple[Statement, ...]:
        value = self.field(raw, "value")
        alias = raw.child_by_field_name("alias")
        names = self.listed(alias)
        arms: list[tuple[Raw, Expression | None]] = []
        kinds: dict[int, list[Expression]] = {}
        for each in self.inside(raw):
            if each.type == "type_case":
                listed = [
                    types.lowered(self, e)
                    for e in each.children_by_field_name("type")
                    if e.is_named
                ]
                kinds[each.id] = listed
                tests = tuple(self.special(k.span, "<is>", value, k) for k in listed)
                arms.append((each, self._any(each, tests, None) if tests else None))
            elif each.type == "default_case":
                arms.append((each, None))

        def opening(arm: Raw) -> tuple[Statement, ...]:
            if not names:
                return ()
            listed = kinds.get(arm.id, [])
            span = self.span(arm)
            known = (
                self.special(span, "<asserted>", value, listed[0]) if len(listed) == 1 else value
            )
            return (Assign(span, names, known),)

        return (*self._opened(raw), *self._chain(arms, opening))

    def _select(self, raw: Raw) -> tuple[Statement, ...]:
        """The arms of a `select`, of which any may run."""
        result: tuple[Statement, ...] = ()
        for each in reversed([e for e in self.inside(raw) if e.type.endswith("_case")]):
            heard = self.statement(each.child_by_field_name("communication"))
            span = self.span(each)
            skipped = each.child_by_field_name("communication")
            body: list[Statement] = list(heard)
            for inner in self.inside(each):
                if skipped is None or inner.id != skipped.id:
                    body += (
                        self.block(inner)
                        if inner.type == "statement_list"
                        else self.statement(inner)
                    )
            result = (If(span, self.special(span, "<ready>"), tuple(body), result),)
        return result

    def _received(self, raw: Raw) -> tuple[Statement, ...]:
        left = self.listed(raw.child_by_field_name("left"))
        right = self.listed(raw.child_by_field_name("right"))
        return self._bound(self.span(raw), left, right) if left else ()

    def _pass(self, raw: Raw) -> tuple[Statement, ...]:
        return (Pass(self.span(raw), raw.type.partition("_")[0]),)

    def _labelled(self, raw: Raw) -> tuple[Statement, ...]:
        return tuple(s for e in self.inside(raw)[1:] for s in self.statement(e))


EMBEDDED = "<embedded>"
BASIC = frozenset(["string", "bool", *types.NUMBERS, *types.FLOATS])
STATEMENTS: dict[str, Callable[[Body, Raw], tuple[Statement, ...]]] = {
    "block": Body.block,
    "statement_list": Body.block,
    "var_declaration": Body._declared,
    "const_declaration": Body._local_constants,
    "type_declaration": Body._local_types,
    "short_var_declaration": Body._short,
    "assignment_statement": Body._assignment,
    "inc_statement": Body._stepped,
    "dec_statement": Body._stepped,
    "expression_statement": Body._evaluated,
    "go_statement": Body._started,
    "return_statement": Body._returned,
    "send_statement": Body._sent,
    "if_statement": Body._if,
    "for_statement": Body._for,
    "expression_switch_statement": Body._switch,
    "type_switch_statement": Body._type_switch,
    "select_statement": Body._select,
    "receive_statement": Body._received,
    "break_statement": Body._pass,
    "continue_statement": Body._pass,
    "labeled_statement": Body._labelled,
}
__all__ = ["Definition", "Lowering", "Subscript"]
