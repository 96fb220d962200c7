"""A bound, length or pattern that the column has and the model lacks, or has differently."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Constant, Module, Name
from comfrey.stacks.lacking import Rule, lacking, loose
from comfrey.stacks.validators.pydantic.declaration import (
    Declaration,
    declared,
    rules,
    spelling,
)

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
KEYWORDS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusive_minimum": "gt",
    "exclusive_maximum": "lt",
    "min_length": "min_length",
    "max_length": "max_length",
    "pattern": "pattern",
}
OPPOSITE = {"ge": "gt", "gt": "ge", "le": "lt", "lt": "le"}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The declaration with the column's bound."""
    found = loose(ailment, project)
    if found is None:
        return None
    own, due, place, _ = found
    declaration = declared(codebase, place)
    lax = tuple((KEYWORDS[name], value) for name, value in lacking(own, due))
    if declaration is None or not lax:
        return None
    edits = tuple(_edits(codebase, declaration, lax))
    told = ", ".join(f"{keyword}={value}" for keyword, value in lax)
    summary = f"{ailment.fields[0]} is bounded as its column is: {told}"
    return Cure(summary=summary, edits=edits, place=declaration.statement.place)


# --- writing -------------------------------------------------------------------


def _edits(codebase: Codebase, found: Declaration, lacking: tuple[Rule, ...]) -> Iterator[Edit]:
    known = rules(codebase, found)
    if known is not None:
        yield from _into_call(*known, lacking)
        return
    keywords = ", ".join(f"{key}={spelling(found.module, value)}" for key, value in lacking)
    if found.value is None:
        yield mending.appended(found.annotation, f" = Field({keywords})")
    else:
        yield mending.replaced(found.value, f"Field(default={found.value.text}, {keywords})")
    yield from mending.importing(found.module, "pydantic", ["Field"])


def _into_call(module: Module, call: Call, lacking: tuple[Rule, ...]) -> Iterator[Edit]:
    """The keywords changed in, or added to, an existing call."""
    for keyword, value in lacking:
        text = spelling(module, value)
        old = next((a for a in call.arguments if a.name in (keyword, OPPOSITE.get(keyword))), None)
        if old is None:
            behind = call.arguments[-1].value if call.arguments else None
            added = f", {keyword}={text}" if behind else f"{keyword}={text}"
            yield mending.appended(behind, added) if behind else _only(call, added)
        elif old.name == keyword:
            yield mending.replaced(old.value, text)
        elif isinstance(old.value, Constant | Name):
            data = old.value.span.source.data
            start = data.rfind(old.name.encode(), call.span.start, old.value.span.start)
            end = old.value.span.end
            yield Edit(file=module.source.path, start=start, end=end, text=f"{keyword}={text}")


def _only(call: Call, text: str) -> Edit:
    end = call.span.end - 1
    return Edit(file=call.span.source.path, start=end, end=end, text=text)
