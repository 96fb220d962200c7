"""JavaScript's literals as values."""

from __future__ import annotations

import re

ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|\r\n|.)", re.DOTALL)
SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def number(text: str) -> int | float | None:
    """The value of a numeric literal (`1_000`, `0x1f`, `10n`), or None for nonsense."""
    plain = text.replace("_", "").removesuffix("n").lower()
    try:
        if plain[:2] in ("0x", "0o", "0b"):
            return int(plain, 0)
        return int(plain) if plain.isdecimal() else float(plain)
    except ValueError:
        return None


def string(text: str) -> str:
    """The value of a quoted string."""
    return unescaped(text[1:-1])


def unescaped(text: str) -> str:
    """Text with its backslash escapes resolved."""
    return ESCAPE.sub(_escape, text) if "\\" in text else text


def _escape(match: re.Match[str]) -> str:
    said = match[1]
    if said[0] in "ux" and len(said) > 1:
        return chr(int(said[1:].strip("{}"), 16))
    return "" if said in ("\n", "\r\n") else SIMPLE.get(said, said)
