"""A route without the hook that guards its siblings: the same hook, in its options."""

from __future__ import annotations

import re
from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.languages.javascript.mending import Edits
from comfrey.model.ailment import ANSWERED, CHANGED, CRASHED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    Definition,
    DictOf,
    Expression,
    FunctionDef,
    Module,
    Name,
    walk,
)
from comfrey.stacks.answering import borrowed, handler_of
from comfrey.stacks.frameworks.fastify.facts import PHASES
from comfrey.stacks.siblings import demand, stricter_beside

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 10
PUT_THERE = re.compile(r"\breq(?:uest)?\.(?:user|session|account|auth|jwt)\w*\??\.")


class Route(NamedTuple):
    """The call that serves an endpoint: its options, where it has any, and its handler."""

    module: Module
    call: Call
    options: DictOf | None
    handler: Expression

    @property
    def instance(self) -> str:
        """What the call is made on: `app`."""
        made = self.call.function
        return made.of.text if isinstance(made, Attribute) else ""

    def hook(self, phase: str) -> Expression | None:
        """The function, or the list of them, that the options name for a phase."""
        items = self.options.items if self.options is not None else ()
        return next((v for k, v in items if isinstance(k, Constant) and k.value == phase), None)


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`app.delete('/:id', remove)` → `app.delete('/:id', { onRequest: app.requireUser }, remove)`."""
    endpoint = project.endpoint(ailment.subject)
    refuses = any(each in (401, 403) for each in ailment.expected) and 404 not in ailment.expected
    wanted = refuses and ailment.kind == "auth"
    if endpoint is None or not (wanted or _lacks_its_caller(ailment, endpoint, codebase)):
        return None
    mine = route_of(codebase, endpoint)
    siblings = stricter_beside(project, endpoint) if mine is not None else []
    if not wanted:  # what fails asks for a caller, and does not say of which kind
        siblings.sort(key=demand)
    for sibling in siblings:
        theirs = route_of(codebase, sibling)
        edits = _edits(codebase, mine, theirs) if mine is not None and theirs is not None else ()
        if edits:
            summary = f"{endpoint.key} is guarded as {sibling.key} is"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=edits, place=place, caller_like=sibling.key)
    return None


def _lacks_its_caller(ailment: Ailment, endpoint: Endpoint, codebase: Codebase) -> bool:
    """Whether an open handler fails because nobody has put on the request what a guard puts there."""
    handler = handler_of(codebase, endpoint)
    unset = ailment.symptom == CRASHED and re.search(r"of (undefined|null)", ailment.error)
    return bool(unset and not endpoint.auth and handler and PUT_THERE.search(handler.text))


def route_of(codebase: Codebase, endpoint: Endpoint) -> Route | None:
    """The call that holds the endpoint's handler, or names it."""
    handler = handler_of(codebase, endpoint)
    for place in [each for each in reversed(endpoint.evidence) if each.file]:
        module = mending.module_of(codebase, place.file)
        for each in mending.everything(module) if module else ():
            if module is not None and isinstance(each, Call) and _serves(each, endpoint):
                found = _route(module, each)
                if found is not None and _answers(found, handler, endpoint, place.line):
                    return found
    return None


def _serves(call: Call, endpoint: Endpoint) -> bool:
    return isinstance(call.function, Attribute) and call.function.name in (
        endpoint.method.lower(),
        "route",
    )


def _route(module: Module, call: Call) -> Route | None:
    given = call.positional
    options = next((each for each in given if isinstance(each, DictOf)), None)
    if len(given) > 1 and not isinstance(given[-1], DictOf):
        return Route(module, call, options, given[-1])
    items = options.items if options is not None else ()
    inner = next((v for k, v in items if isinstance(k, Constant) and k.value == "handler"), None)
    return Route(module, call, options, inner) if inner is not None else None


def _answers(route: Route, handler: FunctionDef | None, endpoint: Endpoint, line: int) -> bool:
    """Whether the call's handler is the endpoint's: written there, or named at the line that is told."""
    for each in walk(route.handler):
        if isinstance(each, Definition) and handler is not None:
            return each.statement.span.start == handler.span.start
    named = endpoint.handler.name.rpartition(".")[2] in route.handler.text
    return named and route.call.span.line <= line <= route.call.span.end_line


def _edits(codebase: Codebase, mine: Route, theirs: Route) -> Edits:
    """The sibling's hooks in place of the route's own, where they differ."""
    edits: Edits = ()
    for phase in PHASES:
        wanted, own = theirs.hook(phase) or _around(theirs, phase), mine.hook(phase)
        if wanted is None or (own is not None and own.text == wanted.text):
            continue
        needed = _reached(codebase, mine, theirs, wanted)
        if needed is None:
            return ()
        text = re.sub(rf"\b{re.escape(theirs.instance)}\.", f"{mine.instance}.", wanted.text)
        edits += (_put(mine, phase, own, text), *needed)
    return edits


def _around(route: Route, phase: str) -> Expression | None:
    """The hook that the plug-in around a route adds for all of its routes: `app.addHook('onRequest', app.signedIn)`."""
    for each in mending.everything(route.module):
        made = each.function if isinstance(each, Call) else None
        given = each.positional if isinstance(each, Call) else ()
        added = isinstance(made, Attribute) and made.name == "addHook" and len(given) == 2
        if added and isinstance(made, Attribute) and made.of.text == route.instance:
            first, function = given
            named = isinstance(first, Constant) and first.value == phase
            if named and isinstance(function, Attribute | Name):
                return function
    return None


def _reached(codebase: Codebase, mine: Route, theirs: Route, wanted: Expression) -> Edits | None:
    """The imports that a hook needs in the other module; None where it is out of reach."""
    if mine.module is theirs.module or _is_same_file(mine, theirs):
        return ()
    names = {each.name for each in walk(wanted) if isinstance(each, Name)}
    if names <= {theirs.instance}:
        return ()
    return borrowed(codebase, theirs.module, mine.module, wanted, {theirs.instance: mine.instance})


def _is_same_file(mine: Route, theirs: Route) -> bool:
    return mine.call.span.source.path == theirs.call.span.source.path


def _put(mine: Route, phase: str, own: Expression | None, text: str) -> Edit:
    if own is not None:
        return mending.replaced(own, text)
    if mine.options is None:
        return mending.before_text(mine.handler, f"{{ {phase}: {text} }}, ")
    at = mine.options.span.start + 1
    data = mine.options.span.source.data
    broken = re.match(rb"\s*\n(\s*)", data[at:])
    said = f"\n{broken[1].decode()}{phase}: {text}," if broken else f" {phase}: {text},"
    return Edit(file=mine.options.span.source.path, start=at, end=at, text=said)
