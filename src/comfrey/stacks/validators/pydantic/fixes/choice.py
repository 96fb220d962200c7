"""A text that is compared with, or stored in, an enumeration's column: the enumeration itself."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Expression, Name, walk
from comfrey.stacks.lacking import loose
from comfrey.stacks.validators.pydantic.declaration import declared

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 8


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`status: str` → `status: OrderStatus`."""
    found = loose(ailment, project)
    if found is None or not found.due.enum or found.own.enum:
        return None
    declaration = declared(codebase, found.place)
    text = _text(declaration.annotation) if declaration else None
    enum = _class(ailment, project, found.due.enum)
    if declaration is None or text is None or not enum:
        return None
    module, _, name = enum.partition(":")
    edits = (
        mending.replaced(text, name),
        *mending.importing(
            declaration.module, _home(codebase, declaration.module, module, name), [name]
        ),
    )
    summary = f"{ailment.fields[0]} is one of {name}"
    return Cure(summary=summary, edits=edits, place=declaration.statement.place)


def _text(annotation: Expression) -> Name | None:
    found = (each for each in walk(annotation) if isinstance(each, Name) and each.name == "str")
    return next(found, None)


def _class(ailment: Ailment, project: Project, members: tuple[object, ...]) -> str:
    record = project.record(ailment.record)
    for field in record.fields if record else ():
        if field.enum == members and field.enum_class:
            return field.enum_class
    return ""


def _home(codebase: Codebase, module: object, origin: str, name: str) -> str:
    """The package that hands the class on, when the project imports it from there."""
    package = origin.rpartition(".")[0]
    parsed = codebase.parsed(package) if package else None
    return package if parsed and name in mending.bound(parsed) else origin
