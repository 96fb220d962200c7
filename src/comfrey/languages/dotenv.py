"""Values of `.env.example` and its like: what a setting is when nothing else says so."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from comfrey.source.codebase import Codebase

NAMES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    ".env.test",
    ".env.local",
    ".env.dev",
    ".env",
)
LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$")
_known: WeakKeyDictionary[Codebase, dict[str, str]] = WeakKeyDictionary()


def fallback(codebase: Codebase, name: str) -> str | None:
    """The example value of a variable; files nearer to the app's root and earlier in `NAMES` win."""
    if codebase not in _known:
        _known[codebase] = _read(codebase)
    return _known[codebase].get(name)


def _read(codebase: Codebase) -> dict[str, str]:
    found: dict[str, str] = {}
    root = "" if codebase.root in ("", ".") else codebase.root.rstrip("/") + "/"
    folders = [root] + ([""] if root else [])
    for folder in folders:
        for name in NAMES:
            for key, value in entries(codebase.tree.string(folder + name)):
                found.setdefault(key, value)
    return found


def entries(text: str) -> list[tuple[str, str]]:
    """The variables of a dotenv file, in order; quotes and trailing comments taken off."""
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match and not line.lstrip().startswith("#"):
            found.append((match.group(1), _unquoted(match.group(2))))
    return found


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"'):
        closing = value.find(value[0], 1)
        return value[1:closing] if closing > 0 else value[1:]
    return re.split(r"\s+#", value, maxsplit=1)[0].strip()
