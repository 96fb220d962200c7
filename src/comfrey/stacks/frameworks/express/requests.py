"""What Express passes to the functions of each route: the request, the reply, and the way on."""

from __future__ import annotations

from functools import partial

from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import BoundMethod, Const, External, FunctionValue, Instance, Value
from comfrey.stacks.admission.packaged import claims_of, is_passport, verifiers
from comfrey.stacks.admission.passage import answered
from comfrey.stacks.admission.visits import Answer, Stage
from comfrey.stacks.frameworks.express.kept import kept, met
from comfrey.stacks.frameworks.express.read import intake, is_own, unwrapped, walked
from comfrey.stacks.frameworks.express.routes import Route
from comfrey.stacks.frameworks.express.seated import request as seated_request
from comfrey.stacks.frameworks.express.seated import seated, staged
from comfrey.stacks.requests import Request, Requests, Rescue, Supply
from comfrey.stacks.shapes import Shapes

PARTS = {
    "body": "body",
    "params": "path",
    "query": "query",
    "headers": "header",
    "cookies": "cookie",
    "signedCookies": "cookie",
}


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route's way through the app's functions."""
    walk, routes = walked(app, codebase)
    own = kept(app, codebase)
    stage = Stage(codebase, tuple(walk.rescues), meets=met, extra=(("app", own),))
    made = tuple(_request(each, stage, shapes, own) for each in routes)
    rescue = Rescue(External("Error"), Const(None), partial(status, stage))
    found = [e for e in made if e is not None]
    guests = seated(app, codebase)
    for guest in guests:
        seat = staged(stage, guest)
        rescue = Rescue(External("Error"), Const(None), partial(status, seat))
        whole = _exchange({}, set(), own)
        found += [seated_request(each, guest, seat, shapes, whole) for each in guest.operations]
    return Requests(app, tuple(found), (rescue,), True, verifiers(codebase), bool(guests))


def status(stage: Stage, error: Value, code: int | None) -> int | None:
    """What the app's error middleware answers to an error, after the reply was given `code`."""
    try:
        return answered(stage, Answer("error", code, error=error)).status
    except Exception:  # noqa: BLE001 - an answer that cannot be tried out is not told
        return None


def _request(route: Route, stage: Stage, shapes: Shapes, app: Instance) -> Request | None:
    steps = (*(each.function for each in route.layers), *route.functions)
    own = tuple(each for each in steps if is_own(each) or is_passport(each))
    handler = unwrapped(route.functions[-1])
    if handler is None:
        return None
    found = intake(route, stage, shapes)
    claims = {claims_of(each, stage.codebase.language.name) for each in steps} - {""}
    request = _exchange(found.schemas, claims, app)
    before = tuple(_step(each, request) for each in own if each is not route.functions[-1])
    whole = isinstance(route.functions[-1], BoundMethod) or not _replies(handler)
    callee = route.functions[-1] if whole and is_own(route.functions[-1]) else handler
    return Request(route.method, route.path, _step(callee, request), before)


def _replies(function: FunctionValue) -> bool:
    """Whether a function answers itself: what it gives back may be its wrapper's answer otherwise."""
    reply = next((each.name for each in function.node.parameters[1:2]), "")
    return bool(reply) and f"{reply}." in function.node.text


def _exchange(schemas: dict[str, Schema], claims: set[str], app: Instance) -> Supply:
    parts = tuple(
        Supply("input", name, location=location, schema=schemas.get(location))
        for name, location in PARTS.items()
    )
    said = tuple(Supply("caller", each) for each in sorted({*claims, "session"}))
    return Supply("request", below=(*parts, *said, Supply("values", "app", type=app)))


def _step(function: Value, request: Supply) -> Supply:
    """A function as it is called, by the names of its parameters."""
    names = _parameters(function)
    given = (request, Supply("reply"), Supply("values", type=External("<next>")))
    below = tuple(
        Supply(each.kind, name, type=each.type, below=each.below)
        for name, each in zip(names, given, strict=False)
    )
    return Supply("call", callee=function, below=below, place=getattr(function, "place", None))


def _parameters(function: Value) -> tuple[str, ...]:
    match function:
        case FunctionValue(node=node):
            return tuple(each.name for each in node.parameters)
        case BoundMethod(function=inner):
            return tuple(each.name for each in inner.node.parameters[1:])
        case Instance():
            return ("req", "res", "next")
        case _:
            return ()
