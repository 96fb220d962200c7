"""Values as JavaScript source: the only door through which a project's strings enter generated code."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from comfrey.model.record import Field

LONG = 60
"""A run of one repeated character longer than this is written as a repetition."""
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
DATED = ("date", "datetime")
NUMBERED = ("decimal", "bigint")
"""Types whose rows hold an object or a text where JSON has a number."""
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


def plain(value: Any) -> str:
    """A JSON value as a JavaScript literal; what is not JSON is refused with `TypeError`."""
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, bytes):
        return raw(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(plain(each) for each in value) + "]"
    if isinstance(value, dict):
        return members((str(key), plain(each)) for key, each in value.items())
    raise TypeError(f"no literal for {type(value).__name__}")


def members(pairs: Any) -> str:
    """An object of (key, expression) pairs, in shorthand where key and expression are one name."""
    said = [
        name if name == value and IDENTIFIER.fullmatch(name) else f"{key(name)}: {value}"
        for name, value in pairs
    ]
    return "{ " + ", ".join(said) + " }" if said else "{}"


def key(name: str) -> str:
    """An object's key, quoted only where it must be."""
    return name if IDENTIFIER.fullmatch(name) else text(name)


def member(name: str | int) -> str:
    """The access to a member: `.name`, `['odd name']` or `[0]`."""
    if isinstance(name, int):
        return f"[{name}]"
    return f".{name}" if IDENTIFIER.fullmatch(name) else f"[{text(name)}]"


def access(path: tuple[str | int, ...]) -> str:
    """The access to what stands at `path`."""
    return "".join(member(each) for each in path)


def way(field: Field | None, name: str | int, *, whole: bool = False) -> tuple[str | int, ...]:
    """How code reaches a field of a row: by its name, or through the relation whose key it is (`whole`: only so far)."""
    if field is None or not field.through:
        return (name,)
    return (field.through,) if whole else (field.through, field.references.rpartition(".")[2])


def part(field: Field | None, name: str, said: str) -> tuple[str, str]:
    """The member of a row's values that stands for a field, and its expression."""
    if field is None or not field.through:
        return name, said
    relation, key_ = way(field, name)
    return str(relation), said if said == "null" else members([(str(key_), said)])


def text(value: str) -> str:
    """A string literal in single quotes (double ones where that saves escapes)."""
    if len(value) > LONG and len(set(value)) == 1:
        return f"{text(value[0])}.repeat({len(value)})"
    quote = '"' if value.count("'") > value.count('"') else "'"
    return quote + "".join(_character(each, quote) for each in value) + quote


def template(value: str) -> str:
    """Text as it stands within a template literal."""
    return "".join(_character(each, "`") for each in value).replace("${", "\\${")


def raw(value: bytes) -> str:
    """Bytes as a Buffer."""
    if all(32 <= each < 127 for each in value):
        return f"Buffer.from({text(value.decode('ascii'))})"
    return f"Buffer.from('{value.hex()}', 'hex')"


def pattern(expression: str) -> str:
    """A regular expression literal that matches the whole text."""
    return "/^(?:" + expression.replace("/", "\\/").replace("\n", "\\n") + ")$/"


def kind(field: Field | None) -> str:
    """The neutral type that a column has in code: a day that is held as text is text."""
    if field is None:
        return ""
    return "text" if field.textual else field.type


def typed(value: Any, kind: str) -> str:
    """`value` as a column of the neutral type `kind` wants it (`date` → `new Date('2024-05-01')`)."""
    if kind in DATED and isinstance(value, str):
        return f"new Date({text(value)})"
    if kind == "bytes" and isinstance(value, str):
        return raw(value.encode())
    return plain(value)


def converted(expression: str, kind: str) -> str:
    """An expression that reads a JSON member, as a column of type `kind` wants it."""
    return f"new Date({expression})" if kind in DATED else expression


def as_json(expression: str, kind: str) -> str:
    """An expression that reads a column of type `kind`, as JSON carries it."""
    if kind == "datetime":
        return f"{expression}.toISOString()"
    if kind == "date":
        return f"{expression}.toISOString().slice(0, 10)"
    if kind == "reference":
        return f"String({expression})"
    return f"Number({expression})" if kind in NUMBERED else expression


def word(value: str) -> str:
    """A name of the project (a header, a host, a scheme) fit to stand between quotes."""
    return "".join(each for each in value if each.isalnum() or each in " _-.:/+*")


def _character(each: str, quote: str) -> str:
    if each in (quote, "\\"):
        return "\\" + each
    if each in ESCAPES:
        return ESCAPES[each]
    if each.isprintable() and ord(each) not in (0x2028, 0x2029):
        return each
    units = each.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{int.from_bytes(units[at : at + 2], 'big'):04x}" for at in range(0, len(units), 2)
    )


def _number(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "Number.NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
