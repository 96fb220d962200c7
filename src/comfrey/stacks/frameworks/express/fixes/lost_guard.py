"""A route without the guard that its siblings have: the same guard, in the same place."""

from __future__ import annotations

import re

from comfrey.languages.javascript import mending
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Expression
from comfrey.stacks.answering import borrowed, handler_of
from comfrey.stacks.frameworks.express.routing import Route, route_of
from comfrey.stacks.siblings import demand, stricter

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 10
NO_GUARD = re.compile(r"valid|schema|sanitize|upload|multer|limit|cache|parse|log|cors", re.I)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`router.delete('/:id', remove)` → `router.delete('/:id', requireUser, remove)`."""
    endpoint = project.endpoint(ailment.subject)
    refuses = any(each in (401, 403) for each in ailment.expected) and 404 not in ailment.expected
    wanted = refuses and ailment.kind == "auth"
    if endpoint is None or not (wanted or _lacks_its_caller(ailment, endpoint, codebase)):
        return None
    mine = route_of(codebase, endpoint)
    siblings = stricter(project, endpoint) if mine else []
    if not wanted:
        siblings.sort(key=lambda each: (each.handler.file != endpoint.handler.file, demand(each)))
    for sibling in siblings:
        theirs = route_of(codebase, sibling)
        guards = _lacking(mine, theirs, sibling) if mine and theirs else []
        if not wanted:
            guards = [each for each in guards if _named(each) not in _choosy(sibling)]
        if mine is None or theirs is None or not guards:
            continue
        edits = _edits(codebase, mine, theirs, guards)
        if edits:
            summary = f"{endpoint.key} is guarded as {sibling.key} is"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=edits, place=place, caller_like=sibling.key)
    return None


OF_THE_REQUEST = (
    "body|params|query|headers|header|get|method|path|url|originalUrl|ip|cookies|signedCookies|files?|app|protocol"
    "|hostname|is|accepts|on|log|id|route|baseUrl|rawBody|socket|secure|xhr"
)

PUT_THERE = re.compile(rf"\breq(?:uest)?\.(?!(?:{OF_THE_REQUEST})\b)\w+\??\.")


def _lacks_its_caller(ailment: Ailment, endpoint: Endpoint, codebase: Codebase) -> bool:
    """Whether an open handler fails because nobody has put on the request what a guard puts there."""
    handler = handler_of(codebase, endpoint)
    unset = ailment.symptom == CRASHED and "of undefined" in ailment.error
    return bool(unset and not endpoint.auth and handler and PUT_THERE.search(handler.text))


def _lacking(mine: Route, theirs: Route, sibling: Endpoint) -> list[Expression]:
    """The sibling's guards that this route does not have."""
    own = {each.text for each in mine.steps}
    names = {each.name.rpartition(".")[2] for each in sibling.guards}
    return [
        each
        for each in theirs.steps[:-1]
        if each.text not in own and (_named(each) in names or not NO_GUARD.search(each.text))
    ]


def _choosy(endpoint: Endpoint) -> set[str]:
    """The guards that let only callers of some kind by."""
    return {each.name.rpartition(".")[2] for each in endpoint.guards if each.requirements}


def _named(step: Expression) -> str:
    bare = step.function if isinstance(step, Call) else step
    return bare.text.rpartition(".")[2]


def _edits(
    codebase: Codebase, mine: Route, theirs: Route, guards: list[Expression]
) -> mending.Edits:
    """The guards behind those that both routes have, before all else, and their imports."""
    others = [each.text for each in theirs.steps]
    at = next(each for each in mine.steps if each.text not in others or each is mine.steps[-1])
    imports: mending.Edits = ()
    for each in guards:
        needed = borrowed(codebase, theirs.module, mine.module, each, {})
        if needed is None:
            return ()
        imports += needed
    return (mending.before_text(at, "".join(f"{each.text}, " for each in guards)), *imports)
