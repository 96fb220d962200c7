"""The rules of a tag: `required,min=3,max=20,oneof=a b`."""

from __future__ import annotations

import re
from typing import Any

from comfrey.model.schema import Check, Schema
from comfrey.stacks import shelf

LOWER, UPPER = ("min", "gte"), ("max", "lte")
SKIPPED = frozenset(
    [
        "required",
        "exists",
        "omitempty",
        "omitnil",
        "omitzero",
        "dive",
        "structonly",
        "nostructlevel",
        "-",
        "",
    ]
)
NEEDED = ("required", "exists")
DIGITS = "^[0-9]+$"
LAYOUTS = {
    "2006-01-02": "date",
    "15:04": "time",
    "15:04:05": "time",
    "2006-01-02T15:04:05Z07:00": "date-time",
}


def parted(text: str) -> tuple[tuple[str, str], ...]:
    """(rule, parameter) in order; what follows `dive` is left to `inner`."""
    own = re.split(r"(?:^|,)dive(?:,|$)", text, maxsplit=1)[0]
    pairs = (each.partition("=") for each in own.split(","))
    return tuple((name.strip(), value) for name, _, value in pairs if name.strip())


def inner(text: str) -> str:
    """The rules of the elements: what stands behind `dive`."""
    found = re.split(r"(?:^|,)dive(?:,|$)", text, maxsplit=1)
    return found[1] if len(found) > 1 else ""


def required(text: str) -> bool:
    return any(name in NEEDED for name, _ in parted(text))


def narrowed(schema: Schema, text: str) -> Schema:
    """The schema under the rules of a tag."""
    for name, value in parted(text):
        schema = _ruled(schema, name, value)
    if required(text):
        schema = _filled(schema)
    below = inner(text)
    if below and schema.items is not None:
        schema = schema.replace(items=narrowed(schema.items, below))
    return schema


def _filled(schema: Schema) -> Schema:
    """What is required may not be empty either."""
    told = schema.format or schema.pattern or schema.enum
    if schema.type == "string" and not told and not schema.min_length:
        return schema.replace(min_length=1)
    return schema


def _ruled(schema: Schema, name: str, value: str) -> Schema:
    known = _texts().get(name)
    if name in SKIPPED:
        return schema
    if "|" in name or "|" in value:
        return _checked(schema, f"{name}={value}" if value else name)
    if known is not None and schema.type in ("string", "any"):
        return _shaped(schema, known)
    if name in (*LOWER, *UPPER, "gt", "lt", "len", "eq"):
        return _bounded(schema, name, value)
    if name == "oneof":
        return schema.replace(enum=tuple(_options(schema, value)))
    if name == "datetime":
        return schema.replace(format=LAYOUTS.get(value, ""))
    if name == "unique":
        return schema if value else schema.replace(unique_items=True)
    if name == "boolean":
        return schema.replace(enum=("true", "false")) if schema.type == "string" else schema
    return _checked(schema, f"{name}={value}" if value else name)


def _checked(schema: Schema, name: str) -> Schema:
    return schema.replace(checks=(*schema.checks, Check(name=name)))


def _shaped(schema: Schema, known: dict[str, Any]) -> Schema:
    """A rule on the whole text; digits of a known length are one pattern."""
    pattern = known.get("pattern", "")
    if pattern == DIGITS and schema.min_length and schema.min_length == schema.max_length:
        exact = f"^[0-9]{{{schema.min_length}}}$"
        return schema.replace(pattern=exact, min_length=None, max_length=None)
    return schema.replace(**known)


def _bounded(schema: Schema, name: str, value: str) -> Schema:
    number = _number(value)
    if number is None:
        return schema
    if schema.type in ("integer", "number"):
        return _valued(schema, name, number)
    low, high = ("min_length", "max_length")
    size = int(number)
    if name == "len":
        if schema.pattern == DIGITS:
            return schema.replace(pattern=f"^[0-9]{{{size}}}$")
        return schema.replace(min_length=size, max_length=size)
    if name in LOWER or name == "gt":
        return schema.replace(**{low: size + (name == "gt")})
    if name in UPPER or name == "lt":
        return schema.replace(**{high: size - (name == "lt")})
    return schema


def _valued(schema: Schema, name: str, number: float | int) -> Schema:
    if name in LOWER:
        return schema.replace(minimum=number)
    if name in UPPER:
        return schema.replace(maximum=number)
    if name == "gt":
        whole = schema.type == "integer"
        return (
            schema.replace(minimum=int(number) + 1)
            if whole
            else schema.replace(exclusive_minimum=number)
        )
    if name == "lt":
        whole = schema.type == "integer"
        return (
            schema.replace(maximum=int(number) - 1)
            if whole
            else schema.replace(exclusive_maximum=number)
        )
    return schema.replace(enum=(number,))


def _number(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _options(schema: Schema, text: str) -> list[Any]:
    found = [a or b for a, b in re.findall(r"'([^']*)'|(\S+)", text)]
    if schema.type in ("integer", "number"):
        return [_number(each) if _number(each) is not None else each for each in found]
    return list(found)


def _texts() -> dict[str, dict[str, Any]]:
    folder = shelf.folder("validators", "go_playground")
    found: dict[str, dict[str, Any]] = folder.about.data["texts"] if folder else {}
    return found
