"""What triggers write into a row before it is changed, as far as a migration's own text tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

NAME = r"[\w.\"]+"
FUNCTION = re.compile(
    rf"CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+({NAME})\s*\(\s*\)\s*RETURNS\s+TRIGGER\b.*?(\$\w*\$)(.*?)\2",
    re.I | re.S,
)
TRIGGER = re.compile(
    rf"CREATE\s+(?:OR\s+REPLACE\s+)?TRIGGER\s+{NAME}\s+BEFORE\s+([\w\s,\"]*?)\bON\s+({NAME})(.*?)"
    rf"EXECUTE\s+(?:PROCEDURE|FUNCTION)\s+({NAME})",
    re.I | re.S,
)
SET = re.compile(r"\bNEW\.\"?(\w+)\"?\s*:?=(?!=)", re.I)


def functions(text: str) -> dict[str, tuple[str, ...]]:
    """The columns that each function of a trigger sets, by the function's name."""
    return {
        _bare(name): tuple(dict.fromkeys(SET.findall(body)))
        for name, _, body in FUNCTION.findall(text)
    }


def updating(text: str) -> Iterator[tuple[str, str]]:
    """(table, function) of every trigger that is called before a row is changed."""
    for events, table, _, function in TRIGGER.findall(text):
        if re.search(r"\bUPDATE\b", events, re.I):
            yield _bare(table), _bare(function)


def _bare(name: str) -> str:
    """A name without its schema and its quotes."""
    return name.rpartition(".")[2].strip('"')
