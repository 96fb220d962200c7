"""What is constant in a value that code tests, and what is computed from what was sent alone."""

from __future__ import annotations

from typing import Any

from comfrey.model.origin import Origin
from comfrey.reader.following.element import enum_value
from comfrey.reader.following.value import (
    Derived,
    Dump,
    Either,
    Given,
    Items,
    Mapping,
    Method,
    RowField,
)
from comfrey.reader.following.within import inside
from comfrey.reader.origins import INPUTS, origin
from comfrey.source.value import Const, External, ListValue, SettingValue, Text, Value

PLAIN_LIBRARIES = ("re", "datetime", "json", "math", "string", "email", "email_validator", "urllib",
                   "uuid", "decimal", "unicodedata", "slugify", "itertools", "collections",
                   "phonenumbers", "zoneinfo", "ipaddress", "operator")  # fmt: skip
"""Libraries whose functions compute from their arguments alone."""


def constant(value: Value) -> Any:
    """A constant, an enum member's value, or a tuple of these."""
    match value:
        case Const(value=inner):
            return inner
        case SettingValue(default=Const(value=inner)):
            return inner
        case Items(items=items) | ListValue(items=items):
            return tuple(constant(each) for each in items)
        case _:
            return enum_value(value)


def pure(value: Value, rows: bool = False) -> bool:
    """Whether a value is computed from inputs and constants (with `rows`: and stored values) alone."""
    match value:
        case Given() | Const():
            return True
        case RowField():
            return rows
        case External(name=name):
            return name.partition(".")[0] in PLAIN_LIBRARIES or "." not in name
        case Derived(of=of):
            return all(pure(each, rows) for each in of)
        case Either(options=options):
            return all(pure(each, rows) for _, each in options)
        case Items(items=items, each=each):
            return all(pure(part, rows) for part in (*items, *((each,) if each else ())))
        case Method(of=inner) | Dump(of=inner):
            return pure(inner, rows)
        case Mapping(entries=entries, spreads=spreads):
            return all(pure(part, rows) for part in (*entries.values(), *spreads))
        case Text(parts=parts):
            return all(isinstance(part, str) or pure(part, rows) for part in parts)
        case _:
            return constant(value) is not None


def first_input(value: Value) -> Origin | None:
    """Where the first thing that was sent and that a value is made of comes from."""
    for each in inside(value, (Given,)):
        source = origin(each)
        if source.kind in INPUTS:
            return source
    return None
