"""Reading a function's body: its statements, what its names are, whom its calls reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from comfrey.source import calls as calling
from comfrey.source.node import (
    Assign,
    Call,
    Catch,
    ClassDef,
    Clause,
    Comprehension,
    Constant,
    DictOf,
    Expression,
    Fallback,
    For,
    FunctionDef,
    Import,
    Lambda,
    ListOf,
    Name,
    Node,
    Starred,
    Statement,
    TupleOf,
    Walrus,
    With,
    children,
    walk,
)
from comfrey.source.scope import Deferred, Scope
from comfrey.source.statements import Members, defaulted, entered, without
from comfrey.source.value import (
    Arguments,
    BoundMethod,
    Choice,
    ClassValue,
    Const,
    FunctionValue,
    Generic,
    Instance,
    UnknownValue,
    Value,
    choice,
)

if TYPE_CHECKING:
    from comfrey.source.codebase import Codebase


class Study:
    """One function (or method on a known receiver) seen from inside. Nothing is run, nothing leaves an event.

    `self` is `receiver` when given, else some instance of the owner. Names are typed by annotations,
    constructor calls, return annotations, `with` and loop targets; `bindings` overrule parameters.
    """

    def __init__(
        self,
        codebase: Codebase,
        function: FunctionValue,
        receiver: Value | None = None,
        bindings: dict[str, Value] | None = None,
    ) -> None:
        self.codebase = codebase
        self.function = function
        self.receiver = receiver if receiver is not None else _some_owner(codebase, function)
        self.caller: Study | None = None
        """The study that this one was entered from."""
        self.call: Call | None = None
        """The call in `caller` that led here."""
        self._memo: dict[int, Value] = {}
        self._expressions: dict[str, list[Expression]] = {}
        self.scope = calling.frame(codebase.evaluator, function, self.receiver)
        with codebase.evaluator.quietly():
            calling.bind(
                codebase.evaluator, function, self.receiver, ((), ()), self.scope, bindings or {}
            )
        self.scope.names.update(bindings or {})
        self._parameters = dict(self.scope.names)
        self._bind_locals()

    @classmethod
    def of_call(
        cls,
        codebase: Codebase,
        function: FunctionValue,
        receiver: Value | None,
        arguments: Arguments,
    ) -> Study:
        """The study of a function called with these values. A parameter's annotation says more than an
        argument of which nothing is known."""
        scope = calling.frame(codebase.evaluator, function, receiver)
        with codebase.evaluator.quietly():
            calling.bind(codebase.evaluator, function, receiver, arguments, scope)
        known = {k: v for k, v in scope.names.items() if not isinstance(v, UnknownValue)}
        return cls(codebase, function, receiver, known)

    # --- the body ------------------------------------------------------------

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The body (empty for a lambda)."""
        node = self.function.node
        return node.body.statements if isinstance(node, FunctionDef) else ()

    def walk(self) -> Iterator[Node]:
        """Every node of the body in source order, nested functions' bodies left out."""
        if isinstance(self.function.node, Lambda):
            yield from walk(self.function.node.body)
        else:
            yield from self.function.node.body.every

    def calls(self) -> tuple[Call, ...]:
        """Every call in the body, in source order (arguments before the call that takes them)."""
        found: list[Call] = []

        def visit(node: Node) -> None:
            for child in children(node):
                visit(child)
            if isinstance(node, Call):
                found.append(node)

        for statement in self.statements:
            visit(statement)
        if isinstance(self.function.node, Lambda):
            visit(self.function.node.body)
        return tuple(found)

    # --- values --------------------------------------------------------------

    def value(self, expression: Expression) -> Value:
        """What an expression is: a constant, a class, `Instance(symbolic=True)` of its type, or UnknownValue."""
        found = self._memo.get(id(expression))
        if found is None:
            evaluator = self.codebase.evaluator
            with evaluator.quietly():
                found = evaluator.value(expression, self.scope)
            self._memo[id(expression)] = found
        return found

    def callee(self, call: Call) -> Value:
        """Whom a call reaches: FunctionValue, BoundMethod (in-tree), ClassValue (a construction), External
        (`sqlalchemy.select`), BoundExternal (a method on a typed receiver: `session.execute`), UnknownValue."""
        return self._called(self.value(call.function))

    def _called(self, value: Value) -> Value:
        match value:
            case Choice(options=options):
                real = [each for each in options if not isinstance(each, UnknownValue | Const)]
                return self._called((real or list(options))[0])
            case Generic(of=ClassValue() as kind):
                return kind
            case Instance():
                return self.codebase.method(value, "__call__") or value
        return value

    def arguments(self, call: Call) -> Arguments:
        """The values of a call's arguments, literal spreads laid out."""
        evaluator = self.codebase.evaluator
        with evaluator.quietly():
            return calling.evaluate_arguments(evaluator, call.arguments, self.scope)

    def enter(self, call: Call) -> Study | None:
        """The study of the in-tree function that a call reaches, its parameters bound to this call's
        argument values; None when the callee is not in the tree. Entering a class enters its `__init__`."""
        callee: Value | None = self.callee(call)
        if isinstance(callee, ClassValue):
            made = Instance(callee, *self.arguments(call), call.place, call=call)
            callee = self.codebase.method(made, "__init__")
        receiver = callee.receiver if isinstance(callee, BoundMethod) else None
        function = callee.function if isinstance(callee, BoundMethod) else callee
        if not isinstance(function, FunctionValue) or self._is_recursive(function):
            return None
        study = Study.of_call(self.codebase, function, receiver, self.arguments(call))
        study.caller, study.call = self, call
        return study

    def _is_recursive(self, function: FunctionValue) -> bool:
        study: Study | None = self
        while study is not None:
            if study.function.node is function.node:
                return True
            study = study.caller
        return False

    def binding(self, name: str) -> tuple[Expression, ...]:
        """The expressions that a local name is assigned from in this body, in order."""
        return tuple(self._expressions.get(name, ()))

    def argument_of(self, parameter: str) -> Expression | None:
        """The expression in the calling study that was passed for the parameter (`caller.value` evaluates
        it there), or None when nothing was, or by a spread."""
        if self.call is None:
            return None
        named = self.call.keyword(parameter)
        if named is not None:
            return named
        parameters = [p for p in self.function.node.parameters if p.kind in ("plain", "positional")]
        names = [each.name for each in parameters]
        if self.function.owner is not None and names and not calling._is_static(self.function):
            names = names[1:]
        if any(each.spread == "*" for each in self.call.arguments) or parameter not in names:
            return None
        position, given = names.index(parameter), self.call.positional
        return given[position] if position < len(given) else None

    # --- local names ---------------------------------------------------------

    def _bind_locals(self) -> None:
        found: dict[str, list[Callable[[], Value]]] = {}
        evaluator = self.codebase.evaluator
        for node in self.walk():
            for name, expression, thunk in self._bindings(node):
                found.setdefault(name, []).append(thunk)
                if expression is not None:
                    self._expressions.setdefault(name, []).append(expression)
            if isinstance(node, Import):
                with evaluator.quietly():
                    evaluator.bind_import(node, self.scope)
        for name, thunks in found.items():
            parameter = self._parameters.get(name)
            self.scope.names[name] = Deferred(self._any_of(thunks, parameter))

    def _any_of(
        self, thunks: list[Callable[[], Value]], first: Value | None
    ) -> Callable[[], Value]:
        """A name that is set several times is any of what it is set to."""

        def thunk() -> Value:
            values = [first] if first is not None else []
            with self.codebase.evaluator.quietly():
                values += [each() for each in thunks]
            known = [each for each in values if not isinstance(each, UnknownValue)]
            if not known:
                return values[0]
            return choice(known)

        return thunk

    def _bindings(
        self, node: Node | Clause
    ) -> Iterator[tuple[str, Expression | None, Callable[[], Value]]]:
        match node:
            case Assign(targets=targets, value=value, annotation=note, operator=""):
                if note is not None and isinstance(targets[0], Name):
                    yield targets[0].name, value, partial(self.codebase.some, note, self.scope)
                elif value is not None:
                    for target in targets:
                        yield from self._target(target, value, partial(self.value, value))
            case For(target=target, source=source):
                yield from self._target(target, None, partial(self._element, source))
            case With(items=items):
                for each in items:
                    if each.target is not None:
                        thunk = partial(self._entered, each.value)
                        yield from self._target(each.target, each.value, thunk)
            case Walrus(name=name, value=value):
                yield name, value, partial(self.value, value)
            case Comprehension(clauses=clauses):
                for clause in clauses:
                    thunk = partial(self._element, clause.source)
                    yield from self._target(clause.target, None, thunk)
            case Catch(name=name, kinds=kinds) if name:
                yield name, None, partial(self._caught, kinds)
            case FunctionDef() | ClassDef():
                yield node.name, None, partial(self._defined, node)

    def _target(
        self, target: Expression, expression: Expression | None, thunk: Callable[[], Value]
    ) -> Iterator[tuple[str, Expression | None, Callable[[], Value]]]:
        match target:
            case Name(name=name):
                yield name, expression, thunk
            case Starred(value=inner):
                yield from self._target(inner, None, thunk)
            case Fallback(target=inner, default=default):
                yield from self._target(inner, None, self._or_default(thunk, default))
            case DictOf(items=members):
                for key, each in members:
                    yield from self._target(each, None, self._member(thunk, key, members))
            case TupleOf(items=items) | ListOf(items=items):
                for index, each in enumerate(items):
                    yield from self._target(each, None, self._part(thunk, index, each))

    def _part(
        self, thunk: Callable[[], Value], index: int, node: Expression
    ) -> Callable[[], Value]:
        return lambda: self.codebase.part_of(thunk(), index, node)

    def _member(
        self, thunk: Callable[[], Value], key: Expression | None, members: Members
    ) -> Callable[[], Value]:
        """A member of an object that is taken apart, or the rest of it."""
        if key is None:
            names = [str(k.value) for k, _ in members if isinstance(k, Constant)]
            return lambda: without(thunk(), names)
        name = key.value if isinstance(key, Constant) else None
        if name is None:
            return lambda: UnknownValue("a member of a computed name", key.place)
        return lambda: self.codebase.evaluator.attribute(thunk(), str(name))

    def _or_default(self, thunk: Callable[[], Value], default: Expression) -> Callable[[], Value]:
        return lambda: defaulted(self.codebase.evaluator, thunk(), default, self.scope)

    def _element(self, source: Expression) -> Value:
        found = self.codebase.element_type(self.value(source))
        return found if found is not None else UnknownValue("an element", source.place)

    def _entered(self, expression: Expression) -> Value:
        return entered(self.codebase.evaluator, self.value(expression))

    def _caught(self, kinds: tuple[Expression, ...]) -> Value:
        if not kinds:
            return UnknownValue("an exception")
        return self.codebase.some_of(self.value(kinds[0]))

    def _defined(self, node: FunctionDef | ClassDef) -> Value:
        qualified = self.scope.child_name(node.name)
        if isinstance(node, ClassDef):
            return ClassValue(node.name, node, self.scope, qualified)
        return FunctionValue(node.name, node, self.scope, None, (), qualified)


def _some_owner(codebase: Codebase, function: FunctionValue) -> Value | None:
    """The `self` (or `cls`) of a method that nobody named: the one object of its class, where programs of
    the language make theirs as they begin."""
    if function.owner is None:
        return None
    names = {getattr(each, "name", "") for each in function.decorators}
    if "staticmethod" in names:
        return None
    if "classmethod" in names:
        return function.owner
    if codebase.language.entry:
        made = codebase.evaluator.made(function.owner.qualified)
        if len(made) == 1 and isinstance(made[0].result, Instance):
            return made[0].result
    return Instance(function.owner, symbolic=True)


__all__ = ["Scope", "Study"]
