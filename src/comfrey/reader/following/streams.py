"""RxJS's streams: what one brings goes through the operators of its `pipe`. And the way on, which is given to what
stands around a handler (Nest's interceptors): its `handle()` brings what the handler answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from comfrey.reader.following import perform
from comfrey.reader.following.condition import negate
from comfrey.reader.following.journal import REFUSED, Journal
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Caught, Closure, Either, Mapping, Pending, either
from comfrey.source import node as n
from comfrey.source.value import (
    BoundMethod,
    Const,
    DictValue,
    External,
    FunctionValue,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

PACKAGE = "rxjs"
CALLABLE = (Closure, FunctionValue, BoundMethod)
NEVER = "typing.Never"
NONE = Const(None)
CHANGING = ("map", "switchMap", "mergeMap", "concatMap", "exhaustMap", "flatMap")
"""Operators whose function makes another value of the one that comes."""
WATCHING = ("tap", "finalize", "do")
"""Operators whose function is only told."""
SAME = ("timeout", "delay", "debounceTime", "first", "last", "take", "takeUntil", "takeLast", "share", "shareReplay",
        "retry", "retryWhen", "distinctUntilChanged", "observeOn", "subscribeOn", "timeoutWith")  # fmt: skip
"""Operators that let through what comes."""


class Stream(Value):
    """What brings one value; `start` is the first act that was done for it."""

    __slots__ = ("of", "start")

    def __init__(self, of: Value, start: int) -> None:
        self.of = of
        self.start = start


class Operator(Value):
    """An operator of a `pipe`, with what it was given."""

    __slots__ = ("args", "name")

    def __init__(self, name: str, args: tuple[Value, ...]) -> None:
        self.name = name
        self.args = args


class Way(Value):
    """The way on to a handler: `on` is what carries it out, once however often it is asked."""

    __slots__ = ("answer", "on", "start")

    def __init__(self, on: Callable[[], Value]) -> None:
        self.on = on
        self.answer: Value | None = None
        self.start = 0

    def taken(self, machine: Machine) -> Value:
        """What the handler answers. It is called from outside: nothing that surrounds the call is around it but what
        turned others away."""
        if self.answer is None:
            around, depth, active = machine.journal, machine.depth, machine.active
            self.start = len(around.acts)
            machine.depth, machine.active = 0, []
            passed = [each for each in around.assumptions if each.how == REFUSED]
            machine.journal = Journal(
                around.acts,
                passed,
                reads=around.reads,
                shapes=around.shapes,
                dropped=around.dropped,
                committing=around.committing,
            )
            self.answer = self.on()
            around.committing = machine.journal.committing
            around.opens = around.opens or machine.journal.opens
            machine.journal, machine.depth, machine.active = around, depth, active
        return self.answer


def brought(machine: Machine, value: Value) -> Value:
    """What a value brings in the end: a stream's own value, a promise's, or itself."""
    value = machine.force(value) if isinstance(value, Pending) else value
    if isinstance(value, Either):
        return either(tuple((test, brought(machine, each)) for test, each in value.options))
    return brought(machine, value.of) if isinstance(value, Stream) else value


def function(machine: Machine, name: str, passed: Passed, at: n.Expression | None) -> Value | None:
    """A function of the package: what makes a stream, or an operator."""
    if not name.startswith(PACKAGE):
        return None
    last, first, start = name.rpartition(".")[2], passed.at(0), len(machine.journal.acts)
    if last in ("of", "from") and first is not None:
        return Stream(brought(machine, first), start)
    if last == "defer" and isinstance(first, CALLABLE):
        return Stream(brought(machine, machine.call(first)), start)
    if last in ("firstValueFrom", "lastValueFrom") and first is not None:
        return brought(machine, first)
    if last == "throwError":
        error = machine.call(first) if isinstance(first, CALLABLE) else first or NONE
        perform.thrown_as(machine, error, machine.place(at))
        return External(NEVER)
    return Operator(last, passed.args)


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method of a stream, or `handle()` of the way on; None for every other."""
    if isinstance(of, Way):
        return Stream(of.taken(machine), of.start) if name == "handle" else None
    if not isinstance(of, Stream):
        return None
    if name == "toPromise":
        return of.of
    if name != "pipe":
        return UnknownValue("what becomes of the stream")
    found: Value = of
    for each in passed.args:
        found = _piped(machine, found, each, at)
    return found


def _piped(machine: Machine, of: Value, operator: Value, at: n.Expression | None) -> Value:
    if not isinstance(of, Stream):
        return of
    name = operator.name if isinstance(operator, Operator) else ""
    work = operator.args[0] if isinstance(operator, Operator) and operator.args else None
    if name in CHANGING and isinstance(work, CALLABLE):
        return Stream(brought(machine, machine.call(work, (of.of,), at=at)), of.start)
    if name == "catchError" and isinstance(work, CALLABLE):
        return _rescued(machine, of, work)
    if name in WATCHING:
        watcher = _told(work)
        if watcher is not None:
            brought(machine, machine.call(watcher, () if name == "finalize" else (of.of,), at=at))
        return of
    return of if name in SAME else Stream(UnknownValue("an operator of its own"), of.start)


def _told(work: Value | None) -> Value | None:
    """The function that hears of a value: `tap(f)`, `tap({ next: f })`."""
    if isinstance(work, Mapping):
        work = work.entries.get("next")
    elif isinstance(work, DictValue):
        work = work.get("next")
    return work if isinstance(work, CALLABLE) else None


def _rescued(machine: Machine, of: Stream, work: Value) -> Value:
    """`catchError(f)` stands around all that was done for the stream, as a `catch` does."""
    ends, mark = len(machine.journal.acts), len(machine.journal.assumptions)
    settled = perform.caught_within(machine, of.start, ends)
    test = perform.caught(machine, ("Exception",), (), (of.start, ends, mark))
    with machine.assuming(test):
        found = brought(machine, machine.call(work, (Caught(of.start, ends, mark, settled),)))
    if isinstance(found, External) and found.name == NEVER:
        return of
    return Stream(either(((negate(test), of.of), (test, found))), of.start)
