"""Python's literals as values."""

from __future__ import annotations

import ast
import re
from typing import Any

PREFIX = re.compile(r"[A-Za-z]*")


def number(text: str) -> int | float | complex | None:
    """The value of a numeric literal, or None for nonsense."""
    if text.isdecimal() and (text == "0" or text[0] != "0"):
        return int(text)
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, int | float | complex) else None


def string(text: str) -> str | bytes:
    """The value of a string literal that is no f-string; as written where it is malformed."""
    quote = text[:1]
    if "\\" not in text and quote in ("'", '"') and "\r" not in text:
        width = 3 if text.startswith(quote * 3) and len(text) >= 6 else 1
        return text[width:-width]
    try:
        value: Any = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text.strip("\"'")
    return value if isinstance(value, str | bytes) else text


def fragment(text: str, raw: bool) -> str:
    """Literal text between the braces of an f-string."""
    text = text.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in text:
        return text
    quoted = text.replace('"', '\\"') if '\\"' not in text else text
    try:
        value: Any = ast.literal_eval(f'"""{quoted}"""')
    except (ValueError, SyntaxError):
        return text
    return str(value)


def is_format(text: str) -> bool:
    """Whether a string literal's prefix makes it a template."""
    found = PREFIX.match(text)
    return found is not None and any(c in "fFtT" for c in found.group())
