"""Follows an app's routers to every route that it serves, with what stands in front of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    ClassValue,
    Condition,
    Const,
    Event,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    Value,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.frameworks.express.facts import METHODS, data
from comfrey.stacks.frameworks.express.paths import is_everything, spelled, texts

MAX_DEPTH = 20
SELF = (*METHODS, "all", "use", "param", "set", "enable", "disable", "engine", "trace", "route")
FUNCTIONS = FunctionValue | BoundMethod | Partial


@dataclass(frozen=True)
class Layer:
    """A function in front of what is registered after it, for paths that begin with `path`."""

    function: Value
    path: str = ""
    parameter: str = ""
    """For `router.param(name, …)`: it runs where the path has that parameter."""
    place: Place | None = None


@dataclass(frozen=True)
class Route:
    """One registration: `functions` in order, the last of which answers."""

    method: str
    path: str
    layers: tuple[Layer, ...] = ()
    functions: tuple[Value, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    rescues: tuple[Value, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Standing:
    """Where the walk stands: the prefix so far and everything passed on the way."""

    prefix: str = ""
    layers: tuple[Layer, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    above: tuple[int, ...] = ()


@dataclass
class Walk:
    """One app, walked once. `unknowns` are registrations that could not be followed."""

    codebase: Codebase
    unknowns: list[Unknown] = field(default_factory=list)
    rescues: list[Value] = field(default_factory=list)
    """Functions that answer to errors, in the order of their registration."""
    _by_owner: dict[int, list[tuple[Event, str]]] | None = None

    def app(self, app: Instance, standing: Standing = Standing()) -> Iterator[Route]:
        """Every route below an app or router, in the order of registration."""
        if id(app) in standing.above or len(standing.above) > MAX_DEPTH:
            return
        here = replace(
            standing,
            evidence=(*standing.evidence, *((app.place,) if app.place else ())),
            above=(*standing.above, id(app)),
        )
        layers = list(standing.layers)
        for event, path in self._events().get(id(app), ()):
            now = replace(here, layers=tuple(layers))
            if event.name == "use":
                yield from self._used(event, now, layers)
            elif event.name == "param":
                self._parameter(event, layers)
            elif event.name in METHODS or event.name == "all":
                yield from self._registered(event, path, now, layers)

    def _events(self) -> dict[int, list[tuple[Event, str]]]:
        """What is done to each app and router, also along chains (`router.route(p).get(f).post(g)`), with the
        path that the chain began with."""
        if self._by_owner is None:
            self._by_owner = {}
            for event in self.codebase.evaluator.events:
                owner, path = owner_of(event.receiver)
                if isinstance(owner, Instance):
                    self._by_owner.setdefault(id(owner), []).append((event, path))
        return self._by_owner

    def _parameter(self, event: Event, layers: list[Layer]) -> None:
        if len(event.args) > 1 and isinstance(event.args[0], Const):
            name = str(event.args[0].value)
            layers.append(Layer(event.args[1], "", name, event.place))

    # --- routes --------------------------------------------------------------

    def _registered(
        self, event: Event, chained: str, here: Standing, layers: list[Layer]
    ) -> Iterator[Route]:
        paths, functions = self._parted(event, chained)
        if not functions:
            return
        if event.name == "all" and self._only_passes(functions):
            layers += [
                Layer(f, spelled(here.prefix + path)[0], "", event.place)
                for f in functions
                for path in paths
            ]
            return
        for path in paths:
            if is_everything(path) and (event.name == "all" or path not in ("", "/")):
                continue
            for spelling in spelled(here.prefix + path):
                yield self._route(event, here, spelling, functions)

    def _parted(self, event: Event, chained: str) -> tuple[tuple[str, ...], tuple[Value, ...]]:
        """The paths and the functions of a registration."""
        args = event.args
        if chained:
            return (chained,), flat(args)
        if not args:
            return (), ()
        paths = texts(args[0])
        if paths is None and isinstance(args[0], FUNCTIONS | Instance) and len(args) > 1:
            paths = ("{unknown}",)
            self.unknowns.append(
                Unknown(subject="path", reason="computed at run time", place=event.place)
            )
        return paths or (), flat(args[1:])

    def _only_passes(self, functions: tuple[Value, ...]) -> bool:
        """Whether `all(path, f)` stands there for its effects: everything in it takes a next step."""
        return all(count_parameters(each) == 3 for each in functions)

    def _route(
        self, event: Event, here: Standing, path: str, functions: tuple[Value, ...]
    ) -> Route:
        return Route(
            method="GET" if event.name == "all" else event.name.upper(),
            path=path,
            layers=tuple(each for each in here.layers if _covers(each, path)),
            functions=functions,
            evidence=(*here.evidence, *event.chain, event.place),
            conditions=(*here.conditions, *event.conditions),
            place=event.place,
        )

    # --- what stands in front, and what is mounted ---------------------------

    def _used(self, event: Event, here: Standing, layers: list[Layer]) -> Iterator[Route]:
        args = event.args
        paths: tuple[str, ...] = ("",)
        if args and not is_function(args[0]) and (known := texts(args[0])) is not None:
            paths, args = known, args[1:]
        fresh = list(layers)
        for function in flat(args):
            for path in paths:
                prefix = "" if is_everything(path) else path
                yield from self._below(function, prefix, event, replace(here, layers=tuple(fresh)))
                if self._stands(function):
                    base = spelled(here.prefix + prefix)[0] if here.prefix + prefix else ""
                    fresh.append(Layer(function, base, "", event.place))
        layers[:] = fresh

    def _stands(self, function: Value) -> bool:
        """Whether a used function stands in front of what comes later; those for errors stand behind it."""
        if count_parameters(function) == 4:
            self.rescues.append(function)
            return False
        return not (isinstance(function, Instance) and self._is_router(function))

    def _below(self, used: Value, path: str, event: Event, here: Standing) -> Iterator[Route]:
        if isinstance(used, Choice):
            for option in used.options:
                yield from self._below(option, path, event, here)
            return
        owner, _ = owner_of(used)
        below = replace(
            here,
            prefix=here.prefix + path.rstrip("/"),
            evidence=(*here.evidence, *event.chain, event.place),
            conditions=(*here.conditions, *event.conditions),
        )
        if isinstance(owner, Instance) and self._is_router(owner):
            yield from self.app(owner, below)
        elif path and count_parameters(used) in (1, 2) and is_function(used):
            for spelling in spelled(below.prefix):
                yield self._route(replace(event, name="get"), here, spelling, (used,))

    def _is_router(self, value: Instance) -> bool:
        known = (*data()["routers"], *data()["apps"])
        return self.codebase.is_a(value, *known)


def _covers(layer: Layer, path: str) -> bool:
    if layer.parameter:
        return "{" + layer.parameter + "}" in path
    start = layer.path.rstrip("/")
    return not start or path == start or path.startswith(start + "/")


def owner_of(value: Value | None) -> tuple[Value | None, str]:
    """The app or router that a chain of registrations began on, and the path of its `route(path)`."""
    path = ""
    while isinstance(value, Instance) and isinstance(value.of, BoundExternal):
        if value.of.name not in SELF:
            return value, path
        if value.of.name == "route" and value.args and not path:
            path = (texts(value.args[0]) or ("{unknown}",))[0] or "/"
        value = value.of.receiver
    if isinstance(value, Instance) and dotted(value.of) in data()["same"] and value.args:
        return owner_of(value.args[0])
    return value, path


def flat(args: tuple[Value, ...] | list[Value]) -> tuple[Value, ...]:
    """Functions as Express takes them: arrays of any depth are laid out."""
    found: list[Value] = []
    for each in args:
        if isinstance(each, ListValue):
            found += flat(each.items)
        elif not isinstance(each, Const):
            found.append(each)
    return tuple(found)


def is_function(value: Value) -> bool:
    return isinstance(value, FUNCTIONS | Instance | External | BoundExternal | ClassValue)


def count_parameters(value: Value) -> int:
    """How many parameters a function of the tree takes; 0 for everything else."""
    match value:
        case BoundMethod(function=function):
            return max(len(function.node.parameters) - 1, 0)
        case FunctionValue(node=node):
            return len(node.parameters)
        case Partial(function=inner, args=args):
            return max(count_parameters(inner) - len(args), 0)
    return 0
