"""Understands Django: its settings, and every endpoint that the root URL configuration leads to."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from comfrey.model.endpoint import Endpoint, Handler, Parameter
from comfrey.model.place import Place, Unknown
from comfrey.model.project import Application
from comfrey.model.schema import Schema
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    text_of,
)
from comfrey.stacks.frameworks.django.access import Gate
from comfrey.stacks.frameworks.django.bodies import exchange, serializer
from comfrey.stacks.frameworks.django.facts import setting
from comfrey.stacks.frameworks.django.filters import filter_pairs, is_list, page_parameters
from comfrey.stacks.frameworks.django.overlay import adjusted, settings_modules
from comfrey.stacks.frameworks.django.patterns import Pattern, Walk
from comfrey.stacks.frameworks.django.routes import Route, routes, takes_any_method
from comfrey.stacks.guests import guest_of
from comfrey.stacks.shapes import Shapes

OFF = (b"DEBUG = False", b"DEBUG=False")
APP = External("django.core.wsgi.get_wsgi_application")
KINDS = {
    "int": Schema(type="integer", minimum=0),
    "uuid": Schema(type="string", format="uuid"),
    "slug": Schema(type="string", pattern="[-a-zA-Z0-9_]+"),
}
UNPARSED = 400
"""What REST framework answers a body that its parser cannot read (`ParseError`)."""
_apps: WeakKeyDictionary[Codebase, tuple[Instance, ...]] = WeakKeyDictionary()


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """One object for the project: its settings module and root URL configuration as keywords."""
    if codebase not in _apps:
        _apps[codebase] = tuple(_app(codebase))
    return _apps[codebase]


def _app(codebase: Codebase) -> Iterator[Instance]:
    for name in settings_modules(codebase.tree, codebase.root):
        urls = text_of(setting(codebase, name, "ROOT_URLCONF"))
        if urls and codebase.graph.canonical(urls):
            given = (("settings", Const(name)), ("urls", Const(urls)))
            file = codebase.graph.file(name) or ""
            yield Instance(APP, (), given, Place(file=file, line=1))
            return


def application(app: Instance, codebase: Codebase) -> Application:
    """How to import the app: `WSGI_APPLICATION`, else the module beside the settings that makes one."""
    settings = text_of(app.kwarg("settings")) or ""
    named = text_of(setting(codebase, settings, "WSGI_APPLICATION")) or ""
    module, _, variable = named.rpartition(".")
    if codebase.graph.canonical(module) is None:
        beside = (f"{package}.{name}" for package in _above(settings) for name in ("wsgi", "asgi"))
        module = next((each for each in beside if codebase.graph.canonical(each)), "")
        variable = "application"
    if not module:
        module, variable = "django.core.wsgi", "get_wsgi_application"
    return Application(
        module=module,
        variable=variable,
        factory=variable == "get_wsgi_application",
        settings=settings,
        adjusted=(*adjusted(codebase.tree), *_shown(codebase, settings)),
        place=app.place,
    )


def _shown(codebase: Codebase, settings: str) -> Iterator[str]:
    """`debug`, where the only settings that there are turn it on for everybody."""
    said = setting(codebase, settings, "DEBUG")
    if isinstance(said, Const) and said.value is True and not codebase.tree.containing(OFF):
        yield "debug"


def _above(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed."""
    gate = Gate(codebase, text_of(app.kwarg("settings")) or "")
    found: dict[tuple[str, str], Endpoint] = {}
    walk = Walk(codebase)
    for pattern in every_pattern(app, walk):
        guest = guest_of("django", pattern.view, codebase) if pattern.group else None
        if guest is not None and isinstance(pattern.view, Instance):
            for each in guest.endpoints(pattern.view, pattern.path, codebase, shapes, answers):
                found.setdefault((each.method, each.path), each)
            continue
        for route in routes(pattern, codebase):
            key = (route.method, "/" + route.path)
            if key not in found:
                found[key] = _read_safely(route, gate, shapes, answers, walk.unknowns)
    return tuple(found.values()), tuple(walk.unknowns)


def every_pattern(app: Instance, walk: Walk) -> Iterator[Pattern]:
    """Every pattern in the order in which Django tries them."""
    urls = text_of(app.kwarg("urls")) or ""
    yield from walk.configuration(urls, Pattern("", None, app.place))


def _read_safely(
    route: Route, gate: Gate, shapes: Shapes, answers: Shapes, unknowns: list[Unknown]
) -> Endpoint:
    """The endpoint of a route; where its code defeats us the bare one, and why."""
    bare = _bare(route)
    try:
        return _read(bare, route, gate, shapes, answers)
    except Exception as error:  # noqa: BLE001 - a route is never dropped
        reason = f"its code could not be read: {type(error).__name__}: {error}"
        unknowns.append(Unknown(subject=bare.path, reason=reason, place=route.pattern.place))
        return bare.replace(auth=None)


def _bare(route: Route) -> Endpoint:
    evidence = (*route.pattern.evidence, *((route.function.place,) if route.function else ()))
    return Endpoint(
        method=route.method,
        path="/" + route.path,
        handler=_handler(route),
        parameters=tuple(_parameters(route)),
        conditional="http_method_names turns it away" if route.refused else "",
        evidence=tuple(
            each for each in evidence if each.file and not each.file.startswith(LIBRARY)
        ),
    )


def _read(bare: Endpoint, route: Route, gate: Gate, shapes: Shapes, answers: Shapes) -> Endpoint:
    access = gate.access(route)
    told = exchange(route, gate, shapes, answers)
    return bare.replace(
        auth=access.auth,
        optional_auth=access.optional,
        roles=access.roles,
        guards=access.guards,
        parameters=(*bare.parameters, *told.parameters, *_listed(route, gate)),
        body=told.body,
        status=told.status,
        responses=told.responses,
        invalid_status=told.invalid_status,
        withheld=gate.withheld(route),
        pressed=told.pressed,
        toothless=gate.toothless(route),
        any_method=takes_any_method(route) if bare.method != "GET" else None,
        form_token=gate.asks_for_token(route),
        garbled_status=UNPARSED if told.body and serializer(route, gate) is not None else None,
    )


def _listed(route: Route, gate: Gate) -> Iterator[Parameter]:
    """The query parameters of a list: its pages and filters."""
    if is_list(route):
        yield from page_parameters(route, gate)
        for parameter, _ in filter_pairs(route, gate):
            yield parameter


def _handler(route: Route) -> Handler:
    """The function; for what the framework itself answers the project's class, or where a URL leads to it."""
    function, view = route.function, route.view
    own: FunctionValue | ClassValue | None = function
    if function is None or function.scope.file.startswith(LIBRARY):
        own = view
    if own is None:
        place = _said(route, route.pattern.place or Place(file=""))
        return Handler(name=route.name, external=True, file=place.file, line=place.line)
    place = _said(route, own.place)
    return Handler(
        name=route.name or own.name,
        file=place.file,
        line=place.line,
        end_line=place.end_line,
        asynchronous=isinstance(own, FunctionValue) and own.asynchronous,
    )


def _said(route: Route, place: Place) -> Place:
    """The place, or of what lies in a package where the project leads to it."""
    if not place.file.startswith(LIBRARY):
        return place
    said = (each for each in reversed(route.pattern.evidence) if not each.file.startswith(LIBRARY))
    return next(said, place)


def _parameters(route: Route) -> Iterator[Parameter]:
    kinds = dict(route.converters)
    for piece in route.path.split("{")[1:]:
        name = piece.partition("}")[0]
        schema = KINDS.get(kinds.get(name, ""), Schema(type="string"))
        if kinds.get(name) in (r"\d+", "[0-9]+"):
            schema = KINDS["int"]
        yield Parameter(name=name, location="path", schema=schema, required=True, attribute=name)
