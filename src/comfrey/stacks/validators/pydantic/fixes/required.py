"""A member that may be left out or null while its column takes no null and has no default."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Binary, Call, Constant, Expression, Subscript
from comfrey.stacks.lacking import left_out
from comfrey.stacks.validators.pydantic.declaration import Declaration, declared

SYMPTOMS = (LET_IN, CRASHED, ANSWERED)
RANK = 5


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The member without its default and without `None`."""
    found = left_out(ailment, project)
    if found is None:
        return None
    declaration = declared(codebase, found.place)
    if found.required or declaration is None:
        return None
    edit = _required(declaration)
    if edit is None:
        return None
    summary = f"{ailment.fields[0]} is required, as its column is"
    return Cure(summary=summary, edits=(edit,), place=declaration.statement.place)


def _required(found: Declaration) -> Edit | None:
    """`x: T | None = None` → `x: T`."""
    annotation = _without_none(found.annotation)
    if annotation is None or not _is_none(found.value):
        return None
    file = found.module.source.path
    start, end = found.annotation.span.start, found.statement.span.end
    if isinstance(found.value, Call):
        kept = ", ".join(mending.source(a) for a in found.value.arguments if not _default(a, found))
        call = found.value.function.text
        annotation = f"{annotation} = {call}({kept})" if kept else annotation
    return Edit(file=file, start=start, end=end, text=annotation)


def _default(argument: object, found: Declaration) -> bool:
    call = found.value
    if not isinstance(call, Call):
        return False
    first = call.arguments[0] if call.arguments else None
    return getattr(argument, "name", "") == "default" or (
        argument is first and not getattr(argument, "name", "")
    )


def _is_none(value: Expression | None) -> bool:
    if isinstance(value, Call):
        given = value.keyword("default") or next(iter(value.positional), None)
        return _is_none(given)
    return isinstance(value, Constant) and value.value is None


def _without_none(annotation: Expression) -> str | None:
    """The annotation without its `None`, or None when it has none."""
    if isinstance(annotation, Binary) and annotation.operator == "|":
        if _is_none(annotation.right):
            return annotation.left.text
        if _is_none(annotation.left):
            return annotation.right.text
    if isinstance(annotation, Subscript) and annotation.of.text.endswith("Optional"):
        return annotation.index.text
    return None
