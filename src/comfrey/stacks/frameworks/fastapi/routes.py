"""Follows an app's routers to every route that it serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    ClassValue,
    Condition,
    Event,
    FunctionValue,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks.frameworks.fastapi.facts import data, items, last, strings

METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
CONVERTER = re.compile(r"\{(\w+):[^{}]*\}")
MAX_DEPTH = 20


@dataclass(frozen=True)
class Layer:
    """What an app, an inclusion or a router gives to every route below it."""

    dependencies: tuple[Value, ...] = ()
    responses: tuple[Value, ...] = ()
    tags: tuple[str, ...] = ()
    response_class: Value | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Route:
    """One registration. `arguments` are the keyword arguments of its decorator or `add_api_route`."""

    methods: tuple[str, ...]
    path: str
    target: Value | None
    kind: str = "http"
    arguments: dict[str, Value] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    external: str = ""
    guarded: bool | None = None
    plain: bool = False
    """True for Starlette's own routes, whose handlers take the request and nothing else."""
    place: Place | None = None
    apps: tuple[Instance, ...] = ()
    """The apps that a request passes on its way, outermost first."""


@dataclass(frozen=True)
class Standing:
    """Where the walk stands: the prefix so far and everything passed on the way."""

    prefix: str = ""
    layers: tuple[Layer, ...] = ()
    evidence: tuple[Place, ...] = ()
    conditions: tuple[Condition, ...] = ()
    above: tuple[int, ...] = ()
    apps: tuple[Instance, ...] = ()


class Walk:
    """One app, walked once. `unknowns` are registrations that could not be followed."""

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        self.unknowns: list[Unknown] = []

    def app(self, app: Instance, standing: Standing = Standing()) -> Iterator[Route]:
        """Every route below an app or router, in the order of registration."""
        if id(app) in standing.above or len(standing.above) > MAX_DEPTH:
            return
        here = self._entered(app, standing)
        for route in items(_said(self.codebase, app, "routes")):
            yield from self._listed(route, here)
        for event in self._events(app):
            yield from self._registered(event, here)

    def _events(self, app: Instance) -> Iterator[Event]:
        """What is done to an app, also through its `app.router`."""
        for event in self.codebase.evaluator.events:
            of = event.receiver
            if of is app or (
                isinstance(of, BoundExternal) and of.receiver is app and of.name == "router"
            ):
                yield event

    def _entered(self, app: Instance, standing: Standing) -> Standing:
        said = {
            name: _said(self.codebase, app, name)
            for name in ("prefix", "dependencies", "responses", "tags", "default_response_class")
        }
        return Standing(
            prefix=standing.prefix + (text_of(said["prefix"]) or ""),
            layers=(*standing.layers, _layer(said, app.place)),
            evidence=(*standing.evidence, *((app.place,) if app.place else ())),
            conditions=standing.conditions,
            above=(*standing.above, id(app)),
            apps=(*standing.apps, app)
            if self.codebase.is_a(app, *data()["apps"])
            else standing.apps,
        )

    def _registered(self, event: Event, here: Standing) -> Iterator[Route]:
        name = event.name
        if name in METHODS or name in ("api_route", "route", "websocket", "websocket_route"):
            yield from self._decorated(event, here)
        elif name in (
            "add_api_route",
            "add_route",
            "add_api_websocket_route",
            "add_websocket_route",
        ):
            yield from self._added(event, here)
        elif name == "include_router":
            yield from self._included(event, here)
        elif name == "mount":
            yield from self._mounted(event, here)

    def _decorated(self, event: Event, here: Standing) -> Iterator[Route]:
        if event.target is None:
            return
        kind = "websocket" if event.name.startswith("websocket") else "http"
        methods = (event.name.upper(),) if event.name in METHODS else _methods(event)
        yield self._route(event, here, methods, event.argument(0, "path"), event.target, kind)

    def _added(self, event: Event, here: Standing) -> Iterator[Route]:
        kind = "websocket" if "websocket" in event.name else "http"
        target = event.argument(1, "endpoint") or event.argument(1, "route")
        path = event.argument(0, "path")
        if isinstance(target, ClassValue) and kind == "http":
            yield from self._endpoint_class(event, here, path, target)
            return
        yield self._route(event, here, _methods(event), path, target, kind)

    def _route(
        self,
        event: Event,
        here: Standing,
        methods: tuple[str, ...],
        path: Value | None,
        target: Value | None,
        kind: str,
    ) -> Route:
        return Route(
            methods=methods if kind == "http" else ("WEBSOCKET",),
            path=_clean(here.prefix + self._text(path, event.place)),
            target=target,
            kind=kind,
            arguments=dict(event.kwargs),
            layers=here.layers,
            evidence=(*here.evidence, *event.chain, event.place),
            conditions=(*here.conditions, *event.conditions),
            place=event.place,
            apps=here.apps,
            plain=event.name in ("route", "add_route", "websocket_route", "add_websocket_route"),
        )

    def _text(self, path: Value | None, place: Place) -> str:
        known = text_of(path)
        if known is None:
            self.unknowns.append(
                Unknown(subject="path", reason="computed at run time", place=place)
            )
            return "/{unknown}"
        return known

    def _endpoint_class(
        self, event: Event, here: Standing, path: Value | None, target: ClassValue
    ) -> Iterator[Route]:
        """Starlette's `HTTPEndpoint`: one method of the class per HTTP method."""
        for method in METHODS:
            member = self.codebase.member(target, method)
            if member is not None and isinstance(member.value, FunctionValue):
                bound = BoundMethod(target, member.value)
                yield self._route(event, here, (method.upper(),), path, bound, "http")

    # --- routers below -------------------------------------------------------

    def _included(self, event: Event, here: Standing) -> Iterator[Route]:
        said = dict(event.kwargs)
        prefix = event.argument(1, "prefix")
        below = replace(
            here,
            prefix=here.prefix + (text_of(prefix) or "") if prefix else here.prefix,
            layers=(*here.layers, _layer(said, event.place)),
            evidence=(*here.evidence, *event.chain, event.place),
            conditions=(*here.conditions, *event.conditions),
        )
        yield from self._below(event.argument(0, "router"), below, event)

    def _below(self, router: Value | None, below: Standing, event: Event) -> Iterator[Route]:
        match router:
            case Choice(options=options):
                for option in options:
                    yield from self._below(option, below, event)
            case Instance() if packaged := self._packaged(router):
                yield from self._foreign(router, packaged, below, event)
            case Instance() if self._is_router(router):
                yield from self.app(router, below)
            case _:
                reason = "the router that is included here is not known"
                subject = below.prefix or "include_router"
                self.unknowns.append(Unknown(subject=subject, reason=reason, place=event.place))

    def _is_router(self, router: Instance) -> bool:
        known = (*data()["routers"], *data()["apps"])
        return self.codebase.is_a(router, *known) or bool(self.codebase.evaluator.on(router))

    def _packaged(self, router: Instance) -> dict[str, object] | None:
        """The shelf's knowledge of a router that a package makes, or a subclass of its class."""
        known: list[dict[str, object]] = data()["packaged"]
        if isinstance(router.of, BoundExternal):
            owners = self.codebase.ancestry(router.of.receiver)
            names = tuple(f"{owner}.{router.of.name}" for owner in owners)
        else:
            names = self.codebase.ancestry(router)
        for name in names:
            package, _, word = name.partition(".")[0], "", name.rpartition(".")[2]
            for each in known:
                if each["call"] == word and each["package"] == package:
                    return each
        return None

    def _foreign(
        self, router: Instance, known: dict[str, object], below: Standing, event: Event
    ) -> Iterator[Route]:
        own = text_of(router.kwarg("prefix")) or text_of(router.kwarg("path")) or ""
        routes = known["routes"]
        assert isinstance(routes, list)
        for method, path, guarded in routes:
            yield Route(
                methods=(method,),
                path=_clean(below.prefix + own + path) or "/",
                target=None,
                kind=str(known.get("kind", "http")),
                layers=below.layers,
                evidence=below.evidence,
                conditions=below.conditions,
                external=f"{known['package']}.{known['call']}",
                guarded=guarded,
                place=event.place,
            )

    def _mounted(self, event: Event, here: Standing) -> Iterator[Route]:
        path = text_of(event.argument(0, "path")) or ""
        app = event.argument(1, "app")
        yield from self._mount(path, app, here, event.place)

    def _mount(
        self, path: str, app: Value | None, here: Standing, place: Place | None
    ) -> Iterator[Route]:
        below = replace(
            here,
            prefix=here.prefix + path.rstrip("/"),
            layers=(),
            evidence=(*here.evidence, *((place,) if place else ())),
        )
        if isinstance(app, Instance) and self._is_router(app):
            yield from self.app(app, below)
            return
        if isinstance(app, Instance) and (listed := items(app.kwarg("routes"))):
            for route in listed:
                yield from self._listed(route, below)
            return
        what = last(app.of) if isinstance(app, Instance) else ""
        self.unknowns.append(
            Unknown(
                subject=below.prefix or "/",
                reason=f"served by {what or 'another application'}, which lies outside the tree",
                place=place,
            )
        )

    def _listed(self, route: Value, here: Standing) -> Iterator[Route]:
        """A `Route`, `APIRoute`, `WebSocketRoute` or `Mount` in a list of routes."""
        if not isinstance(route, Instance):
            return
        word = last(route.of)
        path = route.argument(0, "path")
        if word == "Mount":
            if (listed := items(route.kwarg("routes"))) and route.argument(1, "app") is None:
                below = replace(here, prefix=here.prefix + (text_of(path) or ""), layers=())
                for each in listed:
                    yield from self._listed(each, below)
                return
            yield from self._mount(text_of(path) or "", route.argument(1, "app"), here, route.place)
        elif word.endswith("Route"):
            place = route.place or Place(file="")
            name = "add_api_route" if word.startswith("API") else "add_route"
            event = Event(route, name, route.args, route.kwargs, place)
            kind = "websocket" if "WebSocket" in word else "http"
            target = route.argument(1, "endpoint")
            yield self._route(event, here, _methods(event), path, target, kind)


def _said(codebase: Codebase, app: Instance, name: str) -> Value | None:
    """An argument of the construction, also when a subclass passes it up to its base."""
    for event in reversed(codebase.evaluator.on(app)):
        if (
            event.name in ("__init__", "super.__init__")
            and (found := event.kwarg(name)) is not None
        ):
            return found
    return app.kwarg(name) or app.fields.get(name)


def _layer(said: dict[str, Value | None] | dict[str, Value], place: Place | None) -> Layer:
    responses = said.get("responses")
    return Layer(
        dependencies=items(said.get("dependencies")),
        responses=(responses,) if responses is not None else (),
        tags=strings(said.get("tags")),
        response_class=said.get("default_response_class"),
        place=place,
    )


def _methods(event: Event) -> tuple[str, ...]:
    named = strings(event.kwarg("methods"))
    return tuple(dict.fromkeys(each.upper() for each in named)) or ("GET",)


def _clean(path: str) -> str:
    return CONVERTER.sub(r"{\1}", path)
