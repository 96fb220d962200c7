"""A view that carries a change out at a mere look: the decorator by which the views beside it take a form alone."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Expression, FunctionDef

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 12
REFUSED = 405


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@require_POST`, or `@require_http_methods(["POST"])`, as it stands over a sibling."""
    endpoint = project.endpoint(ailment.subject)
    if endpoint is None or REFUSED not in ailment.expected or not endpoint.any_method:
        return None
    own = mending.function_at(codebase, endpoint.handler.place)
    for sibling in project.endpoints if own is not None else ():
        if sibling.handler.file != endpoint.handler.file or sibling.any_method is not False:
            continue
        other = mending.function_at(codebase, sibling.handler.place)
        said = _limit(other, endpoint.method) if other is not None else None
        if own is not None and said is not None:
            edit = mending.before(own, f"@{said.text}", keep=True)
            summary = f"{endpoint.key} takes no other method, as {sibling.key} does not"
            return Cure(summary=summary, edits=(edit,), place=endpoint.handler.place)
    return None


def _limit(function: FunctionDef, method: str) -> Expression | None:
    """The decorator that lets this method through and no other."""
    alone = f"require_{method}", f'require_http_methods(["{method}"])'
    found = (e for e in function.decorators if e.text.endswith(alone))
    return next(found, None)
