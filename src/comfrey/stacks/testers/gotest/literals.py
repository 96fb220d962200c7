"""Values as Go source: the only door through which a project's strings enter generated code."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

LONG = 60
"""A run of one repeated character longer than this is written as a repetition."""
KEYWORDS = frozenset(
    [
        "any",
        "append",
        "bool",
        "break",
        "byte",
        "cap",
        "case",
        "chan",
        "clear",
        "close",
        "comparable",
        "complex",
        "const",
        "continue",
        "copy",
        "default",
        "defer",
        "delete",
        "else",
        "error",
        "fallthrough",
        "false",
        "float64",
        "for",
        "func",
        "go",
        "goto",
        "if",
        "imag",
        "import",
        "int",
        "int64",
        "interface",
        "iota",
        "len",
        "list",
        "main",
        "make",
        "map",
        "max",
        "min",
        "new",
        "nil",
        "object",
        "package",
        "panic",
        "print",
        "println",
        "range",
        "real",
        "recover",
        "reply",
        "request",
        "return",
        "row",
        "rune",
        "select",
        "string",
        "struct",
        "switch",
        "t",
        "test",
        "tests",
        "true",
        "type",
        "uint",
        "var",
        "db",
        "base",
        "text",
        "number",
        "equal",
        "contains",
        "query",
    ]
)
"""Words that a local variable may not be called: Go's own, its built-ins, and the suite's helpers."""
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\a": "\\a"}  # fmt: skip
TIMED = ("datetime",)


def plain(value: Any) -> str:
    """A JSON value as a Go expression; what is not JSON is refused with `TypeError`."""
    if isinstance(value, str):
        return text(value)
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, bytes):
        return raw(value)
    if isinstance(value, list | tuple):
        return items(plain(each) for each in value)
    if isinstance(value, dict):
        return members((str(key), plain(each)) for key, each in value.items())
    raise TypeError(f"no literal for {type(value).__name__}")


def members(pairs: Iterable[tuple[str, str]], kind: str = "object") -> str:
    """A map literal of (key, expression) pairs."""
    return f"{kind}{{" + ", ".join(f"{text(name)}: {said}" for name, said in pairs) + "}"


def items(said: Iterable[str], kind: str = "list") -> str:
    """A slice literal of expressions."""
    return f"{kind}{{" + ", ".join(said) + "}"


def text(value: str) -> str:
    """A string literal; a raw one where that saves escapes."""
    if len(value) > LONG and len(set(value)) == 1:
        return f"strings.Repeat({text(value[0])}, {len(value)})"
    if ('"' in value or "\\" in value) and _fits_raw(value):
        return f"`{value}`"
    return '"' + "".join(_character(each) for each in value) + '"'


def raw(value: bytes) -> str:
    """Bytes as a slice."""
    if value.isascii() and value.decode("ascii").isprintable():
        return f"[]byte({text(value.decode('ascii'))})"
    return '[]byte("' + "".join(_byte(each) for each in value) + '")'


def pattern(expression: str) -> str:
    """A regular expression that matches the whole text, as a literal."""
    return text(f"^(?:{expression})$")


def word(value: str) -> str:
    """A name of the project (a header, a host, a scheme) fit to stand between quotes."""
    return "".join(each for each in value if each.isalnum() or each in " _-.:/+")


def _fits_raw(value: str) -> bool:
    return "`" not in value and value.isprintable()


def _character(each: str) -> str:
    if each in '"\\':
        return "\\" + each
    if each in ESCAPES:
        return ESCAPES[each]
    if each.isprintable():
        return each
    code = ord(each)
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _byte(each: int) -> str:
    return chr(each) if 32 <= each < 127 and each not in (34, 92) else f"\\x{each:02x}"


def _number(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "math.NaN()" if math.isnan(value) else f"math.Inf({-1 if value < 0 else 1})"
    shown = repr(value)
    return re.sub(r"e\+?(-?)0*(\d)", r"e\1\2", shown)
