"""Names in generated code, from the project's own words."""

from __future__ import annotations

import keyword
import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
LONGEST = 88


def snake(name: str) -> str:
    """`OrderItem` → `order_item`; anything else becomes words joined by underscores."""
    plain = name.replace("'s", "s").replace("'", "")
    return "_".join(word.lower() for word in _WORD.findall(plain))


def identifier(name: str) -> str:
    """`name` as a Python identifier that is no keyword."""
    words = snake(name) or "value"
    if words[0].isdigit():
        words = f"_{words}"
    return f"{words}_" if keyword.iskeyword(words) else words


def test_name(title: str, longest: int = LONGEST) -> str:
    """A sentence as a test function's name, cut at a word when it would be too long."""
    words = (snake(title) or "case").split("_")
    while len("_".join(words)) > longest:
        words.pop()
    return "test_" + "_".join(words)


def unique(name: str, taken: set[str]) -> str:
    """`name`, numbered when it is taken; taken from now on."""
    number, result = 1, name
    while result in taken:
        number += 1
        result = f"{name}_{number}"
    taken.add(result)
    return result


def plural(name: str) -> str:
    """The everyday plural of a snake-case noun."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def camel(name: str) -> str:
    """`OrderItem` and `order_item` → `orderItem`."""
    first, *rest = snake(name).split("_")
    return first + "".join(each.capitalize() for each in rest)
