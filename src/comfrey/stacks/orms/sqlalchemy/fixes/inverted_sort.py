"""An ordering that goes the other way than the name of its option says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, DictOf, Expression, Module, TupleOf, walk

SYMPTOMS = (TOLD,)
RANK = 20
DESCENDING = re.compile(r"(?:^|_)desc(?:ending)?$", re.I)
ASCENDING = re.compile(r"(?:^|_)asc(?:ending)?$", re.I)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`PRICE: price.desc()` beside `PRICE_DESC: price` → the `.desc()` changes sides."""
    endpoint = project.endpoint(ailment.subject)
    module = mending.module_of(codebase, endpoint.handler.file) if endpoint else None
    if module is None or ailment.kind != "listing":
        return None
    edits = tuple(edit for table in _tables(module) for edit in _turned(table))
    if not edits:
        return None
    summary = "each sort goes the way that its name says"
    return Cure(summary=summary, edits=edits, place=endpoint.handler.place if endpoint else None)


def _tables(module: Module) -> Iterator[DictOf]:
    for statement in module.body:
        yield from (each for each in walk(statement) if isinstance(each, DictOf))


def _turned(table: DictOf) -> Iterator[Edit]:
    """An entry whose name says descending and is not, or says nothing while its `_desc` twin exists."""
    names = {_word(key): _first(value) for key, value in table.items if key is not None}
    for name, value in names.items():
        base = DESCENDING.sub("", name)
        twin = base != name and base in names
        if value is None or not (twin or ASCENDING.search(name)):
            continue
        if ASCENDING.search(name) and _is_descending(value):
            yield _ascending(value)
        if twin:
            yield from _pair(value, names[base])


def _pair(down: Expression, up: Expression | None) -> Iterator[Edit]:
    if not _is_descending(down):
        yield mending.appended(down, ".desc()")
    if up is not None and _is_descending(up):
        yield _ascending(up)


def _word(key: Expression) -> str:
    return key.text.strip("\"'").rpartition(".")[2].lower()


def _first(value: Expression) -> Expression | None:
    """The leading column of an ordering."""
    if isinstance(value, TupleOf):
        return value.items[0] if value.items else None
    return value


def _is_descending(value: Expression) -> bool:
    return isinstance(value, Call) and value.function.text.endswith(".desc")


def _ascending(value: Expression) -> Edit:
    inner = value.function if isinstance(value, Call) else value
    return mending.replaced(value, inner.of.text if isinstance(inner, Attribute) else value.text)
