"""Constructors that store rows: `User(…)` that makes a row of statistics along with itself."""

from __future__ import annotations

import re

from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Name
from comfrey.source.study import Study
from comfrey.source.value import ClassValue, FunctionValue
from comfrey.stacks.orms.sqlalchemy.mapping import Draft

STORES = re.compile(r"\bsession\.(?:add|add_all|merge|execute|flush|commit)$")
CONSTRUCTOR = "__init__"


def stored(codebase: Codebase, draft: Draft) -> dict[str, str]:
    """Class → the relation by which its row hangs on the one that is made, for each that its constructor
    stores; the class itself stands for its own row. Empty where making an object stores nothing."""
    made = _constructor(codebase, draft.kind) if draft.kind is not None else None
    if made is None or draft.kind is None:
        return {}
    study = Study(codebase, made)
    rows = _made(study)
    kinds = (draft.kind, *(kind for kind, _ in rows))
    if not any(_stores(codebase, call, kinds) for call in study.calls()):
        return {}
    itself = made.node.parameters[0].name
    hanging = {
        kind.name: each.name
        for kind, call in rows
        for each in call.arguments
        if each.name and each.value.text == itself
    }
    return {draft.kind.name: "", **hanging}


def _made(study: Study) -> list[tuple[ClassValue, Call]]:
    """The objects that a function makes of classes of the tree."""
    calls = ((study.value(c.function), c) for c in study.calls() if isinstance(c.function, Name))
    return [(kind, call) for kind, call in calls if isinstance(kind, ClassValue)]


def _stores(codebase: Codebase, call: Call, kinds: tuple[ClassValue, ...]) -> bool:
    """Whether a call reaches the session, by itself or by a method of one of these classes."""
    if STORES.search(call.function.text):
        return True
    if not isinstance(call.function, Attribute):
        return False
    members = (codebase.member(kind, call.function.name) for kind in kinds)
    methods = [m.value for m in members if m is not None and isinstance(m.value, FunctionValue)]
    inner = (each for method in methods for each in Study(codebase, method).calls())
    return any(STORES.search(each.function.text) for each in inner)


def _constructor(codebase: Codebase, kind: ClassValue) -> FunctionValue | None:
    member = codebase.member(kind, CONSTRUCTOR)
    found = member.value if member is not None else None
    return found if isinstance(found, FunctionValue) and found.node.parameters else None
