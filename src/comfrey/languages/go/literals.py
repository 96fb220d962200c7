"""What Go's literals come to."""

from __future__ import annotations

import re

ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL
)
PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def string(text: str) -> str:
    """The value of `"a\\n"` or of a raw string in back quotes."""
    if text.startswith("`"):
        return text.strip("`").replace("\r", "")
    return ESCAPE.sub(_escaped, text[1:-1])


def _escaped(match: re.Match[str]) -> str:
    for digits, radix in ((match[1], 16), (match[2], 16), (match[3], 16), (match[4], 8)):
        if digits:
            return chr(int(digits, radix))
    return PLAIN.get(match[5], match[5])


def number(text: str) -> int | float | None:
    """The value of an integer or a float, also `0x1F` and `1_000`; None for what is neither."""
    bare = text.replace("_", "")
    try:
        if re.fullmatch(r"0[0-7]+", bare):
            return int(bare, 8)
        return int(bare, 0)
    except ValueError:
        pass
    try:
        return float(bare)
    except ValueError:
        return None


def tags(text: str) -> dict[str, str]:
    """The parts of a struct tag: `json:"name,omitempty" binding:"required"`."""
    found = re.findall(r'([\w.-]+):"((?:\\.|[^"\\])*)"', text)
    return {key: ESCAPE.sub(_escaped, value) for key, value in found}


def is_sparse(text: str) -> bool:
    """Whether a tag has JSON leave a field out where it is empty: `json:"note,omitempty"`."""
    options = tags(text).get("json", "").split(",")[1:]
    return "omitempty" in options or "omitzero" in options
