"""Understands FastAPI: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from comfrey.model.endpoint import Endpoint, Guard, Handler
from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Condition,
    DictValue,
    Event,
    FunctionValue,
    Instance,
    Partial,
    Value,
    plain,
)
from comfrey.stacks.frameworks.fastapi.answers import answer_type, read_answers, status_of
from comfrey.stacks.frameworks.fastapi.dependencies import Dependency, depend, from_marker
from comfrey.stacks.frameworks.fastapi.facts import data, strings
from comfrey.stacks.frameworks.fastapi.guards import Context, read_access
from comfrey.stacks.frameworks.fastapi.idle import idle_guards
from comfrey.stacks.frameworks.fastapi.inputs import read_inputs
from comfrey.stacks.frameworks.fastapi.raw import read_raw
from comfrey.stacks.frameworks.fastapi.routes import Route, Walk
from comfrey.stacks.frameworks.fastapi.statuses import read_handlers
from comfrey.stacks.shapes import Shapes

DOCS = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect")


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every application object that the code makes and that no other one mounts, in order."""
    made = codebase.evaluator.made(*data()["apps"])
    found = {id(event.result): event.result for event in made if isinstance(event.result, Instance)}
    for event in codebase.evaluator.events:
        if event.name == "mount" and id(event.receiver) in found:
            found.pop(id(event.argument(1, "app")), None)
    return tuple(found.values())


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed.

    `shapes` are of what is taken in, `answers` of what is sent out.
    """
    walk = Walk(codebase)
    context = Context(codebase, shapes.declared("fastapi"), _handlers(app, codebase))
    found: dict[tuple[str, str], Endpoint] = {}
    for route in walk.app(app):
        for endpoint in _read_safely(route, context, shapes, answers, walk.unknowns):
            found.setdefault((endpoint.method, endpoint.path), endpoint)
    return tuple(found.values()), tuple(walk.unknowns)


def _read_safely(
    route: Route, context: Context, shapes: Shapes, answers: Shapes, unknowns: list[Unknown]
) -> tuple[Endpoint, ...]:
    """The endpoints of a route; where its code defeats us the bare route, and why."""
    try:
        return tuple(_read(route, context, shapes, answers))
    except Exception as error:  # noqa: BLE001 - a route is never dropped
        reason = f"its inputs could not be read: {type(error).__name__}: {error}"
        unknowns.append(Unknown(subject=route.path, reason=reason, place=route.place))
        return tuple(_foreign(route))


def _read(route: Route, context: Context, shapes: Shapes, answers: Shapes) -> Iterator[Endpoint]:
    codebase = context.codebase
    function = _function(route.target)
    if _is_documentation(route, function):
        return
    if route.external or function is None:
        yield from _foreign(route)
        return
    handler = depend(route.target or function, codebase)
    before = _before(route, codebase)
    answer = None if route.plain else answer_type(route, function, codebase)
    if route.plain:
        handler = replace(handler, asks=(), below=())
    inputs = read_inputs((*before, handler), route.path, shapes, answer)
    access = read_access((*before, handler), context, route)
    extra = route.arguments.get("openapi_extra")
    body = read_raw(inputs.body, function, extra, route.methods, codebase)
    tags = (tag for layer in route.layers for tag in layer.tags)
    for method in route.methods:
        status = status_of(route, function, codebase)
        yield Endpoint(
            method=method,
            path=route.path,
            kind=route.kind,
            handler=_handler(function),
            auth=access.auth,
            optional_auth=access.optional,
            roles=access.roles,
            guards=access.guards,
            parameters=inputs.parameters,
            body=body,
            status=status,
            responses=read_answers(route, status, answer, answers) if route.kind == "http" else (),
            tags=tuple(dict.fromkeys((*tags, *strings(route.arguments.get("tags"))))),
            summary=_summary(route, function),
            conditional=_conditional(route.conditions),
            evidence=_evidence(route, function),
            idle=idle_guards(function, route.path, codebase, shapes),
        )


def _is_documentation(route: Route, function: FunctionValue | None) -> bool:
    """The project's own copy of `/docs`, `/redoc` or `/openapi.json`."""
    makers = ("get_swagger_ui_html", "get_redoc_html", "get_openapi", ".openapi()")
    text = function.node.text if function is not None and route.path.endswith(DOCS) else ""
    return any(maker in text for maker in makers)


def _handlers(app: Instance, codebase: Codebase) -> dict[str, int]:
    on_app = codebase.evaluator.on(app)
    said = app.kwarg("exception_handlers")
    listed = said.items if isinstance(said, DictValue) else ()
    made = tuple(
        Event(app, "add_exception_handler", (kind, function), (), app.place or Place(file=""))
        for kind, function in listed
    )
    return read_handlers((*on_app, *made), codebase)


def _foreign(route: Route) -> Iterator[Endpoint]:
    """A route whose handler lies outside the tree, or could not be resolved."""
    name = route.external or "unknown"
    for method in route.methods:
        yield Endpoint(
            method=method,
            path=route.path,
            kind=route.kind,
            handler=Handler(name=name, external=True, file=route.place.file if route.place else ""),
            auth=route.guarded,
            guards=(Guard(scheme="bearer", name=name),) if route.guarded else (),
            conditional=_conditional(route.conditions),
            evidence=_evidence(route, None),
        )


def _before(route: Route, codebase: Codebase) -> tuple[Dependency, ...]:
    """The dependencies of the app, of every inclusion and router, then of the route itself."""
    own = route.arguments.get("dependencies")
    markers: list[Value] = [each for layer in route.layers for each in layer.dependencies]
    markers += getattr(own, "items", [])
    found = (from_marker(each, codebase) for each in markers)
    return tuple(each for each in found if each is not None)


def _function(target: Value | None) -> FunctionValue | None:
    match target:
        case FunctionValue():
            return target
        case BoundMethod(function=function):
            return function
        case Partial(function=function):
            return _function(function)
    return None


def _handler(function: FunctionValue) -> Handler:
    place = function.place
    return Handler(
        name=function.qualified.rpartition(":")[2] or function.name,
        file=place.file,
        line=place.line,
        end_line=place.end_line,
        asynchronous=function.asynchronous,
    )


def _summary(route: Route, function: FunctionValue) -> str:
    said = plain(route.arguments.get("summary"))
    return said if isinstance(said, str) else function.name.replace("_", " ").strip().title()


def _conditional(conditions: tuple[Condition, ...]) -> str:
    asked = [each for each in conditions if "__main__" not in each.text]  # how a file is run
    texts = [each.text if each.holds else f"not ({each.text})" for each in asked]
    return " and ".join(dict.fromkeys(texts))


def _evidence(route: Route, function: FunctionValue | None) -> tuple[Place, ...]:
    places = [*route.evidence, *((function.place,) if function else ())]
    return tuple(dict.fromkeys(places))
