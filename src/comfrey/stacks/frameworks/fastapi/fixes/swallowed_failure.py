"""A service's failure that is caught, passed over, and answered as a success."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, STORED, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Catch, FunctionDef, Raise, Return, Try, walk
from comfrey.stacks.refusing import handler_of, raises, refusal, words

SYMPTOMS = (LET_IN, ANSWERED, STORED, CHANGED)
RANK = 20


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`except Failed: log` → `except Failed as error: log; raise …502 from error`, as declared."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    module = mending.module_of(codebase, function.span.source.path) if function else None
    if endpoint is None or function is None or module is None or not ailment.failure:
        return None
    given = {status for status, *_ in raises(function)}
    declared = [each.status for each in endpoint.responses if 502 <= each.status <= 504]
    free = [
        each for each in (*ailment.expected, *declared) if each in declared and each not in given
    ]
    found = _silent(function)
    if not free or found is None:
        return None
    thing = words(ailment.service) or "service"
    text, imports = refusal(codebase, project, module, free[0], f"The {thing} failed")
    named = found.name or "error"
    edits = [mending.after(found.body[-1], f"raise {text} from {named}"), *imports]
    if not found.name:
        edits.append(mending.appended(found.kinds[-1], " as error"))
    summary = f"a failing {thing} is answered {free[0]}"
    return Cure(summary=summary, edits=tuple(edits), place=found.place)


def _silent(function: FunctionDef) -> Catch | None:
    """The `except` that neither raises nor returns, beside others of its `try` that raise."""
    for each in mending.statements(function):
        catches = each.catches if isinstance(each, Try) else ()
        quiet = [catch for catch in catches if not _ends(catch)]
        if len(quiet) == 1 and len(catches) > 1 and quiet[0].kinds:
            return quiet[0]
    return None


def _ends(catch: Catch) -> bool:
    return any(isinstance(each, Raise | Return) for part in catch.body for each in walk(part))
