"""Matchers as Python conditions."""

from __future__ import annotations

from comfrey.stacks.testers.pytest.literals import text

TYPES = {
    "string": "str",
    "integer": "int",
    "number": "int | float",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
    "null": "type(None)",
}
SINGLETONS = ("None", "True", "False")


def matched(
    subject: str, match: str, value: str, key: str = "", *, attributes: bool = False
) -> str:
    """The condition that `subject` meets `match` with the expression `value`.

    `attributes` reads a list's `key` as an attribute, else as a member; `ValueError` for an
    unknown matcher.
    """
    if match == "equals":
        return f"{subject} is {value}" if value in SINGLETONS else f"{subject} == {value}"
    if match == "type":
        wanted = " | ".join(TYPES.get(each, each) for each in value.split(" or "))
        return f"isinstance({subject}, {wanted})"
    if match == "sorted":
        value = ", reverse=True" if value == "True" else ""
    if match == "contains" and value.startswith("{"):
        return f"{subject}.items() >= {value}.items()"
    if match == "keys" and value.startswith("["):
        value = f"{{{value[1:-1]}}}"
    pattern = _PATTERNS.get(match)
    if pattern is None:
        raise ValueError(f"no matcher called {match}")
    steps = key.split(".")
    members = "".join(f".{each}" if attributes else f"[{text(each)}]" for each in steps)
    every = f"each{members}"
    listed = f"[{every} for each in {subject}]" if key else subject
    generated = f"{every} for each in {subject}" if key else subject
    return pattern.format(subject=subject, value=value, listed=listed, generated=generated)


_PATTERNS = {
    "approximately": "{subject} == pytest.approx({value})",
    "present": "{subject} is not None",
    "absent": "not {subject}",
    "null": "{subject} is None",
    "not_null": "{subject} is not None",
    "not": "{subject} != {value}",
    "length": "len({subject}) == {value}",
    "contains": "{value} in {subject}",
    "matches": "re.fullmatch({value}, {subject})",
    "ids": "{listed} == {value}",
    "set": "sorted({generated}) == sorted({value})",
    "keys": "set({subject}) == {value}",
    "sorted": "{listed} == sorted({listed}{value})",
    "recent": "{subject} is not None",
}
