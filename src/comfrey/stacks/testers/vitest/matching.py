"""Matchers as expectations."""

from __future__ import annotations

import re

from comfrey.stacks.testers.vitest.literals import member

TYPES = {
    "string": "String",
    "integer": "Number",
    "number": "Number",
    "boolean": "Boolean",
    "array": "Array",
    "object": "Object",
}
KINDS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
SCALAR = re.compile(r"-?[\d.]+(?:e[+-]?\d+)?|true|false|'[^']*'|\"[^\"]*\"|`[^`]*`")


def matched(
    subject: str,
    match: str,
    value: str,
    key: str = "",
    *,
    typed: bool = False,
    number: bool = False,
) -> str:
    """The expectation that `subject` meets `match` with the expression `value`.

    `typed` writes the types that TypeScript cannot infer, `number` reads the members called `key` as
    numbers; `ValueError` for an unknown matcher.
    """
    if match == "equals":
        return equals(subject, value)
    if match == "type":
        return _of_type(subject, value.split(" or "))
    if match == "contains":
        return f"expect({subject}).{_containing(value)}({value})"
    listed = f"{subject}.map({_picker(key, typed=typed, number=number)})" if key else subject
    if match == "sorted":
        low, high = ("1", "-1") if value == "true" else ("-1", "1")
        order = f"(a, b) => (a < b ? {low} : {high})"
        return f"expect({listed}).toEqual([...{listed}].sort({order}))"
    said = _PATTERNS.get(match)
    if said is None:
        raise ValueError(f"no matcher called {match}")
    return said.format(subject=subject, value=value, listed=listed)


def equals(subject: str, value: str) -> str:
    """`toBe` for what is surely one scalar, `toEqual` else."""
    if value == "null":
        return f"expect({subject}).toBeNull()"
    word = "toBe" if SCALAR.fullmatch(value) else "toEqual"
    return f"expect({subject}).{word}({value})"


def any_of(kind: str) -> str:
    """`expect.any(…)` for one JSON type, "" where there is none."""
    return f"expect.any({TYPES[kind]})" if kind in TYPES else ""


def _of_type(subject: str, kinds: list[str]) -> str:
    if kinds == ["null"]:
        return f"expect({subject}).toBeNull()"
    if kinds == ["integer"]:
        return f"expect(Number.isInteger({subject})).toBe(true)"
    if len(kinds) == 1:
        return f"expect({subject}).toEqual({any_of(kinds[0])})"
    names = [KINDS.get(each, "object") for each in kinds]
    shown = ", ".join(f"'{each}'" for each in dict.fromkeys(names))
    return f"expect([{shown}]).toContain(typeof {subject})"


def _containing(value: str) -> str:
    return "toMatchObject" if value.startswith("{") else "toContain"


def _picker(key: str, *, typed: bool, number: bool) -> str:
    steps = key.split(".")
    access = "each" + "".join(member(each) for each in steps)
    access = f"Number({access})" if number else access
    if not typed:
        return f"(each) => {access}"
    shape = "unknown"
    for each in reversed(steps):
        shape = f"{{ {each}: {shape} }}"
    return f"(each: {shape}) => {access}"


_PATTERNS = {
    "approximately": "expect({subject}).toBeCloseTo({value})",
    "present": "expect({subject}).toBeDefined()",
    "absent": "expect({subject}).toBeUndefined()",
    "null": "expect({subject}).toBeNull()",
    "not_null": "expect({subject}).not.toBeNull()",
    "not": "expect({subject}).not.toEqual({value})",
    "length": "expect({subject}).toHaveLength({value})",
    "matches": "expect({subject}).toMatch({value})",
    "ids": "expect({listed}).toEqual({value})",
    "set": "expect({listed}.sort()).toEqual({value}.sort())",
    "keys": "expect(Object.keys({subject}).sort()).toEqual({value})",
    "recent": "expect({subject}).not.toBeNull()",
}
