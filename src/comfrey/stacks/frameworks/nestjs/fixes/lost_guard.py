"""A route that asks less of its caller than its siblings do: their decorators, in the same place."""

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
from comfrey.source.node import Call, ClassDef, Expression, FunctionDef, Module
from comfrey.stacks.answering import borrowed, handler_of
from comfrey.stacks.frameworks.nestjs.facts import data
from comfrey.stacks.siblings import demand, stricter_beside

SYMPTOMS = (LET_IN, ANSWERED, CHANGED, CRASHED)
RANK = 10
OPENING = re.compile(
    r"public|anonymous|no_?auth|skip_?auth|allow_?all|unauthenticated|guest|open", re.I
)
GUARDING = re.compile(
    r"guard|auth|role|permission|scope|polic|ability|access|protect|admin|signed|require", re.I
)

NO_GUARD = re.compile(r"^(Api|HttpCode|Header|Use(Interceptors|Pipes|Filters)|Redirect|Render|Version|Serialize)")  # fmt: skip


class Route(NamedTuple):
    """A method of a controller, and how it is marked."""

    module: Module
    method: FunctionDef
    controller: ClassDef | None

    @property
    def verb(self) -> Expression | None:
        """The decorator that makes it a route."""
        return next((e for e in self.method.decorators if named(e) in data()["methods"]), None)

    @property
    def marks(self) -> tuple[Expression, ...]:
        """The method's decorators, then its controller's."""
        return (*self.method.decorators, *(self.controller.decorators if self.controller else ()))


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`@Delete(':id')` → `@Roles(Role.Admin)` above it; a `@Public()` that no sibling has goes."""
    endpoint = project.endpoint(ailment.subject)
    refuses = any(each in (401, 403) for each in ailment.expected) and 404 not in ailment.expected
    wanted = refuses and ailment.kind == "auth"
    unset = ailment.symptom == CRASHED and bool(re.search(r"of (undefined|null)", ailment.error))
    if endpoint is None or not (wanted or (unset and not endpoint.auth)):
        return None
    mine = route_of(codebase, endpoint)
    if mine is None or mine.verb is None:
        return None
    least = demand(endpoint) + (ailment.expected != (403,))
    for sibling in stricter_beside(project, endpoint, least):
        theirs = route_of(codebase, sibling)
        edits = _edits(codebase, mine, theirs) if theirs is not None else ()
        if edits:
            summary = f"{endpoint.key} is guarded as {sibling.key} is"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=edits, place=place, caller_like=sibling.key)
    return None


def route_of(codebase: Codebase, endpoint: Endpoint) -> Route | None:
    """The method that answers, in its controller."""
    method = handler_of(codebase, endpoint)
    module = mending.module_of(codebase, method.span.source.path) if method is not None else None
    if method is None or module is None:
        return None
    around = [
        each
        for each in mending.classes(module)
        if each.span.start <= method.span.start and method.span.end <= each.span.end
    ]
    return Route(module, method, around[-1] if around else None)


def named(mark: Expression) -> str:
    """`UseGuards` of `@UseGuards(JwtGuard)`."""
    return (mark.function if isinstance(mark, Call) else mark).text.rpartition(".")[2]


def _edits(codebase: Codebase, mine: Route, theirs: Route) -> Edits:
    opened = _opening(mine, theirs)
    if opened is not None:
        return _taken_off(mine, opened)
    own = {each.text for each in mine.marks}
    lacking = [
        each
        for each in theirs.marks
        if each.text not in own and GUARDING.search(each.text) and not NO_GUARD.match(each.text)
    ]
    edits: Edits = ()
    for each in lacking:
        needed = borrowed(codebase, theirs.module, mine.module, each, {})
        if needed is None:
            return ()
        edits += (_put(mine, theirs, each), *needed)
    return edits


def _opening(mine: Route, theirs: Route) -> Expression | None:
    """A decorator by which the route is open, and which the sibling does not have."""
    others = {each.text for each in theirs.marks}
    own = (each for each in mine.method.decorators if each.text not in others)
    return next((each for each in own if OPENING.search(named(each))), None)


def _taken_off(mine: Route, mark: Expression) -> Edits:
    """The decorator's line away, and its import where nothing else needs it."""
    text = mark.span.source.data
    start, end = mark.span.start - 1, mark.span.end
    while text[end : end + 1] in (b" ", b"\n", b"\t"):
        end += 1
    gone = Edit(file=mark.span.source.path, start=start, end=end, text="")
    name = named(mark)
    uses = len(re.findall(rb"\b%s\b" % re.escape(name.encode()), text))
    return (gone, *(_unimported(mine.module, name) if uses == 2 else ()))


def _unimported(module: Module, name: str) -> Edits:
    for each in mending.imports(module):
        if any(local == name for _, local in each.names):
            kept = [pair for pair in each.names if pair[1] != name]
            return (
                (mending.replaced(each, mending.imported(each, kept)),)
                if kept
                else (mending.removed(each),)
            )
    return ()


def _put(mine: Route, theirs: Route, mark: Expression) -> Edit:
    """The decorator on a line of its own, on the side of the route's that it has on the sibling."""
    verb, other = mine.verb, theirs.verb
    assert verb is not None
    data_, path = verb.span.source.data, verb.span.source.path
    begin = data_.rfind(b"\n", 0, verb.span.start) + 1
    indent = re.match(rb"[ \t]*", data_[begin:])
    margin = indent[0].decode() if indent else ""
    inner = mark in theirs.method.decorators and other is not None
    if inner and other is not None and mark.span.start > other.span.start:
        return Edit(
            file=path, start=verb.span.end, end=verb.span.end, text=f"\n{margin}@{mark.text}"
        )
    at = verb.span.start - 1
    return Edit(file=path, start=at, end=at, text=f"@{mark.text}\n{margin}")
