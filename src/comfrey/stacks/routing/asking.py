"""What a framework of Go passes to the functions of each route."""

from __future__ import annotations

from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef
from comfrey.source.value import BoundMethod, FunctionValue, Instance, Value
from comfrey.stacks.admission.handled import kinds_of
from comfrey.stacks.requests import Request, Requests, Supply
from comfrey.stacks.routing.reading import manner, routes
from comfrey.stacks.routing.walk import Route

HANDED = "handed "


def requests(app: Instance, codebase: Codebase, key: str) -> Requests:
    """Every route's way through the app's functions."""
    made = (_request(each, key) for each in routes(app, codebase, key))
    return Requests(app, tuple(each for each in made if each is not None))


def _request(route: Route, key: str) -> Request | None:
    handler = _step(route.handler, key)
    if handler is None:
        return None
    before = tuple(s for s in (_step(each, key) for each in route.layers) if s is not None)
    return Request(route.method, route.path, handler, before)


def _step(function: Value, key: str) -> Supply | None:
    """One function with what it is given, by the kinds of its parameters."""
    inner = function.function if isinstance(function, BoundMethod) else function
    if not isinstance(inner, FunctionValue) or not isinstance(inner.node, FunctionDef):
        return None
    listed = (
        inner.node.parameters[1:] if isinstance(function, BoundMethod) else inner.node.parameters
    )
    kinds = kinds_of(manner(key), function)
    below = tuple(
        Supply(HANDED + kind, parameter.name)
        for parameter, kind in zip(listed, kinds, strict=False)
    )
    return Supply("call", "", callee=function, below=below)
