"""What Flask passes to each view, and what its globals stand for meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.python.configuration import configuration
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Choice,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    Value,
)
from comfrey.stacks.frameworks.flask.facts import data, outside
from comfrey.stacks.frameworks.flask.guards import gates
from comfrey.stacks.frameworks.flask.inputs import Declared, declared, path_parameters
from comfrey.stacks.frameworks.flask.parsers import BODILESS
from comfrey.stacks.frameworks.flask.refusing import listed
from comfrey.stacks.frameworks.flask.routes import Route, Walk
from comfrey.stacks.frameworks.flask.views import View, Views
from comfrey.stacks.requests import Request, Requests, Rescue, Supply
from comfrey.stacks.shapes import Shapes

REQUESTS = ("flask.request", "flask.globals.request", "apiflask.request")
CLAIMS = (
    "flask.session",
    "flask.globals.session",
    "flask_jwt_extended.get_jwt_identity",
    "flask_jwt_extended.get_jwt",
)
USERS = (
    "flask_login.current_user",
    "flask_jwt_extended.current_user",
    "flask_jwt_extended.get_current_user",
)
LOADERS = ("user_loader", "request_loader", "user_lookup_loader", "user_loader_callback_loader")
VERIFIERS = ("verify_token", "verify_password")


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route of an app with what its functions are given."""
    views = Views(codebase)
    ambient = tuple(_ambient(codebase))
    found = [
        request
        for route in Walk(codebase).app(app)
        for method in route.methods
        if (view := views.of(route, method)) is not None
        for request in _requests(route, view, method, ambient, shapes)
    ]
    return Requests(app, tuple(found), tuple(_rescues(codebase)))


def _requests(
    route: Route,
    view: View,
    method: str,
    ambient: tuple[tuple[str, Supply], ...],
    shapes: Shapes,
) -> Iterator[Request]:
    yield Request(
        method=method,
        path=route.path,
        handler=_handler(route, view, shapes),
        before=(
            *(Supply("call", "", each) for each in gates(route, shapes.codebase)),
            *_verifiers(view, shapes.codebase),
        ),
        ambient=(*ambient, *_parsers(method)),
    )


def _parsers(method: str) -> Iterator[tuple[str, Supply]]:
    """What parsers give: the arguments that were sent, by their names."""
    location = "query" if method.lower() in BODILESS else "body"
    for each in data()["parsers"]:
        yield f"{each}.parse_args", Supply("input", location=location, loaded=True)


def _handler(route: Route, view: View, shapes: Shapes) -> Supply:
    path = [
        Supply("input", each.name, location="path", wire=each.name, schema=each.schema)
        for each in path_parameters(route)
    ]
    loaded = list(declared(view, shapes))
    positional = [_loaded(each, "") for each in loaded if each.given and not each.spread
                  and not each.name]  # fmt: skip
    named = [_loaded(each, each.name) for each in loaded if each.name and not each.spread]
    spread = [
        Supply("input", member.attribute, location=each.location, wire=member.name,
               schema=member.schema)
        for each in loaded if each.spread for member in each.schema.properties
    ]  # fmt: skip
    function = view.outermost
    below = _bound(function, positional, [*path, *named, *spread], bool(view.owner))
    callee: Value = function
    if view.owner is not None and not view.wrappers:
        callee = BoundMethod(Instance(view.owner, symbolic=True), function)
    return Supply("call", "", callee, tuple(below), place=view.function.place)


def _loaded(each: Declared, name: str) -> Supply:
    return Supply(
        "input",
        name,
        location=each.location if each.location != "file" else "form",
        schema=each.schema,
        loaded=True,
        place=each.mark.place,
    )


def _bound(
    function: FunctionValue, positional: list[Supply], named: list[Supply], method: bool
) -> Iterator[Supply]:
    """Each parameter of the outermost function with what Flask and the decorators pass for it."""
    waiting = list(positional)
    names = {each.name: each for each in named}
    parameters = list(function.node.parameters)
    if method and parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    for each in parameters:
        if each.kind == "*":
            yield Supply("list", each.name, below=tuple(waiting))
            waiting = []
        elif each.kind == "**":
            yield Supply("group", each.name, below=tuple(names.values()))
        elif each.name in names:
            yield names.pop(each.name)
        elif waiting:
            first = waiting.pop(0)
            yield Supply(
                first.kind, each.name, location=first.location, schema=first.schema,
                loaded=first.loaded, place=first.place,
            )  # fmt: skip


# --- globals -----------------------------------------------------------------------


def _ambient(codebase: Codebase) -> Iterator[tuple[str, Supply]]:
    for name in REQUESTS:
        yield name, Supply("input", location="request")
    yield "flask.g", Supply("object")
    config = configuration(codebase).items()
    table = DictValue([(Const(key), _unset(value)) for key, value in config])
    yield "flask.current_app.config", Supply("values", type=table)
    for name in CLAIMS:
        yield name, Supply("input", location="claim")
    for event in codebase.evaluator.events:
        if event.name not in LOADERS and event.name not in VERIFIERS:
            continue
        function = event.target or event.argument(0, "callback")
        if not isinstance(function, FunctionValue) or not isinstance(event.receiver, Instance):
            continue
        if event.name in LOADERS:
            for name in USERS:
                yield name, Supply("call", "", function, tuple(_given(function, "caller")))
        elif event.name in VERIFIERS:
            owner = outside(event.receiver, codebase)
            shown = tuple(_given(function, "credential"))
            for word in ("current_user", "get_current_user", "current_user_object"):
                yield f"{owner}.{word}", Supply("call", "", function, shown)


def _unset(value: Value) -> Value:
    """A flag that is off where its variable is not set is off."""
    options = value.options if isinstance(value, Choice) else ()
    off = any(isinstance(each, Const) and each.value is False for each in options)
    return Const(False) if off else value


def _given(function: FunctionValue, kind: str) -> Iterator[Supply]:
    for each in function.node.parameters:
        if each.name != "self":
            yield Supply(kind, each.name)


def _verifiers(view: View, codebase: Codebase) -> Iterator[Supply]:
    """What the guards of a view ask about the credential, before the view runs."""
    for mark in view.marks:
        for auth in (mark.receiver, mark.argument(0, "auth")):
            events = codebase.evaluator.on(auth) if isinstance(auth, Instance) else ()
            for event in events:
                function = event.target
                if event.name in VERIFIERS and isinstance(function, FunctionValue):
                    shown = tuple(_given(function, "credential"))
                    yield Supply("call", "", function, shown)


def _rescues(codebase: Codebase) -> Iterator[Rescue]:
    for kind_of_error, status in listed(codebase):
        yield Rescue(kind_of_error, kind_of_error, code=status)
    for event in codebase.evaluator.events:
        kind = event.argument(0, "code_or_exception") or event.argument(0, "exception")
        if kind is None or not isinstance(kind, Value):
            continue
        if event.name in ("errorhandler", "app_errorhandler") and event.target is not None:
            yield Rescue(kind, event.target)
        elif event.name == "register_error_handler":
            handler = event.argument(1, "f")
            if handler is not None:
                yield Rescue(kind, handler)
