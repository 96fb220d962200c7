"""Settings that a program lists in a table and takes out of its whole environment: `"PORT": {raw: "8080"}`, looked up
by what `os.Environ()` says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.value import Const, SettingValue

WHOLE = b"os.Environ()"
ENTRY = re.compile(r'"([A-Z][A-Z0-9_]{2,})":\s*&?[\w.]*\{([^{}]*)\}')
DEFAULT = re.compile(r'\b\w*(?:raw|default|value)\w*:\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
KINDS = (("bool", re.compile(r"\b\w*bool\w*\b", re.I)), ("int", re.compile(r"\b\w*int(?:eger)?(?:Type|Value)?\b", re.I)))  # fmt: skip
FEWEST = 3
"""Entries that make a table of settings; fewer may be anything."""


def settings(codebase: Codebase) -> Iterator[SettingValue]:
    """Every setting of such a table, with its default."""
    for module in codebase.modules((b'": {', b'": &')):
        package = module.rpartition("/")[0]
        if not _takes_all(codebase, package) or codebase.language.is_test(module):
            continue
        text = codebase.tree.string(module)
        found = list(ENTRY.finditer(text))
        for match in found if len(found) >= FEWEST else ():
            default = DEFAULT.search(match[2])
            kind = next((name for name, word in KINDS if word.search(match[2])), "")
            yield SettingValue(match[1], Const(default[1]) if default else None, None, "", kind)


def _takes_all(codebase: Codebase, package: str) -> bool:
    """Whether a package goes through the whole environment."""
    return any(each.rpartition("/")[0] == package for each in codebase.modules((WHOLE,)))
