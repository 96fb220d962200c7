"""What a stored row must hold for a request to pass, or to be refused."""

from __future__ import annotations

from typing import Any

from comfrey.model.origin import Refusal
from comfrey.model.record import Field, Record
from comfrey.model.value import Moment
from comfrey.planner import cast

FUTURE, SOON = 2_147_000_000, 2_100_000_000
"""Seconds since 1970 that fit into an integer column; a test runs before the second."""
HOUR = 3600
FORMS = {"datetime": "datetime", "date": "date", "integer": "epoch", "bigint": "epoch"}


def moment(item: Field, refusal: Refusal) -> Moment | None:
    """A time well on the side of now that the refusal spares."""
    if refusal.origin is None or refusal.origin.kind != "now" or item.type not in FORMS:
        return None
    ahead = {"lt": HOUR, "le": HOUR, "gt": -HOUR, "ge": -HOUR}.get(refusal.operator)
    return Moment(seconds=ahead, form=FORMS[item.type]) if ahead else None


def passing(record: Record, item: Field, refusals: tuple[Refusal, ...]) -> Any:
    """A value of the field that none of the refusals of its state meets; None when not sure."""
    if any(each.operator == "not_null" for each in refusals):
        return item.default
    for value in _states(record, item, refusals):
        verdicts = [holds(each, value) for each in refusals]
        if all(each is False for each in verdicts):
            return value
    return None


def refused_states(record: Record, item: Field, refusal: Refusal) -> list[Any]:
    """Values of the field that meet the refusal, each its own state."""
    values = _states(record, item, (refusal,))
    found = [each for each in values if holds(refusal, each) is True]
    return list(dict.fromkeys(found))


def _states(record: Record, item: Field, refusals: tuple[Refusal, ...]) -> list[Any]:
    if item.type == "boolean":
        return [item.default, not item.default] if item.default is not None else [False, True]
    if item.enum:
        first = [item.default] if item.default in item.enum else []
        return [*first, *(each for each in item.enum if each not in first)]
    if item.type in ("integer", "bigint") and any(against_now(each) for each in refusals):
        return [FUTURE, 1]
    named = [each.value for each in refusals if isinstance(each.value, (str, int, float))]
    if item.type in ("integer", "bigint", "smallint", "float", "decimal"):
        numbers = [each for each in named if not isinstance(each, (bool, str))]
        around = [value + step for value in numbers for step in (0, 1, -1)]
        return [*cast.words_for("numbers", item.name, record.name), *around, 1, 0]
    return [*([item.default] if item.default is not None else []), *named]


def against_now(refusal: Refusal) -> bool:
    return refusal.origin is not None and refusal.origin.kind == "now"


def must_match(refusal: Refusal) -> bool:
    """Whether a request is refused unless it sends what the row holds."""
    origin = refusal.origin
    return refusal.operator == "ne" and origin is not None and origin.kind == "body"


def holds(refusal: Refusal, stored: Any) -> bool | None:
    """Whether `stored operator value` is true, so that the refusal is given; None when not known."""
    value: Any = SOON if against_now(refusal) else refusal.value
    if refusal.origin is not None and refusal.origin.kind in ("body", "query", "derived"):
        return _against_input(refusal.operator, stored)
    try:
        match refusal.operator:
            case "eq":
                return bool(stored == value)
            case "ne":
                return bool(stored != value)
            case "lt":
                return bool(stored < value)
            case "le":
                return bool(stored <= value)
            case "gt":
                return bool(stored > value)
            case "ge":
                return bool(stored >= value)
            case "in":
                return stored in value
            case "not_in":
                return stored not in value
            case "is_null":
                return stored is None
    except TypeError:
        return None
    return None


def _against_input(operator: str, stored: Any) -> bool | None:
    """Rows hold plenty (the cast's stock) and requests ask for little, so only these are sure."""
    if not isinstance(stored, (int, float)) or operator not in ("lt", "le"):
        return None
    return stored < 2
