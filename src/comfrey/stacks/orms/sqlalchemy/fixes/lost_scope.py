"""A list of everybody's rows where every sibling keeps to the caller's own."""

from __future__ import annotations

import re

from comfrey.languages.python import mending
from comfrey.model.ailment import TOLD, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, FunctionDef, Module
from comfrey.stacks.orms.sqlalchemy.sessions import calls
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (TOLD,)
RANK = 21
NAME = r"[a-z]\w*[\w.]*(?:\(\))?"
CALLER = rf"(?P<caller>(?:int|str)\({NAME}\)|{NAME})"
"""`current_user.id`, `get_jwt_identity()`, `int(get_jwt_identity())`."""


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`select(Order)` → `select(Order).where(Order.user_id == user.id)`."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    known = project.authentication
    if endpoint is None or function is None or known is None or not known.user:
        return None
    caller = _caller(function, known.user)
    text = "".join(each.text for each in function.body)
    if (caller and f"{caller}." in text) or not _is_about(ailment):
        return None
    summary = f"{endpoint.key} lists the caller's own rows"
    for call in calls(function) if caller else ():
        owner = _owner(project, call, known.user)
        if owner:
            record, field, key = owner
            edits = (mending.appended(call, f".where({record}.{field} == {caller}.{key})"),)
            return Cure(summary=summary, edits=edits, place=call.place)
    edit = _as_beside(project, codebase, function, known.user)
    return Cure(summary=summary, edits=(edit,), place=endpoint.handler.place) if edit else None


def _as_beside(
    project: Project, codebase: Codebase, function: FunctionDef, user: str
) -> Edit | None:
    """`Note.query` → `Note.query.filter_by(member_id=current_user.id)`, where a function beside it says so."""
    module = mending.module_of(codebase, function.span.source.path)
    for each in mending.inside(function) if module else ():
        if isinstance(each, Attribute | Call):
            record, field = _all_of(project, each, user)
            asked = _asked(module, field, function) if module and field else ""
            if asked and isinstance(each, Call) and each.function.text.endswith("select"):
                return mending.appended(each, f".where({record}.{field} == {asked})")
            if asked:
                return mending.appended(each, f".filter_by({field}={asked})")
    return None


def _all_of(project: Project, node: Attribute | Call, user: str) -> tuple[str, str]:
    """(record, key to the user) of `Note.query`, `session.query(Note)` or `db.select(Note)`, else empty texts."""
    name = ""
    if isinstance(node, Attribute) and node.name == "query":
        name = node.of.text
    elif isinstance(node, Call) and len(node.positional) == len(node.arguments) == 1:
        asks = node.function.text.rpartition(".")[2] in ("select", "query")
        name = node.positional[0].text if asks else ""
    record = project.record(name) if name else None
    keys = [e.name for e in record.fields if e.references.startswith(f"{user}.")] if record else []
    return (name, keys[0]) if len(keys) == 1 else ("", "")


def _asked(module: Module, field: str, function: FunctionDef) -> str:
    """How the functions of a module name the caller's key, where they keep to it: `current_user.id`."""
    for each in mending.functions(module):
        found = re.search(rf"\b{field} ?==? ?{CALLER}", each.text)
        words = set(re.findall(r"\w+", found["caller"])) if found else set()
        if found and each is not function and words & set(mending.bound(module)):
            return found["caller"]
    return ""


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
