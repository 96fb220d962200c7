"""A member that code takes out of a request by force: what a serializer would say where it was not sent."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant, Expression, Module, Statement, Subscript, walk

SYMPTOMS = (CRASHED,)
RANK = 22
ERRORS = ("KeyError", "MultiValueDictKeyError")
ERROR = "ValidationError"
SAID = {
    "data": "This field is required.",
    "POST": "This field is required.",
    "FILES": "No file was submitted.",
}


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`request.FILES["scan"]` comes after `if "scan" not in request.FILES: raise ValidationError(…)`."""
    if 400 not in ailment.expected or ailment.error_class not in ERRORS:
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        statement = mending.statement_at(function, place.line) if function else None
        module = mending.module_of(codebase, place.file)
        if statement is None or module is None:
            continue
        for part, key in _taken(statement) if _may_raise(module) else ():
            if repr(key) not in ailment.error:
                continue
            said = SAID[part.text.rpartition(".")[2]]
            check = f'if "{key}" not in {part.text}:\n    raise ValidationError({{"{key}": ["{said}"]}})'
            missing = [] if ERROR in mending.bound(module) else [ERROR]
            imports = mending.importing(module, "rest_framework.exceptions", missing)
            edits = (mending.before(statement, check), *imports)
            summary = f"a request without {key} is answered 400"
            return Cure(summary=summary, edits=edits, place=statement.place)
    return None


def _may_raise(module: Module) -> bool:
    """Whether DRF answers here, and no other error goes by the name of its own."""
    bound = mending.bound(module)
    drf = any(each.startswith("rest_framework") for each in bound.values())
    return drf and bound.get(ERROR, "rest_framework").startswith("rest_framework")


def _taken(statement: Statement) -> Iterator[tuple[Expression, str]]:
    """(`request.FILES`, `scan`) for each member in brackets."""
    for each in walk(statement):
        if not isinstance(each, Subscript) or not isinstance(each.index, Constant):
            continue
        head, _, part = each.of.text.rpartition(".")
        if part in SAID and head.endswith("request") and isinstance(each.index.value, str):
            yield each.of, each.index.value
