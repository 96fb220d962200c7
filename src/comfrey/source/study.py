"""Reading a function's body: its statements, what its names are, whom its calls reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.source.node import Call, Expression, Node, Statement
from comfrey.source.value import FunctionValue, Value

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
        self.receiver = receiver
        self.bindings = dict(bindings or {})

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The body."""
        raise NotImplementedError

    def walk(self) -> Iterator[Node]:
        """Every node of the body in source order, nested functions' bodies left out."""
        raise NotImplementedError

    def calls(self) -> tuple[Call, ...]:
        """Every call in the body, in source order (arguments before the call that takes them)."""
        raise NotImplementedError

    def value(self, expression: Expression) -> Value:
        """What an expression is: a constant, a class, `Instance(symbolic=True)` of its type, or UnknownValue."""
        raise NotImplementedError

    def callee(self, call: Call) -> Value:
        """Whom a call reaches: FunctionValue, BoundMethod (in-tree), ClassValue (a construction), External
        (`sqlalchemy.select`), BoundExternal (a method on a typed receiver: `session.execute`), UnknownValue."""
        raise NotImplementedError

    def enter(self, call: Call) -> Study | None:
        """The study of the in-tree function that a call reaches, its parameters bound to this call's
        argument values; None when the callee is not in the tree."""
        raise NotImplementedError

    def binding(self, name: str) -> tuple[Expression, ...]:
        """The expressions that a local name is assigned from in this body, in order."""
        raise NotImplementedError

    def argument_of(self, parameter: str) -> Expression | None:
        """The expression in the entering study that was passed for the parameter (see `caller`), or None."""
        raise NotImplementedError

    @property
    def caller(self) -> Study | None:
        """The study that this one was entered from."""
        raise NotImplementedError
