"""A filter that the parameters declare and the query never applies."""

from __future__ import annotations

import re

from comfrey.languages.python import mending
from comfrey.model.ailment import TOLD, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef, If
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (TOLD,)
RANK = 22
WORDS = re.compile(r"^(?P<head>min|max)_(?P<rest>\w+)$|^(?P<stem>\w+)_(?P<tail>min|max)$")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """The condition that the parameter's name says, beside that of its twin (`min_price` × `max_price`)."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    if endpoint is None or function is None or ailment.kind != "listing":
        return None
    for name in _unused(endpoint, function):
        twin, text = _twin(name, function)
        if twin is not None:
            edits = (mending.after(twin, text),)
            summary = f"{name} filters as its twin does"
            return Cure(summary=summary, edits=edits, place=twin.place)
    return None


def _unused(endpoint: Endpoint, function: FunctionDef) -> tuple[str, ...]:
    """Declared query parameters that the handler never names."""
    text = "\n".join(each.text for each in function.body)
    names = (
        each.attribute or each.name for each in endpoint.parameters if each.location == "query"
    )
    return tuple(name for name in names if not re.search(rf"\b{re.escape(name)}\b", text))


def _twin(name: str, function: FunctionDef) -> tuple[If | None, str]:
    """The condition of the opposite bound, and the same with this bound."""
    opposite = _opposite(name)
    for each in mending.statements(function) if opposite else ():
        source = mending.lines_of(each)
        if isinstance(each, If) and re.search(rf"\b{opposite}\b", each.test.text):
            signs = (">=", "<=") if "max" in name else ("<=", ">=")
            turned = re.sub(rf"\b{opposite}\b", name, source).replace(signs[0], signs[1])
            if turned != source and signs[0] in source:
                return each, turned
    return None, ""


def _opposite(name: str) -> str:
    found = WORDS.match(name)
    if found is None:
        return ""
    other = {"min": "max", "max": "min"}
    if found["head"]:
        return f"{other[found['head']]}_{found['rest']}"
    return f"{found['stem']}_{other[found['tail']]}"
