"""What NestJS passes to each method of its controllers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Parameter
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    Value,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.filters import Filters
from comfrey.stacks.frameworks.nestjs.gates import REFLECTED, Standing, own_of
from comfrey.stacks.frameworks.nestjs.inputs import LOCATIONS, Given, read_inputs
from comfrey.stacks.frameworks.nestjs.interceptors import surrounding, unseen
from comfrey.stacks.frameworks.nestjs.modules import Modules
from comfrey.stacks.frameworks.nestjs.routes import Route, Walk, success, used
from comfrey.stacks.frameworks.nestjs.strategies import (
    Strategy,
    door_of,
    kept,
    strategies,
    strategy_name,
)
from comfrey.stacks.requests import Keyed, Request, Requests, Rescue, Supply
from comfrey.stacks.shapes import Shapes

DECORATOR = "@nestjs/common.createParamDecorator"
DONE = re.compile(r"done|next|verified|cb$|call_?back", re.IGNORECASE)
"""What strategies call the function that takes the caller."""
UNAUTHORIZED = External("@nestjs/common.UnauthorizedException")
WHOLE = ("Req", "Request")
REPLY = ("Res", "Response")
PARTS = {
    "headers": "header",
    "params": "path",
    "query": "query",
    "body": "body",
    "cookies": "cookie",
}
"""The parts of a request, by where what they hold was sent."""


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route of an app with what its method is given."""
    walk = Walk(codebase, app, Modules(codebase))
    made = tuple(
        _request(each, codebase, shapes, _caller(codebase, each)) for each in walk.routes()
    )
    return Requests(app, made, (_rescue(codebase, walk.rescues),), True)


def _rescue(codebase: Codebase, filters: tuple[Value, ...]) -> Rescue:
    return Rescue(External("Error"), Const(None), Filters(codebase, filters).status)


def _request(route: Route, codebase: Codebase, shapes: Shapes, caller: Supply) -> Request:
    coded = Supply("values", "statusCode", type=Const(success(route)))
    before = (Supply("reply", below=(coded,)), *_guards(route, codebase, caller))
    inputs = read_inputs(route, codebase, shapes)
    schema = inputs.body.schema if inputs.body is not None else Schema()
    known = {(e.location, e.name): e.schema for e in inputs.parameters}
    below = tuple(
        _supply(each, route, codebase, schema, known, caller)
        for each in route.function.node.parameters[1:]
    )
    handler = Supply("call", callee=route.handler, below=below, place=route.place)
    return Request(
        route.method,
        route.path,
        handler,
        before,
        tuple(_metadata(route)),
        tuple(_around(each, route, caller) for each in surrounding(route, codebase)),
        unseen(route, codebase),
        (_rescue(codebase, route.rescues),) if next(used(route.marks, "UseFilters"), None) else (),
    )


def _around(intercept: BoundMethod, route: Route, caller: Supply) -> Supply:
    """An interceptor: `intercept(context, next)`."""
    context, *further = [each.name for each in intercept.function.node.parameters[1:3]]
    below = (_context(context, caller),)
    return Supply("call", callee=intercept, below=below, wire=further[0] if further else "")


def _metadata(route: Route) -> Iterator[tuple[str, Supply]]:
    """What `reflector.get(key, …)` gives on this route."""
    known = marks.metadata(route.marks)
    told = Keyed(lambda key: known.get(marks.key_of(key), Const(None)))
    for word in REFLECTED:
        yield f"@nestjs/core.Reflector.{word}", Supply("values", type=told)


def _guards(route: Route, codebase: Codebase, caller: Supply) -> Iterator[Supply]:
    """What guards of a route do: passport's find the caller, and what the tree's own put on the request is there for
    the handler."""
    if caller.kind in ("strategy", "call"):
        yield caller
    for each in route.guards:
        method = own_of(codebase, each)
        if isinstance(method, BoundMethod):
            names = [written.name for written in method.function.node.parameters[1:2]]
            below = tuple(_context(name, caller) for name in names)
            yield Supply("call", callee=method, below=below, place=method.function.place)


def _context(name: str, caller: Supply) -> Supply:
    """The surroundings of a call, which stand for its request; that leads to the reply as well."""
    parts = (Supply("input", each, location=where) for each, where in PARTS.items())
    return Supply("request", name, below=(_named(caller, "user"), *parts, Supply("reply", "res")))


def _supply(
    parameter: Parameter,
    route: Route,
    codebase: Codebase,
    body: Schema,
    known: dict[tuple[str, str], Schema],
    caller: Supply,
) -> Supply:
    """One parameter, by its decorator; one of the project's own gives the caller."""
    values = tuple(marks.evaluated(codebase, parameter.decorators, route.function.scope))
    mark = next((e for e in values if isinstance(e, Instance)), None)
    if mark is None:
        return Supply("unknown", parameter.name)
    given = Given(parameter, mark)
    location = LOCATIONS.get(given.word, "body" if given.word == "Body" else "")
    if location:
        return _input(given, location, body, known)
    if given.word in WHOLE:
        return _context(parameter.name, caller)
    if given.word in REPLY:
        return Supply("reply", parameter.name)
    if given.word.startswith("Uploaded"):
        return Supply("input", parameter.name, location="file")
    own = _by_decorator(mark, parameter.name, caller)
    return own if own is not None else _of_caller(given, parameter.name, caller)


def _by_decorator(mark: Instance, name: str, caller: Supply) -> Supply | None:
    """What a decorator of the project's own takes from the request: `createParamDecorator((data, context) => …)`."""
    made = mark.of.receiver if isinstance(mark.of, BoundExternal) else None
    if not isinstance(made, Instance) or dotted(made) != DECORATOR or not made.args:
        return None
    function = made.args[0]
    if not isinstance(function, FunctionValue):
        return None
    data = Supply("values", type=mark.args[0] if mark.args else Const(None))
    given = (data, _context("", caller))
    names = [each.name for each in function.node.parameters]
    below = tuple(_named(each, to) for to, each in zip(names, given, strict=False))
    return Supply("call", name, callee=function, below=below, place=function.place)


def _input(
    given: Given, location: str, body: Schema, known: dict[tuple[str, str], Schema]
) -> Supply:
    name = given.written.name
    if location == "body":
        member = body.property(given.name) if given.name else None
        schema = member.schema if member is not None else body
        return Supply("input", name, location="body", wire=given.name, schema=schema)
    if given.name:
        schema = known.get((location, given.name), Schema())
        return Supply("input", name, location=location, wire=given.name, schema=schema)
    members = tuple(
        Property(name=word, schema=schema)
        for (where, word), schema in known.items()
        if where == location
    )
    whole = Schema(type="object", properties=members)
    return Supply("input", name, location=location, schema=whole)


def _of_caller(given: Given, name: str, caller: Supply) -> Supply:
    if given.name:
        return Supply("member", name, wire=given.name, below=(caller,))
    return _named(caller, name)


def _named(supply: Supply, name: str) -> Supply:
    return replace(supply, name=name)


def _caller(codebase: Codebase, route: Route) -> Supply:
    """The caller as the route's guards find them: by its door, by the strategy for their token, or in a session; else
    the token's claims."""
    door = door_of(codebase, route.guards)
    if door is not None and door.validate is not None:
        return _strategy(door.validate, tuple(map(_sent, door.fields)))
    access = Standing(codebase, route).access()
    if not (access.auth or access.optional):
        return Supply("caller")
    wanted = {name for each in route.guards if (name := strategy_name(codebase, each))}
    tokens = [each for each in strategies(codebase) if "jwt" in each.package]
    for known in sorted(tokens, key=lambda each: each.name not in wanted)[: bool(wanted)]:
        if known.validate is not None:
            found = _strategy(known.validate, (Supply("caller"),))
            return _admitted(codebase, route, known, found)
    session = kept(codebase) if any(e.scheme == "session" for e in access.guards) else None
    return _strategy(session, (Supply("caller"),)) if session is not None else Supply("caller")


def _admitted(codebase: Codebase, route: Route, known: Strategy, found: Supply) -> Supply:
    """Whom the guard for a strategy lets in: passport's own turns nobody away
    (https://github.com/nestjs/passport/blob/master/lib/auth.guard.ts), one of the project's says so itself."""
    guard = next((e for e in route.guards if strategy_name(codebase, e) == known.name), None)
    if guard is None or known.validate is None:
        return found
    made = Instance(guard, symbolic=True) if isinstance(guard, ClassValue) else guard
    own = codebase.method(made, "handleRequest") if isinstance(made, Instance) else None
    if not isinstance(own, BoundMethod):
        return replace(found, type=Instance(UNAUTHORIZED), place=known.validate.function.place)
    names = [each.name for each in own.function.node.parameters[1:]]
    given = (Supply("values", type=Const(None)), found, Supply("values", type=Const(None)))
    below = tuple(_named(each, to) for to, each in zip(names, given, strict=False))
    return Supply("call", callee=own, below=below, place=own.function.place)


def _sent(name: str) -> Supply:
    return Supply("input", location="body", wire=name, schema=Schema(type="string"))


def _strategy(validate: BoundMethod, shown: tuple[Supply, ...]) -> Supply:
    """A strategy's own function, given what was shown; first the request where it asks for that as well."""
    names = [each.name for each in validate.function.node.parameters[1:]]
    if names and DONE.match(names[-1]):
        del names[-1]
    asked = (Supply("request"),) * (len(names) - len(shown))
    below = tuple(_named(each, name) for each, name in zip((*asked, *shown), names, strict=False))
    return Supply("strategy", callee=validate, below=below)
