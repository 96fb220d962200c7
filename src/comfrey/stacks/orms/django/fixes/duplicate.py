"""A unique value that is taken already ends as an unhandled error: the answer that the siblings give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import CRASHED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Module, Raise, Statement, Try, walk
from comfrey.stacks.refusing import words

SYMPTOMS = (CRASHED,)
RANK = 20
WRITES = ("save", "create", "bulk_create", "update", "create_user", "perform_create", "asave")
UNIQUE = re.compile(r"unique|duplicate", re.I)
ERROR = "IntegrityError"


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The write inside of a `try` whose `except IntegrityError` refuses as another handler does."""
    if not UNIQUE.search(ailment.error) or not {400, 409, 422} & {*ailment.expected}:
        return None
    for place in reversed(ailment.trace):
        function = mending.function_at(codebase, place)
        statement = mending.statement_at(function, place.line) if function else None
        module = mending.module_of(codebase, place.file)
        if function is None or statement is None or module is None or not _writes(statement):
            continue
        around = [each for each in mending.statements(function) if isinstance(each, Try)]
        if any(ERROR in each.text and mending.covers(each, place.line) for each in around):
            return None
        return _cured(ailment, project, codebase, statement, module)
    return None


def _writes(statement: Statement) -> bool:
    return any(
        isinstance(each, Call)
        and isinstance(each.function, Attribute)
        and each.function.name in WRITES
        for each in walk(statement)
    )


def _cured(
    ailment: Ailment, project: Project, codebase: Codebase, statement: Statement, module: Module
) -> Cure | None:
    said = f"There is already such {words(ailment.record) or 'a value'}."
    text, imports = _refusal(ailment, project, codebase, module, said)
    if not text:
        return None
    body = "".join(f"        {line}\n" for line in mending.lines_of(statement).splitlines())
    tried = f"try:\n    with transaction.atomic():\n{body}"
    handler = f"except {ERROR} as error:\n    raise {text} from error"
    edits = (
        mending.rewritten(statement, statement, tried + handler),
        *mending.importing(module, "django.db", [ERROR, "transaction"]),
        *imports,
    )
    status = next(each for each in (409, 400, 422) if each in ailment.expected)
    return Cure(summary=f"a duplicate is answered {status}", edits=edits, place=statement.place)


def _refusal(
    ailment: Ailment, project: Project, codebase: Codebase, module: Module, said: str
) -> tuple[str, tuple[Edit, ...]]:
    """How another handler of this error refuses; else DRF's own way of refusing a field."""
    for call, home in _siblings(project, codebase):
        name = call.function.text
        origin = mending.origins(codebase, home).get(name, "").rpartition(".")[0]
        missing = [name] if name not in mending.bound(module) else []
        return f'{name}("{said}")', mending.importing(module, origin, missing) if origin else ()
    drf = any(each.startswith("rest_framework") for each in mending.bound(module).values())
    if 400 not in ailment.expected or not drf:
        return "", ()
    field = ailment.fields[0].rpartition(".")[2] if ailment.fields else "non_field_errors"
    imports = mending.importing(module, "rest_framework.exceptions", ["ValidationError"])
    return f'ValidationError({{"{field}": ["{said}"]}})', imports


def _siblings(project: Project, codebase: Codebase) -> Iterator[tuple[Call, Module]]:
    """What is raised where somebody else has met this error, and where that stands."""
    for file in sorted({each.handler.file for each in project.endpoints if each.handler.file}):
        home = mending.module_of(codebase, file)
        for function in mending.functions(home) if home else ():
            for each in mending.statements(function):
                for catch in each.catches if isinstance(each, Try) else ():
                    if not any(ERROR in kind.text for kind in catch.kinds) or home is None:
                        continue
                    for inner in catch.body:
                        made = inner.value if isinstance(inner, Raise) else None
                        if isinstance(made, Call):
                            yield made, home
