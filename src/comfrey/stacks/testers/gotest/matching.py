"""Matchers as assertions."""

from __future__ import annotations


def matched(subject: str, match: str, value: str, key: str = "") -> str:
    """The assertion that `subject` meets `match` with the expression `value`; `ValueError` for an unknown
    matcher."""
    if match == "contains":
        word = "contains" if value.startswith("object{") else "includes"
        return f"{word}(t, {subject}, {value})"
    listed = f"pluck({subject}, {key})" if key else subject
    said = _PATTERNS.get(match)
    if said is None:
        raise ValueError(f"no matcher called {match}")
    return said.format(subject=subject, value=value, listed=listed)


_PATTERNS = {
    "equals": "equal(t, {subject}, {value})",
    "approximately": "near(t, {subject}, {value})",
    "present": "present(t, {subject})",
    "absent": "absent(t, {subject})",
    "null": "equal(t, {subject}, nil)",
    "not_null": "notEqual(t, {subject}, nil)",
    "not": "notEqual(t, {subject}, {value})",
    "length": "equal(t, length({subject}), {value})",
    "matches": "matches(t, {subject}, {value})",
    "ids": "equal(t, {listed}, {value})",
    "set": "sameItems(t, {listed}, {value})",
    "keys": "equal(t, keys({subject}), {value})",
    "sorted": "sorted(t, {listed}, {value})",
    "recent": "recent(t, {subject})",
    "type": "hasType(t, {subject}, {value})",
}
