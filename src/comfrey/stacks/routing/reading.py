"""From an app to its endpoints: routes, who may call them, what they take and answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from posixpath import dirname
from weakref import WeakKeyDictionary

import msgspec

from comfrey.model.endpoint import Body, Endpoint, Handler
from comfrey.model.place import Place, Unknown
from comfrey.model.project import Application
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Condition,
    FunctionValue,
    Instance,
    Partial,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.admission.gates import Gates, roles_of
from comfrey.stacks.admission.handled import Manner, passing
from comfrey.stacks.admission.intake import Intake, body, parameters, responses, success, taken
from comfrey.stacks.admission.passage import dotted, likely
from comfrey.stacks.admission.visits import Answer, Stage, Visitor
from comfrey.stacks.routing.handlers import CALLABLE, flat, named
from comfrey.stacks.routing.walk import Route, Walk
from comfrey.stacks.routing.words import words
from comfrey.stacks.shapes import Shapes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODIES = ("POST", "PUT", "PATCH")
FORM, UPLOAD = "application/x-www-form-urlencoded", "multipart/form-data"
REFUSED = (404, 405)
STRANGE = "BREW"
"""A method that no handler has ever heard of."""
ERRORS = ("err != nil", "err == nil")
_walks: WeakKeyDictionary[Codebase, dict[str, Walk]] = WeakKeyDictionary()
_intakes: WeakKeyDictionary[Codebase, dict[int, Intake]] = WeakKeyDictionary()


def manner(key: str) -> Manner:
    """How handlers of the framework `stacks/frameworks/<key>` take and answer."""
    found = shelf.folder("frameworks", key)
    assert found is not None
    return msgspec.convert(found.about.data["handling"], Manner, strict=True)


def walked(codebase: Codebase, key: str) -> Walk:
    """All registrations of a codebase, read once; again when more was run meanwhile."""
    known = _walks.setdefault(codebase, {})
    if key not in known or known[key].read != len(codebase.evaluator.events):
        walk = Walk(codebase, words(key))
        walk.gather()
        known[key] = walk
    return known[key]


def apps(codebase: Codebase, key: str) -> tuple[Instance, ...]:
    """Every router that the code makes and that no other one mounts, in order."""
    walk = walked(codebase, key)
    made = [e.result for e in codebase.evaluator.made(*walk.words.apps)]
    found = [each for each in made if isinstance(each, Instance)]
    if walk.default is not None:
        found.append(walk.default)
    return tuple(each for each in found if not walk.is_mounted(each))


def made_at(codebase: Codebase, key: str) -> set[Place | None]:
    """Where routers are made, those that others mount too."""
    known = (*words(key).apps, *words(key).routers)
    return {e.place for e in codebase.evaluator.made(*known)}


def endpoints(
    app: Instance, codebase: Codebase, key: str, shapes: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed."""
    walk = walked(codebase, key)
    stage = _stage(walk, key)
    gates = Gates(codebase, stage)
    found: dict[tuple[str, str], Endpoint] = {}
    for route in _standing(list(walk.routes(app))):
        for each in _served(route, walk, stage):
            endpoint = _read_safely(each, gates, shapes, walk.unknowns)
            found.setdefault((endpoint.method, endpoint.path), endpoint)
    return tuple(found.values()), tuple(walk.unknowns)


def _standing(found: list[Route]) -> list[Route]:
    """Routes without the conditions under which the program ends before it serves any of them."""
    ending = [{_spelled(e) for e in each.conditions if not e.holds} for each in found]
    shared = set.intersection(*ending) if ending else set()
    if not shared:
        return found
    return [
        replace(each, conditions=tuple(e for e in each.conditions if _spelled(e) not in shared))
        for each in found
    ]


def _spelled(condition: Condition) -> tuple[str, bool]:
    return condition.text, condition.holds


def routes(app: Instance, codebase: Codebase, key: str) -> list[Route]:
    """An app's routes, each under one method."""
    walk = walked(codebase, key)
    stage = _stage(walk, key)
    return [e for route in walk.routes(app) for e in _served(route, walk, stage)]


def _stage(walk: Walk, key: str) -> Stage:
    """The framework's words, with the functions that answer errors which others leave with the context."""
    how = manner(key)
    used = [
        each
        for event in walk.codebase.evaluator.events
        if how.raises and event.name in walk.words.uses
        for each in flat(event.args)
    ]
    rescues = [e for e in used if isinstance(e, CALLABLE) and f".{how.left}" in _text(e)]
    if how.rescue:
        rescues += _rescues(walk, how.rescue)
    return Stage(walk.codebase, tuple(rescues), passes=passing(how))


def _rescues(walk: Walk, name: str) -> Iterator[FunctionValue | BoundMethod | Partial]:
    """The functions that the apps are told to answer errors with: `fiber.Config{ErrorHandler: f}`,
    `e.HTTPErrorHandler = f`."""
    made = (event.result for event in walk.codebase.evaluator.made(*walk.words.apps))
    for app in (each for each in made if isinstance(each, Instance)):
        options = [each.kwarg(name) for each in app.args if isinstance(each, Instance)]
        for each in (app.fields.get(name), *options):
            if isinstance(each, CALLABLE):
                yield each


def _text(function: Value) -> str:
    inner = named(function)
    return inner.node.text if inner is not None else ""


def _served(route: Route, walk: Walk, stage: Stage) -> list[Route]:
    """A route under each of its methods; where a handler cuts a part out of the address, below a path that stands for
    all below it, that part is a parameter."""
    if not walk.words.subtrees or not route.path.endswith("/") or route.path == "/":
        return _by_method(route, stage)
    found: list[Route] = []
    for each in _by_method(replace(route, path=route.path + "{id}"), stage):
        visitor, below = _tried(each, stage)
        if visitor.cuts:
            found.append(each)
        bare = replace(each, path=route.path)
        if not visitor.cuts or _answers(_tried(bare, stage)[1]) - _answers(below):
            found.append(bare)
    return found


def _tried(route: Route, stage: Stage) -> tuple[Visitor, tuple[Answer, ...]]:
    """What a route's handler does with an ordinary request."""
    assert stage.passes is not None
    visitor = Visitor(False, None, route.path, route.method)
    return visitor, likely(stage.passes(stage, route.handler, visitor))


def _answers(found: tuple[Answer, ...]) -> set[tuple[str, int | None, Place | None]]:
    """The answers of a handler that are no refusals, by where they are given."""
    return {each for each in _ways(found) if (each[1] or 200) < 400}


def _ways(found: tuple[Answer, ...]) -> set[tuple[str, int | None, Place | None]]:
    return {(each.kind, each.status, each.place) for each in found}


def _by_method(route: Route, stage: Stage) -> list[Route]:
    """A route that takes any method as one of each that its handler tells apart, else as the likeliest."""
    if route.method:
        return [route]
    function = named(route.handler)
    if function is None or not isinstance(route.handler, CALLABLE):
        return [replace(route, method="GET")]
    if ".Method" in function.node.text:
        told = [each for each in METHODS if _is_served(route, each, stage)]
        if told and len(told) < len(METHODS):
            return [replace(route, method=each) for each in told]
    visitor = Visitor(False, None, route.path, "POST")
    assert stage.passes is not None
    stage.passes(stage, route.handler, visitor)
    takes = any(each.location == "body" for each in visitor.taken) or "form" in visitor.read
    return [replace(route, method="POST" if takes else "GET")]


def _is_served(route: Route, method: str, stage: Stage) -> bool:
    """Whether a handler that looks at the method serves it: anything but "not allowed", and but what becomes of a
    method that does not exist where that is not allowed."""
    found = _tried(replace(route, method=method), stage)[1]
    if not found or all(each.status in REFUSED for each in found):
        return False
    strange = _tried(replace(route, method=STRANGE), stage)[1]
    refused = any(each.status in REFUSED for each in strange)
    return not refused or not _ways(found) <= _ways(strange)


def _read_safely(route: Route, gates: Gates, shapes: Shapes, unknowns: list[Unknown]) -> Endpoint:
    """The endpoint of a route; where its code defeats us the bare route, and why."""
    try:
        return _read(route, gates, shapes)
    except Exception as error:  # noqa: BLE001 - a route is never dropped
        reason = f"its inputs could not be read: {type(error).__name__}: {error}"
        unknowns.append(Unknown(subject=route.path, reason=reason, place=route.place))
        return Endpoint(method=route.method, path=route.path, handler=handler_of(route), auth=None)


def _read(route: Route, gates: Gates, shapes: Shapes) -> Endpoint:
    access = gates.access(route.layers, route.handler, route)
    found = intake(route, gates.stage, shapes)
    return Endpoint(
        method=route.method,
        path=route.path,
        handler=handler_of(route),
        auth=access.auth,
        optional_auth=access.optional,
        guards=access.guards,
        roles=roles_of(access.guards),
        parameters=parameters(found, route.path),
        body=_body(found, route.method),
        status=success(found),
        responses=responses(found),
        invalid_status=found.refused,
        unreadable_status=found.unreadable,
        malformed_status=found.malformed,
        conditional=_conditional(route.conditions),
        evidence=tuple(dict.fromkeys(route.evidence)),
    )


def intake(route: Route, stage: Stage, shapes: Shapes) -> Intake:
    """What a route takes; names of the path get the types that the code reads them as."""
    steps = tuple(e for e in (*route.layers, route.handler) if isinstance(e, CALLABLE))
    found = taken(steps, stage, shapes, route.path, route.method)
    read = found.read.get("path", {})
    known = found.schemas.get("path", Schema(type="object"))
    made = [
        Property(
            name=name, schema=schema if schema != Schema() else Schema(type="string"), required=True
        )
        for name, schema in read.items()
        if known.property(name) is None
    ]
    if made:
        found.schemas["path"] = known.replace(properties=(*known.properties, *made))
    return found


def _body(found: Intake, method: str) -> Body | None:
    form = found.read.get("form")
    if form and "body" not in found.schemas and method in BODIES:
        made = tuple(
            Property(
                name=name,
                schema=inner if inner != Schema() else Schema(type="string"),
                required=name in found.required,
            )
            for name, inner in form.items()
        )
        schema = Schema(type="object", properties=made)
        return Body(schema=schema, media=UPLOAD if _holds_files(schema) else FORM)
    whole = body(found, method) if method not in ("GET", "HEAD") else None
    if whole is None or _is_empty(whole.schema):
        return None
    return whole.replace(media=UPLOAD) if _holds_files(whole.schema) else whole


def _is_empty(schema: Schema) -> bool:
    """Whether a body is an object of which nothing is read: one that all comes from the path and the like."""
    return schema.type == "object" and not schema.properties and schema.values is None


def _holds_files(schema: Schema) -> bool:
    """Whether some member of a body is a file, or several."""
    kinds = (each.schema.items or each.schema for each in schema.properties)
    return any(each.format == "binary" for each in kinds)


def handler_of(route: Route) -> Handler:
    """The function that answers; what is only wrapped goes by its own name."""
    function = named(route.handler)
    if function is None:
        file = route.place.file if route.place else ""
        return Handler(name=dotted(route.handler) or "unknown", file=file, external=True)
    place = function.place
    return Handler(
        name=function.qualified.rpartition(":")[2] or function.name,
        file=place.file,
        line=place.line,
        end_line=place.end_line,
    )


def _conditional(conditions: tuple[Condition, ...]) -> str:
    """The conditions on a route, without those that only say that nothing went wrong before."""
    told = [each for each in conditions if not any(e in each.text for e in ERRORS)]
    texts = [each.text if each.holds else f"not ({each.text})" for each in told]
    return " and ".join(dict.fromkeys(texts))


def application(instance: Instance, codebase: Codebase) -> Application:
    """Where the router is made: the package's folder, and the function that gives it back ("" where a program's
    `main` keeps it to itself)."""
    place = instance.place
    if place is None:
        return Application(listens=True)
    module = dirname(place.file) or "."
    for function in codebase.functions():
        where = function.place
        if where.file == place.file and where.line <= place.line <= where.end_line:
            program = function.name == "main" or function.name.startswith("init#")
            factory = not program and _gives(function)
            name = function.name if factory else ""
            return Application(
                module=module, variable=name, factory=factory, listens=not factory, place=place
            )
    return Application(module=module, listens=True, place=place)


def _gives(function: FunctionValue) -> bool:
    returns = getattr(function.node, "returns", None)
    return returns is not None


__all__ = ["BoundMethod", "Partial", "Value", "application", "apps", "endpoints", "routes"]
