"""A bound, length or pattern that the column or the model has and the serializer lacks."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute
from comfrey.stacks.lacking import Loose, Rule, lacking, loose
from comfrey.stacks.validators.drf.declaration import (
    Declaration,
    declared,
    meta_of,
    serializer_of,
    with_rules,
)

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
KEYWORDS = {
    "minimum": "min_value",
    "maximum": "max_value",
    "min_length": "min_length",
    "max_length": "max_length",
}
BEYOND = {"exclusive_minimum": ("min_value", 1), "exclusive_maximum": ("max_value", -1)}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`IntegerField()` → `IntegerField(min_value=1)`; for a model's field the same in `extra_kwargs`."""
    endpoint, found = project.endpoint(ailment.subject), loose(ailment, project)
    if endpoint is None or found is None:
        return None
    field = ailment.fields[0]
    rules = tuple(_spelt(found))
    pattern = found.due.pattern or _pattern(ailment, project)
    pattern = "" if found.own.pattern or found.own.format else pattern
    declaration = declared(codebase, found.place)
    owner = serializer_of(codebase, endpoint) if declaration is None else None
    meta = meta_of(owner) if owner is not None else None
    edits = tuple(_edits(declaration, rules, pattern)) if declaration is not None else ()
    edit = with_rules(meta, field, rules) if meta is not None and rules else None
    edits = (edit,) if edit is not None else edits
    place = declaration.statement.place if declaration is not None else found.place
    if not edits:
        return None
    told = ", ".join([f"{name}={value}" for name, value in rules] + ([pattern] if pattern else []))
    summary = f"{field} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=edits, place=place)


def _spelt(found: Loose) -> Iterator[Rule]:
    for name, value in lacking(found.own, found.due):
        if name in KEYWORDS:
            yield KEYWORDS[name], value
        elif name in BEYOND and isinstance(value, int):
            keyword, step = BEYOND[name]
            yield keyword, value + step


def _pattern(ailment: Ailment, project: Project) -> str:
    """What the model's own validator asks of the member's text."""
    record = project.record(ailment.record)
    field = record.field(ailment.fields[0]) if record else None
    return field.pattern if field is not None else ""


def _edits(found: Declaration, rules: tuple[Rule, ...], pattern: str) -> Iterator[Edit]:
    call = found.call
    if pattern and call.function.text.rpartition(".")[2] == "CharField":
        yield mending.replaced(
            call.function, call.function.text[: -len("CharField")] + "RegexField"
        )
        yield mending.with_argument(call, f'r"{pattern}"', first=True)
        if not isinstance(call.function, Attribute):
            yield from mending.importing(found.module, "rest_framework.serializers", ["RegexField"])
    for keyword, value in rules:
        old = call.keyword(keyword)
        if old is not None:
            yield mending.replaced(old, str(value))
        else:
            yield mending.with_argument(call, f"{keyword}={value}")
