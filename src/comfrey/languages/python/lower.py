"""tree-sitter's Python tree → `source.node`: statements. Functions and classes are entered on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node as Raw

from comfrey.languages.python.expressions import ExpressionLowering
from comfrey.source.node import (
    Argument,
    Assert,
    Assign,
    Block,
    Case,
    Catch,
    ClassDef,
    Delete,
    Evaluate,
    Expression,
    For,
    FunctionDef,
    If,
    Import,
    Match,
    Mystery,
    Name,
    Opaque,
    Parameter,
    Pass,
    Raise,
    Return,
    Statement,
    Try,
    TupleOf,
    While,
    With,
    WithItem,
)

SKIPPED = frozenset({"comment", "line_continuation", ";", ":", "else", "finally", "pass"})


class Lowering(ExpressionLowering):
    """The lowering of one file."""

    def block(self, raw: Raw) -> tuple[Statement, ...]:
        """The statements of a module, a block, or an ERROR that holds statements."""
        statements: list[Statement] = []
        for child in raw.named_children:
            if child.type == "ERROR":
                statements += self.block(child)
            elif child.type not in SKIPPED:
                statements += self._guarded(child, raw.type == "ERROR")
        return tuple(statements)

    def _guarded(self, raw: Raw, in_error: bool) -> tuple[Statement, ...]:
        """One statement; text nested deeper than Python can follow is a mystery, not a crash."""
        lower = STATEMENTS.get(raw.type)
        if lower is None:
            return () if in_error else (Mystery(self.span(raw), raw.type),)
        try:
            return (lower(self, raw),)
        except RecursionError:
            return (Mystery(self.span(raw), "too deep"),)

    def _body(self, raw: Raw, field: str = "body") -> tuple[Statement, ...]:
        inner = raw.child_by_field_name(field)
        return self.block(inner) if inner else ()

    def _expression_statement(self, raw: Raw) -> Statement:
        children = [each for each in raw.named_children if each.type != "comment"]
        if len(children) > 1:
            items = tuple(self.expression(each) for each in children)
            return Evaluate(self.span(raw), TupleOf(self.span(raw), items))
        inner = children[0]
        if inner.type == "assignment":
            return self._assignment(inner)
        if inner.type == "augmented_assignment":
            operator = self.raw_text(inner.child_by_field_name("operator")).rstrip("=")
            target, value = self.field(inner, "left"), self.field(inner, "right")
            return Assign(self.span(inner), (target,), value, None, operator)
        return Evaluate(self.span(raw), self.expression(inner))

    def _assignment(self, raw: Raw) -> Statement:
        targets = [self.field(raw, "left")]
        kind = raw.child_by_field_name("type")
        annotation = self.expression(kind) if kind else None
        right = raw.child_by_field_name("right")
        while right is not None and right.type == "assignment":
            targets.append(self.field(right, "left"))
            right = right.child_by_field_name("right")
        value = self.expression(right) if right else None
        return Assign(self.span(raw), tuple(targets), value, annotation)

    def _type_alias(self, raw: Raw) -> Statement:
        target, value = self.field(raw, "left"), self.field(raw, "right")
        return Assign(self.span(raw), (target,), value, Name(self.span(raw), "TypeAlias"))

    # --- definitions ---------------------------------------------------------

    def _decorated(self, raw: Raw) -> Statement:
        decorators = tuple(
            self.expression(each.named_children[0])
            for each in raw.named_children
            if each.type == "decorator" and each.named_child_count
        )
        inner = raw.child_by_field_name("definition")
        if inner is None:
            return Mystery(self.span(raw), "decorator")
        if inner.type == "class_definition":
            return self._class(inner, decorators)
        return self._function(inner, decorators)

    def _function(self, raw: Raw, decorators: tuple[Expression, ...] = ()) -> Statement:
        parameters = raw.child_by_field_name("parameters")
        returns = raw.child_by_field_name("return_type")
        return FunctionDef(
            self.span(raw),
            self.raw_text(raw.child_by_field_name("name")),
            self.parameters(parameters),
            self.expression(returns) if returns else None,
            decorators,
            self._lazy(raw),
            raw.children[0].type == "async",
        )

    def _class(self, raw: Raw, decorators: tuple[Expression, ...] = ()) -> Statement:
        bases = raw.child_by_field_name("superclasses")
        arguments: tuple[Argument, ...] = self.arguments(bases) if bases else ()
        name = self.raw_text(raw.child_by_field_name("name"))
        typed = raw.child_by_field_name("type_parameters")
        names = tuple(
            self.raw_text(each).partition(":")[0].partition("=")[0].lstrip("*").strip()
            for each in (typed.named_children if typed else ())
        )
        return ClassDef(self.span(raw), name, arguments, decorators, self._lazy(raw), names)

    def _lazy(self, raw: Raw) -> Block:
        return Block(lambda: self._body(raw))

    def parameters(self, raw: Raw | None) -> tuple[Parameter, ...]:
        """A parameter list; what stands before `/` is positional only, after `*` keyword only."""
        found: list[Parameter] = []
        kind = "plain"
        for each in raw.named_children if raw else ():
            if each.type == "positional_separator":
                found = [self._kind(p, "positional") for p in found]
            elif each.type == "keyword_separator":
                kind = "keyword"
            elif each.type not in ("comment", "ERROR"):
                parameter = self._parameter(each, kind)
                kind = "keyword" if parameter.kind == "*" else kind
                found.append(parameter)
        return tuple(found)

    def _kind(self, old: Parameter, kind: str) -> Parameter:
        return Parameter(old.name, kind, old.annotation, old.default, old.span)

    def _parameter(self, raw: Raw, kind: str) -> Parameter:
        note, default = raw.child_by_field_name("type"), raw.child_by_field_name("value")
        named = raw.child_by_field_name("name") or raw
        if raw.type == "typed_parameter":
            named = raw.named_children[0]
        if named.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            kind = "*" if named.type == "list_splat_pattern" else "**"
            named = named.named_children[0] if named.named_child_count else named
        return Parameter(
            self.raw_text(named),
            kind,
            self.expression(note) if note else None,
            self.expression(default) if default else None,
            self.span(raw),
        )

    # --- imports -------------------------------------------------------------

    def _import(self, raw: Raw) -> Statement:
        """`import a, b as c` is several statements in one; the rest hang on as names of the first."""
        first = raw.children_by_field_name("name")
        pairs = tuple(self._imported(each) for each in first)
        if len(pairs) == 1:
            name, local = pairs[0]
            return Import(self.span(raw), name, (), local if local != name else "", 0, True)
        return Import(self.span(raw), "", pairs, "", 0, True)

    def _import_from(self, raw: Raw) -> Statement:
        source = raw.child_by_field_name("module_name")
        text = self.raw_text(source) if source else "__future__"
        module = text.lstrip(".").strip()
        level = len(text) - len(text.lstrip("."))
        names = [self._imported(each) for each in raw.children_by_field_name("name")]
        if any(each.type == "wildcard_import" for each in raw.named_children):
            names = [("*", "*")]
        return Import(self.span(raw), module, tuple(names), "", level)

    def _imported(self, raw: Raw) -> tuple[str, str]:
        if raw.type == "aliased_import":
            name = self.raw_text(raw.child_by_field_name("name"))
            return name, self.raw_text(raw.child_by_field_name("alias"))
        name = self.raw_text(raw)
        return name, name

    # --- control -------------------------------------------------------------

    def _if(self, raw: Raw) -> Statement:
        alternatives = raw.children_by_field_name("alternative")
        otherwise: tuple[Statement, ...] = ()
        for each in reversed(alternatives):
            if each.type == "else_clause":
                otherwise = self._body(each)
            else:
                test, body = self.field(each, "condition"), self._body(each, "consequence")
                otherwise = (If(self.span(each), test, body, otherwise),)
        test, body = self.field(raw, "condition"), self._body(raw, "consequence")
        return If(self.span(raw), test, body, otherwise)

    def _else(self, raw: Raw) -> tuple[Statement, ...]:
        clause = raw.child_by_field_name("alternative")
        return self._body(clause) if clause else ()

    def _for(self, raw: Raw) -> Statement:
        target, source = self.field(raw, "left"), self.field(raw, "right")
        asynchronous = raw.children[0].type == "async"
        return For(self.span(raw), target, source, self._body(raw), self._else(raw), asynchronous)

    def _while(self, raw: Raw) -> Statement:
        return While(self.span(raw), self.field(raw, "condition"), self._body(raw), self._else(raw))

    def _with(self, raw: Raw) -> Statement:
        clause = next((each for each in raw.named_children if each.type == "with_clause"), raw)
        items = tuple(
            self._with_item(each) for each in clause.named_children if each.type == "with_item"
        )
        return With(self.span(raw), items, self._body(raw), raw.children[0].type == "async")

    def _with_item(self, raw: Raw) -> WithItem:
        value, target = self._aliased(raw.child_by_field_name("value"))
        return WithItem(value, target)

    def _aliased(self, raw: Raw | None) -> tuple[Expression, Expression | None]:
        """`value as target`, wherever it may stand."""
        if raw is None or raw.type != "as_pattern":
            return self.expression(raw), None
        alias = raw.child_by_field_name("alias")
        inner = alias.named_children[0] if alias and alias.named_child_count else alias
        return self.expression(raw.named_children[0]), self.expression(inner)

    def _try(self, raw: Raw) -> Statement:
        children = raw.named_children
        catches = tuple(self._catch(each) for each in children if each.type.startswith("except"))
        otherwise = next((self._body(e) for e in children if e.type == "else_clause"), ())
        final = next((self._inner(e) for e in children if e.type == "finally_clause"), ())
        return Try(self.span(raw), self._body(raw), catches, otherwise, final)

    def _inner(self, raw: Raw) -> tuple[Statement, ...]:
        inner = next((each for each in raw.named_children if each.type == "block"), None)
        return self.block(inner) if inner else ()

    def _catch(self, raw: Raw) -> Catch:
        kinds: tuple[Expression, ...] = ()
        name = ""
        value = raw.child_by_field_name("value")
        if value is not None:
            caught, target = self._aliased(value)
            alias = raw.child_by_field_name("alias")
            target = self.expression(alias) if alias is not None and target is None else target
            kinds = caught.items if isinstance(caught, TupleOf) else (caught,)
            name = target.name if isinstance(target, Name) else ""
        return Catch(self.span(raw), kinds, name, self._inner(raw))

    def _match(self, raw: Raw) -> Statement:
        subjects = raw.children_by_field_name("subject")
        block = raw.child_by_field_name("body")
        clauses = [e for e in (block.named_children if block else ()) if e.type == "case_clause"]
        subject = self.expression(subjects[0] if subjects else None)
        return Match(self.span(raw), subject, tuple(self._case(each) for each in clauses))

    def _case(self, raw: Raw) -> Case:
        pattern = next((e for e in raw.named_children if e.type == "case_pattern"), None)
        guard = raw.child_by_field_name("guard")
        condition = self.expression(guard.named_children[0]) if guard else None
        lowered = self.pattern(pattern) if pattern else Opaque(self.span(raw), "pattern")
        return Case(self.span(raw), lowered, condition, self._body(raw, "consequence"))

    # --- leaves --------------------------------------------------------------

    def _return(self, raw: Raw) -> Statement:
        return Return(self.span(raw), self._only(raw))

    def _only(self, raw: Raw) -> Expression | None:
        child = next((e for e in raw.named_children if e.type != "comment"), None)
        return self.expression(child) if child else None

    def _raise(self, raw: Raw) -> Statement:
        cause = raw.child_by_field_name("cause")
        value = next((e for e in raw.named_children if e != cause and e.type != "comment"), None)
        return Raise(
            self.span(raw),
            self.expression(value) if value else None,
            self.expression(cause) if cause else None,
        )

    def _assert(self, raw: Raw) -> Statement:
        parts = tuple(self._operands(raw))
        return Assert(self.span(raw), parts[0], parts[1] if len(parts) > 1 else None)

    def _operands(self, raw: Raw) -> Iterator[Expression]:
        return (self.expression(e) for e in raw.named_children if e.type != "comment")

    def _delete(self, raw: Raw) -> Statement:
        targets = tuple(self._operands(raw))
        flat = targets[0].items if targets and isinstance(targets[0], TupleOf) else targets
        return Delete(self.span(raw), flat)

    def _pass(self, raw: Raw) -> Statement:
        return Pass(self.span(raw), raw.type.removesuffix("_statement"))


STATEMENTS: dict[str, Callable[[Lowering, Raw], Statement]] = {
    "expression_statement": Lowering._expression_statement,
    "type_alias_statement": Lowering._type_alias,
    "decorated_definition": Lowering._decorated,
    "function_definition": Lowering._function,
    "class_definition": Lowering._class,
    "import_statement": Lowering._import,
    "import_from_statement": Lowering._import_from,
    "future_import_statement": Lowering._pass,
    "if_statement": Lowering._if,
    "for_statement": Lowering._for,
    "while_statement": Lowering._while,
    "with_statement": Lowering._with,
    "try_statement": Lowering._try,
    "match_statement": Lowering._match,
    "return_statement": Lowering._return,
    "raise_statement": Lowering._raise,
    "assert_statement": Lowering._assert,
    "delete_statement": Lowering._delete,
    "pass_statement": Lowering._pass,
    "break_statement": Lowering._pass,
    "continue_statement": Lowering._pass,
    "global_statement": Lowering._pass,
    "nonlocal_statement": Lowering._pass,
}
