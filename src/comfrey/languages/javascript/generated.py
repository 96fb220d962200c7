"""What code generators lay beside the tree: the enumerations of a Prisma schema."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from comfrey.source.codebase import Codebase
from comfrey.source.evaluate import Evaluator
from comfrey.source.value import Const, DictValue, External, Value

ENUM = re.compile(r"^\s*enum\s+(\w+)\s*\{([^}]*)\}", re.MULTILINE)
MEMBER = re.compile(r"^\s*(\w+)", re.MULTILINE)
_known: WeakKeyDictionary[Codebase, dict[str, DictValue]] = WeakKeyDictionary()


def attribute(ev: Evaluator, of: Value, name: str) -> Value | None:
    """`Role.admin` of `import { Role } from "@prisma/client"`."""
    held = enumeration(ev, of)
    return held.get(name) if held is not None else None


def enumeration(ev: Evaluator, of: Value) -> DictValue | None:
    """The object that a generated enumeration is; None for anything else."""
    if not isinstance(of, External) or "prisma" not in of.name.lower():
        return None
    return _enumerations(ev.codebase).get(of.last)


def _enumerations(codebase: Codebase) -> dict[str, DictValue]:
    if codebase not in _known:
        found: dict[str, DictValue] = {}
        for file in codebase.tree.files:
            if file.endswith(".prisma"):
                text = codebase.tree.text(file).decode("utf-8", "replace")
                for name, body in ENUM.findall(re.sub(r"//[^\n]*", "", text)):
                    members = [each for each in MEMBER.findall(body) if each]
                    found.setdefault(name, DictValue([(Const(e), Const(e)) for e in members]))
        _known[codebase] = found
    return _known[codebase]
