"""Where a schema's field is declared: what recipes write into."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.languages.python import mending
from comfrey.languages.python.mending import Edits
from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Attribute, Call, Module


@dataclass(frozen=True)
class Declaration:
    """`title = fields.String(required=True, …)` in a schema of `module`."""

    module: Module
    statement: Assign
    call: Call


def declared(codebase: Codebase, place: Place | None) -> Declaration | None:
    """The field that is declared at a place."""
    module = mending.module_of(codebase, place.file) if place else None
    if module is None or place is None:
        return None
    for owner in mending.classes(module):
        for each in owner.body:
            value = each.value if isinstance(each, Assign) else None
            if isinstance(value, Call) and mending.covers(each, place.line):
                return Declaration(module, each, value) if isinstance(each, Assign) else None
    return None


def validators(found: Declaration) -> tuple[str, Edits]:
    """How the module speaks of marshmallow's validators (`validate.`), and what it must import for it."""
    for call in _validating(found.module):
        if isinstance(call.function, Attribute) and call.function.of.text.endswith("validate"):
            return f"{call.function.of.text}.", ()
    return "validate.", mending.importing(found.module, "marshmallow", ["validate"])


def _validating(module: Module) -> list[Call]:
    return [
        call
        for owner in mending.classes(module)
        for each in owner.body
        if isinstance(each, Assign) and isinstance(each.value, Call)
        if isinstance(call := each.value.keyword("validate"), Call)
    ]
