"""What Django and DRF pass to each view."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.frameworks.django.access import Gate
from comfrey.stacks.frameworks.django.filters import (
    filter_pairs,
    is_list,
    page_size,
    paginator,
)
from comfrey.stacks.frameworks.django.patterns import Walk
from comfrey.stacks.frameworks.django.read import every_route
from comfrey.stacks.frameworks.django.routes import Route
from comfrey.stacks.requests import Request, Requests, Supply
from comfrey.stacks.shapes import Shapes

USER = External("django.request.user")
KWARGS = External("django.request.kwargs")
REQUEST = External("rest_framework.request.Request")


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route of an app with what its functions are given."""
    settings = text_of(app.kwarg("settings")) or ""
    gate = Gate(codebase, settings)
    found = [
        _request(route, gate)
        for route in every_route(app, codebase, Walk(codebase))
        if route.function is not None
    ]
    return Requests(app, tuple(found))


def _request(route: Route, gate: Gate) -> Request:
    function = route.function
    assert function is not None
    shown = Instance(REQUEST, fields={"method": Const(route.method), "user": USER})
    path = tuple(_path(route))
    callee: Value = function
    names = [each.name for each in function.node.parameters]
    if route.view is not None:
        callee = BoundMethod(view_object(route, gate, shown), function)
        names = names[1:]
    below = tuple(_below(function, names, shown, path))
    return Request(
        method=route.method,
        path="/" + route.path,
        handler=Supply("call", "", callee, below, place=function.place),
        ambient=(
            (USER.name, Supply("user", type=gate.user)),
            (KWARGS.name, Supply("group", below=path)),
        ),
    )


def view_object(route: Route, gate: Gate, shown: Instance) -> Instance:
    """The view while it answers: its request, its path's values, what its configuration sets."""
    found = gate.view(route, None)
    found.fields |= {"request": shown, "kwargs": KWARGS, "paginator": _paginator(route, gate)}
    found.fields["filter_pairs"] = _pairs(route, gate)
    found.fields["format_kwarg"] = Const(None)
    return found


def _paginator(route: Route, gate: Gate) -> Value:
    """The view's paginator, made."""
    kind = paginator(route, gate)
    if kind is None:
        return Const(None)
    size = page_size(kind, gate)
    return Instance(kind, fields={"page_size": size} if size is not None else {})


def _pairs(route: Route, gate: Gate) -> ListValue:
    """(parameter, lookup) pairs of the view's filters, for `filter_queryset` to go through."""
    pairs = filter_pairs(route, gate) if is_list(route) else ()
    return ListValue(
        [ListValue([Const(each.name), Const(lookup)], "tuple") for each, lookup in pairs]
    )


def _path(route: Route) -> Iterator[Supply]:
    for piece in route.path.split("{")[1:]:
        name = piece.partition("}")[0]
        yield Supply("input", name, location="path", wire=name, schema=Schema())


def _below(
    function: FunctionValue, names: list[str], shown: Instance, path: tuple[Supply, ...]
) -> Iterator[Supply]:
    """Each parameter of the handler: the request first, then the path's values by name."""
    waiting = {each.name: each for each in path}
    kinds = {each.name: each.kind for each in function.node.parameters}
    for position, name in enumerate(names):
        if position == 0:
            yield Supply("values", name, type=shown)
        elif kinds[name] == "**":
            yield Supply("group", name, below=tuple(waiting.values()))
        elif kinds[name] == "*":
            yield Supply("list", name)
        elif name in waiting:
            yield waiting.pop(name)
