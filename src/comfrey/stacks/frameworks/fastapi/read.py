"""Understands FastAPI: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint, Guard, Handler
from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Condition,
    FunctionValue,
    Instance,
    Partial,
    Value,
    plain,
)
from comfrey.stacks.frameworks.fastapi.answers import answer_type, read_answers, status_of
from comfrey.stacks.frameworks.fastapi.dependencies import Dependency, depend, from_marker
from comfrey.stacks.frameworks.fastapi.facts import data, strings
from comfrey.stacks.frameworks.fastapi.guards import read_access
from comfrey.stacks.frameworks.fastapi.inputs import read_inputs
from comfrey.stacks.frameworks.fastapi.routes import Route, Walk
from comfrey.stacks.shapes import Shapes

NEEDLES = (b"fastapi", b"starlette", b"APIRouter", b"router")


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every application object that the code makes, in order."""
    made = codebase.evaluator.made(*data()["apps"])
    found = {id(event.result): event.result for event in made if isinstance(event.result, Instance)}
    return tuple(found.values())


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...], tuple[Instance, ...]]:
    """What an app serves, what could not be followed, and the apps that it mounts.

    `shapes` are of what is taken in, `answers` of what is sent out.
    """
    walk = Walk(codebase)
    found: dict[tuple[str, str], Endpoint] = {}
    for route in walk.app(app):
        for endpoint in _read(route, codebase, shapes, answers):
            found.setdefault((endpoint.method, endpoint.path), endpoint)
    return tuple(found.values()), tuple(walk.unknowns), tuple(walk.mounted)


def _read(route: Route, codebase: Codebase, shapes: Shapes, answers: Shapes) -> Iterator[Endpoint]:
    function = _function(route.target)
    if route.external or function is None:
        yield from _foreign(route)
        return
    handler = depend(route.target or function, codebase)
    before = _before(route, codebase)
    answer = answer_type(route, function, codebase)
    inputs = read_inputs((*before, handler), route.path, shapes, answer)
    access = read_access((*before, handler))
    tags = (tag for layer in route.layers for tag in layer.tags)
    for method in route.methods:
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
            body=inputs.body,
            status=status_of(route),
            responses=read_answers(route, answer, answers) if route.kind == "http" else (),
            tags=tuple(dict.fromkeys((*tags, *strings(route.arguments.get("tags"))))),
            summary=_summary(route, function),
            conditional=_conditional(route.conditions),
            evidence=_evidence(route, function),
        )


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
    texts = [each.text if each.holds else f"not ({each.text})" for each in conditions]
    return " and ".join(dict.fromkeys(texts))


def _evidence(route: Route, function: FunctionValue | None) -> tuple[Place, ...]:
    places = [*route.evidence, *((function.place,) if function else ())]
    return tuple(dict.fromkeys(places))
