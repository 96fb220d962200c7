"""Whether what came back is what was promised. Pure; every answer is "" or one line that says why not."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

ABSENT = object()
"""What stands at a path that does not exist."""

Path = Sequence[str | int]


def at(document: Any, path: Path) -> Any:
    """What stands at `path` inside `document`, or `ABSENT`."""
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return document


def same(actual: Any, expected: Any) -> bool:
    """Equality over JSON and database values: numbers by value, moments by instant, uuids by value."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return actual.keys() == expected.keys() and all(
            same(actual[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if actual is None or expected is None or isinstance(actual, bool) != isinstance(expected, bool):
        return _same_truth(actual, expected)
    return (
        bool(actual == expected) or _same_number(actual, expected) or _same_text(actual, expected)
    )


def _same_truth(actual: Any, expected: Any) -> bool:
    """SQLite has no booleans: 0 and 1 stand for them."""
    if actual is None or expected is None:
        return actual is expected
    return {actual, expected} <= {0, 1} and bool(actual) == bool(expected)


def _same_number(actual: Any, expected: Any) -> bool:
    if isinstance(actual, str) and isinstance(expected, str):
        return False
    try:
        left, right = Decimal(str(actual)), Decimal(str(expected))
    except InvalidOperation:
        return False
    return left == right or math.isclose(left, right, rel_tol=1e-9)


def _same_text(actual: Any, expected: Any) -> bool:
    readers: tuple[Callable[[str], Any], ...] = (_moment, _identifier)
    for read in readers:
        left, right = read(str(actual)), read(str(expected))
        if left is not None and left == right:
            return True
    return False


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _identifier(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def unmet(match: str, actual: Any, expected: Any, key: str = "") -> str:
    """ "" when `actual` (maybe `ABSENT`) meets the matcher, else what was seen instead."""
    matcher = MATCHERS.get(match)
    if matcher is None:
        return f"the matcher `{match}` is not known"
    if actual is ABSENT and match not in ("absent", "not_text"):
        return "nothing there"
    return "" if matcher(actual, expected, key) else shown(actual)


def shown(value: Any, width: int = 160) -> str:
    """A value as JSON, cut to `width` characters."""
    if value is ABSENT:
        return "nothing there"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _members(rows: Any, key: str) -> list[Any]:
    return [at(row, key.split(".")) if key else row for row in rows]


def _in_any_order(actual: list[Any], expected: list[Any]) -> bool:
    left = list(actual)
    for value in expected:
        index = next((index for index, other in enumerate(left) if same(other, value)), None)
        if index is None:
            return False
        left.pop(index)
    return not left


def _contains(actual: Any, expected: Any, _: str) -> bool:
    if isinstance(actual, list):
        return any(same(each, expected) for each in actual)
    if isinstance(actual, dict) and isinstance(expected, dict):
        return all(same(actual.get(name, ABSENT), value) for name, value in expected.items())
    return str(expected) in str(actual)


def _is_type(actual: Any, expected: Any, _: str) -> bool:
    kinds: dict[str, Callable[[Any], bool]] = {
        "string": lambda value: isinstance(value, str),
        "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": lambda value: isinstance(value, bool),
        "array": lambda value: isinstance(value, list),
        "object": lambda value: isinstance(value, dict),
        "null": lambda value: value is None,
    }
    names = expected if isinstance(expected, list | tuple) else [expected]
    return any(kinds[name](actual) for name in names if name in kinds)


def _ordered(actual: Any, expected: Any, key: str) -> bool:
    """`expected` is True for descending."""
    values = _members(actual, key)
    pairs = itertools.pairwise(values)
    return all((left >= right) if expected else (left <= right) for left, right in pairs)


def names_field(answer: Any, field: str) -> bool:
    """Whether a validation error speaks of `field` (a dotted wire name, list indexes as numbers).

    Knows the shape of FastAPI (`detail[].loc`); any other answer must hold the last name as a word.
    """
    wanted = field.split(".")
    details = answer.get("detail") if isinstance(answer, dict) else None
    if isinstance(details, list):
        locations = [
            list(map(str, at(each, ["loc"]) or ())) for each in details if isinstance(each, dict)
        ]
        if any(_within(location, wanted) for location in locations):
            return True
    return re.search(rf"\b{re.escape(wanted[-1])}\b", json.dumps(answer, default=str)) is not None


def _within(location: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return any(location[start : start + size] == wanted for start in range(len(location)))


Matcher = Callable[[Any, Any, str], bool]

MATCHERS: dict[str, Matcher] = {
    "equals": lambda actual, expected, _: same(actual, expected),
    "not_equals": lambda actual, expected, _: not same(actual, expected),
    "approximately": lambda actual, expected, _: math.isclose(
        float(actual), float(expected), rel_tol=1e-3, abs_tol=1e-3
    ),
    "present": lambda actual, _, __: actual is not ABSENT,
    "absent": lambda actual, _, __: actual is ABSENT,
    "null": lambda actual, _, __: actual is None,
    "not_null": lambda actual, _, __: actual is not None,
    "type": _is_type,
    "length": lambda actual, expected, _: len(actual) == expected,
    "contains": _contains,
    "matches": lambda actual, expected, _: re.search(expected, str(actual)) is not None,
    "ids": lambda actual, expected, key: same(_members(actual, key), expected),
    "set": lambda actual, expected, key: _in_any_order(_members(actual, key), expected),
    "keys": lambda actual, expected, _: isinstance(actual, dict) and set(actual) == set(expected),
    "names_field": lambda actual, expected, _: names_field(actual, expected),
    "not_text": lambda actual, expected, _: (
        actual is ABSENT or str(expected) not in json.dumps(actual, default=str)
    ),
    "sorted": _ordered,
}
