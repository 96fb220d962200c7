"""A row that `get` asks for and nobody may have: 404, as Django's own shortcut answers."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Statement, walk

SYMPTOMS = (CRASHED,)
RANK = 20
SHORTCUT = "get_object_or_404"


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`Book.objects.get(id=1)` becomes `get_object_or_404(Book, id=1)`."""
    if 404 not in ailment.expected or ailment.error_class != "DoesNotExist":
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        statement = mending.statement_at(function, place.line) if function else None
        module = mending.module_of(codebase, place.file)
        if statement is None or module is None:
            continue
        for call in _lookups(statement):
            assert isinstance(call.function, Attribute)
            rows = call.function.of.text.removesuffix(".objects")
            arguments = ", ".join(map(mending.source, call.arguments))
            edits = mending.replaced(call, f"{SHORTCUT}({rows}, {arguments})")
            missing = [SHORTCUT] if SHORTCUT not in mending.bound(module) else []
            imports = mending.importing(module, "django.shortcuts", missing)
            summary = "a row that is not there is answered 404"
            return Cure(summary=summary, edits=(edits, *imports), place=statement.place)
    return None


def _lookups(statement: Statement) -> Iterator[Call]:
    """Calls of `get` that name a column."""
    for each in walk(statement):
        if not isinstance(each, Call) or not isinstance(each.function, Attribute):
            continue
        if each.function.name == "get" and any(argument.name for argument in each.arguments):
            yield each
