"""A change that lets an explicit null through to a column that takes none."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CRASHED, LET_IN, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Call, ClassDef, Constant, Module, Statement
from comfrey.stacks.lacking import input_of
from comfrey.stacks.validators.pydantic.declaration import Declaration, declared

SYMPTOMS = (CRASHED, LET_IN, ANSWERED, STORED)
RANK = 6
REFUSING = """\
@field_validator({fields})
@classmethod
def _not_null(cls, value: object) -> object:
    if value is None:
        raise ValueError("must not be null")
    return value
"""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The field among those whose null a validator refuses, as a sibling model does it."""
    endpoint, due = project.endpoint(ailment.subject), ailment.column_rule
    found = input_of(endpoint, ailment.fields[0]) if endpoint and ailment.fields and due else None
    if found is None or due is None or due.nullable or endpoint is None:
        return None
    schema, place, required = found
    changes = any(each.action == "update" and each.partial for each in endpoint.effects)
    declaration = declared(codebase, place)
    if required or not schema.nullable or not changes or declaration is None:
        return None
    edits = tuple(_edits(codebase, project, declaration, ailment.fields[0]))
    summary = f"a null {ailment.fields[0]} is refused: its column takes none"
    return Cure(summary=summary, edits=edits, place=declaration.statement.place)


def _edits(codebase: Codebase, project: Project, found: Declaration, field: str) -> Iterator[Edit]:
    owner = found.owner
    if owner is None:
        return
    own = _refusing(owner)
    if own is not None:
        call = own[1]
        yield mending.appended(call.positional[-1], f', "{field}"')
        return
    module, statement, function = _sibling(codebase, project, found.module)
    last = list(owner.body)[-1]
    text = REFUSING.format(fields=f'"{field}"').rstrip()
    if statement is not None:
        text = f'_not_null = field_validator("{field}")({function})'
    yield mending.after(last, f"\n{text}", keep=True)
    yield from mending.importing(found.module, "pydantic", ["field_validator"])
    if statement is not None and module is not None:
        origin = mending.bound(module).get(function, "")
        home = origin.rpartition(".")[0] or codebase.graph.module(module.source.path)
        if home != codebase.graph.module(found.module.source.path):
            yield from mending.importing(found.module, home, [function])


def _refusing(owner: ClassDef) -> tuple[Statement, Call] | None:
    """(statement, `field_validator(…)` call) that refuses null in a class, when it is written as a value."""
    for each in owner.body:
        value = each.value if isinstance(each, Assign) else None
        if isinstance(value, Call) and isinstance(value.function, Call):
            inner = value.function
            names = all(isinstance(given, Constant) for given in inner.positional)
            if inner.function.text.endswith("field_validator") and names and "null" in value.text:
                return each, inner
    return None


Sibling = tuple[Module | None, Statement | None, str]


def _sibling(codebase: Codebase, project: Project, module: Module) -> Sibling:
    """Another model that refuses nulls by a function shared among models."""
    files = {
        place.file for each in project.endpoints if each.body and (place := each.body.schema.place)
    }
    for file in sorted({module.source.path, *files}):
        other = mending.module_of(codebase, file)
        for owner in mending.classes(other) if other else ():
            found = _refusing(owner)
            value = found[0].value if found and isinstance(found[0], Assign) else None
            if found and isinstance(value, Call) and value.positional:
                return other, found[0], value.positional[0].text
    return None, None, ""
