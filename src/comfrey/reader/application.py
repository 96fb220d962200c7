"""The apps of a codebase: which objects they are, how to import them, what they serve."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from comfrey.languages.javascript.exports import exported_name, listens
from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Unknown
from comfrey.model.project import Application
from comfrey.reader.link import Link
from comfrey.source.codebase import Codebase
from comfrey.source.node import Assign, If, Name, Node, Statement, walk
from comfrey.source.value import FunctionValue, Instance, text_of
from comfrey.stacks.shelf import Folder

USUAL_MODULES = ("main", "app", "asgi", "server", "application", "api", "wsgi", "__init__")
ASIDE = re.compile(
    r"(?:^|/)(?:docs?|docs_src|examples?|samples?|scripts?|benchmarks?|tests?|__tests__|__mocks__)/"
)


@dataclass(frozen=True)
class Found:
    """One app and what it serves."""

    instance: Instance
    application: Application
    endpoints: tuple[Endpoint, ...]
    unknowns: tuple[Unknown, ...]


def find_applications(codebase: Codebase, framework: Folder, link: Link) -> tuple[Found, ...]:
    """The apps that serve something, the main one first."""
    read = framework.module("read")
    needles = tuple(each.encode() for each in framework.about.data["needles"])
    said = framework.about.data.get("starts")
    starts = tuple(f"{name}(".encode() for name in framework.about.data["constructors"])
    starts = tuple(each.encode() for each in said) if said else starts
    codebase.run_all(needles, starts)
    factories = _run_factories(codebase, read, framework.about.data["constructors"])
    found: list[Found] = []
    for instance in read.apps(codebase):
        _start(codebase, instance)
        endpoints, unknowns = read.endpoints(instance, codebase, link, link.answers())
        said = getattr(read, "application", None)
        application = (
            said(instance, codebase)
            if said
            else _application(codebase, instance, factories, starts)
        )
        found.append(Found(instance, application, endpoints, unknowns))
    return _chosen(found, _workers(codebase, framework, found))


def _workers(codebase: Codebase, framework: Folder, found: list[Found]) -> frozenset[str]:
    """The modules that make an app for work of their own, in which no server may run it."""
    signs = [each.encode() for each in framework.about.data.get("workers", ())]
    files = {
        each.application.module: codebase.graph.file(each.application.module) for each in found
    }
    return frozenset(
        module
        for module, file in files.items()
        if file and any(sign in codebase.tree.text(file) for sign in signs)
    )


def _start(codebase: Codebase, instance: Instance) -> None:
    """Follows what runs when the app starts: routes may be added there."""
    hooks = [instance.kwarg("lifespan")]
    for event in codebase.evaluator.on(instance):
        hooked = event.name in ("on_event", "add_event_handler")
        if hooked and text_of(event.argument(0, "event_type")) == "startup":
            hooks.append(event.target or event.argument(1, "func"))
    for hook in hooks:
        if isinstance(hook, FunctionValue):
            codebase.evaluator.call(hook, (instance,) if hook.node.parameters else ())


def _chosen(found: list[Found], workers: frozenset[str]) -> tuple[Found, ...]:
    """The main app, and every other one that serves handlers of its own."""
    ranked = sorted(found, key=lambda each: (each.application.module in workers, *_rank(each)))
    chosen: list[Found] = []
    files: set[str] = set()
    for each in ranked:
        own = {endpoint.handler.file for endpoint in each.endpoints} - {""}
        if not chosen or (own and own.isdisjoint(files) and not _is_aside(each)):
            chosen.append(each)
            files |= own
    return tuple(chosen)


def _rank(found: Found) -> tuple[bool, bool, bool, bool, int, str]:
    last = found.application.module.rpartition(".")[2]
    return (
        _is_aside(found),
        not found.endpoints,
        not found.application.variable,
        last not in USUAL_MODULES,
        -len(found.endpoints),
        found.application.module,
    )


def _is_aside(found: Found) -> bool:
    place = found.instance.place
    return place is not None and bool(ASIDE.search(place.file))


def _run_factories(
    codebase: Codebase, read: object, constructors: list[str]
) -> dict[int, FunctionValue]:
    """Calls the functions that make an app and that nothing calls at import; what each has made."""
    if not constructors:
        return {}
    needles = tuple(f"{name}(".encode() for name in constructors)
    factories: dict[int, FunctionValue] = {}
    made = {id(each) for each in read.apps(codebase)}  # type: ignore[attr-defined]
    places: set[object] = {each.place for each in read.apps(codebase)}  # type: ignore[attr-defined]
    told = getattr(read, "made_at", None)
    places |= told(codebase) if told else set()
    for function in codebase.functions(needles):
        if codebase.language.entry and codebase.language.is_test(function.place.file):
            continue
        text = function.node.text
        if not any(f"{name}(" in text for name in constructors) or _made_inside(function, places):
            continue
        codebase.evaluator.call(function)
        for instance in read.apps(codebase):  # type: ignore[attr-defined]
            if id(instance) not in made:
                made.add(id(instance))
                factories[id(instance)] = function
    if codebase.language.entry:
        _run_methods(codebase, needles, {p for e in read.apps(codebase) for p in (e.place,)})  # type: ignore[attr-defined]
    return factories


def _run_methods(codebase: Codebase, needles: tuple[bytes, ...], places: set[object]) -> None:
    """Calls the functions that call a method in which an app is made and that nothing has called."""
    for kind in codebase.classes(needles):
        for member in codebase.members(kind):
            method = member.value
            if not isinstance(method, FunctionValue) or _made_inside(method, places):
                continue
            if any(each.decode() in method.node.text for each in needles):
                called = re.compile(rf"\.{method.name}\(")
                for function in codebase.functions((b"." + method.name.encode() + b"(",)):
                    if called.search(function.node.text):
                        codebase.evaluator.call(function)


def _made_inside(function: FunctionValue, places: set[object]) -> bool:
    """Whether an app was made at a line of this function already."""
    where = function.place
    return any(
        getattr(place, "file", "") == where.file
        and where.line <= getattr(place, "line", 0) <= where.end_line
        for place in places
    )


def _application(
    codebase: Codebase,
    instance: Instance,
    factories: dict[int, FunctionValue],
    read_needles: tuple[bytes, ...],
) -> Application:
    found = _found(codebase, instance, factories, read_needles)
    return _importable(codebase, found) if codebase.language.name == "javascript" else found


def _importable(codebase: Codebase, found: Application) -> Application:
    """As the app's module gives it away; where it does not, the module is imported for the server it starts."""
    file = codebase.graph.file(found.module) if found.module else None
    if file is None:
        return found
    text = codebase.tree.text(file).decode("utf-8", "replace")
    name = exported_name(text, found.variable.partition(".")[0])
    starts = listens(text) and not found.factory
    if not name:
        return found.replace(variable="", factory=False, listens=True) if starts else found
    return found.replace(variable=name, listens=starts)


def _found(
    codebase: Codebase,
    instance: Instance,
    factories: dict[int, FunctionValue],
    read_needles: tuple[bytes, ...],
) -> Application:
    lifespan = instance.kwarg("lifespan") is not None or any(
        event.name in ("on_event", "add_event_handler") for event in codebase.evaluator.on(instance)
    )
    root_path = text_of(instance.kwarg("root_path")) or ""
    base = Application(lifespan=lifespan, root_path=root_path, place=instance.place)
    factory = factories.get(id(instance))
    if factory is not None:
        module = factory.qualified.partition(":")[0]
        return base.replace(module=module, variable=factory.name, factory=True)
    names = sorted(_names(codebase, instance))
    if names:
        return base.replace(module=names[0][4], variable=names[0][5])
    maker = _maker(codebase, instance, read_needles)
    if maker is None:
        return base
    module = maker.qualified.partition(":")[0]
    return base.replace(module=module, variable=maker.name, factory=True)


def _maker(
    codebase: Codebase, instance: Instance, needles: tuple[bytes, ...]
) -> FunctionValue | None:
    """The function at the top of a module in which an app is made that no module keeps under a name."""
    place = instance.place
    for function in codebase.functions(needles):
        where = function.place
        if place and place.file == where.file and where.line <= place.line <= where.end_line:
            return function
    return None


def _adding(codebase: Codebase, instance: Instance) -> frozenset[str]:
    """Modules that register something on an app which they import, and that nothing brings in when only the
    module where the app is made is imported."""
    place = instance.place
    home = codebase.graph.module(place.file) if place and codebase.language.name == "python" else ""
    if not home:
        return frozenset()
    files = {event.place.file for event in codebase.evaluator.on(instance)}
    modules = {codebase.graph.module(file) for file in files} - {""}
    return frozenset(modules - codebase.graph.reachable((home,)))


def _names(codebase: Codebase, instance: Instance) -> list[tuple[bool, bool, bool, int, str, str]]:
    """Module-level names of the app: first of all a module that adds to it what the one where it is made does
    not bring with it, then where it is made, then the usual modules."""
    place = instance.place
    adding = _adding(codebase, instance)
    found = []
    for module in codebase.graph.modules:
        scope = codebase.evaluator.ran(module)
        if scope is None:
            continue
        for name, value in scope.names.items():
            if value is instance and not _is_scripted(codebase, module, name):
                elsewhere = place is None or scope.file != place.file
                unusual = module.rpartition(".")[2] not in USUAL_MODULES
                lacks = module not in adding if adding else False
                found.append((lacks, elsewhere, unusual, len(module), module, name))
    return found


def _is_scripted(codebase: Codebase, module: str, name: str) -> bool:
    """Whether a name is only set where the file is run by itself: `if __name__ == "__main__": app = create_app()`."""
    parsed = codebase.parsed(module)
    statements = parsed.body.statements if parsed is not None else ()
    inside = [e for s in statements if _is_main(s) for e in walk(s)]
    outside = [e for s in statements if not _is_main(s) for e in walk(s)]
    return _sets(inside, name) and not _sets(outside, name)


def _is_main(statement: Statement) -> bool:
    return isinstance(statement, If) and "__main__" in statement.test.text


def _sets(nodes: Iterable[Node], name: str) -> bool:
    return any(
        isinstance(each, Name) and each.name == name
        for node in nodes
        if isinstance(node, Assign)
        for each in node.targets
    )
