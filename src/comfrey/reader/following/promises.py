"""Promises: what a call gives is passed on by `then`, what went wrong in it by `catch`; `new Promise(f)` carries f out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.reader.following.condition import negate
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    All,
    Answer,
    Caught,
    Closure,
    Derived,
    Either,
    Failed,
    Items,
    Method,
    Pending,
    either,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Const,
    External,
    FunctionValue,
    Instance,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

METHODS = ("then", "catch", "finally")
CALLABLE = (Closure, FunctionValue, BoundMethod, Method, BoundExternal)
NEXT, RESOLVE, REJECT = "<next>", "<resolve>", "<reject>"
HELD = "<held>"
NONE = Const(None)
NEVER = "typing.Never"


def settled(machine: Machine, called: Answer, passed: Passed, at: n.Expression | None) -> Value:
    """A method of the promise of a service's answer."""
    start, _, name = called.part.rpartition(".")
    of = replace(called, part=start)
    found = call(machine, of, name, passed, at)
    return found if found is not None else of


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`of.name(function)`; None when it is no promise's method."""
    function = passed.at(0)
    if name not in METHODS:
        return None
    if isinstance(of, Pending):
        of = machine.force(of)
    if _is_way_on(function) or (isinstance(of, External) and of.name == NEVER):
        return of
    if not isinstance(function, CALLABLE):
        return None
    of = machine.force(of)
    if name == "then":
        return machine.call(function, (of,))
    if name == "finally":
        machine.call(function)
        return of
    return _rescued(machine, of, function, at)


def _is_way_on(function: Value | None) -> bool:
    """`work.catch(next)`: what goes wrong is the error middleware's, as if nobody had caught it."""
    return isinstance(function, External) and function.name == NEXT


# --- new Promise((resolve, reject) => …) -----------------------------------------


class Held(Value):
    """What a function from outside was called with, and what held when it was."""

    __slots__ = ("args", "tests")

    def __init__(self, args: tuple[Value, ...], tests: tuple[Value, ...]) -> None:
        self.args = args
        self.tests = tests


def listener(word: str) -> Instance:
    """A function that keeps what it is called with."""
    return Instance(External(word), fields={HELD: Items()})


def heard(machine: Machine, of: Instance, passed: Passed) -> None:
    """A listener is called."""
    held = of.fields.get(HELD)
    if isinstance(held, Items):
        tests = tuple(each.test for each in machine.journal.assumptions)
        held.items.append(Held(passed.args, tests))


def told(of: Instance, position: int = 0) -> Value | None:
    """What a listener was called with, each under what held then; None when nobody called it."""
    held = of.fields.get(HELD)
    calls = (
        [each for each in held.items if isinstance(each, Held)] if isinstance(held, Items) else []
    )
    ways = [(All(e.tests), e.args[position] if position < len(e.args) else NONE) for e in calls]
    if not ways:
        return None
    return ways[0][1] if len(ways) == 1 else either(tuple(ways))


def made(machine: Machine, passed: Passed) -> Value | None:
    """`new Promise(f)`: f is carried out, and what it resolves with is the value."""
    executor = passed.at(0)
    if not isinstance(executor, CALLABLE):
        return None
    resolve = listener(RESOLVE)
    machine.call(executor, (resolve, External(REJECT)))
    found = told(resolve)
    return found if found is not None else Derived("promise")


def rejected(machine: Machine, passed: Passed, at: n.Expression | None) -> Value:
    """`reject(error)` is how the code inside throws."""
    error = machine.as_exception(passed.at(0) or NONE)
    machine.journal.note("raise", error, machine.place(at))
    return External(NEVER)


def _rescued(machine: Machine, of: Value, function: Value, at: n.Expression | None) -> Value:
    acts = machine.journal.acts
    start = of.act if isinstance(of, Answer) and of.act >= 0 else _first(machine, at)
    test = Failed(("Exception",), start, len(acts))
    mark = len(machine.journal.assumptions)
    with machine.assuming(test):
        found = machine.call(function, (Caught(start, len(acts), mark),))
    if isinstance(found, External) and found.name == NEVER:
        return of
    return Either(((negate(test), of), (test, found)))


def _first(machine: Machine, at: n.Expression | None) -> int:
    """The first act that was done inside an expression."""
    acts = machine.journal.acts
    if at is None:
        return len(acts)
    inside = (
        act.number
        for act in acts
        if act.place.file == at.place.file and at.place.line <= act.place.line <= at.place.end_line
    )
    return min(inside, default=len(acts))


LISTENING = ("on", "once", "off", "addListener", "removeListener", "addEventListener", "subscribe", "setTimeout",
             "setInterval", "setImmediate", "nextTick", "queueMicrotask", "listen", "use", "describe")  # fmt: skip
"""What keeps a function for later."""


def carried_out(machine: Machine, name: str, passed: Passed) -> Value | None:
    """`tracer.startActiveSpan(name, work)`, `storage.run(store, work)`: a function that is handed over last
    is carried out then and there, and what it gives is given back."""
    work = passed.args[-1] if passed.args else None
    if not machine.paired or not isinstance(work, Closure) or name in LISTENING:
        return None
    parameters = work.function.node.parameters
    return machine.call(work, tuple(Derived("handed") for _ in parameters))
