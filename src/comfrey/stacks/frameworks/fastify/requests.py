"""What Fastify passes to each handler and to the hooks in front of it."""

from __future__ import annotations

from functools import partial

from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import BoundMethod, Const, External, Instance, Value
from comfrey.stacks.admission.intake import body, parameters
from comfrey.stacks.admission.looking import function_of
from comfrey.stacks.admission.passage import answered
from comfrey.stacks.admission.visits import Answer, Stage
from comfrey.stacks.frameworks.fastify.read import Reader, is_own, walked
from comfrey.stacks.frameworks.fastify.routes import Route
from comfrey.stacks.requests import Request, Requests, Rescue, Supply
from comfrey.stacks.shapes import Shapes

PARTS = {
    "body": "body",
    "params": "path",
    "query": "query",
    "headers": "header",
    "cookies": "cookie",
}


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route of an app with what its functions are given."""
    walk, routes = walked(app, codebase)
    reader = Reader(codebase, shapes, shapes, walk)
    made = tuple(_request(each, reader) for each in routes)
    contexts = [route.context for route in routes]
    stage = reader.gates(contexts[0]).stage if contexts else Stage(codebase)
    rescue = Rescue(External("Error"), Const(None), partial(_status, stage))
    return Requests(app, tuple(e for e in made if e is not None), (rescue,), True, returns=True)


def _status(stage: Stage, error: Value, code: int | None) -> int | None:
    """What the app's error handler answers to an error."""
    try:
        return answered(stage, Answer("error", code, error=error)).status
    except Exception:  # noqa: BLE001 - an answer that cannot be tried out is not told
        return None


def _request(route: Route, reader: Reader) -> Request | None:
    if function_of(route.handler) is None:
        return None
    request = _exchange(route, reader)
    before = tuple(_step(each, request) for each in route.before if is_own(each))
    return Request(route.method, route.path, _step(route.handler, request), before)


def _exchange(route: Route, reader: Reader) -> Supply:
    found, _ = reader.taken(route)
    declared = body(found, "POST")
    schemas = {"body": declared.schema if declared is not None else Schema()}
    for location in ("query", "path", "header", "cookie"):
        known = [e for e in parameters(found, route.path) if e.location == location]
        members = tuple(Property(name=e.name, schema=e.schema, required=e.required) for e in known)
        schemas[location] = Schema(type="object", properties=members)
    parts = [
        Supply("input", name, location=location, schema=schemas[location])
        for name, location in PARTS.items()
    ]
    server = Supply("values", "server", type=route.context.instance)
    said = (Supply("caller", "user"), Supply("caller", "session"), server)
    return Supply("request", below=(*parts, *said))


def _step(function: Value, request: Supply) -> Supply:
    """A function as it is called, by the names of its parameters."""
    inner = function_of(function)
    names = [each.name for each in inner.node.parameters] if inner is not None else []
    if isinstance(function, BoundMethod) or (names and names[0] == "this"):
        names = names[1:]
    given = (request, Supply("reply"), Supply("values", type=External("<next>")))
    below = tuple(
        Supply(each.kind, name, type=each.type, below=each.below)
        for name, each in zip(names, given, strict=False)
    )
    place = inner.place if inner is not None else None
    return Supply("call", callee=function, below=below, place=place)
