"""A member that the body declares and the row has, and that is not written: written beside the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import STORED, TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Attribute,
    Constant,
    DictOf,
    Expression,
    FunctionDef,
    Name,
    walk,
)
from comfrey.stacks.lacking import input_of

SYMPTOMS = (STORED, TOLD)
RANK = 24
WRITES = ("create", "update")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`create({ name })` → `create({ name, bio })`, and `const { name, bio } = req.body`."""
    endpoint = project.endpoint(ailment.subject)
    field = ailment.fields[0] if ailment.fields else ""
    if endpoint is None or not field or input_of(endpoint, field) is None:
        return None
    for effect in endpoint.effects:
        record = project.record(effect.record)
        has = record is not None and record.field(field) is not None
        written = {each.field for each in effect.values}
        function = mending.function_at(codebase, effect.place)
        if not has or effect.action not in WRITES or field in written or function is None:
            continue
        edits = _written(function, effect, field, written)
        if edits:
            summary = f"the {field} that is sent is stored"
            return Cure(summary=summary, edits=edits, place=effect.place)
    return None


def _written(function: FunctionDef, effect: Effect, field: str, written: set[str]) -> Edits:
    """The member behind the last one that comes from the same object."""
    for given in _objects(function, effect, written):
        for key, value in reversed(given.items):
            name = key.value if isinstance(key, Constant) else None
            if isinstance(value, Attribute) and value.name == name:
                text = f", {field}: {value.of.text}.{field}"
                return (mending.appended(value, text),)
            if not isinstance(value, Name) or value.name != name:
                continue
            here = mending.appended(value, f", {field}")
            if _is_at_hand(function, value.name, field):
                return (here,)
            taken = _taken(function, value.name)
            if taken is not None and not _is_known(function, field):
                return (here, mending.appended(taken, f", {field}"))
    return ()


def _objects(function: FunctionDef, effect: Effect, written: set[str]) -> Iterator[DictOf]:
    """The objects in the statement at the effect's place that hold what is written."""
    line = effect.place.line if effect.place else 0
    for statement in mending.within(function):
        if not mending.covers(statement, line):
            continue
        for each in walk(statement):
            keys = (
                {k.value for k, _ in each.items if isinstance(k, Constant)}
                if isinstance(each, DictOf)
                else set()
            )
            if isinstance(each, DictOf) and keys and keys <= written:
                yield each


def _is_at_hand(function: FunctionDef, name: str, field: str) -> bool:
    """Whether the field is taken out of the object that the name is taken from, and left lying."""
    given = [each.span.text.partition("}")[0] for each in function.parameters]
    taken = [each.text for each in _patterns(function)]
    both = [re.compile(rf"\b{re.escape(each)}\b(?!\s*:)") for each in (name, field)]
    return any("{" in text and all(e.search(text) for e in both) for text in (*given, *taken))


def _taken(function: FunctionDef, name: str) -> Expression | None:
    """The last member of the pattern that takes the value out of an object: `const { name } = req.body`."""
    for each in _patterns(function):
        if any(isinstance(value, Name) and value.name == name for _, value in each.items):
            return each.items[-1][1] if each.items[-1][0] is not None else None
    return None


def _patterns(function: FunctionDef) -> Iterator[DictOf]:
    for each in mending.within(function):
        target = each.targets[0] if isinstance(each, Assign) and each.targets else None
        if isinstance(target, DictOf) and target.items:
            yield target


def _is_known(function: FunctionDef, name: str) -> bool:
    return any(
        isinstance(each, Name) and each.name == name
        for statement in mending.within(function)
        for each in walk(statement)
    )
