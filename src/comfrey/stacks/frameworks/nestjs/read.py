"""Understands NestJS: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint, Handler, Parameter, Response
from comfrey.model.place import Unknown
from comfrey.model.project import Application
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Const, DictValue, Instance, UnknownValue, Value, plain
from comfrey.stacks.admission.gates import roles_of
from comfrey.stacks.admission.intake import responses, taken
from comfrey.stacks.admission.looking import texts_of
from comfrey.stacks.admission.visits import Stage
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.context import status_of
from comfrey.stacks.frameworks.nestjs.facts import data
from comfrey.stacks.frameworks.nestjs.gates import Standing
from comfrey.stacks.frameworks.nestjs.inputs import Inputs, read_inputs
from comfrey.stacks.frameworks.nestjs.modules import Modules
from comfrey.stacks.frameworks.nestjs.routes import Route, Walk, success
from comfrey.stacks.shapes import Shapes

USUAL = 400
"""What pipes and the parser answer unless they are told otherwise (https://docs.nestjs.com/pipes)."""


UNWELL = 503
LISTENING = ("listen", "listenAsync")
MEASURING = re.compile(
    r"\.(?:checkStorage|checkHeap|checkRSS|responseCheck)\(|\bhttp\w*\s*\.\s*pingCheck\(", re.I
)
"""Indicators of @nestjs/terminus that do not look at what belongs to the app (https://docs.nestjs.com/recipes/terminus)."""


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every application object that the code makes, in order; of those of one root module only those that listen,
    where one does: scripts make the app for its services."""
    made = codebase.evaluator.made(*data()["apps"])
    every = [event.result for event in made if isinstance(event.result, Instance)]
    serving = [each for each in every if _listens(each, codebase)]
    served = {id(_root(each)) for each in serving}
    return tuple(e for e in every if e in serving or id(_root(e)) not in served)


def _listens(app: Instance, codebase: Codebase) -> bool:
    return any(event.name in LISTENING for event in codebase.evaluator.on(app))


def _root(app: Instance) -> object:
    """The class of the app's root module, else the app itself."""
    root = app.args[0] if app.args else None
    return root.node if isinstance(root, ClassValue) else app


def application(app: Instance, codebase: Codebase) -> Application:
    """A NestJS app goes by its root module: `src/app.module.ts:AppModule`."""
    root = app.args[0] if app.args else None
    if not isinstance(root, ClassValue):
        return Application(place=app.place)
    module = root.qualified.partition(":")[0]
    return Application(module=module, variable=root.name, place=app.place)


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed."""
    walk = Walk(codebase, app, Modules(codebase))
    found: dict[tuple[str, str], Endpoint] = {}
    for route in walk.routes():
        endpoint = _safely(route, codebase, shapes, answers, walk)
        found.setdefault((endpoint.method, endpoint.path), endpoint)
    return tuple(found.values()), tuple(walk.unknowns)


def _safely(
    route: Route, codebase: Codebase, shapes: Shapes, answers: Shapes, walk: Walk
) -> Endpoint:
    """The endpoint of a route; where its code defeats us the bare route, and why."""
    try:
        return _read(route, codebase, shapes, answers, walk.app)
    except Exception as error:  # noqa: BLE001 - a route is never dropped
        reason = f"its inputs could not be read: {type(error).__name__}: {error}"
        walk.unknowns.append(Unknown(subject=route.path, reason=reason, place=route.place))
        return Endpoint(method=route.method, path=route.path, handler=_handler(route), auth=None)


def _read(
    route: Route, codebase: Codebase, shapes: Shapes, answers: Shapes, app: Instance
) -> Endpoint:
    access = Standing(codebase, route).access()
    inputs = read_inputs(route, codebase, shapes)
    status = success(route)
    return Endpoint(
        method=route.method,
        path=route.path,
        handler=_handler(route),
        auth=access.auth,
        optional_auth=access.optional,
        guards=access.guards,
        roles=roles_of(access.guards),
        parameters=(*inputs.parameters, *_versioned(route)),
        body=inputs.body,
        status=status,
        invalid_status=inputs.refused if inputs.refused != USUAL else None,
        malformed_status=inputs.malformed,
        unwell_status=UNWELL if _measures(route, codebase) else None,
        garbled_status=USUAL if _reads_json(app) else None,
        responses=_responses(route, codebase, shapes, inputs, status),
        tags=_tags(route),
        summary=_summary(route),
        evidence=(route.controller.place, route.function.place),
    )


def _measures(route: Route, codebase: Codebase) -> bool:
    """Whether a check of health asks how much memory or disk there is, or for a service outside."""
    if marks.first(route.marks, "HealthCheck") is None:
        return False
    return any(MEASURING.search(text) for text in texts_of(route.function, codebase))


def _versioned(route: Route) -> Iterator[Parameter]:
    """The header by which the route is found among its versions."""
    if route.header is not None:
        name, value = route.header
        yield Parameter(
            name=name,
            location="header",
            schema=Schema(type="string", enum=(value,)),
            required=True,
            place=route.place,
        )


def _reads_json(app: Instance) -> bool:
    """Whether the app keeps the parsers that it comes with (`bodyParser: false` takes them away)."""
    return not any(
        isinstance(each, DictValue) and plain(each.get("bodyParser")) is False for each in app.args
    )


def _responses(
    route: Route, codebase: Codebase, shapes: Shapes, inputs: Inputs, status: int
) -> tuple[Response, ...]:
    """The success status, and the exceptions that the handler and its services throw."""
    unknown = UnknownValue("an input")

    def enter(function: Value, given: tuple[Value, ...]) -> Value:
        codebase.evaluator.call(
            function, tuple(unknown for _ in route.function.node.parameters[1:])
        )
        return Const(None)

    stage = Stage(codebase, enter=enter, returns=True, errors=status_of)
    found = taken((route.handler,), stage, shapes, route.path, route.method)
    found.refused = inputs.refused
    known = {each.status: each for each in responses(found) if each.status >= 400}
    known |= {
        e.status: Response(status=e.status, place=e.place)
        for e in found.answers
        if e.kind == "error" and e.status is not None
    }
    known[status] = Response(status=status, place=route.place)
    return tuple(known[each] for each in sorted(known))


def _handler(route: Route) -> Handler:
    place = route.function.place
    return Handler(
        name=f"{route.controller.name}.{route.function.name}",
        file=place.file,
        line=place.line,
        end_line=place.end_line,
        asynchronous=route.function.asynchronous,
    )


def _tags(route: Route) -> tuple[str, ...]:
    mark = marks.first(route.marks, "ApiTags")
    found = [plain(each) for each in mark.args] if mark is not None else []
    return tuple(each for each in found if isinstance(each, str))


def _summary(route: Route) -> str:
    mark = marks.first(route.marks, "ApiOperation")
    said = plain(mark.args[0]) if mark is not None and mark.args else None
    text = said.get("summary") if isinstance(said, dict) else None
    return text if isinstance(text, str) else ""
