"""Decorators that the tree composes of others: laid out, they are read as if each was written by itself.

They are combined by `applyDecorators`, or called by hand: `(target, key) => { A()(target, key); B()(target, key); }`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.source.evaluate import Evaluator
from comfrey.source.probe import Probe, tried
from comfrey.source.value import Event, External, FunctionValue, Instance, ListValue, Value

COMPOSED = "@nestjs/common.applyDecorators"


def laid_out(found: Iterable[Value]) -> Iterator[Value]:
    """Decorators, with what `applyDecorators` combines in its place."""
    for each in found:
        called = each.of if isinstance(each, Instance) else None
        if isinstance(called, External) and called.name == COMPOSED and isinstance(each, Instance):
            yield from laid_out(_flat(each.args))
        else:
            yield each


def by_hand(ev: Evaluator, mark: Value, *target: Value) -> tuple[Value, ...]:
    """The decorators that one of the tree's own calls on its target; else the mark alone."""
    if not isinstance(mark, FunctionValue):
        return (mark,)
    events = carried_out(ev, mark, *target)
    called = [e.receiver for e in events if e.name == "__call__" and len(e.args) == len(target)]
    return (*laid_out(called), mark)


def carried_out(ev: Evaluator, mark: FunctionValue, *target: Value) -> list[Event]:
    """What a decorator of the tree's own does to its target."""
    probe = Probe()
    tried(ev, probe, mark, *target)
    return probe.events


def _flat(args: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    for each in args:
        found += each.items if isinstance(each, ListValue) else [each]
    return found
