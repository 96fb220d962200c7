"""What code reads out of a service's answer: its members, and what they are taken for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.reader.following.value import Answer, Derived, Method
from comfrey.source.value import Const, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

DOCUMENTS = ("json", "content", "text", "read", "body", "data")
"""Attributes and methods of an answer that stand for the whole document."""
ITEM = "[]"
VALIDATED = ("validated", "model_validate_json", "parse_raw")
"""How a document reads that went through a class of the tree."""


def document(value: Value | None) -> Answer | None:
    """The answer's document, or the part of it, that a value stands for."""
    match value:
        case Answer(path=None, part=part) if part.removesuffix("()") in DOCUMENTS:
            return replace(value, path=())
        case Answer(path=path) if path is not None:
            return value
        case Derived(name="[]" | "element", of=(Answer(path=path) as answer, *_)) if (
            path is not None
        ):
            return answer
        case Method(of=Derived(name=how, of=(inner, *_)), name=name) if how in VALIDATED:
            whole = document(inner)
            path = (*whole.path, name) if whole and whole.path is not None else None
            return replace(whole, path=path) if whole and path else None
        case _:
            return None


def member(machine: Machine, value: Value, key: Value | None) -> Answer | None:
    """The member of the document under a constant key, written down as read."""
    found = document(value)
    if found is None or found.path is None or not isinstance(key, Const):
        return None
    name = key.value if isinstance(key.value, str) else ITEM if isinstance(key.value, int) else ""
    if not name or name == "Content-Type":
        return None
    part = replace(found, path=(*found.path, name))
    machine.journal.reads.append((part, ""))
    return part


def item(machine: Machine, value: Value) -> Answer | None:
    """One item of a list in the document."""
    return member(machine, value, Const(0))


def taken_for(machine: Machine, value: Value | None, kind: str) -> None:
    """`int(answer["cents"])`: the member is a number."""
    found = document(value)
    if found is not None and found.path:
        machine.journal.reads.append((found, kind))


def taken_as(machine: Machine, value: Value | None, model: Value) -> None:
    """`Weather.model_validate(answer.json())`: the document is of that shape."""
    found = document(value)
    if found is not None:
        machine.journal.shapes.append((found, model))
