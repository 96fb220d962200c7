"""A request that may be made a second time though its route declares that it may not: refused once it has been."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, Attribute, FunctionDef, If, Name, Statement
from comfrey.stacks.refusing import handler_of, refusing, words

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 24


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`order.status = PAID` at the end → `if order.status == PAID: raise …409` where the row is there."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    module = mending.module_of(codebase, function.span.source.path) if function else None
    owed = ailment.expected == (409,) and ailment.kind == "lifecycle"
    if endpoint is None or function is None or module is None or not owed:
        return None
    if not _is_spoken(project, endpoint):
        return None
    for each in function.body:
        target = each.targets[0] if isinstance(each, Assign) and len(each.targets) == 1 else None
        value = each.value if isinstance(each, Assign) else None
        if isinstance(target, Attribute) and isinstance(target.of, Name) and value is not None:
            anchor = _met(function, target.of.name, each)
            state = value.text.rpartition(".")[2].strip("\"'").lower()
            if anchor is None or not isinstance(value, Attribute) or not _is_told(ailment, state):
                continue
            thing = words(target.of.name)
            told = refusing(codebase, project, module, 409, f"This {thing} is already {state}")
            if told is None:
                return None
            text, imports = told
            check = f"if {target.text} == {value.text}:\n    {text}"
            summary = f"{ailment.subject} refuses what is {state} already"
            edits = (mending.after(anchor, check), *imports)
            return Cure(summary=summary, edits=edits, place=anchor.place)
    return None


def _is_spoken(project: Project, endpoint: Endpoint) -> bool:
    """Whether the route declares that it may refuse so, or, where routes declare nothing, others do."""
    if any(each.status == 409 for each in endpoint.responses):
        return True
    declares = any(each.status >= 400 for e in project.endpoints for each in e.responses)
    refusals = (each.status for e in project.endpoints for each in e.refusals)
    return not declares and 409 in refusals


def _is_told(ailment: Ailment, state: str) -> bool:
    """Whether the test is about this state."""
    return state in ailment.title.lower().replace("_", " ").split()


def _met(function: FunctionDef, name: str, before: Statement) -> Statement | None:
    """The statement after which the row is surely there: its lookup, or the check behind that."""
    found = None
    for each in function.body:
        if each.span.start >= before.span.start:
            break
        if isinstance(each, Assign) and any(t.text == name for t in each.targets):
            found = each
        elif (
            isinstance(each, If) and each.test.text in (f"{name} is None", f"not {name}") and found
        ):
            return each
    return found
