"""The folder's own data, and the few questions about names that every file here asks."""

from __future__ import annotations

import re
from typing import Any

from comfrey.source.codebase import Codebase
from comfrey.source.value import External, Instance, ListValue, Value, plain
from comfrey.stacks.shelf import folder, folders

CREDENTIAL = re.compile(
    r"auth|token|jwt|api[-_]?key|secret|credential|session|signature|bearer|password|access[-_]?key|user",
    re.IGNORECASE,
)


def data() -> dict[str, Any]:
    """The tables of `about.toml`."""
    found = folder("frameworks", "flask")
    assert found is not None
    return found.about.data


def guards() -> dict[str, dict[str, Any]]:
    """What stands in front of a view, by the decorator's dotted name, of all auth folders."""
    return {
        name: known
        for each in folders("auth")
        for name, known in each.about.data.get("guards", {}).items()
    }


def flaws(kind: str) -> dict[str, dict[str, Any]]:
    """What credentials that do not hold are answered, by their flaw, as an auth folder tells it under `kind`."""
    tables = (each.about.data.get("flaws", {}) for each in folders("auth"))
    return next((each[kind] for each in tables if kind in each), {})


def items(value: Value | None) -> tuple[Value, ...]:
    """The members of a literal sequence."""
    return tuple(value.items) if isinstance(value, ListValue) else ()


def strings(value: Value | None) -> tuple[str, ...]:
    """The constant strings of a literal sequence."""
    return tuple(each for each in map(plain, items(value)) if isinstance(each, str))


def outside(value: Value, codebase: Codebase) -> str:
    """The dotted name of what an object's class comes from outside the tree, "" for none."""
    names = codebase.ancestry(value.of if isinstance(value, Instance) else value)
    return next((each for each in names if ":" not in each), "")


def is_external(value: Value | None, *names: str) -> bool:
    """Whether a value is one of these names from outside the tree."""
    return isinstance(value, External) and value.name in names


def known(table: dict[str, Any], name: str) -> Any:
    """The entry of a dotted name; a package's own modules between its name and the word do not count."""
    if name in table:
        return table[name]
    package, _, _ = name.partition(".")
    last = name.rpartition(".")[2]
    for key, entry in table.items():
        parts = key.split(".")
        if len(parts) == 2 and parts == [package, last]:
            return entry
    return None
