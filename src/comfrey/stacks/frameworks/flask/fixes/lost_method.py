"""A view that a mere look sets going: the methods of the views beside it, which take a form alone."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Argument, Attribute, Call, FunctionDef
from comfrey.stacks.refusing import handler_of

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 12
REFUSED = 405
GIVEN = "methods"


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`methods=["POST"]` as a sibling's route says it, instead of its own or of none; or `.post` for `.route`."""
    endpoint = project.endpoint(ailment.subject)
    view = handler_of(codebase, endpoint)
    if endpoint is None or view is None or REFUSED not in ailment.expected:
        return None
    own = _route(view)
    for sibling in project.endpoints if own is not None else ():
        if sibling.handler.file != endpoint.handler.file or sibling.any_method is not False:
            continue
        other = handler_of(codebase, sibling)
        theirs = _route(other) if other is not None else None
        edit = _limited(own, theirs, sibling.method) if own and theirs else None
        if edit is not None:
            summary = f"{endpoint.path} takes no other method, as {sibling.key} does not"
            return Cure(summary=summary, edits=(edit,), place=endpoint.handler.place)
    return None


def _route(view: FunctionDef) -> Call | None:
    """The decorator that gives the view its rule."""
    calls = (each for each in view.decorators if isinstance(each, Call))
    return next((each for each in calls if _word(each) in ("route", "get", "post")), None)


def _word(call: Call) -> str:
    return call.function.name if isinstance(call.function, Attribute) else ""


def _limited(own: Call, theirs: Call, method: str) -> Edit | None:
    """The edit that makes a rule take what the other takes; None where that one takes a look too."""
    if _word(theirs) == "post" and _methods(own) is None:
        kept = own.function.text.rpartition(".")[0]
        return mending.replaced(own.function, f"{kept}.post")
    said = _methods(theirs)
    if said is None or "GET" in said.value.text or method not in said.value.text:
        return None
    present = _methods(own)
    if present is not None:
        return mending.replaced(present.value, said.value.text)
    return mending.with_argument(own, mending.source(said)) if _word(own) == "route" else None


def _methods(call: Call) -> Argument | None:
    return next((each for each in call.arguments if each.name == GIVEN), None)
