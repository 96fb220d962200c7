"""How handlers refuse by what they return (`return jsonify(error="…"), 404`): a new refusal in the same style."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from comfrey.languages.python import mending
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Call,
    Constant,
    DictOf,
    Expression,
    Module,
    Name,
    Return,
    TupleOf,
    walk,
)

REFUSED = range(400, 500)
MAKERS = ("make_response", "Response", "jsonify")
"""Calls that carry the status themselves, as an argument."""
SHORT = ("error", "fail", "failure", "message", "status", "success", "ok")
"""Words in an answer that are no sentence about what went wrong."""


class Template(NamedTuple):
    """A refusal of the project: the statement, its status, and what it says."""

    statement: Return
    status: Constant
    said: Constant | None
    module: Module


def returned(
    codebase: Codebase, project: Project, module: Module, status: int, detail: str
) -> tuple[str, tuple[Edit, ...]] | None:
    """The statement that refuses as the handlers of this module do, else those of others, with its imports; None
    where handlers refuse in another way, or this is no module of handlers."""
    files = dict.fromkeys(each.handler.file for each in project.endpoints if each.handler.file)
    if module.source.path not in files:
        return None
    others = (mending.module_of(codebase, each) for each in files if each != module.source.path)
    found = list(templates(module))
    for other in others if not found else ():
        found += templates(other) if other is not None else ()
    found.sort(key=lambda each: (each.status.value != status, each.said is None))
    for each in found:
        imports = _imports(codebase, each, module)
        if imports is not None:
            return _told(each, status, detail), imports
    return None


def templates(module: Module) -> Iterator[Template]:
    """Every refusal of a module's functions that stands whole in one statement."""
    for function in mending.functions(module):
        for each in mending.statements(function):
            if isinstance(each, Return) and each.value is not None:
                status = _status(each.value)
                if status is not None and status.value in REFUSED:
                    yield Template(each, status, _said(each.value), module)


def _status(value: Expression) -> Constant | None:
    last: Expression | None = None
    if isinstance(value, TupleOf) and len(value.items) in (2, 3):
        last = value.items[1]
    elif isinstance(value, Call) and value.function.text.rpartition(".")[2] in MAKERS:
        positional = value.positional
        last = value.keyword("status") or (positional[1] if len(positional) > 1 else None)
    return last if isinstance(last, Constant) and type(last.value) is int else None


def _said(value: Expression) -> Constant | None:
    """The sentence of the answer: the longest text among its members' values that is no mere word."""
    keys = {id(k) for e in walk(value) if isinstance(e, DictOf) for k, _ in e.items}
    texts = [e for e in walk(value) if isinstance(e, Constant) and isinstance(e.value, str)]
    spoken = [e for e in texts if id(e) not in keys and str(e.value).lower() not in SHORT]
    return max(spoken, key=lambda each: len(str(each.value)), default=None)


def _told(template: Template, status: int, detail: str) -> str:
    text, start = template.statement.text, template.statement.span.start
    changes = [(template.status, str(status))]
    if template.said is not None:
        changes.append((template.said, f'"{detail}"'))
    for node, new in sorted(changes, key=lambda each: -each[0].span.start):
        head, tail = node.span.start - start, node.span.end - start
        text = (text.encode()[:head] + new.encode() + text.encode()[tail:]).decode()
    return text


def _imports(codebase: Codebase, template: Template, module: Module) -> tuple[Edit, ...] | None:
    """What the template's names need here; None where it speaks of what only its own function knows."""
    known = mending.origins(codebase, template.module)
    here = mending.bound(module)
    edits: list[Edit] = []
    for name in sorted({e.name for e in walk(template.statement) if isinstance(e, Name)}):
        if name not in known:
            return None
        if name not in here:
            edits += mending.importing(module, known[name].rpartition(".")[0], [name])
    return tuple(edits)
