"""What lies between a rule and the function that answers: decorators, the tree's own and packages'."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    DictValue,
    Event,
    External,
    FunctionValue,
    Instance,
    Value,
)
from comfrey.stacks.frameworks.flask.facts import items, outside
from comfrey.stacks.frameworks.flask.routes import Route, view_class


@dataclass(frozen=True)
class Mark:
    """A decorator from outside the tree: its dotted name, and what it was given."""

    name: str
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    receiver: Value | None = None
    place: Place | None = None
    called: bool = True

    def argument(self, position: int, name: str) -> Value | None:
        """The argument by keyword, else by position, or None."""
        found = next((value for key, value in self.kwargs if key == name), None)
        return found if found is not None or position >= len(self.args) else self.args[position]


@dataclass(frozen=True)
class View:
    """One method of one route. `wrappers` are functions of the tree around it, outermost first."""

    function: FunctionValue
    owner: ClassValue | None = None
    wrappers: tuple[FunctionValue, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def outermost(self) -> FunctionValue:
        """The function that Flask calls."""
        return self.wrappers[0] if self.wrappers else self.function

    def named(self, *words: str) -> tuple[Mark, ...]:
        """The marks whose last word is one of these."""
        return tuple(each for each in self.marks if each.name.rpartition(".")[2] in words)


class Views:
    """The views of one codebase; the events of each function are looked up once."""

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self._by_target: dict[int, list[Event]] = {}
        self._indexed = 0
        self._peels: dict[int, tuple[tuple[FunctionValue, ...], tuple[Mark, ...]]] = {}

    def of(self, route: Route, method: str) -> View | None:
        """The function that answers this method; None when it lies outside the tree."""
        kind = view_class(_unpacked(route.target))
        if kind is None:
            return self._peeled(route.target, None, _packed(route.target))
        member = self.codebase.member(kind, method.lower()) or self.codebase.member(
            kind, "dispatch_request"
        )
        value = member.value if member is not None else None
        marks = [*_packed(route.target), *self._marks(kind)]
        decorators = self.codebase.member(kind, "decorators") or self.codebase.member(
            kind, "method_decorators"
        )
        around: list[FunctionValue] = []
        own = _around(decorators.value, method) if decorators is not None else ()
        above = [e for of in reversed(route.owners) for e in items(of.kwarg("decorators"))]
        for each in (*own, *above):
            applied = self._applied(each, around[0] if around else value)
            if isinstance(applied, Mark):
                marks.insert(0, applied)
            elif applied is not None:
                around.insert(0, applied)
        found = self._peeled(value, kind, tuple(marks))
        if found is None:
            return None
        return replace(found, wrappers=(*around, *found.wrappers))

    def _applied(self, decorator: Value, value: Value | None) -> Mark | FunctionValue | None:
        if isinstance(decorator, FunctionValue) and value is not None:
            found = self.codebase.evaluator.call(decorator, (value,))
            return found if isinstance(found, FunctionValue) else None
        return as_mark(decorator, self.codebase)

    def _peeled(
        self, target: Value | None, owner: ClassValue | None, before: tuple[Mark, ...]
    ) -> View | None:
        current = target.function if isinstance(target, BoundMethod) else _unpacked(target)
        if not isinstance(current, FunctionValue):
            return None
        inner = wrapped(current)
        if inner is not None:
            current = inner
        if id(current) not in self._peels:
            self._peels[id(current)] = self._wrapped(current)
        wrappers, marks = self._peels[id(current)]
        return View(current, owner, wrappers, (*before, *marks))

    def _wrapped(
        self, function: FunctionValue
    ) -> tuple[tuple[FunctionValue, ...], tuple[Mark, ...]]:
        """What the tree's own decorators put around a function, outermost first; and all packages' marks."""
        result, wrappers, inner = function, list[FunctionValue](), list[Mark]()
        for each in reversed(function.decorators):
            made = (
                self.codebase.evaluator.call(each, (result,))
                if isinstance(each, FunctionValue | BoundMethod)
                else None
            )
            if isinstance(made, FunctionValue) and made.node is not function.node:
                around, marks = self._wrapped(made) if made.decorators else ((), self._marks(made))
                wrappers = [*around, made, *wrappers]
                inner = [*marks, *inner]
                result = wrappers[0]
        return tuple(wrappers), (*self._marks(function), *inner)

    def _marks(self, target: Value) -> list[Mark]:
        events = self.codebase.evaluator.events
        for event in events[self._indexed :]:
            if event.target is not None:
                self._by_target.setdefault(id(event.target), []).append(event)
        self._indexed = len(events)
        found = (mark_of(event, self.codebase) for event in self._by_target.get(id(target), ()))
        return [each for each in found if each is not None]


def wrapped(function: FunctionValue) -> FunctionValue | None:
    """The function that a wrapper stands for: what its closure was given and what it calls or wraps."""
    scope = function.scope
    if scope.kind != "function":
        return None
    text = function.node.text.replace(" ", "")
    given = [
        value
        for name, value in scope.names.items()
        if isinstance(value, FunctionValue)
        and value.node is not function.node
        and value.scope is not scope
        and (f"{name}(*" in text or f"wraps({name})" in text or f"ensure_sync({name})" in text)
    ]
    return given[0] if len(given) == 1 else None


def mark_of(event: Event, codebase: Codebase) -> Mark | None:
    """A decoration by something outside the tree."""
    receiver = event.receiver
    if isinstance(receiver, External):
        called = event.name == "__init__"
        return Mark(receiver.name, event.args, event.kwargs, None, event.place, called)
    if isinstance(receiver, Instance):
        name = f"{outside(receiver, codebase)}.{event.name}"
        return Mark(name, event.args, event.kwargs, receiver, event.place, event.call is not None)
    return None


def as_mark(value: Value, codebase: Codebase) -> Mark | None:
    """A decorator in a list of decorators."""
    match value:
        case External(name=name):
            return Mark(name, called=False)
        case Instance(of=External(name=name), args=args, kwargs=kwargs, place=place):
            return Mark(name, args, kwargs, None, place)
    receiver, name = getattr(value, "receiver", None), getattr(value, "name", "")
    if isinstance(value, Instance):
        inner = value.of
        receiver, name = getattr(inner, "receiver", None), getattr(inner, "name", "")
    if not isinstance(receiver, Instance):
        return None
    args = value.args if isinstance(value, Instance) else ()
    kwargs = value.kwargs if isinstance(value, Instance) else ()
    return Mark(f"{outside(receiver, codebase)}.{name}", args, kwargs, receiver)


def _around(decorators: Value | None, method: str) -> tuple[Value, ...]:
    """The decorators of a class's method: one list for all of them, or one for each."""
    if isinstance(decorators, DictValue):
        return items(decorators.get(method.lower()))
    return items(decorators)


def _unpacked(target: Value | None) -> Value | None:
    """The view inside of `login_required(View.as_view("x"))`."""
    while isinstance(target, Instance) and isinstance(target.of, External):
        inner = next((e for e in target.args if isinstance(e, FunctionValue | Instance)), None)
        if inner is None:
            return target
        target = inner
    return target


def _packed(target: Value | None) -> tuple[Mark, ...]:
    """The decorators that were called with the view."""
    found = []
    while isinstance(target, Instance) and isinstance(target.of, External):
        inner = next((e for e in target.args if isinstance(e, FunctionValue | Instance)), None)
        if inner is None:
            break
        found.append(Mark(target.of.name, place=target.place, called=False))
        target = inner
    return tuple(found)
