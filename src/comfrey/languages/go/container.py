"""What containers of Go (dig, fx) hand to a function: values made by the constructors they were given, by type.

A constructor is a function; the container calls it once, when a value of a type that it gives is asked for
(https://pkg.go.dev/go.uber.org/dig, https://pkg.go.dev/go.uber.org/fx).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.source.evaluate import Evaluator
from comfrey.source.value import (
    BoundMethod,
    Choice,
    ClassValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)

FX = "go.uber.org/fx"
DIG = "go.uber.org/dig.New"
OPTIONS = tuple(f"{FX}.{name}" for name in ("Options", "Module", "Annotate"))
INSIDE = (f"{FX}.In", "go.uber.org/dig.In")
MAX_DEPTH = 12


def started(ev: Evaluator, name: str, args: tuple[Value, ...]) -> None:
    """`fx.New(…)`: the functions to invoke are called in their order."""
    if name == f"{FX}.New":
        options = tuple(_options(args))
        box = Box(ev, _functions(options, f"{FX}.Provide"))
        for each in _functions(options, f"{FX}.Invoke"):
            box.call(each)


def invoked(ev: Evaluator, receiver: Value, name: str, args: tuple[Value, ...]) -> None:
    """`container.Invoke(func(…) {…})` of a dig container."""
    if name != "Invoke" or not _is_container(receiver):
        return
    provided = [
        argument
        for event in ev.on(receiver)
        if event.name == "Provide"
        for argument in event.args[:1]
    ]
    box = Box(ev, _called(provided), receiver.fields if isinstance(receiver, Instance) else None)
    for each in _called(args):
        box.call(each)


def hooked(ev: Evaluator, receiver: Value, name: str, args: tuple[Value, ...]) -> None:
    """`lifecycle.Append(fx.Hook{OnStart: …})`: the hook runs when the app starts."""
    is_cycle = isinstance(receiver, Instance) and _is(receiver, f"{FX}.Lifecycle")
    for each in args if name == "Append" and is_cycle else ():
        if isinstance(each, Instance):
            started = each.kwarg("OnStart") or next(iter(each.args), None)
            if started is not None and _function(started) is not None:
                ev.call(started, (UnknownValue("a context"),))


class Box:
    """Constructors, and what they made."""

    def __init__(
        self, ev: Evaluator, constructors: Iterable[Value], made: dict[str, Value] | None = None
    ) -> None:
        self.ev = ev
        self.made = {} if made is None else made
        listed = tuple(constructors)
        self.constructors = {key: each for each in listed for key in keys(result(ev, each))}
        self.outside = {_package(each.name): each for each in listed if isinstance(each, External)}
        self.depth = 0

    def call(self, function: Value) -> Value:
        """Calls a function with what its parameters ask for."""
        inner = _function(function)
        if inner is None or self.depth >= MAX_DEPTH:
            return self.ev.call(function)
        parameters = inner.node.parameters[isinstance(function, BoundMethod) :]
        self.depth += 1
        args = tuple(
            self._value(self.ev.codebase.type_of(each.annotation, inner.scope))
            for each in parameters
            if each.annotation is not None and each.kind not in ("*", "keyword")
        )
        self.depth -= 1
        return self.ev.call(function, args)

    def _value(self, kind: Value) -> Value:
        key = next(iter(keys(kind)), "")
        if key in self.made:
            return self.made[key]
        found = self._made(key, kind)
        if key:
            self.made[key] = found
        return found

    def _made(self, key: str, kind: Value) -> Value:
        maker = self.constructors.get(key) or self.outside.get(_package(key))
        if maker is not None:
            return first(self.call(maker))
        of = self.ev.codebase.class_of(kind)
        fields = self._asked_for(of) if of is not None else None
        if of is None or fields is None:
            return self.ev.codebase.some_of(kind)
        return Instance(of, fields=fields)

    def _asked_for(self, of: ClassValue) -> dict[str, Value] | None:
        """The fields of a struct that holds `fx.In`: each is asked for by its type."""
        members = self.ev.codebase.members(of)
        kinds = {
            each.name: self.ev.codebase.type_of(each.annotation, each.owner.scope)
            for each in members
            if each.annotation is not None
        }
        if not any(isinstance(kind, External) and kind.name in INSIDE for kind in kinds.values()):
            return None
        return {
            name: self._value(kind)
            for name, kind in kinds.items()
            if not (isinstance(kind, External) and kind.name in INSIDE)
        }


def result(ev: Evaluator, constructor: Value) -> Value | None:
    """The type that a constructor says it gives."""
    inner = _function(constructor)
    node = inner.node if inner is not None else None
    returns = getattr(node, "returns", None)
    if inner is None or returns is None:
        return None
    return ev.codebase.type_of(returns, inner.scope)


def _options(args: Iterable[Value]) -> Iterator[Instance]:
    """The options of an app, those that options and modules hold included."""
    for each in args:
        if isinstance(each, ListValue):
            yield from _options(each.items)
        elif isinstance(each, Instance):
            yield each
            if _is(each, *OPTIONS):
                yield from _options(each.args)


def _functions(options: Iterable[Instance], name: str) -> list[Value]:
    """What `fx.Provide` or `fx.Invoke` were given."""
    named = (each for each in options if _is(each, name))
    return [function for each in named for function in _called(each.args)]


def _called(args: Iterable[Value]) -> Iterator[Value]:
    """The functions among arguments; `fx.Annotate(f, …)` stands for its function."""
    for each in args:
        if _function(each) is not None or isinstance(each, External):
            yield each
        elif isinstance(each, Instance) and _is(each, f"{FX}.Annotate"):
            yield from _called(each.args[:1])


def _function(value: Value) -> FunctionValue | None:
    inner = value.function if isinstance(value, BoundMethod) else value
    return inner if isinstance(inner, FunctionValue) else None


def _package(name: str) -> str:
    """`github.com/labstack/echo.New` and `….Echo` are of one package: what it makes is of its types."""
    return name.rpartition(".")[0]


def _is_container(receiver: Value) -> bool:
    return isinstance(receiver, Instance) and _is(receiver, DIG)


def _is(made: Instance, *names: str) -> bool:
    return isinstance(made.of, External) and made.of.name in names


def keys(kind: Value | None) -> Iterator[str]:
    """The types that a result is of, each as one word; the error at the end is none of them."""
    match kind:
        case Generic(of=External(name="tuple"), args=parts):
            for each in parts:
                yield from keys(each)
        case Generic(of=of, args=(inner, *_)) if getattr(of, "last", "") == "Annotated":
            yield from keys(inner)
        case Generic(of=of, args=args):
            yield f"{next(keys(of), '')}[{', '.join(next(keys(each), '') for each in args)}]"
        case ClassValue(qualified=qualified):
            yield qualified
        case External(name=name) if name not in ("error", "any"):
            yield name


def first(result: Value) -> Value:
    """What a constructor made, without its error; of several ways out the one that made something."""
    if isinstance(result, Choice):
        options = (first(each) for each in result.options)
        return next((each for each in options if isinstance(each, Instance)), result.options[0])
    if isinstance(result, ListValue) and result.kind == "tuple" and result.items:
        return result.items[0]
    return result
