"""What FastAPI passes to each handler and to its dependencies."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Parameter
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, External, FunctionValue, Generic, Instance, Value
from comfrey.stacks.frameworks.fastapi.dependencies import (
    Ask,
    Dependency,
    depend,
    from_marker,
)
from comfrey.stacks.frameworks.fastapi.facts import data, last
from comfrey.stacks.frameworks.fastapi.inputs import Part, read_input
from comfrey.stacks.frameworks.fastapi.routes import Route, Walk
from comfrey.stacks.frameworks.fastapi.schemes import security as packaged_guard
from comfrey.stacks.requests import Request, Requests, Rescue, Supply
from comfrey.stacks.shapes import Shapes


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route of an app with what its functions are given."""
    found = [
        request
        for route in Walk(codebase).app(app)
        if route.kind == "http" and not route.external and route.target is not None
        for request in _requests(route, codebase, shapes)
    ]
    return Requests(app, tuple(found), tuple(_rescues(codebase)))


def _requests(route: Route, codebase: Codebase, shapes: Shapes) -> Iterator[Request]:
    assert route.target is not None
    handler = depend(route.target, codebase)
    own = route.arguments.get("dependencies")
    markers: list[Value] = [each for layer in route.layers for each in layer.dependencies]
    markers += getattr(own, "items", [])
    before = [each for each in (from_marker(m, codebase) for m in markers) if each is not None]
    asks = [ask for top in (*before, handler) for each in top.walk() for ask in each.asks]
    found = [each for ask in asks for each in read_input(ask, route.path, shapes)]
    bodies = {each.member.name for each in found if isinstance(each, Part) and each.kind == "body"}
    embedded = len(bodies) > 1
    for method in route.methods:
        yield Request(
            method=method,
            path=route.path,
            handler=_supply(handler, route.path, shapes, embedded),
            before=tuple(_supply(each, route.path, shapes, embedded) for each in before),
        )


def _supply(dependency: Dependency, path: str, shapes: Shapes, embedded: bool) -> Supply:
    callee = dependency.callee
    kind = _kind(dependency, shapes.codebase)
    if _is_packaged_form(callee):
        return Supply("input", dependency.name, location="form", type=callee)
    below = [_supply(each, path, shapes, embedded) for each in dependency.below]
    below += [_input(each, path, shapes, embedded) for each in dependency.asks]
    return Supply(kind, dependency.name, callee, tuple(below), place=dependency.place)


def _kind(dependency: Dependency, codebase: Codebase) -> str:
    """What a dependency gives: `unknown` for a package's callable that nobody knows."""
    callee = dependency.callee
    if isinstance(callee, Instance):
        known = packaged_guard(callee, codebase)
        if known is not None and not _in_tree(callee):
            return "credential" if known[0] in data()["security"] else "caller"
    provided = isinstance(callee, Generic) and last(callee.of) == "Provide"
    if dependency.function or _in_tree(callee) or isinstance(callee, ClassValue) or provided:
        return "call"
    generic = isinstance(callee, Generic) and isinstance(callee.of, ClassValue)
    return "call" if generic or isinstance(callee, FunctionValue) else "unknown"


def _in_tree(callee: Value) -> bool:
    of = callee.of if isinstance(callee, Instance) else None
    return isinstance(of, ClassValue) or (isinstance(of, Generic) and isinstance(of.of, ClassValue))


def _is_packaged_form(callee: Value) -> bool:
    return isinstance(callee, External) and callee.last in data()["forms"]


def _input(ask: Ask, path: str, shapes: Shapes, embedded: bool) -> Supply:
    found = list(read_input(ask, path, shapes))
    parameters = [each for each in found if isinstance(each, Parameter)]
    if len(parameters) == 1 and parameters[0].attribute == ask.name:
        only = parameters[0]
        return Supply(
            "input",
            ask.name,
            location=only.location,
            wire=only.name,
            schema=only.schema,
            type=ask.type,
            place=ask.place,
        )
    if parameters:
        return _model(ask, parameters)
    parts = [each for each in found if isinstance(each, Part)]
    if len(parts) > 1 or (parts and parts[0].member.attribute != ask.name):
        return _form(ask, parts)
    part = parts[0] if parts else None
    if part is None:
        return Supply("input", ask.name, location="unknown", type=ask.type, place=ask.place)
    named = part.kind != "body" or part.embed or embedded
    return Supply(
        "input",
        ask.name,
        location=part.kind,
        wire=part.member.name if named else "",
        schema=part.member.schema,
        type=ask.type,
        place=ask.place,
    )


def _model(ask: Ask, parameters: list[Parameter]) -> Supply:
    """A model whose fields are parameters of their own (`Annotated[Filters, Query()]`)."""
    members = tuple(
        Property(name=e.name, attribute=e.attribute, schema=e.schema, required=e.required)
        for e in parameters
    )
    return Supply(
        "input",
        ask.name,
        location=parameters[0].location,
        schema=Schema(type="object", properties=members),
        type=ask.type,
        place=ask.place,
    )


def _form(ask: Ask, parts: list[Part]) -> Supply:
    """A model whose fields are those of a form."""
    schema = Schema(type="object", properties=tuple(each.member for each in parts))
    return Supply("input", ask.name, location="form", schema=schema, type=ask.type, place=ask.place)


def _rescues(codebase: Codebase) -> Iterator[Rescue]:
    for event in codebase.evaluator.events:
        exception = event.argument(0, "exc_class_or_status_code")
        if exception is None:
            continue
        if event.name == "exception_handler" and event.target is not None:
            yield Rescue(exception, event.target)
        elif event.name == "add_exception_handler":
            handler = event.argument(1, "handler")
            if handler is not None:
                yield Rescue(exception, handler)
