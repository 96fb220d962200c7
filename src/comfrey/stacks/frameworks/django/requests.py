"""What Django and DRF pass to each view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from comfrey.model.endpoint import Body
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
from comfrey.stacks.frameworks.django import pages
from comfrey.stacks.frameworks.django.access import Gate
from comfrey.stacks.frameworks.django.facts import setting
from comfrey.stacks.frameworks.django.filters import (
    default_order,
    filter_pairs,
    is_list,
    page_size,
    paginator,
)
from comfrey.stacks.frameworks.django.patterns import Walk
from comfrey.stacks.frameworks.django.read import every_pattern
from comfrey.stacks.frameworks.django.routes import Route, routes
from comfrey.stacks.guests import guest_of
from comfrey.stacks.requests import Request, Requests, Rescue, Supply
from comfrey.stacks.shapes import Shapes

USER = External("django.request.user")
KWARGS = External("django.request.kwargs")
SENT = External("django.request.sent")
REQUEST = External("rest_framework.request.Request")


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route of an app with what its functions are given."""
    gate = Gate(codebase, text_of(app.kwarg("settings")) or "")
    found: list[Request] = []
    rescues: list[Rescue] = []
    for pattern in every_pattern(app, Walk(codebase)):
        guest = guest_of("django", pattern.view, codebase) if pattern.group else None
        if guest is not None and isinstance(pattern.view, Instance):
            asked = guest.requests(pattern.view, pattern.path, codebase, shapes, USER)
            found += [replace(each, ambient=_ambient(gate, ())) for each in asked]
            rescues += guest.rescues(pattern.view, codebase)
        else:
            answered = (each for each in routes(pattern, codebase) if each.function is not None)
            found += [_request(each, gate, shapes) for each in answered]
    return Requests(app, tuple(found), (*rescues, *_rescued(gate)))


def _rescued(gate: Gate) -> Iterator[Rescue]:
    """What the project's own exception handler makes of the errors that are the project's own: all others say by
    themselves what REST framework answers."""
    framework = setting(gate.codebase, gate.settings, "REST_FRAMEWORK")
    get = getattr(framework, "get", None)
    named = text_of(get("EXCEPTION_HANDLER")) if get is not None else None
    handler = gate.named(named) if named else None
    handling = gate.codebase.resolve("rest_framework.views", "Handling")
    answer = gate.codebase.method(Instance(handling), "answer")
    if isinstance(handler, FunctionValue) and isinstance(answer, BoundMethod):
        made = Instance(handling, fields={"handler": handler})
        yield Rescue(External("Exception"), BoundMethod(made, answer.function))


def _request(route: Route, gate: Gate, shapes: Shapes) -> Request:
    function = route.function
    assert function is not None
    shown = Instance(REQUEST, fields={"method": Const(route.method), "user": USER})
    path = tuple(_path(route))
    callee: Value = function
    names = [each.name for each in function.node.parameters]
    body = pages.form_body(route, gate, shapes) if route.flavour == "class" else None
    before: tuple[Supply, ...] = ()
    if route.view is not None:
        view = view_object(route, gate, shown)
        callee = BoundMethod(view, function)
        before = tuple(_tested(view, gate))
        names = names[1:]
    below = tuple(_below(function, names, shown, path))
    return Request(
        method=route.method,
        path="/" + route.path,
        handler=Supply("call", "", callee, below, place=function.place),
        before=before,
        ambient=(*_ambient(gate, path), *_sent(body)),
    )


def _tested(view: Instance, gate: Gate) -> Iterator[Supply]:
    """The test of its own that a view puts a caller to before its method is looked for."""
    own = gate.codebase.method(view, "test_func")
    asks = any(each.endswith(f".{TESTING}") for each in gate.codebase.ancestry(view.of))
    asking = gate.codebase.resolve("django.contrib.auth.passing", "tested")
    if asks and own is not None and isinstance(asking, FunctionValue):
        yield Supply("call", "", asking, (Supply("values", "view", type=view),))


TESTING = "UserPassesTestMixin"


def _sent(body: Body | None) -> tuple[tuple[str, Supply], ...]:
    """What the form of a generic view takes in."""
    if body is None:
        return ()
    return ((SENT.name, Supply("input", "", location="form", schema=body.schema)),)


def _ambient(gate: Gate, path: tuple[Supply, ...]) -> tuple[tuple[str, Supply], ...]:
    return (
        (USER.name, Supply("user", type=gate.user)),
        (KWARGS.name, Supply("group", below=path)),
    )


def view_object(route: Route, gate: Gate, shown: Instance) -> Instance:
    """The view while it answers: its request, its path's values, what its configuration sets."""
    found = gate.view(route, None)
    found.fields |= {"request": shown, "kwargs": KWARGS, "paginator": _paginator(route, gate)}
    found.fields["filter_pairs"] = _pairs(route, gate)
    found.fields["default_order"] = default_order(route, gate) or Const(None)
    found.fields["format_kwarg"] = Const(None)
    if route.flavour == "class":
        found.fields |= pages.view_fields(route, gate) | {"sent": SENT}
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
