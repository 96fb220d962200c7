"""What containers of dependencies hand out: an object of the class that is asked for, or that stands for a token.

Sources: https://github.com/microsoft/tsyringe, https://docs.typestack.community/typedi/,
https://inversify.io/docs/api/container/.
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from comfrey.languages.javascript.containers import called
from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call, Parameter
from comfrey.source.scope import Scope
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    ClassValue,
    DictValue,
    Event,
    External,
    FunctionValue,
    Instance,
    ListValue,
    UnknownValue,
    Value,
    plain,
)

ASKING = ("tsyringe.container.resolve", "typedi.Container.get", "typedi.get")
CONTAINERS = ("inversify.Container", "typedi.ContainerInstance", "typedi.Container")
METHODS = ("get", "resolve", "getAsync")
EVERY = ("getAll", "getAllAsync", "resolveAll")
MODULES = ("inversify.ContainerModule", "inversify.AsyncContainerModule")
BIND = External("inversify.bind")
"""What a module of bindings is given to bind with."""
SINGLE, MULTIPLE = ("inject", "Inject"), ("multiInject", "injectAll", "InjectMany")
"""Decorators of a constructor's parameter that name a token."""
MAX_DEPTH = 12

_made: WeakKeyDictionary[Codebase, dict[int, Instance]] = WeakKeyDictionary()
"""The one object of each class that was handed out, by the class."""


def call(ev: Evaluator, name: str, arguments: Arguments, _: Call | None) -> Value | None:
    """`container.resolve(Stable)`, `Container.get(Stable)`; a module of bindings makes them at once."""
    if name in MODULES and arguments[0] and not ev.quiet:
        called(ev, arguments[0][0], BIND)
        return None
    return _asked(ev, arguments) if name in ASKING else None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, _: Call | None
) -> Value | None:
    """`container.get(Stable)` of a container that the tree makes itself, `container.getAll(TOKEN)`."""
    if not isinstance(receiver, Instance) or not isinstance(receiver.of, External):
        return None
    if not receiver.of.name.startswith(CONTAINERS):
        return None
    if name in METHODS:
        return _asked(ev, arguments)
    if name in EVERY and arguments[0]:
        return ListValue([_handed_out(ev, each) for each in _bound(ev, arguments[0][0])])
    return None


def _asked(ev: Evaluator, arguments: Arguments) -> Value | None:
    """What the container gives for a token; None where nothing is known to stand for it."""
    token = arguments[0][0] if arguments[0] else None
    if token is None:
        return None
    return next((_handed_out(ev, each) for each in _bound(ev, token)), None)


def _bound(ev: Evaluator, token: Value) -> Iterator[Value]:
    """What is bound to a token, in order: classes, and values as they are; a class stands for itself."""
    key, found = _key(token), False
    for event in ev.all_events:
        for own, value in _binding(event):
            if _key(own) == key:
                found = True
                yield value
    if not found and isinstance(token, ClassValue):
        yield token


def _binding(event: Event) -> Iterator[tuple[Value, Value]]:
    """The token that a call binds, and what to."""
    bind = event.receiver
    if isinstance(bind, Instance) and bind.args and _is_bind(bind.of):
        if event.name in ("to", "toConstantValue") and event.args:
            yield bind.args[0], event.args[0]
        elif event.name == "toSelf":
            yield bind.args[0], bind.args[0]
    name = bind.name if isinstance(bind, External) else ""
    if name.startswith("tsyringe.container.register") and event.args:
        said = event.args[1] if len(event.args) > 1 else event.args[0]
        if isinstance(said, DictValue):
            said = said.get("useClass") or said.get("useValue") or said
        yield event.args[0], said


def _is_bind(of: Value) -> bool:
    return of is BIND or (isinstance(of, BoundExternal) and of.name in ("bind", "rebind"))


def _key(token: Value) -> object:
    """What two mentions of one token have in common: a class, a text, the symbol that one line makes."""
    if isinstance(token, ClassValue):
        return id(token.node)
    if isinstance(token, Instance) and token.args and plain(token.args[0]) is not None:
        shared = isinstance(token.of, External) and token.of.name == "Symbol.for"
        return (plain(token.args[0]), None if shared else token.place)
    known = plain(token)
    return known if known is not None else id(token)


# --- objects -----------------------------------------------------------------


def _handed_out(ev: Evaluator, bound: Value, depth: int = 0) -> Value:
    """A value as it is, or the object of a class, made with what its constructor asks for."""
    if not isinstance(bound, ClassValue):
        return bound
    known = _made.setdefault(ev.codebase, {})
    if ev.quiet or depth > MAX_DEPTH:
        return known.get(id(bound.node)) or Instance(bound, symbolic=True)
    if id(bound.node) not in known:
        known[id(bound.node)] = Instance(bound, symbolic=True)
        made = ev.call(bound, tuple(_given(ev, bound, depth)))
        if isinstance(made, Instance):
            known[id(bound.node)] = made
    return known[id(bound.node)]


def _given(ev: Evaluator, kind: ClassValue, depth: int) -> Iterator[Value]:
    """What the constructor's parameters are given, in order."""
    member = ev.codebase.member(kind, "__init__")
    constructor = member.value if member is not None else None
    if isinstance(constructor, FunctionValue):
        for each in constructor.node.parameters:
            if each.name != "this":
                yield _for(ev, each, constructor.scope, depth)


def _for(ev: Evaluator, parameter: Parameter, scope: Scope, depth: int) -> Value:
    token, every = _token(ev, parameter, scope)
    if token is not None:
        found = [_handed_out(ev, each, depth + 1) for each in _bound(ev, token)]
        if every:
            return ListValue(list(found))
        if found:
            return found[0]
    if parameter.annotation is None:
        return UnknownValue("what a container gives", parameter.place, parameter.name)
    kind = ev.codebase.type_of(parameter.annotation, scope)
    if isinstance(kind, ClassValue):
        return next(_handed_out(ev, each, depth + 1) for each in (*_bound(ev, kind), kind))
    return ev.codebase.some(parameter.annotation, scope)


def _token(ev: Evaluator, parameter: Parameter, scope: Scope) -> tuple[Value | None, bool]:
    """The token that a parameter's decorator names, and whether all that is bound to it is meant."""
    for each in parameter.decorators:
        made = ev.codebase.value(each, scope)
        of = made.of if isinstance(made, Instance) else None
        last = of.last if isinstance(of, External) else ""
        if last in (*SINGLE, *MULTIPLE) and isinstance(made, Instance) and made.args:
            return made.args[0], last in MULTIPLE
    return None, False
