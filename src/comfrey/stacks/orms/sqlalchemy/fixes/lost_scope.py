"""A list of everybody's rows where every sibling keeps to the caller's own."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, FunctionDef
from comfrey.stacks.orms.sqlalchemy.sessions import calls
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (TOLD,)
RANK = 21


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`select(Order)` → `select(Order).where(Order.user_id == user.id)`."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    known = project.authentication
    if endpoint is None or function is None or known is None or not known.user:
        return None
    caller = _caller(function, known.user)
    text = "".join(each.text for each in function.body)
    if not caller or f"{caller}." in text or not _is_about(ailment):
        return None
    for call in calls(function):
        owner = _owner(project, call, known.user)
        if owner:
            record, field, key = owner
            edits = (mending.appended(call, f".where({record}.{field} == {caller}.{key})"),)
            summary = f"{endpoint.key} lists the caller's own rows"
            return Cure(summary=summary, edits=edits, place=call.place)
    return None


def _is_about(ailment: Ailment) -> bool:
    return "own" in ailment.title.split() or any("own" in each.text for each in ailment.because)


def _caller(function: FunctionDef, user: str) -> str:
    """The parameter that holds the caller's row."""
    for each in function.parameters:
        annotation = each.annotation.text if each.annotation else ""
        if user.lower() in annotation.lower():
            return each.name
    return ""


def _owner(project: Project, call: Call, user: str) -> tuple[str, str, str] | None:
    """(record, foreign key, key of the user) when the call is `select(Record)` of an owned record."""
    if call.function.text != "select" or len(call.positional) != 1:
        return None
    record = project.record(call.positional[0].text)
    for field in record.fields if record else ():
        target, _, key = field.references.partition(".")
        if target == user and record:
            return record.name, field.name, key or "id"
    return None
