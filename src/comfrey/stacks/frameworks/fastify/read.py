"""Understands Fastify: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from comfrey.model.endpoint import Body, Endpoint, Guard, Handler, Response
from comfrey.model.place import Unknown
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Condition,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    Partial,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.garbled import garbled
from comfrey.stacks.admission.gates import Gates, roles_of
from comfrey.stacks.admission.intake import Intake, body, parameters, responses, success, taken
from comfrey.stacks.admission.looking import function_of
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.admission.visits import Stage
from comfrey.stacks.frameworks.fastify.facts import data
from comfrey.stacks.frameworks.fastify.routes import Context, Route, Walk
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.statuses import number, worded

NONE = Const(None)
UPLOADS = re.compile(r"\breq(?:uest)?\.(?:file|files|parts|saveRequestFiles)\(")
MEDIA = re.compile(r"['\"]((?:image|video|audio|text|application)/[\w.+-]+)['\"]")
LOCATIONS = {
    "body": "body",
    "querystring": "query",
    "query": "query",
    "params": "path",
    "headers": "header",
}


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every application object that the code makes, in order."""
    made = codebase.evaluator.made(*data()["apps"])
    return tuple(event.result for event in made if isinstance(event.result, Instance))


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed."""
    walk, routes = walked(app, codebase)
    reader = Reader(codebase, shapes, answers, walk)
    found: dict[tuple[str, str], Endpoint] = {}
    for route in routes:
        endpoint = reader.safely(route)
        found.setdefault((endpoint.method, endpoint.path), endpoint)
    return tuple(found.values()), tuple(walk.unknowns)


_walks: WeakKeyDictionary[Codebase, dict[int, tuple[Walk, list[Route]]]] = WeakKeyDictionary()


def walked(app: Instance, codebase: Codebase) -> tuple[Walk, list[Route]]:
    """An app's routes; its plug-ins are loaded once."""
    known = _walks.setdefault(codebase, {})
    if id(app) not in known:
        walk = Walk(codebase)
        known[id(app)] = (walk, walk.app(app))
    return known[id(app)]


class Reader:
    """Reads the routes of one app; gates are kept per context, whose error handlers they share."""

    def __init__(self, codebase: Codebase, shapes: Shapes, answers: Shapes, walk: Walk) -> None:
        self.codebase = codebase
        self.shapes = shapes
        self.answers = answers
        self.walk = walk
        self.coerces = coerces(walk.root) if walk.root is not None else True
        self._gates: dict[int, Gates] = {}

    def gates(self, context: Context) -> Gates:
        if id(context) not in self._gates:
            stage = Stage(
                self.codebase,
                tuple(context.rescues),
                returns=True,
                extra=tuple(self.walk.request.items()),
                errors=_status_of,
                sends_errors=True,
            )
            self._gates[id(context)] = Gates(self.codebase, stage)
        return self._gates[id(context)]

    def safely(self, route: Route) -> Endpoint:
        """The endpoint of a route; where its code defeats us the bare route, and why."""
        try:
            return self._read(route)
        except Exception as error:  # noqa: BLE001 - a route is never dropped
            reason = f"its inputs could not be read: {type(error).__name__}: {error}"
            self.walk.unknowns.append(Unknown(subject=route.path, reason=reason, place=route.place))
            handler = handler_of(route)
            return Endpoint(method=route.method, path=route.path, handler=handler, auth=None)

    def _read(self, route: Route) -> Endpoint:
        gates = self.gates(route.context)
        access = gates.access(route.before, route.handler, route)
        schema = route.options.get("schema")
        found, declared = self.taken(route)
        known = {each.status: each for each in (*responses(found), *declared)}
        told = [each.status for each in declared if each.status < 400]
        if told:
            known = {code: each for code, each in known.items() if code >= 300 or code in told}
        status = success(found)
        return Endpoint(
            method=route.method,
            path=route.path,
            handler=handler_of(route),
            auth=access.auth,
            optional_auth=access.optional,
            guards=self._placed(access.guards, route),
            roles=roles_of(access.guards),
            parameters=parameters(found, route.path),
            body=uploaded(route) or body(found, route.method),
            status=told[0] if told and status not in told else status,
            garbled_status=self._garbled(route.context, gates.stage),
            responses=tuple(known[each] for each in sorted(known)),
            tags=_tags(schema),
            summary=_text(schema, "summary"),
            conditional=_conditional(route.conditions),
            evidence=tuple(dict.fromkeys(route.evidence)),
        )

    def _garbled(self, context: Context, stage: Stage) -> int | None:
        """The answer to a body that is no JSON, None where the app brings a parser of its own."""
        if context.reparsed:
            return None
        return garbled(stage, code=Const("FST_ERR_CTP_INVALID_JSON_BODY"), validation=NONE)

    def _placed(self, guards: tuple[Guard, ...], route: Route) -> tuple[Guard, ...]:
        """Guards, those marked that speak only after the route's schemas did."""
        if not isinstance(route.options.get("schema"), DictValue):
            return guards
        early = self.gates(route.context).access(route.before_input, Const(None), route).guards
        first = {each.name for each in early}
        return tuple(each.replace(after_input=each.name not in first) for each in guards)

    def taken(self, route: Route) -> tuple[Intake, tuple[Response, ...]]:
        """What a route takes, by its functions and its schema, and the answers that the schema declares."""
        stage = self.gates(route.context).stage
        own = tuple(e for e in (*route.before, route.handler) if is_own(e))
        found = taken(own, stage, self.shapes, route.path, route.method)
        schema = route.options.get("schema")
        declared = self._declared(schema, found) if isinstance(schema, DictValue) else ()
        return found, declared

    def _declared(self, schema: DictValue, found: Intake) -> tuple[Response, ...]:
        """Notes the inputs that a route's schema declares; gives the answers."""
        for key, location in LOCATIONS.items():
            value = schema.get(key)
            if value is None:
                continue
            shape = self.shapes.of(value)
            told = shape != Schema(place=shape.place) or location not in found.schemas
            if told:
                found.schemas[location] = taken_by_ajv(shape, self.coerces)
            found.refused = (found.refused or 400) if told else 400
        said = schema.get("response")
        if not isinstance(said, DictValue):
            return ()
        result = []
        for name, answer in said.items:
            text = (text_of(name) or "").lower()
            status = int(text) if text.isdecimal() else {"2xx": 200}.get(text)
            if status is not None:
                shape = self.answers.of(answer)
                result.append(Response(status=status, body=shape, place=shape.place))
        return tuple(result)


def uploaded(route: Route) -> Body | None:
    """What `@fastify/multipart` hands over: `await request.file()`."""
    function = function_of(route.handler)
    if function is None or not UPLOADS.search(function.node.text):
        return None
    media = tuple(dict.fromkeys(MEDIA.findall(function.node.text)))
    kind = Schema(type="string", format="binary", examples=media)
    return Body(
        schema=Schema(
            type="object", properties=(Property(name="file", schema=kind, required=True),)
        ),
        media="multipart/form-data",
        required=False,  # the handler says itself what a request without one is answered
        accepts=media,
        place=function.place,
    )


def _status_of(error: Value) -> int | None:
    """Errors that plug-ins throw: `app.httpErrors.notFound("…")`, `httpErrors.getHttpError(404)`."""
    name = dotted(error)
    if ".httpErrors." in name:
        given = error.args[0] if isinstance(error, Instance) and error.args else None
        return worded(name.rpartition(".")[2]) or number(given)
    return 401 if name.startswith("@fastify/jwt") else None


def taken_by_ajv(schema: Schema, coerces: bool) -> Schema:
    """As Fastify sets Ajv up: members get their defaults before it asks which are missing, and null is read as
    the empty value of a type."""
    members = tuple(
        each.replace(
            schema=taken_by_ajv(each.schema, coerces),
            required=each.required and not each.schema.has_default,
        )
        for each in schema.properties
    )
    items = taken_by_ajv(schema.items, coerces) if schema.items is not None else None
    return schema.replace(properties=members, items=items, null_is_empty=coerces)


def coerces(app: Instance) -> bool:
    """Whether the app leaves Ajv's coercion as it is."""
    said: Value | None = app.args[0] if app.args else None
    for name in ("ajv", "customOptions", "coerceTypes"):
        said = said.get(name) if isinstance(said, DictValue) else None
    return plain(said) is not False


def is_own(function: Value) -> bool:
    """Whether a function is the tree's."""
    return isinstance(function, FunctionValue | BoundMethod | Partial)


def handler_of(route: Route) -> Handler:
    function = function_of(route.handler)
    if function is None:
        file = route.place.file if route.place else ""
        return Handler(name=dotted(route.handler) or "unknown", file=file, external=True)
    place = function.place
    return Handler(
        name=function.qualified.rpartition(":")[2] or function.name,
        file=place.file,
        line=place.line,
        end_line=place.end_line,
        asynchronous=function.asynchronous,
    )


def _tags(schema: Value | None) -> tuple[str, ...]:
    said = plain(schema.get("tags")) if isinstance(schema, DictValue) else None
    return tuple(e for e in said if isinstance(e, str)) if isinstance(said, list) else ()


def _text(schema: Value | None, name: str) -> str:
    said = plain(schema.get(name)) if isinstance(schema, DictValue) else None
    return said if isinstance(said, str) else ""


def _conditional(conditions: tuple[Condition, ...]) -> str:
    told = [each for each in conditions if "require.main" not in each.text]
    texts = [each.text if each.holds else f"not ({each.text})" for each in told]
    return " and ".join(dict.fromkeys(texts))
