"""Trying a function out: what it would do when called so, errors thrown and caught as the program would.

While a probe is open, a `throw` ends the calls up to the `try` that catches it, a rejected promise is a value, and
what is called outside the tree gives something of which nothing is known. The events of the probe are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from comfrey.source.value import Arguments, Event, External, Instance, Value

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator

MAX_STEPS = 12_000
MAX_DEPTH = 12
REJECTED = External("<rejected>")
THROWN = External("<thrown>")


class Thrown(Exception):
    """The code throws here for certain."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


@dataclass
class Probe:
    """One trial. `meets` says what calling something outside the tree comes to (it may raise `Thrown`); None leaves
    it to the evaluator. `knows` is asked even before the language is, which can work out functions over text."""

    meets: Callable[[Value, Arguments], Value | None] = field(default=lambda function, given: None)
    knows: Callable[[str, tuple[Value, ...]], Value | None] | None = None
    events: list[Event] = field(default_factory=list)


def rejected(value: Value) -> Instance:
    """A promise that is rejected with a value."""
    return Instance(REJECTED, (value,))


def reason_of(value: Value) -> Value | None:
    """What a rejected promise was rejected with; None for other values."""
    if isinstance(value, Instance) and value.of is REJECTED:
        return value.args[0]
    return None


@contextmanager
def probing(ev: Evaluator, probe: Probe) -> Iterator[None]:
    """Everything inside is tried out only: under no condition, within bounds of its own that the reading does not pay
    for, its events kept in the probe."""
    began = ev.steps
    saved = ev.events, ev.conditions, ev.chain, ev.depth, ev.quiet, ev.probe
    limits = ev.max_steps, ev.max_depth, ev.active
    indexed = ev.put_aside()
    ev.events, ev.conditions, ev.chain, ev.depth, ev.quiet, ev.probe = (
        probe.events, [], [], 0, False, probe,
    )  # fmt: skip
    ev.max_steps, ev.max_depth, ev.active = ev.steps + MAX_STEPS, MAX_DEPTH, []
    try:
        yield
    finally:
        ev.events, ev.conditions, ev.chain, ev.depth, ev.quiet, ev.probe = saved
        ev.max_steps, ev.max_depth, ev.active = limits
        ev.steps = began
        ev.take_up(indexed)


def tried(ev: Evaluator, probe: Probe, function: Value, *args: Value) -> Value | Thrown:
    """Calls the function inside the probe; the value that it gives, or what it throws."""
    with probing(ev, probe):
        try:
            found = ev.call(function, args)
        except Thrown as thrown:
            return thrown
    reason = reason_of(found)
    return found if reason is None else Thrown(reason)
