"""tree-sitter's JavaScript and TypeScript trees → `source.node`: statements.

Functions and classes are entered on demand. `this` is the first parameter of every method, so that a method is
what it is in Python. A class's fields are set by a method of their own, `__fields__`. An enumeration is an object
of constants, `export default x` sets `<exports>.default`.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node as Raw

from comfrey.languages.javascript import members, types
from comfrey.languages.javascript.expressions import ANONYMOUS, FUNCTIONS, ExpressionLowering
from comfrey.source.node import (
    Argument,
    Assign,
    Attribute,
    Block,
    Call,
    Case,
    Catch,
    ClassDef,
    Constant,
    Definition,
    Delete,
    DictOf,
    Evaluate,
    Expression,
    Fallback,
    For,
    FunctionDef,
    If,
    Import,
    Match,
    Mystery,
    Name,
    Parameter,
    Pass,
    Raise,
    Return,
    Span,
    Statement,
    Try,
    While,
)

EXPORTS = "<exports>"
"""Where a module keeps what it exports under another name than its own."""
HOISTED = ("function_declaration", "generator_function_declaration")
SKIPPED = frozenset(
    [
        "comment",
        "empty_statement",
        "hash_bang_line",
        "debugger_statement",
        "ambient_declaration",
        "function_signature",
        "import_alias",
        "html_comment",
    ]
)
CLASSES = ("class_declaration", "abstract_class_declaration", "class")


class Lowering(ExpressionLowering):
    """The lowering of one file."""

    def module(self, root: Raw) -> tuple[Statement, ...]:
        """A module's statements; what `export { a as b }` says holds when all else has run."""
        statements = self.block(root)
        late = tuple(each for each in statements if _is_export(each))
        return (*(each for each in statements if not _is_export(each)), *late)

    def block(self, raw: Raw) -> tuple[Statement, ...]:
        """The statements of a module or block, functions first, as they are hoisted; types, which may speak of
        anything beside them, last."""
        children = self.inside(raw) if raw.type != "ERROR" else list(raw.named_children)
        first = [each for each in children if _hoisted(each)]
        rest = [each for each in children if not _hoisted(each)]
        values = {name for each in rest for name in self._valued(each)}
        rest = [each for each in rest if self._aliased(each) not in values]
        rest.sort(key=lambda each: bool(self._aliased(each)))
        statements: list[Statement] = []
        for child in (*first, *rest):
            statements += self.statement(child)
        return tuple(statements)

    def _valued(self, raw: Raw) -> list[str]:
        """The names that a declaration gives values to."""
        inner = raw.child_by_field_name("declaration") or raw
        if inner.type != "lexical_declaration":
            return []
        names = [each.child_by_field_name("name") for each in inner.named_children]
        return [self.raw_text(each) for each in names if each is not None]

    def _aliased(self, raw: Raw) -> str:
        """The name of a type, which may be that of a value too (`type Book = Static<typeof Book>`)."""
        inner = raw.child_by_field_name("declaration") or raw
        is_alias = inner.type == "type_alias_declaration"
        return self.raw_text(inner.child_by_field_name("name")) if is_alias else ""

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

    def body(self, raw: Raw | None) -> tuple[Statement, ...]:
        """What stands after `if (…)`: a block or a lone statement."""
        if raw is None:
            return ()
        if raw.type in ("statement_block", "class_static_block"):
            return self.block(raw)
        if raw.type == "else_clause":
            inside = self.inside(raw)
            return self.body(inside[0]) if inside else ()
        return self.statement(raw)

    # --- bindings ------------------------------------------------------------

    def _variables(self, raw: Raw) -> tuple[Statement, ...]:
        found: list[Statement] = []
        for each in raw.named_children:
            if each.type == "variable_declarator":
                found += self._variable(each)
        return tuple(found)

    def _variable(self, raw: Raw) -> tuple[Statement, ...]:
        span, named = self.span(raw), raw.child_by_field_name("name")
        value = self.unwrapped(raw.child_by_field_name("value"))
        note = raw.child_by_field_name("type")
        annotation = types.lowered(self, note) if note else None
        target = self.pattern(named)
        if value is None:
            return (Assign(span, (target,), None, annotation),)
        if isinstance(target, Name):
            named_value = self.named_definition(value, target.name)
            if named_value is not None:
                return (named_value,)
        required = self._required(span, target, value)
        if required is not None:
            return (required,)
        if value.type == "assignment_expression":
            return (self._chained(span, [target], value),)
        if annotation is not None and not isinstance(target, Name):
            annotation = None
        name = target.name if isinstance(target, Name) else ANONYMOUS
        return (Assign(span, (target,), self.named_value(value, name), annotation),)

    def named_definition(
        self, raw: Raw, name: str, decorators: tuple[Expression, ...] = ()
    ) -> FunctionDef | ClassDef | None:
        """A function or class value as a definition of that name; None for other values."""
        if raw.type in FUNCTIONS:
            return self.function(raw, name, decorators)
        return self.class_(raw, name, decorators) if raw.type in CLASSES else None

    def _required(self, span: Span, target: Expression, value: Raw) -> Import | None:
        """`const x = require("m")`, `const { a, b: c } = require("m")`, `const x = require("m").y`."""
        member = ""
        if value.type == "member_expression":
            member = self.raw_text(value.child_by_field_name("property"))
            value = value.child_by_field_name("object") or value
        module = self._required_module(value)
        if not module:
            return None
        if isinstance(target, Name):
            return Import(span, module, ((member, target.name),))
        if member or not isinstance(target, DictOf):
            return None
        pairs = []
        for key, each in target.items:
            if not isinstance(key, Constant) or not isinstance(each, Name):
                return None
            pairs.append((str(key.value), each.name))
        return Import(span, module, tuple(pairs))

    def _required_module(self, raw: Raw) -> str:
        function = raw.child_by_field_name("function") if raw.type == "call_expression" else None
        if function is None or self.raw_text(function) != "require":
            return ""
        arguments = raw.child_by_field_name("arguments")
        given = self.inside(arguments) if arguments else []
        lone = len(given) == 1 and given[0].type == "string"
        return self.member_name(given[0]) if lone else ""

    def _chained(self, span: Span, targets: list[Expression], raw: Raw) -> Statement:
        """`a = b = value`."""
        right: Raw | None = raw
        while right is not None and right.type == "assignment_expression":
            targets.append(self.pattern(right.child_by_field_name("left")))
            right = self.unwrapped(right.child_by_field_name("right"))
        value = self._assigned(targets[0], right)
        return Assign(span, tuple(targets), value, declares=False)

    def _assigned(self, target: Expression, raw: Raw | None) -> Expression:
        """An assigned value; a function or class goes by the name that it is assigned to."""
        name = target.name if isinstance(target, Attribute | Name) else ANONYMOUS
        made = self.named_definition(raw, name) if raw is not None else None
        if made is not None and raw is not None and not raw.child_by_field_name("name"):
            return Definition(made.span, made)
        return self.named_value(raw, name)

    def _expression_statement(self, raw: Raw) -> tuple[Statement, ...]:
        inside = self.inside(raw)
        return self.evaluated(inside[0]) if inside else ()

    def evaluated(self, raw: Raw) -> tuple[Statement, ...]:
        """An expression for its effects."""
        span = self.span(raw)
        match raw.type:
            case "assignment_expression":
                return (self._chained(span, [], raw),)
            case "augmented_assignment_expression":
                return (self._augmented(raw),)
            case "update_expression":
                target = self.pattern(raw.child_by_field_name("argument"))
                sign = self.raw_text(raw.child_by_field_name("operator"))[:1]
                return (Assign(span, (target,), Constant(span, 1), None, sign),)
            case "sequence_expression":
                return tuple(each for part in self.inside(raw) for each in self.evaluated(part))
            case "internal_module":
                return self._namespace(raw)
            case "parenthesized_expression" if len(self.inside(raw)) == 1:
                return self.evaluated(self.inside(raw)[0])
            case "unary_expression" if self.raw_text(raw).startswith("void "):
                argument = raw.child_by_field_name("argument")
                return self.evaluated(argument) if argument is not None else ()
            case "unary_expression" if self.raw_text(raw).startswith("delete"):
                return (Delete(span, (self.field(raw, "argument"),)),)
        return (Evaluate(span, self.expression(raw)),)

    def _augmented(self, raw: Raw) -> Statement:
        span = self.span(raw)
        target = self.pattern(raw.child_by_field_name("left"))
        operator = self.raw_text(raw.child_by_field_name("operator")).rstrip("=")
        value = self.field(raw, "right")
        if operator in ("??", "||", "&&"):
            old = self.expression(raw.child_by_field_name("left"))
            word = "and" if operator == "&&" else "or"
            return Assign(span, (target,), self._boolean(span, word, old, value), declares=False)
        return Assign(span, (target,), value, None, operator)

    # --- functions and classes -----------------------------------------------

    def _function_statement(self, raw: Raw) -> tuple[Statement, ...]:
        return (self.function(raw, self.raw_text(raw.child_by_field_name("name"))),)

    def function(
        self,
        raw: Raw,
        name: str,
        decorators: tuple[Expression, ...] = (),
        this: bool | None = None,
    ) -> FunctionDef:
        """A function of any form. A pattern among its parameters is taken apart by its first statement."""
        returns = raw.child_by_field_name("return_type")
        parameters, opening = self._parameters(raw)
        told = bool(parameters) and parameters[0].name == "this"
        if not told and (this or (this is None and self._uses_this(raw))):
            parameters = (self.this(raw), *parameters)
        body = raw.child_by_field_name("body")
        return FunctionDef(
            self.span(raw),
            name,
            parameters,
            types.lowered(self, returns) if returns else None,
            decorators,
            Block(lambda: (*opening, *self._function_body(body))),
            any(each.type == "async" for each in raw.children),
        )

    def this(self, raw: Raw) -> Parameter:
        return Parameter("this", "plain", None, None, self.span(raw))

    def _uses_this(self, raw: Raw) -> bool:
        """Whether a method of an object literal needs its object."""
        return raw.type == "method_definition" and "this" in self.raw_text(raw)

    def _function_body(self, raw: Raw | None) -> tuple[Statement, ...]:
        if raw is None:
            return ()
        if raw.type == "statement_block":
            return self.block(raw)
        bare = self.unwrapped(raw)
        if bare is not None and bare.type == "assignment_expression":
            return self.evaluated(bare)
        return (Return(self.span(raw), self.expression(raw)),)

    def _parameters(self, raw: Raw) -> tuple[tuple[Parameter, ...], tuple[Statement, ...]]:
        lone = raw.child_by_field_name("parameter")
        if lone is not None:
            span = self.span(lone)
            return (Parameter(self.raw_text(lone), "plain", None, None, span),), ()
        listed = raw.child_by_field_name("parameters")
        found: list[Parameter] = []
        opening: list[Statement] = []
        for each in self.inside(listed) if listed else ():
            found.append(self._parameter(each, len(found), opening))
        return tuple(found), tuple(opening)

    def _parameter(self, raw: Raw, position: int, opening: list[Statement]) -> Parameter:
        span = self.span(raw)
        typed = raw.type in ("required_parameter", "optional_parameter")
        pattern = raw.child_by_field_name("pattern") if typed else raw
        note = raw.child_by_field_name("type") if typed else None
        default = raw.child_by_field_name("value") if typed else None
        if pattern is not None and pattern.type == "assignment_pattern":
            default = pattern.child_by_field_name("right")
            pattern = pattern.child_by_field_name("left")
        kind = "plain"
        if pattern is not None and pattern.type == "rest_pattern":
            kind, pattern = "*", next(iter(self.inside(pattern)), pattern)
        annotation = types.lowered(self, note) if note else None
        if annotation is not None and raw.type == "optional_parameter":
            annotation = types.optional(span, annotation)
        name = self._parameter_name(pattern, position, opening)
        if any(each.type in ("accessibility_modifier", "readonly") for each in raw.children):
            field = Attribute(span, Name(span, "this"), name)
            opening.append(Assign(span, (field,), Name(span, name), annotation))
        given = self.expression(default) if default is not None else None
        return Parameter(name, kind, annotation, given, span, self.decorators(raw))

    def _parameter_name(self, raw: Raw | None, position: int, opening: list[Statement]) -> str:
        if raw is None or raw.type in ("identifier", "this"):
            return self.raw_text(raw)
        name = f"<{position}>"
        span = self.span(raw)
        opening.append(Assign(span, (self.pattern(raw),), Name(span, name)))
        return name

    def decorators(self, raw: Raw) -> tuple[Expression, ...]:
        return tuple(self.first(e) for e in raw.named_children if e.type == "decorator")

    def _class_statement(self, raw: Raw) -> tuple[Statement, ...]:
        name = self.raw_text(raw.child_by_field_name("name"))
        return (self.class_(raw, name, self.decorators(raw)),)

    def class_(self, raw: Raw, name: str, decorators: tuple[Expression, ...] = ()) -> ClassDef:
        """A class; its members are lowered on demand."""
        body = raw.child_by_field_name("body")
        block = Block(lambda: members.members(self, body, name) if body is not None else ())
        known = types.type_parameters(self, raw)
        own = self.decorators(raw)
        marks = own if own and not decorators else decorators
        return ClassDef(self.span(raw), name, members.heritage(self, raw), marks, block, known)

    def _enumeration(self, raw: Raw) -> tuple[Statement, ...]:
        span, body = self.span(raw), raw.child_by_field_name("body")
        items: list[tuple[Expression | None, Expression]] = []
        number: int | None = 0
        for each in self.inside(body) if body else ():
            where = self.span(each)
            value: Expression = Constant(where, number)
            named: Raw | None = each
            if each.type == "enum_assignment":
                named, value = each.child_by_field_name("name"), self.field(each, "value")
            items.append((Constant(where, self.member_name(named)), value))
            known = value.value if isinstance(value, Constant) else None
            number = known + 1 if isinstance(known, int) else None
        name = Name(span, self.raw_text(raw.child_by_field_name("name")))
        return (Assign(span, (name,), DictOf(span, tuple(items))),)

    def _namespace(self, raw: Raw) -> tuple[Statement, ...]:
        """`namespace N { … }`: an object of what stands in it."""
        span, body = self.span(raw), raw.child_by_field_name("body")
        name = self.raw_text(raw.child_by_field_name("name"))
        block = Block(lambda: self.block(body) if body is not None else ())
        return (ClassDef(span, name, (), (), block),)

    def _interface(self, raw: Raw) -> tuple[Statement, ...]:
        return (types.interface(self, raw),)

    def _alias(self, raw: Raw) -> tuple[Statement, ...]:
        return (types.alias(self, raw),)

    # --- modules -------------------------------------------------------------

    def _import(self, raw: Raw) -> tuple[Statement, ...]:
        span = self.span(raw)
        clause = next((e for e in raw.named_children if e.type.startswith("import_")), None)
        if clause is not None and clause.type == "import_require_clause":
            module = self.member_name(clause.child_by_field_name("source"))
            return (Import(span, module, (("", self.raw_text(self.inside(clause)[0])),)),)
        module = self.member_name(raw.child_by_field_name("source"))
        if clause is None:
            return (Import(span, module, ()),)
        pairs: list[tuple[str, str]] = []
        for each in self.inside(clause):
            if each.type == "identifier":
                pairs.append(("default", self.raw_text(each)))
            elif each.type == "namespace_import":
                pairs.append(("", self.raw_text(self.inside(each)[0])))
            else:
                pairs += [self._specifier(e) for e in self.inside(each)]
        return (Import(span, module, tuple(pairs)),)

    def _specifier(self, raw: Raw) -> tuple[str, str]:
        name = self.member_name(raw.child_by_field_name("name"))
        alias = raw.child_by_field_name("alias")
        return name, self.member_name(alias) if alias else name

    def _export(self, raw: Raw) -> tuple[Statement, ...]:
        source = raw.child_by_field_name("source")
        if source is not None:
            return (self._re_export(raw, self.member_name(source)),)
        declaration = raw.child_by_field_name("declaration")
        is_default = any(each.type == "default" for each in raw.children)
        if declaration is not None:
            made = self._declared(declaration, self.decorators(raw))
            if is_default and made and isinstance(made[-1], FunctionDef | ClassDef):
                name = Name(made[-1].span, made[-1].name)
                return (*made, self._exported(self.span(raw), "default", name))
            return made
        return self._export_value(raw, is_default)

    def _declared(self, raw: Raw, marks: tuple[Expression, ...]) -> tuple[Statement, ...]:
        if raw.type in CLASSES:
            name = self.raw_text(raw.child_by_field_name("name")) or "default"
            return (self.class_(raw, name, (*marks, *self.decorators(raw))),)
        if raw.type in HOISTED:
            return (
                self.function(raw, self.raw_text(raw.child_by_field_name("name")) or "default"),
            )
        return self.statement(raw)

    def _export_value(self, raw: Raw, is_default: bool) -> tuple[Statement, ...]:
        span = self.span(raw)
        clause = next((e for e in raw.named_children if e.type == "export_clause"), None)
        if clause is not None:
            pairs = [self._specifier(each) for each in self.inside(clause)]
            return tuple(
                self._exported(span, alias, Name(span, name))
                for name, alias in pairs
                if name != alias
            )
        value = self.unwrapped(raw.child_by_field_name("value") or self._last_child(raw))
        if value is None:
            return ()
        if not is_default:
            target = Attribute(span, Name(span, "module"), "exports")
            return (Assign(span, (target,), self.expression(value)),)
        made = self.named_definition(value, "default")
        if made is not None:
            return (made, self._exported(span, "default", Name(span, made.name)))
        return (self._exported(span, "default", self.expression(value)),)

    def _last_child(self, raw: Raw) -> Raw | None:
        inside = [each for each in self.inside(raw) if each.type != "decorator"]
        return inside[-1] if inside else None

    def _exported(self, span: Span, name: str, value: Expression) -> Statement:
        return Assign(span, (Attribute(span, Name(span, EXPORTS), name),), value)

    def _re_export(self, raw: Raw, module: str) -> Statement:
        span = self.span(raw)
        for each in raw.named_children:
            if each.type == "export_clause":
                return Import(span, module, tuple(self._specifier(e) for e in self.inside(each)))
            if each.type == "namespace_export":
                return Import(span, module, (("", self.raw_text(self.inside(each)[0])),))
        return Import(span, module, (("*", "*"),))

    # --- control -------------------------------------------------------------

    def _if(self, raw: Raw) -> tuple[Statement, ...]:
        test = self.field(raw, "condition")
        then = self.body(raw.child_by_field_name("consequence"))
        return (If(self.span(raw), test, then, self.body(raw.child_by_field_name("alternative"))),)

    def _for_in(self, raw: Raw) -> tuple[Statement, ...]:
        span = self.span(raw)
        target, source = self.pattern(raw.child_by_field_name("left")), self.field(raw, "right")
        if self.raw_text(raw.child_by_field_name("operator")) == "in":
            keys = Attribute(span, Name(span, "Object"), "keys")
            source = Call(span, keys, (Argument(source),))
        body = self.body(raw.child_by_field_name("body"))
        asynchronous = any(each.type == "await" for each in raw.children)
        return (For(span, target, source, body, (), asynchronous),)

    def _for(self, raw: Raw) -> tuple[Statement, ...]:
        """`for (let i = 0; i < n; i++)` counts; any other is a `while`."""
        span = self.span(raw)
        opening = self.statement(raw.child_by_field_name("initializer"))
        test = self.unwrapped(raw.child_by_field_name("condition"))
        body = self.body(raw.child_by_field_name("body"))
        if (
            test is not None
            and test.type == "binary_expression"
            and len(opening) == 1
            and isinstance(opening[0], Assign)
            and isinstance(opening[0].targets[0], Name)
            and opening[0].targets[0].name == self.raw_text(test.child_by_field_name("left"))
            and isinstance(opening[0].value, Constant)
            and self.raw_text(test.child_by_field_name("operator")) == "<"
        ):
            end = Argument(self.field(test, "right"))
            count = Call(span, Name(span, "range"), (Argument(opening[0].value), end))
            return (For(span, opening[0].targets[0], count, body),)
        step = raw.child_by_field_name("increment")
        more = self.evaluated(step) if step else ()
        condition = self.expression(test) if test is not None else Constant(span, True)
        return (*opening, While(span, condition, (*body, *more)))

    def _while(self, raw: Raw) -> tuple[Statement, ...]:
        test = self.field(raw, "condition")
        return (While(self.span(raw), test, self.body(raw.child_by_field_name("body"))),)

    def _try(self, raw: Raw) -> tuple[Statement, ...]:
        handler = raw.child_by_field_name("handler")
        catches = (self._catch(handler),) if handler else ()
        finalizer = raw.child_by_field_name("finalizer")
        final = self.body(finalizer.child_by_field_name("body")) if finalizer else ()
        body = self.body(raw.child_by_field_name("body"))
        return (Try(self.span(raw), body, catches, (), final),)

    def _catch(self, raw: Raw) -> Catch:
        named = raw.child_by_field_name("parameter")
        body = self.body(raw.child_by_field_name("body"))
        if named is None or named.type == "identifier":
            return Catch(self.span(raw), (), self.raw_text(named), body)
        span = self.span(named)
        opening = Assign(span, (self.pattern(named),), Name(span, "<error>"))
        return Catch(self.span(raw), (), "<error>", (opening, *body))

    def _switch(self, raw: Raw) -> tuple[Statement, ...]:
        """An empty case falls through to the next."""
        body = raw.child_by_field_name("body")
        waiting: list[Expression] = []
        cases: list[Case] = []
        for each in self.inside(body) if body else ():
            span = self.span(each)
            value = each.child_by_field_name("value")
            waiting.append(self.expression(value) if value else Name(span, "_"))
            parts = each.children_by_field_name("body")
            if not parts and each.type == "switch_case":
                continue
            statements = tuple(s for part in parts for s in self.body(part))
            kept = tuple(s for s in statements if not (isinstance(s, Pass) and s.kind == "break"))
            cases += [Case(span, pattern, None, kept) for pattern in waiting]
            waiting = []
        return (Match(self.span(raw), self.field(raw, "value"), tuple(cases)),)

    def _block_statement(self, raw: Raw) -> tuple[Statement, ...]:
        return self.block(raw)

    def _labelled(self, raw: Raw) -> tuple[Statement, ...]:
        return self.statement(raw.child_by_field_name("body"))

    def _return(self, raw: Raw) -> tuple[Statement, ...]:
        inside = self.inside(raw)
        return (Return(self.span(raw), self.expression(inside[0]) if inside else None),)

    def _throw(self, raw: Raw) -> tuple[Statement, ...]:
        return (Raise(self.span(raw), self.first(raw)),)

    def _pass(self, raw: Raw) -> tuple[Statement, ...]:
        return (Pass(self.span(raw), raw.type.removesuffix("_statement")),)


def _hoisted(raw: Raw) -> bool:
    if raw.type == "export_statement":
        declaration = raw.child_by_field_name("declaration")
        return declaration is not None and declaration.type in HOISTED
    return raw.type in HOISTED


def _is_export(statement: Statement) -> bool:
    match statement:
        case Assign(targets=(Attribute(of=Name(name=name)),), value=Name()):
            return name == EXPORTS
    return False


STATEMENTS: dict[str, Callable[[Lowering, Raw], tuple[Statement, ...]]] = {
    "expression_statement": Lowering._expression_statement,
    "lexical_declaration": Lowering._variables,
    "variable_declaration": Lowering._variables,
    "function_declaration": Lowering._function_statement,
    "generator_function_declaration": Lowering._function_statement,
    "class_declaration": Lowering._class_statement,
    "abstract_class_declaration": Lowering._class_statement,
    "enum_declaration": Lowering._enumeration,
    "interface_declaration": Lowering._interface,
    "type_alias_declaration": Lowering._alias,
    "internal_module": Lowering._namespace,
    "import_statement": Lowering._import,
    "export_statement": Lowering._export,
    "if_statement": Lowering._if,
    "for_in_statement": Lowering._for_in,
    "for_statement": Lowering._for,
    "while_statement": Lowering._while,
    "do_statement": Lowering._while,
    "try_statement": Lowering._try,
    "switch_statement": Lowering._switch,
    "statement_block": Lowering._block_statement,
    "labeled_statement": Lowering._labelled,
    "return_statement": Lowering._return,
    "throw_statement": Lowering._throw,
    "break_statement": Lowering._pass,
    "continue_statement": Lowering._pass,
    "ERROR": Lowering.block,
}
__all__ = ["Fallback", "Lowering"]
