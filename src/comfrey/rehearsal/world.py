"""The world of one case while it is played: what is bound, what was said, and values evaluated in it."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable
from collections.abc import Mapping as Environ
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import Any

from comfrey.model.exchange import Exchange
from comfrey.model.value import (
    Column,
    Computed,
    Data,
    Literal,
    Mapping,
    Missing,
    Moment,
    Ref,
    Repeated,
    Sequence,
    Value,
    Variable,
    With,
)
from comfrey.verdict.matching import ABSENT, at

LEFT_OUT = object()
"""The value of `Missing`."""


@dataclass
class Answer:
    """An HTTP answer: `body` is its JSON (or its text)."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class World:
    """`bound` maps names to rows (dicts by field) and answers; `logins` names to request headers."""

    cells: dict[str, Value] = field(default_factory=dict)
    bound: dict[str, Any] = field(default_factory=dict)
    logins: dict[str, dict[str, str]] = field(default_factory=dict)
    remembered: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    hash: Callable[[str], str] = str
    environ: Environ[str, str] = field(default_factory=dict)

    def value(self, value: Value) -> Any:
        """The Python value of a plan's value, here and now."""
        return _EVALUATE[type(value)](self, value)

    def pairs(self, pairs: tuple[tuple[str, Value], ...]) -> dict[str, Any]:
        """Named values, without those that are left out."""
        valued = ((name, self.value(value)) for name, value in pairs)
        return {name: value for name, value in valued if value is not LEFT_OUT}

    def text(self, value: str | Value) -> str:
        """A plain text, or the text that a value yields."""
        return value if isinstance(value, str) else str(self.value(value))


def _ref(world: World, ref: Ref) -> Any:
    bound = world.bound.get(ref.name)
    found = at(bound.body if isinstance(bound, Answer) else bound, ref.path)
    return None if found is ABSENT else found


def _column(world: World, column: Column) -> Any:
    return world.value(world.cells[column.name])


def _moment(_: World, moment: Moment) -> Any:
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=moment.seconds)
    forms: dict[str, Callable[[], Any]] = {
        "date": lambda: now.date().isoformat(),
        "epoch": lambda: int(now.timestamp()),
    }
    return forms.get(moment.form, now.isoformat)()


def _data(_: World, data: Data) -> bytes:
    head = bytes.fromhex(data.head)
    return head + bytes(max(0, data.size - len(head)))


def _mapping(world: World, mapping: Mapping) -> dict[str, Any]:
    return world.pairs(mapping.members)


def _sequence(world: World, sequence: Sequence) -> list[Any]:
    return [world.value(item) for item in sequence.items]


def _with(world: World, changed: With) -> Any:
    base = copy.deepcopy(world.value(changed.base))
    return with_member(base, world.text(changed.path), world.value(changed.value))


def with_member(base: Any, path: str, value: Any) -> Any:
    """`base` with the member at the dotted `path` set, or taken out for `LEFT_OUT`; changed in place."""
    *parents, last = (int(step) if step.isdigit() else step for step in path.split("."))
    target = reduce(lambda inner, step: inner[step], parents, base)
    if value is not LEFT_OUT:
        target[last] = value
    elif isinstance(target, dict):
        target.pop(last, None)
    else:
        del target[last]
    return base


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def _computed(world: World, computed: Computed) -> Any:
    values = [world.value(each) for each in computed.of]
    return _OPERATIONS[computed.operation](world, values)


_OPERATIONS: dict[str, Callable[[World, list[Any]], Any]] = {
    "add": lambda _, values: reduce(lambda a, b: a + b, map(_number, values)),
    "sum": lambda _, values: reduce(lambda a, b: a + b, map(_number, values), 0),
    "sub": lambda _, values: reduce(lambda a, b: a - b, map(_number, values)),
    "mul": lambda _, values: reduce(lambda a, b: a * b, map(_number, values)),
    "concat": lambda _, values: "".join(map(str, values)),
    "lower": lambda _, values: str(values[0]).lower(),
    "upper": lambda _, values: str(values[0]).upper(),
    "strip": lambda _, values: str(values[0]).strip(),
    "hash": lambda world, values: world.hash(values[0]),
    "json": lambda _, values: json.dumps(values[0]),
    "str": lambda _, values: str(values[0]),
}

_EVALUATE: dict[type, Callable[[World, Any], Any]] = {
    Literal: lambda _, literal: literal.value,
    Ref: _ref,
    Column: _column,
    Moment: _moment,
    Repeated: lambda _, repeated: repeated.unit * repeated.times,
    Data: _data,
    Computed: _computed,
    Mapping: _mapping,
    Sequence: _sequence,
    With: _with,
    Variable: lambda world, variable: world.environ.get(variable.name, ""),
    Missing: lambda _, __: LEFT_OUT,
}
