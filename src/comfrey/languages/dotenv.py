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
LIKE = re.compile(
    r"^\.?env(?:[._-]\w+)*[._-](?:example|sample|template|dist)(?:[._-]\w+)*$"
    r"|^(?:example|sample|template)[._-]env$|^\w+\.env$|^env[._-](?:example|sample)$",
    re.IGNORECASE,
)
"""Other names of such files; several stand for several ways to run the app."""
RELATIONAL = re.compile(r"postgres|mysql|mariadb|sqlite", re.IGNORECASE)
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
        for text in (*_texts(codebase, folder), *_others(codebase, folder)):
            for key, value in entries(text):
                found.setdefault(key, value)
    return found


def _texts(codebase: Codebase, folder: str) -> list[str]:
    return [codebase.tree.string(folder + name) for name in NAMES]


def _others(codebase: Codebase, folder: str) -> list[str]:
    """Examples under other names. Of several ways to run the app one wins: on a relational database, of which
    the bench can say most."""
    names = [e.removeprefix(folder) for e in codebase.tree.under(folder) if e.startswith(folder)]
    known = [name for name in sorted(names) if LIKE.match(name) and name not in NAMES]
    texts = [codebase.tree.string(folder + name) for name in known]
    return sorted(texts, key=lambda text: not RELATIONAL.search(text))


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
