"""A route without the guard that its siblings have: the same guard, in the same way."""

from __future__ import annotations

from comfrey.languages.python import mending
from comfrey.model.ailment import ANSWERED, CHANGED, LET_IN, Ailment, Cure
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Expression, FunctionDef, ListOf, Module, Name, Parameter, walk
from comfrey.stacks.refusing import handler_of, router_of
from comfrey.stacks.siblings import demand, stricter

SYMPTOMS = (LET_IN, ANSWERED, CHANGED)
RANK = 10
LAST = ("responses", "openapi_extra")
METHODS = ("get", "post", "put", "patch", "delete")


def cure(ailment: Ailment, project: Project, facts: Facts, codebase: Codebase) -> Cure | None:
    """`dependencies=[…]` on the decorator, or the parameter that asks who is calling."""
    endpoint = project.endpoint(ailment.subject)
    function = handler_of(codebase, endpoint)
    refuses = any(each in (401, 403) for each in ailment.expected) and 404 not in ailment.expected
    if endpoint is None or function is None or not refuses or ailment.kind != "auth":
        return None
    for sibling in stricter(project, endpoint):
        if sibling.handler.file != endpoint.handler.file or not sibling.auth:
            continue
        other = handler_of(codebase, sibling)
        edits = _copied(other, function, _free(project, codebase)) if other else ()
        if edits:
            summary = f"{endpoint.key} is guarded as {sibling.key} is"
            place = endpoint.handler.place
            return Cure(summary=summary, edits=edits, place=place, caller_like=sibling.key)
    return _elsewhere(project, endpoint, function, codebase)


def _elsewhere(
    project: Project, endpoint: Endpoint, function: FunctionDef, codebase: Codebase
) -> Cure | None:
    """The guard of other resources, in the place of the router's milder one."""
    router = router_of(codebase, function)
    own = router.keyword("dependencies") if router else None
    module = mending.module_of(codebase, function.span.source.path)
    for each in project.endpoints if isinstance(own, ListOf) and module else ():
        other = handler_of(codebase, each) if demand(each) > demand(endpoint) else None
        guards = _dependencies(other) if other else None
        if isinstance(guards, ListOf) and module and own and other:
            imports = _imported(codebase, other, guards, module)
            edits = (mending.replaced(own, guards.text), *imports)
            summary = f"{endpoint.key} is guarded as {each.key} is"
            return Cure(summary=summary, edits=edits, place=own.place, caller_like=each.key)
    return None


def _imported(
    codebase: Codebase, other: FunctionDef, guards: ListOf, module: Module
) -> tuple[Edit, ...]:
    """What the guards' names need in another module."""
    home = mending.module_of(codebase, other.span.source.path)
    known = mending.bound(home) if home else {}
    names = {each.name for item in guards.items for each in walk(item) if isinstance(each, Name)}
    edits: list[Edit] = []
    for name in sorted(names):
        origin = known.get(name, "").rpartition(".")[0]
        edits += mending.importing(module, origin, [name]) if origin else ()
    return tuple(edits)


def _free(project: Project, codebase: Codebase) -> tuple[Codebase, frozenset[str]]:
    """What handlers ask for that anyone may call: none of it asks who is calling."""
    handlers = (handler_of(codebase, each) for each in project.endpoints if not each.auth)
    texts = {p.annotation.text for h in handlers if h for p in h.parameters if p.annotation}
    return codebase, frozenset(texts)


def _copied(
    sibling: FunctionDef, function: FunctionDef, free: tuple[Codebase, frozenset[str]]
) -> tuple[Edit, ...]:
    guards = _dependencies(sibling)
    if guards is not None:
        return _decorated(function, guards)
    parameter = _caller(sibling) or _dependency(sibling, *free)
    known = {each.name for each in function.parameters}
    if parameter is None or parameter.name in known:
        return ()
    return _asking(function, parameter)


def _route(function: FunctionDef) -> Call | None:
    for each in function.decorators:
        if isinstance(each, Call) and each.function.text.rpartition(".")[2] in METHODS:
            return each
    return None


def _dependencies(function: FunctionDef) -> Expression | None:
    route = _route(function)
    return route.keyword("dependencies") if route else None


def _decorated(function: FunctionDef, guards: Expression) -> tuple[Edit, ...]:
    route = _route(function)
    if route is None or not route.arguments:
        return ()
    own = route.keyword("dependencies")
    if isinstance(own, ListOf) and isinstance(guards, ListOf):
        return (_joined(own, guards),)
    flat = f"@{route.text[:-1]}, dependencies={guards.text})"
    if "\n" not in route.text and len(flat) > mending.LINE:
        given = [mending.source(each) for each in route.arguments]
        lines = "".join(f"    {each},\n" for each in [*given, f"dependencies={guards.text}"])
        return (mending.replaced(route, f"{route.function.text}(\n{lines})"),)
    before = [each for each in route.arguments if each.name not in LAST]
    between = f",\n{_indent(route)}" if "\n" in route.text else ", "
    return (
        mending.appended(
            (before or route.arguments)[-1].value, f"{between}dependencies={guards.text}"
        ),
    )


def _indent(route: Call) -> str:
    line = route.text.splitlines()[1]
    return line[: len(line) - len(line.lstrip())]


def _joined(own: ListOf, guards: ListOf) -> Edit:
    missing = [each.text for each in guards.items if each.text not in own.text]
    items = ", ".join([*(each.text for each in own.items), *missing])
    return mending.replaced(own, f"[{items}]")


def _caller(function: FunctionDef) -> Parameter | None:
    """The parameter by which a handler learns who calls: a dependency on a user."""
    for each in function.parameters:
        text = each.span.text
        if each.annotation is not None and _asks_for_user(text):
            return each
    return None


def _dependency(
    function: FunctionDef, codebase: Codebase, free: frozenset[str]
) -> Parameter | None:
    """A dependency of the handler's that no open handler has."""
    module = mending.module_of(codebase, function.span.source.path)
    for each in function.parameters if module else ():
        if module is None or each.annotation is None or each.annotation.text in free:
            continue
        _, meant = mending.spelled(codebase, module, each.annotation)
        if "Depends(" in meant.text or (each.default and "Depends(" in each.default.text):
            return each
    return None


def _asks_for_user(text: str) -> bool:
    words = text.lower()
    return any(each in words for each in ("user", "admin", "principal", "account", "caller"))


def _asking(function: FunctionDef, parameter: Parameter) -> tuple[Edit, ...]:
    """The parameter as the last that has no default; on lines of their own where one would be too long."""
    known = function.parameters
    if not known:
        return ()
    at = len(known) if parameter.default is not None else _plain(function)
    texts = [each.span.text for each in known]
    texts.insert(at, parameter.span.text)
    file, start, end = function.span.source.path, known[0].span.start, known[-1].span.end
    head = function.text.partition("(")[0]
    long = len(head) + sum(len(each) + 2 for each in texts) + 20 > mending.LINE
    if long and known[0].span.line == function.span.line:
        indent = mending.indentation(function)
        text = f"\n{indent}    {', '.join(texts)}\n{indent}"
        return (Edit(file=file, start=start, end=end, text=text),)
    if at:
        behind = known[at - 1].span.end
        return (Edit(file=file, start=behind, end=behind, text=f", {parameter.span.text}"),)
    return (Edit(file=file, start=start, end=start, text=f"{parameter.span.text}, "),)


def _plain(function: FunctionDef) -> int:
    """How many parameters come before the first that has a default or is named only."""
    for index, each in enumerate(function.parameters):
        if each.default is not None or each.kind in ("*", "keyword", "**"):
            return index
    return len(function.parameters)
