"""The fields that express-validator checks, as a file writes them: `body('size').isInt({ min: 20 })`."""

from __future__ import annotations

from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.declaration import chain
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, Module, Name, Node
from comfrey.stacks.frameworks.express.inputs import FIELDS


class Checked(NamedTuple):
    """One field's chain: `calls` from the last to the first."""

    module: Module
    calls: tuple[Call, ...]

    @property
    def whole(self) -> Call:
        return self.calls[0]


def checked(codebase: Codebase, place: Place | None, field: str) -> Checked | None:
    """The chain for a field that stands at a place."""
    module = mending.module_of(codebase, place.file) if place else None
    for each in mending.everything(module) if module else ():
        found = chain_at(each, field)
        if module and place and found and mending.covers(found[0], place.line):
            return Checked(module, found)
    return None


def chain_at(node: Node, field: str = "") -> tuple[Call, ...]:
    """The chain that a node is all of, for that field where one is told; else ()."""
    if not isinstance(node, Call):
        return ()
    calls = tuple(chain(node))
    root, given = calls[-1].function, calls[-1].positional
    if not isinstance(root, Name) or root.name not in FIELDS or not given:
        return ()
    named = isinstance(given[0], Constant) and given[0].value == field
    return calls if named or not field else ()
