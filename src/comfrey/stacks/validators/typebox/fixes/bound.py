"""A bound or length that the column has and the type lacks, or has differently."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.declaration import Declaration, declared, method
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, DictOf, walk
from comfrey.stacks.keywords import bounded, known, told, written
from comfrey.stacks.lacking import Rule, lacking, loose

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 10
BOUNDED = ("String", "Number", "Integer", "Unsafe")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Type.Integer({ maximum: 101 })` → `Type.Integer({ maximum: 100 })`."""
    found = loose(ailment, project)
    if found is None:
        return None
    own, due, place, _ = found
    lax = known(lacking(own, due))
    declaration = declared(codebase, place or own.place, ailment.fields[0])
    edits = tuple(_edits(declaration, lax)) if declaration and lax else ()
    if declaration is None or not edits:
        return None
    summary = f"{ailment.fields[0]} is bounded as its column is: {told(lax)}"
    return Cure(summary=summary, edits=edits, place=declaration.value.place)


def _edits(found: Declaration, lax: list[Rule]) -> Iterator[Edit]:
    made = [
        each for each in walk(found.value) if isinstance(each, Call) and method(each) in BOUNDED
    ]
    if len(made) != 1:
        return
    given = made[0].positional[-1] if made[0].positional else None
    if isinstance(given, DictOf):
        yield from bounded(found.module, given, lax)
    elif not made[0].arguments:
        end = made[0].span.end - 1
        text = f"{{ {', '.join(written(found.module, lax))} }}"
        yield Edit(file=made[0].span.source.path, start=end, end=end, text=text)
