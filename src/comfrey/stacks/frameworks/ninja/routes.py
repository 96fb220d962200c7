"""From APIs, routers and controllers to operations: one method on one path, and the code behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.model.place import Place
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Event,
    External,
    FunctionValue,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks.frameworks.ninja.facts import data, dotted, items, known, last

PARAMETER = re.compile(r"\{(?:(\w+):)?(\w+)\}")
UNSET = ("NOT_SET", "NOT_SET_TYPE")
DEEP = 6


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One method on one path. `options` are the keywords of its decorator, `auth` and `permissions` what holds
    here, also when it was said further up; `owner` is the controller's class. `external` for a package's own."""

    method: str
    path: str
    function: FunctionValue | None
    options: dict[str, Value]
    auth: Value | None
    permissions: tuple[Value, ...] = ()
    owner: ClassValue | None = None
    evidence: tuple[Place, ...] = ()
    external: str = ""
    converted: bool = False
    """Whether Django itself tells by `{int:id}` what is a key: what is none leaves the path unknown."""


@dataclass(frozen=True, slots=True)
class Above:
    """What a router takes over from where it is mounted."""

    path: str
    auth: Value | None
    evidence: tuple[Place, ...] = ()


def is_api(value: Value, codebase: Codebase) -> bool:
    """Whether an object is an API."""
    return known(dict.fromkeys(data()["apis"], True), codebase, value) is not None


def operations(api: Instance, prefix: str, codebase: Codebase) -> Iterator[Operation]:
    """Every operation of an API that is mounted under `prefix`."""
    above = Above(prefix, _said(api.kwarg("auth")), (api.place,) if api.place else ())
    yield from _router(api, above, codebase)
    for event in codebase.evaluator.on(api):
        if event.name == "register_controllers":
            for each in event.args:
                yield from _controller(each, above, codebase)
        elif event.name == "auto_discover_controllers":
            for kind in codebase.classes((b"api_controller",)):
                yield from _controller(kind, above, codebase)


def _router(router: Value, above: Above, codebase: Codebase, depth: int = 0) -> Iterator[Operation]:
    for event in codebase.evaluator.on(router):
        if event.name in data()["verbs"] or event.name == "api_operation":
            yield from _operation(event, above)
        elif event.name == "add_router" and depth < DEEP:
            yield from _mounted(event, above, codebase, depth + 1)


def _operation(event: Event, above: Above) -> Iterator[Operation]:
    """`@router.get("/users", response=…)`."""
    first = 1 if event.name == "api_operation" else 0
    path = text_of(event.argument(first, "path"))
    if path is None or not isinstance(event.target, FunctionValue):
        return
    methods = [event.name]
    if first:
        methods = [text_of(each) or "" for each in items(event.argument(0, "methods"))]
    options = dict(event.kwargs)
    auth = _said(options.get("auth"))
    for method in methods:
        yield Operation(
            method.upper(),
            joined(above.path, path),
            event.target,
            options,
            above.auth if auth is None else auth,
            evidence=(*above.evidence, event.place),
            converted=any(kind for kind, _ in PARAMETER.findall(path)),
        )


def _mounted(event: Event, above: Above, codebase: Codebase, depth: int) -> Iterator[Operation]:
    """`api.add_router("/users/", router)`, also by the router's dotted name."""
    prefix, router = text_of(event.argument(0, "prefix")) or "", event.argument(1, "router")
    named = text_of(router)
    if named is not None:
        module, _, name = named.rpartition(".")
        found = codebase.graph.canonical(module, event.place.file)
        router = codebase.resolve(found or module, name)
    if router is None:
        return
    own = _said(router.kwarg("auth")) if isinstance(router, Instance) else None
    said = _said(event.kwarg("auth"))
    auth = next((each for each in (said, own) if each is not None), above.auth)
    inner = Above(joined(above.path, prefix), auth, (*above.evidence, event.place))
    if isinstance(router, External):
        yield from _packaged(router, inner)
    else:
        yield from _router(router, inner, codebase, depth)


def _controller(kind: Value, above: Above, codebase: Codebase) -> Iterator[Operation]:
    """A class under `@api_controller("/carts")` of ninja_extra."""
    if isinstance(kind, External):
        yield from _packaged(kind, above)
    if not isinstance(kind, ClassValue):
        return
    made = _decoration(kind, codebase)
    prefix = (text_of(made.argument(0, "prefix_or_class")) or "") if made else ""
    auth = _said(made.argument(1, "auth")) if made else None
    auth = above.auth if auth is None else auth
    everywhere = items(made.kwarg("permissions")) if made else ()
    base = joined(above.path, prefix)
    for member in codebase.members(kind, inherited=True):
        if not isinstance(member.value, FunctionValue):
            continue
        for method, path, options in _routed(member.value):
            own = _said(options.get("auth"))
            yield Operation(
                method,
                joined(base, path),
                member.value,
                options,
                auth if own is None else own,
                items(options.get("permissions")) or everywhere,
                kind,
                (*above.evidence, kind.place),
                converted=any(each for each, _ in PARAMETER.findall(path)),
            )


def _decoration(kind: ClassValue, codebase: Codebase) -> Instance | None:
    for decorator in kind.node.decorators:
        value = codebase.value(decorator, kind.scope)
        if isinstance(value, Instance) and last(value) == "api_controller":
            return value
    return None


def _routed(function: FunctionValue) -> Iterator[tuple[str, str, dict[str, Value]]]:
    """(method, path, keywords) of `@http_get("/x")` and `@route.get("/x")`."""
    for each in function.decorators:
        name = dotted(each)
        verb = last(each).removeprefix("http_")
        if (
            isinstance(each, Instance)
            and verb in data()["verbs"]
            and name.startswith("ninja_extra")
        ):
            path = text_of(each.argument(0, "path"))
            yield verb.upper(), path or "", dict(each.kwargs)


def _packaged(router: External, above: Above) -> Iterator[Operation]:
    for method, path in data()["packaged"].get(router.name, ()):
        full = joined(above.path, path)
        yield Operation(method, full, None, {}, None, evidence=above.evidence, external=router.last)


def _said(value: Value | None) -> Value | None:
    """An `auth` that is said; None where it is left to what stands above."""
    return None if value is None or last(value) in UNSET else value


def joined(prefix: str, path: str) -> str:
    """Ninja puts paths together with one slash between them."""
    full = "/".join(each for each in (prefix, path) if each)
    return PARAMETER.sub(r"{\2}", re.sub(r"/{2,}", "/", full))
