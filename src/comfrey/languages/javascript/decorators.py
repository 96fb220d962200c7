"""Decorators that the tree composes of others: laid out, they are read as if each was written by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.source.evaluate import Evaluator
from comfrey.source.value import External, FunctionValue, Instance, ListValue, Value

COMPOSED = "@nestjs/common.applyDecorators"
TARGET = (External("<target>"), External("<member>"))
MAX_DEPTH = 5


def laid_out(ev: Evaluator, found: Iterable[Value], depth: int = 0) -> Iterator[Value]:
    """Decorators, with what `applyDecorators(…)` or a function of the tree applies in their place."""
    for each in found:
        if depth < MAX_DEPTH and isinstance(each, Instance) and _name(each) == COMPOSED:
            yield from laid_out(ev, _flat(each.args), depth + 1)
        elif depth < MAX_DEPTH and isinstance(each, FunctionValue):
            applied = _applied(ev, each)
            yield from laid_out(ev, applied, depth + 1) if applied else iter((each,))
        else:
            yield each


def _applied(ev: Evaluator, function: FunctionValue) -> list[Value]:
    """What a decorator that is written out applies: `IsString()(target, key)`, `registerDecorator({…})`."""
    began = len(ev.events)
    ev.call(function, TARGET)
    found: list[Value] = []
    for event in ev.events[began:]:
        if event.name == "__call__" and TARGET[0] in event.args:
            found.append(event.receiver)
        elif isinstance(event.receiver, External) and event.receiver.last == "registerDecorator":
            found.append(Instance(event.receiver, event.args))
    return found


def _flat(args: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    for each in args:
        found += each.items if isinstance(each, ListValue) else [each]
    return found


def _name(value: Instance) -> str:
    return value.of.name if isinstance(value.of, External) else ""
