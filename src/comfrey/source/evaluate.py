"""The abstract evaluator: runs module bodies on demand and records what is done to frameworks' objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from comfrey.source.node import Expression
from comfrey.source.value import Event, Value

if TYPE_CHECKING:
    from comfrey.source.codebase import Codebase
    from comfrey.source.scope import Scope


class Evaluator:
    """Runs code abstractly: both branches, loops over what is known, calls followed within bounds.

    Never raises out of user code. `events` are in the order in which the program would make them.
    """

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self.events: list[Event] = []

    def eager(self, modules: Iterable[str]) -> None:
        """Modules that run as soon as something imports them, because their effects matter (the
        prefiltered ones). All others run when one of their names is asked for."""
        raise NotImplementedError

    def run(self, module: str) -> Scope:
        """Runs a module's body (once) and gives its names."""
        raise NotImplementedError

    def value(self, expression: Expression, scope: Scope) -> Value:
        """What an expression comes to. Calls in it are followed and leave their events."""
        raise NotImplementedError

    def call(
        self,
        function: Value,
        args: tuple[Value, ...] = (),
        kwargs: tuple[tuple[str, Value], ...] = (),
        at: Expression | None = None,
    ) -> Value:
        """Calls a function, method, class or partial; parameters not given are unknown (`create_app()`)."""
        raise NotImplementedError

    def attribute(self, of: Value, name: str) -> Value:
        """`of.name`: fields, class members, properties evaluated, settings, module names."""
        raise NotImplementedError

    def on(self, receiver: Value) -> tuple[Event, ...]:
        """The events of one receiver, in order."""
        raise NotImplementedError

    def made(self, *types: str) -> tuple[Event, ...]:
        """Constructions (`__init__` events) of instances that are a (qualified or external) type, in order."""
        raise NotImplementedError
