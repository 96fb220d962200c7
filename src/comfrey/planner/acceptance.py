"""Does a declared shape let a value in? Strictly for values we choose, surely for those it must refuse."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from comfrey.model.schema import Schema

KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
URI = re.compile(r"[a-z][a-z0-9+.-]*://[^\s]+")


def accepts(schema: Schema, value: Any) -> bool:
    """True when `value`, a JSON value, fits every keyword of `schema` without coercion."""
    if value is None:
        return schema.nullable or schema.type in ("null", "any")
    if schema.any_of:
        return any(accepts(each, value) for each in schema.any_of)
    if schema.enum:
        return value in schema.enum
    if not fits_type(schema, value):
        return False
    if isinstance(value, str):
        return _fits_text(schema, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _fits_number(schema, value)
    if isinstance(value, list):
        return _fits_list(schema, value)
    if isinstance(value, dict):
        return _fits_object(schema, value)
    return True


def fits_type(schema: Schema, value: Any) -> bool:
    """True when the JSON type of `value` is the one that `schema` names (or it names none)."""
    if schema.type == "any":
        return True
    if isinstance(value, bool):
        return schema.type == "boolean"
    if schema.type == "number" and schema.format == "decimal" and isinstance(value, str):
        return True
    return isinstance(value, KINDS.get(schema.type, (object,)))


def _fits_text(schema: Schema, value: str) -> bool:
    if schema.min_length is not None and len(value) < schema.min_length:
        return False
    if schema.max_length is not None and len(value) > schema.max_length:
        return False
    return fits_pattern(schema.pattern, value) and fits_format(schema.format, value)


def fits_pattern(pattern: str, value: str) -> bool:
    """True when there is no pattern, or `value` matches the whole of it or contains an unanchored one."""
    if not pattern:
        return True
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return False


def fits_format(form: str, value: str) -> bool:
    """True when `value` is well formed; a format that is not known here lets everything in."""
    try:
        match form:
            case "email":
                return EMAIL.fullmatch(value) is not None
            case "uri":
                return URI.fullmatch(value) is not None
            case "uuid":
                return bool(UUID(value))
            case "date":
                return bool(date.fromisoformat(value))
            case "date-time":
                return bool(datetime.fromisoformat(value)) and len(value) > 10
            case "time":
                return bool(time.fromisoformat(value)) or True
            case "decimal":
                return Decimal(value).is_finite()
    except (ValueError, ArithmeticError):
        return False
    return True


def _fits_number(schema: Schema, value: float) -> bool:
    low, high = schema.minimum, schema.maximum
    under, over = schema.exclusive_minimum, schema.exclusive_maximum
    return (
        (low is None or value >= low)
        and (high is None or value <= high)
        and (under is None or value > under)
        and (over is None or value < over)
        and (schema.multiple_of is None or value % schema.multiple_of == 0)
    )


def _fits_list(schema: Schema, value: list[Any]) -> bool:
    if schema.min_length is not None and len(value) < schema.min_length:
        return False
    if schema.max_length is not None and len(value) > schema.max_length:
        return False
    if schema.unique_items and any(each in value[:at] for at, each in enumerate(value)):
        return False
    return schema.items is None or all(accepts(schema.items, each) for each in value)


def _fits_object(schema: Schema, value: dict[str, Any]) -> bool:
    for each in schema.properties:
        if each.name not in value:
            if each.required:
                return False
        elif not accepts(each.schema, value[each.name]):
            return False
    known = {each.name for each in schema.properties}
    return schema.extra != "forbid" or known.issuperset(value)


EMPTY: dict[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False}
"""What Ajv makes of null where a type is asked for."""


def surely_refuses(schema: Schema, value: Any) -> bool:
    """True when no common validator would coerce `value` into what `schema` declares.

    Numbers written as text, whole floats, `"yes"` for a boolean are coerced by many (pydantic's lax
    mode, marshmallow, zod's coerce), so only a shape that none can read counts here.
    """
    if value is None and schema.null_is_empty and not schema.nullable and schema.type in EMPTY:
        return not accepts(schema, EMPTY[schema.type])
    if value is None:
        return not schema.nullable and schema.type not in ("any", "null")
    if schema.converts and _is_made(schema, value):
        return False
    if schema.any_of:
        return all(surely_refuses(each, value) for each in schema.any_of)
    if schema.type in ("any", "null") and not schema.enum:
        return False
    if fits_type(schema, value):
        return not accepts(schema, value)
    if schema.type == "object" and _is_only_read(schema):
        return False
    if schema.type in ("string", "array", "object"):
        return not (schema.type == "string" and isinstance(value, (int, float)))
    return isinstance(value, (list, dict)) or (isinstance(value, str) and not _reads_as(value))


def _is_made(schema: Schema, value: Any) -> bool:
    """Whether a value of another type becomes one of the schema's, whatever it is: all have a text, and all are true
    or false; lists of one number are a number."""
    if fits_type(schema, value):
        return False
    return schema.type in ("string", "boolean") or isinstance(value, list | bool)


def _is_only_read(schema: Schema) -> bool:
    """Whether an object is known by nothing but the members that code reads of it: those of a text are
    `undefined`, which may do no harm."""
    declared = schema.place is not None or any(e.schema.type != "any" for e in schema.properties)
    return bool(schema.properties) and not declared


def _reads_as(text: str) -> bool:
    words = {"true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "1", "0"}
    if text.strip().lower() in words:
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True
