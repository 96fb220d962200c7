"""Values as Python source: the only door through which a project's strings enter generated code."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Any

from comfrey.model.noun import Noun

OBJECT_ID = ("from bson import ObjectId",)
LONG = 60
"""A run of one repeated character longer than this is written as a product."""


class Source(Noun, frozen=True):
    """A Python expression and the import lines that it needs."""

    text: str
    imports: tuple[str, ...] = ()


def plain(value: Any) -> str:
    """A JSON value as a Python literal; what is not JSON is refused with `TypeError`."""
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, bytes):
        return raw(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(plain(each) for each in value) + "]"
    if isinstance(value, dict):
        members = (f"{text(str(key))}: {plain(each)}" for key, each in value.items())
        return "{" + ", ".join(members) + "}"
    raise TypeError(f"no literal for {type(value).__name__}")


def text(value: str) -> str:
    """A string literal in double quotes, ASCII controls and surrogates escaped."""
    if len(value) > LONG and len(set(value)) == 1:
        return f"{text(value[0])} * {len(value)}"
    quote = "'" if '"' in value and "'" not in value else '"'
    return quote + "".join(_character(each, quote) for each in value) + quote


def raw(value: bytes) -> str:
    """A bytes literal in double quotes."""
    shown = repr(value)[2:-1]
    if repr(value)[1] == '"':
        return f'b"{shown}"'
    return 'b"' + shown.replace("\\'", "'").replace('"', '\\"') + '"'


def typed(value: Any, kind: str, *, timezone: bool = False) -> Source:
    """`value` as a column of the neutral type `kind` wants it (`date` → `date(2024, 5, 1)`)."""
    if value is None:
        return Source("None")
    writer = _TYPED.get(kind)
    if writer is None or not isinstance(value, str | int | float):
        return Source(plain(value))
    try:
        return writer(value, timezone)
    except ValueError:
        return Source(plain(value))


def converted(expression: str, kind: str) -> Source:
    """An expression that reads a JSON member, as a column of type `kind` wants it."""
    pattern, imports = _FROM_JSON.get(kind, ("{}", ()))
    return Source(pattern.format(expression), imports)


def as_json(expression: str, kind: str) -> Source:
    """An expression that reads a column of type `kind`, as JSON carries it."""
    return Source(_TO_JSON.get(kind, "{}").format(expression))


def enum_member(value: Any, enum_class: str) -> Source:
    """`Status("paid")` for an importable enum class `app.models:Status`."""
    name, imports = _enum(enum_class)
    return Source(f"{name}({plain(value)})", imports)


def enum_name(name: str, enum_class: str) -> Source:
    """`Status.PAID` for an importable enum class `app.models:Status`, `Order.Status.PAID` for a nested one."""
    found, imports = _enum(enum_class)
    return Source(f"{found}.{name}", imports)


def _enum(enum_class: str) -> tuple[str, tuple[str, ...]]:
    """How the class is named, and the import that it needs."""
    if ":" not in enum_class:
        enum_class = ":".join(enum_class.rpartition(".")[::2])
    module, _, name = enum_class.partition(":")
    outer = name.partition(".")[0]
    return name, (f"from {module} import {outer}",) if module else ()


def word(value: str) -> str:
    """A name of the project (a header, a host, a scheme) fit to stand between quotes."""
    return "".join(each for each in value if each.isalnum() or each in " _-.:/+")


def _character(each: str, quote: str) -> str:
    if each in (quote, "\\"):
        return "\\" + each
    if each.isprintable():
        return each
    return each.encode("unicode_escape").decode("ascii")


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else f'float("{value}")'


def _date(value: Any, _: bool) -> Source:
    day = date.fromisoformat(str(value))
    return Source(f"date({day.year}, {day.month}, {day.day})", ("from datetime import date",))


def _datetime(value: Any, timezone: bool) -> Source:
    moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute]
    shown = [str(each) for each in parts + ([moment.second] if moment.second else [])]
    names = "datetime"
    if timezone:
        shown.append("tzinfo=UTC")
        names = "UTC, datetime"
    return Source(f"datetime({', '.join(shown)})", (f"from datetime import {names}",))


def _time(value: Any, _: bool) -> Source:
    clock = time.fromisoformat(str(value))
    shown = f"time({clock.hour}, {clock.minute}{f', {clock.second}' if clock.second else ''})"
    return Source(shown, ("from datetime import time",))


def _decimal(value: Any, _: bool) -> Source:
    return Source(f"Decimal({text(str(value))})", ("from decimal import Decimal",))


def _uuid(value: Any, _: bool) -> Source:
    return Source(f"UUID({text(str(value))})", ("from uuid import UUID",))


def _bytes(value: Any, _: bool) -> Source:
    return Source(raw(str(value).encode()))


def _identity(value: Any, _: bool) -> Source:
    """What documents are known by; other libraries keep plain keys."""
    known = isinstance(value, str) and len(value) == 24
    return Source(f"ObjectId({text(value)})", OBJECT_ID) if known else Source(plain(value))


_TYPED = {
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "decimal": _decimal,
    "uuid": _uuid,
    "bytes": _bytes,
    "identity": _identity,
}
_FROM_JSON = {
    "date": ("date.fromisoformat({})", ("from datetime import date",)),
    "datetime": ("datetime.fromisoformat({})", ("from datetime import datetime",)),
    "time": ("time.fromisoformat({})", ("from datetime import time",)),
    "decimal": ("Decimal(str({}))", ("from decimal import Decimal",)),
    "uuid": ("UUID({})", ("from uuid import UUID",)),
    "identity": ("ObjectId({})", OBJECT_ID),
}
_TO_JSON = {
    "date": "{}.isoformat()",
    "datetime": "{}.isoformat()",
    "time": "{}.isoformat()",
    "decimal": "str({})",
    "uuid": "str({})",
    "identity": "str({})",
}
