"""Guards that nothing calls: a check in a handler's module that refuses requests and guards no route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from comfrey.model.endpoint import IdleGuard
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef
from comfrey.source.value import FunctionValue
from comfrey.stacks.frameworks.fastapi.dependencies import depend
from comfrey.stacks.frameworks.fastapi.inputs import read_inputs
from comfrey.stacks.refusing import raises
from comfrey.stacks.shapes import Shapes


def idle_guards(
    handler: FunctionValue, path: str, codebase: Codebase, shapes: Shapes
) -> tuple[IdleGuard, ...]:
    """The functions of the handler's module that raise HTTP errors and whose name stands nowhere else."""
    return tuple(
        IdleGuard(
            name=each.name,
            statuses=statuses,
            parameters=read_inputs((depend(each, codebase),), path, shapes, None).parameters,
            place=each.place,
        )
        for each, statuses in _alone(handler.scope.module, codebase)
    )


Alone = tuple[tuple[FunctionValue, tuple[int, ...]], ...]
"""Functions with the statuses that they raise."""
_known: WeakKeyDictionary[Codebase, dict[str, Alone]] = WeakKeyDictionary()
"""By module: what is found for one handler holds for all others beside it."""


def _alone(module: str, codebase: Codebase) -> Alone:
    known = _known.setdefault(codebase, {})
    if module not in known:
        known[module] = tuple(_uncalled(module, codebase))
    return known[module]


def _uncalled(module: str, codebase: Codebase) -> Iterator[tuple[FunctionValue, tuple[int, ...]]]:
    parsed = codebase.parsed(module)
    text = parsed.source.data if parsed else b""
    for value in codebase.scope(module).names.values() if parsed else ():
        node = value.node if isinstance(value, FunctionValue) else None
        if not isinstance(value, FunctionValue) or value.scope.module != module:
            continue
        if not isinstance(node, FunctionDef) or node.decorators:
            continue
        if not _stands_once(value.name.encode(), text):
            continue
        statuses = tuple(dict.fromkeys(status for status, *_ in raises(node)))
        if statuses and not _elsewhere(value, module, codebase):
            yield value, statuses


def _stands_once(word: bytes, text: bytes) -> bool:
    first = text.find(word)
    again = text.find(word, first + 1)
    return again < 0 or len(re.findall(rb"\b%s\b" % re.escape(word), text)) == 1


def _elsewhere(function: FunctionValue, module: str, codebase: Codebase) -> bool:
    """Whether another module of the app names it."""
    return any(
        name != module and not codebase.language.is_test(codebase.graph.file(name) or "")
        for name in codebase.modules((function.name.encode(),))
    )
