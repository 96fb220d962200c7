"""The abstract evaluator: runs module bodies on demand and records what is done to frameworks' objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.model.place import Place, Unknown
from comfrey.source import attributes, calls, expressions, statements
from comfrey.source.node import Call, Expression, Import, Node
from comfrey.source.probe import Probe
from comfrey.source.scope import Deferred, Scope
from comfrey.source.truth import truth
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    Condition,
    Event,
    External,
    FunctionValue,
    Instance,
    ModuleValue,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.source.codebase import Codebase

MAX_DEPTH = 24
MAX_STEPS = 4_000_000
CALL_STEPS = 200_000
"""How much one call from a module's top level may take before it is given up."""
FUNCTION_STEPS = 400_000
"""What all the calls of one function from modules' top levels may take together."""
ASIDE_STEPS = 3_000
"""The same for functions of modules that have nothing to do with the framework."""
NOWHERE = Place(file="")
Index = tuple[dict[int, list[int]], dict[str, list[int]], int]
"""Positions of events by their receiver, those of constructions by what was made, and how many are indexed."""


class Quietly:
    """See `Evaluator.quietly`; entered hundreds of thousands of times, hence no generator."""

    __slots__ = ("_ev", "_saved")

    def __init__(self, ev: Evaluator) -> None:
        self._ev = ev
        self._saved = ev.quiet

    def __enter__(self) -> None:
        self._ev.quiet = True

    def __exit__(self, *_: object) -> None:
        self._ev.quiet = self._saved


class Evaluator:
    """Runs code abstractly: both branches, loops over what is known, calls followed within bounds.

    Never raises out of user code. `events` are in the order in which the program would make them.
    """

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self.language = codebase.language
        self.graph = codebase.graph
        self.events: list[Event] = []
        self.all_events = self.events
        """Those of modules, whoever asked for a module first: a trial keeps its own apart."""
        self.faults: list[Unknown] = []
        self._by_receiver: dict[int, list[int]] = {}
        self._by_kind: dict[str, list[int]] = {}
        self._indexed = 0
        self._bound_names: dict[int, dict[str, BoundExternal]] = {}
        self.conditions: list[Condition] = []
        self.chain: list[Place] = []
        self.active: list[int] = []
        self.depth = 0
        self.max_depth = MAX_DEPTH
        self.steps = 0
        self.spent: dict[int, int] = {}
        self.max_steps = MAX_STEPS
        self.probe: Probe | None = None
        """The trial that is under way (see `probe`)."""
        self.quiet = False
        """While True nothing is run for its effects: calls come to their types (see `study`)."""
        self._scopes: dict[str, Scope] = {}
        self._needles: tuple[bytes, ...] = ()
        self._eager: dict[str, bool] = {}
        self._homes: dict[tuple[str, str], str] = {}
        """Which `import *` of a module gave a name before."""

    # --- modules -------------------------------------------------------------

    def eager(self, needles: Iterable[bytes], modules: Iterable[str] = ()) -> None:
        """Sets which modules run as soon as something imports them, because their effects matter: these,
        those whose text contains a needle, those that decorate with what they import from one of
        those, and packages that import one of these. All others run when one of their names is asked for."""
        self._needles = tuple(needles)
        self._eager = dict.fromkeys(modules, True)

    def is_eager(self, module: str) -> bool:
        """Whether the module runs when it is imported, and its class bodies where they stand."""
        known = self._eager.get(module)
        if known is None:
            self._eager[module] = False
            known = self._has_needle(module) or (
                b"@" in self._text(module) and any(map(self._has_needle, self.graph.named(module)))
            )
            if not known and self.graph.is_package(module):
                known = any(map(self.is_eager, self.graph.named(module)))
            self._eager[module] = known
        return known

    def _has_needle(self, module: str) -> bool:
        text = self._text(module)
        return any(needle in text for needle in self._needles)

    def _text(self, module: str) -> bytes:
        file = self.graph.file(module)
        return self.codebase.tree.text(file) if file and self._needles else b""

    def run(self, module: str) -> Scope:
        """Runs a module's body (once) and gives its names."""
        name = self.graph.canonical(module) or module
        if name in self._scopes:
            return self._scopes[name]
        for parent in _above(name):
            if self.is_eager(parent):
                self.run(parent)
        if name in self._scopes:
            return self._scopes[name]
        scope = Scope(name, self.graph.file(name) or "")
        self._scopes[name] = scope
        parsed = self.codebase.parsed(name)
        if parsed is not None:
            scope.names.update(self.language.module_names(self, name, scope.file))
            with self.outside():
                statements.execute(self, parsed.body.statements, scope)
        return scope

    def ran(self, module: str) -> Scope | None:
        """The names of a module that was run already, else None."""
        return self._scopes.get(module)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """A module runs under no condition and from nowhere, whoever asked for it first, and not on the
        allowance of the call that happened to ask."""
        saved = self.conditions, self.chain, self.depth, self.quiet
        limit, began, probe = self.max_steps, self.steps, self.probe
        self.conditions, self.chain, self.depth, self.quiet = [], [], 0, False
        self.probe = None
        self.max_steps = MAX_STEPS
        events, indexed = self.events, self.put_aside()
        self.events = self.all_events
        try:
            yield
        finally:
            self.events = events
            self.take_up(indexed)
            self.conditions, self.chain, self.depth, self.quiet = saved
            self.probe = probe
            self.max_steps = limit + self.steps - began if limit < MAX_STEPS else limit

    def imported(self, module: str, importing: Scope) -> Value:
        """The module of that absolute name: of the tree, or external."""
        found = self.graph.canonical(module, importing.file)
        if found is None:
            return External(module)
        if not self.quiet and found not in self._scopes and self.is_eager(found):
            self.run(found)
        return ModuleValue(found)

    def member(self, module: str, name: str, seen: frozenset[str] = frozenset()) -> Value | None:
        """What a module's name means: its own, a submodule, or one that it has by `import *`."""
        scope = self.run(module)
        special = self.language.exported(self, module, name)
        if special is not None:
            return special
        found = self._forced(scope, name)
        if found is not None:
            return found
        starred = self._starred(scope, name, seen | {module})
        if starred is not None:
            return starred
        submodule = self.graph.canonical(f"{module}.{name}")
        if submodule is not None:
            return ModuleValue(submodule)
        return External(f"{module}.{name}") if self.graph.is_library(module) else None

    def _starred(self, scope: Scope, name: str, seen: frozenset[str]) -> Value | None:
        """What the last `import *` that gives the name gives. A submodule that is imported so is a name of its
        package from there on (https://docs.python.org/3/reference/import.html#submodules)."""
        if name.startswith("_"):
            return None
        own, key = f"{scope.module}.{name}", (scope.module, name)
        home = self._homes.get(key)
        for star in ((home,) if home in scope.stars else ()) + tuple(reversed(scope.stars)):
            found = self.graph.canonical(star, scope.file)
            if found is None or found in seen:
                continue
            value = self.member(found, name, seen)
            if value is not None:
                self._homes[key] = star
                return value
            if found == own:
                return ModuleValue(found)
        return None

    def _forced(self, scope: Scope, name: str) -> Value | None:
        value = scope.names.get(name)
        if isinstance(value, Deferred):
            forced = value.force()
            if forced is not None and scope.names.get(name) is value:
                scope.names[name] = forced
            return forced
        return value

    def name(self, name: str, scope: Scope, at: Expression) -> Value:
        """What a bare name means in a scope."""
        each: Scope | None = scope
        while each is not None:
            if each.kind != "class" or each is scope:
                found = self._forced(each, name)
                if found is None and each.stars:
                    found = self._starred(each, name, frozenset({each.module}))
                if found is not None:
                    return found
            each = each.parent
        if name in self.language.builtins:
            return External(name)
        external = [s for s in self._module_of(scope).stars if not self.graph.canonical(s)]
        if external:
            return External(f"{external[-1]}.{name}")
        return UnknownValue(f"the name {name} is not set anywhere", at.place, name)

    def owner(self, name: str, scope: Scope) -> Scope | None:
        """The scope around this one in which a name is set, a package's other files included."""
        for each in scope.chain()[1:]:
            if name in each.names:
                return each
            for star in each.stars:
                found = self.graph.canonical(star, each.file)
                for module in self.graph.submodules(found) if found else ():
                    other = self.ran(module)
                    if other is not None and name in other.names:
                        return other
        return None

    def _module_of(self, scope: Scope) -> Scope:
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def bind_import(self, statement: Import, scope: Scope) -> None:
        """Carries out an import: names of other modules stay deferred until they are used."""
        if statement.whole:
            self._bind_whole(statement, scope)
            return
        target = self.graph.target(scope.module, statement)
        base = self.imported(target, scope)
        for name, local in statement.names:
            if name == "*":
                scope.stars.append(target)
            elif isinstance(base, External):
                plain = name in ("", "default")
                scope.names[local] = External(target if plain else f"{target}.{name}")
            elif isinstance(base, ModuleValue):
                scope.names[local] = self._bound(base.name, name, scope, statement)

    def _bound(self, module: str, name: str, scope: Scope, statement: Import) -> Value:
        submodule = self.graph.canonical(f"{module}.{name}") if name else None
        if submodule is not None and not self.quiet and self.is_eager(submodule):
            self.run(submodule)
        place = statement.place

        def thunk() -> Value:
            if module == scope.module:
                found = self.graph.canonical(f"{module}.{name}")
                return ModuleValue(found) if found else UnknownValue("imports itself", place, name)
            value = self.member(module, name)
            if value is None and not name:
                return ModuleValue(module)
            return value or UnknownValue(f"{module} has no {name}", place, name)

        return Deferred(thunk)

    def _bind_whole(self, statement: Import, scope: Scope) -> None:
        pairs = statement.names or ((statement.module, statement.alias or statement.module),)
        for module, local in pairs:
            value = self.imported(module, scope)
            if local != module:
                scope.names[local] = value
                continue
            first = module.partition(".")[0]
            top = self.graph.canonical(first, scope.file)
            scope.names[first] = ModuleValue(top) if top else External(first)

    def allowance(self, function: FunctionValue) -> int:
        """The steps that a call from a module's top level may take: few where nothing can concern the
        framework, and none for a function that has had more than its share. A trial has bounds of its own."""
        if self.depth or self.probe is not None or function.name == self.language.entry:
            return MAX_STEPS
        scripted = any("__main__" in each.text for each in self.conditions)
        if scripted or (self._needles and not self.is_eager(function.scope.module)):
            return ASIDE_STEPS
        return min(CALL_STEPS, max(0, FUNCTION_STEPS - self.spent.get(id(function.node), 0)))

    # --- asking --------------------------------------------------------------

    def value(self, expression: Expression, scope: Scope) -> Value:
        """What an expression comes to. Calls in it are followed and leave their events."""
        try:
            return expressions.evaluate(self, expression, scope)
        except RecursionError as error:
            self.fault(expression, error)
            return UnknownValue("nested too deeply", expression.place)

    def call(
        self,
        function: Value,
        args: tuple[Value, ...] = (),
        kwargs: tuple[tuple[str, Value], ...] = (),
        at: Call | None = None,
    ) -> Value:
        """Calls a function, method, class or partial; parameters not given are unknown (`create_app()`)."""
        try:
            return calls.call(self, function, (args, kwargs), at)
        except RecursionError:
            return UnknownValue("calls nested too deeply", at.place if at else None)

    def attribute(self, of: Value, name: str) -> Value:
        """`of.name`: fields, class members, properties evaluated, settings, module names."""
        return attributes.attribute(self, of, name)

    def bound(self, of: Value, name: str) -> BoundExternal:
        """The one value for an attribute that the tree does not define, so that `app.router` is the same
        receiver each time that it is written."""
        names = self._bound_names.setdefault(id(of), {})
        if name not in names:
            names[name] = BoundExternal(of, name)
        return names[name]

    def asked_of(self, of: Value) -> tuple[str, ...]:
        """The attributes of a value that code has asked for so far and that nothing defines, in order."""
        return tuple(self._bound_names.get(id(of), ()))

    def quietly(self) -> Quietly:
        """Nothing is run for its effects inside `with evaluator.quietly():`."""
        return Quietly(self)

    def fault(self, node: Node, error: Exception) -> None:
        """Notes that something could not be evaluated through no fault of the user."""
        reason = f"not evaluated: {type(error).__name__}: {str(error).partition(' while ')[0]}"
        self.faults.append(Unknown(subject=node.place.file, reason=reason, place=node.place))

    # --- events --------------------------------------------------------------

    def record(
        self,
        receiver: Value,
        name: str,
        arguments: Arguments,
        at: Call | None,
        result: Value | None = None,
        target: Value | None = None,
        place: Place | None = None,
    ) -> None:
        """Notes a call on something external, with the conditions and the calls that led here."""
        if self.quiet:
            return
        where = place or (at.place if at else NOWHERE)
        self.events.append(
            Event(
                receiver,
                name,
                *arguments,
                where,
                result,
                target,
                tuple(self.conditions),
                tuple(self.chain),
                at,
                calls.has_unknown_spread(arguments),
            )
        )

    def decorate(self, result: Instance, target: Value) -> bool:
        """Gives the event that made `result` (a call on a receiver) its target; False when there is none."""
        for index in range(len(self.events) - 1, -1, -1):
            event = self.events[index]
            if event.result is not result:
                continue
            with_target = replace(event, target=target)
            if event.target is None:
                self.events[index] = with_target
            else:
                self.events.append(with_target)
            return True
        return False

    def amend(self, made: Instance, arguments: Arguments) -> None:
        """What the constructor outside the tree was really given (`super().__init__(prefix=…)`)."""
        if self.quiet:
            return
        made.args, made.kwargs = arguments
        for index in range(len(self.events) - 1, -1, -1):
            event = self.events[index]
            if event.result is made and event.name == "__init__":
                is_open = calls.has_unknown_spread(arguments)
                self.events[index] = replace(
                    event, args=made.args, kwargs=made.kwargs, open=is_open
                )
                return

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true in the program's language; None when it cannot be known."""
        return truth(value, self.language.hollow)

    def put_aside(self) -> Index:
        """Forgets which events are whose, until `take_up`."""
        saved = self._by_receiver, self._by_kind, self._indexed
        self._by_receiver, self._by_kind, self._indexed = {}, {}, 0
        return saved

    def take_up(self, saved: Index) -> None:
        self._by_receiver, self._by_kind, self._indexed = saved

    def _brought_up_to_date(self) -> None:
        for index in range(self._indexed, len(self.events)):
            event = self.events[index]
            self._by_receiver.setdefault(id(event.receiver), []).append(index)
            made = event.result if event.name == "__init__" else None
            if isinstance(made, Instance) and not isinstance(made.of, BoundExternal):
                for kind in self.codebase.ancestry(made.of):
                    self._by_kind.setdefault(kind, []).append(index)
        self._indexed = len(self.events)

    def on(self, receiver: Value) -> tuple[Event, ...]:
        """The events of one receiver, in order."""
        self._brought_up_to_date()
        return tuple(self.events[index] for index in self._by_receiver.get(id(receiver), ()))

    def made(self, *types: str) -> tuple[Event, ...]:
        """Constructions (`__init__` events) of instances that are a (qualified or external) type, in order."""
        self._brought_up_to_date()
        found = {index for kind in types for index in self._by_kind.get(kind, ())}
        return tuple(self.events[index] for index in sorted(found))


def _above(module: str) -> Iterator[str]:
    """The packages that a dotted name stands in, the outermost first: they run before it does."""
    parts = module.split(".")
    for length in range(1, len(parts)):
        yield ".".join(parts[:length])
