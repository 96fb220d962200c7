"""`promise.then(f)` and `promise.catch(f)`: what a call gives is passed on, or what went wrong in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.reader.following.condition import negate
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Answer, Caught, Closure, Derived, Either, Failed, Method
from comfrey.source import node as n
from comfrey.source.value import BoundMethod, External, FunctionValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

METHODS = ("then", "catch", "finally")
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
    if name not in METHODS or not isinstance(
        function, Closure | FunctionValue | BoundMethod | Method
    ):
        return None
    if name == "then":
        return machine.call(function, (of,))
    if name == "finally":
        machine.call(function)
        return of
    return _rescued(machine, of, function, at)


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
