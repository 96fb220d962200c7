"""Understands Express: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from comfrey.model.endpoint import Endpoint, Guard, Handler
from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    Condition,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    UnknownValue,
    Value,
)
from comfrey.stacks.admission.garbled import garbled
from comfrey.stacks.admission.gates import Gates, roles_of
from comfrey.stacks.admission.intake import Intake, body, parameters, responses, success, taken
from comfrey.stacks.admission.packaged import is_passport
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.admission.visits import Stage
from comfrey.stacks.frameworks.express.facts import data
from comfrey.stacks.frameworks.express.inputs import packaged_inputs
from comfrey.stacks.frameworks.express.kept import kept, met
from comfrey.stacks.frameworks.express.routes import Route, Walk, owner_of
from comfrey.stacks.frameworks.express.seated import endpoint as served
from comfrey.stacks.frameworks.express.seated import seated, staged
from comfrey.stacks.frameworks.express.uploads import with_files
from comfrey.stacks.shapes import Shapes


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every application object that the code makes and that no other one mounts, in order."""
    made = codebase.evaluator.made(*data()["apps"])
    found = {id(event.result): event.result for event in made if isinstance(event.result, Instance)}
    for event in codebase.evaluator.events:
        if event.name == "use":
            for each in event.args:
                for one in each.items if isinstance(each, ListValue) else (each,):
                    owner, _ = owner_of(one)
                    receiver, _ = owner_of(event.receiver)
                    if owner is not receiver:
                        found.pop(id(owner), None)
    return tuple(found.values())


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed."""
    walk, routes = walked(app, codebase)
    own = (("app", kept(app, codebase)),)
    gates = Gates(codebase, Stage(codebase, tuple(walk.rescues), meets=met, extra=own))
    found: dict[tuple[str, str], Endpoint] = {}
    for route in routes:
        endpoint = _read_safely(route, gates, shapes, answers, walk.unknowns)
        found.setdefault((endpoint.method, endpoint.path), endpoint)
    for guest in seated(app, codebase):
        stage = staged(gates.stage, guest)
        for each in guest.operations:
            found.setdefault((each.method, each.path), served(each, guest, stage, shapes))
    return tuple(found.values()), tuple(walk.unknowns)


_walks: WeakKeyDictionary[Codebase, dict[int, tuple[Walk, list[Route]]]] = WeakKeyDictionary()
_intakes: WeakKeyDictionary[Codebase, dict[tuple[str, str], Intake]] = WeakKeyDictionary()


def walked(app: Instance, codebase: Codebase) -> tuple[Walk, list[Route]]:
    """An app's routes, walked once."""
    known = _walks.setdefault(codebase, {})
    if id(app) not in known:
        walk = Walk(codebase)
        known[id(app)] = (walk, list(walk.app(app)))
    return known[id(app)]


def intake(route: Route, stage: Stage, shapes: Shapes) -> Intake:
    """What a route takes, tried out once."""
    known = _intakes.setdefault(stage.codebase, {})
    key = (route.method, route.path)
    if key not in known:
        steps = (*(each.function for each in route.layers), *route.functions)
        own = tuple(each for each in steps if is_own(each) or is_passport(each))
        known[key] = taken(own, stage, shapes, route.path, route.method)
        packaged_inputs(known[key], steps, shapes)
    return known[key]


def _read_safely(
    route: Route, gates: Gates, shapes: Shapes, answers: Shapes, unknowns: list[Unknown]
) -> Endpoint:
    """The endpoint of a route; where its code defeats us the bare route, and why."""
    try:
        return _read(route, gates, shapes, answers)
    except Exception as error:  # noqa: BLE001 - a route is never dropped
        reason = f"its inputs could not be read: {type(error).__name__}: {error}"
        unknowns.append(Unknown(subject=route.path, reason=reason, place=route.place))
        return Endpoint(method=route.method, path=route.path, handler=handler_of(route), auth=None)


def _read(route: Route, gates: Gates, shapes: Shapes, answers: Shapes) -> Endpoint:
    steps = (*(each.function for each in route.layers), *route.functions)
    access = gates.access(steps[:-1], steps[-1], route)
    found = intake(route, gates.stage, shapes)
    return Endpoint(
        method=route.method,
        path=route.path,
        handler=handler_of(route),
        auth=access.auth,
        optional_auth=access.optional,
        guards=_placed(access.guards, steps, route, gates, shapes),
        roles=roles_of(access.guards),
        parameters=parameters(found, route.path),
        body=with_files(body(found, route.method), steps, gates.codebase),
        status=success(found),
        invalid_status=found.refused,
        garbled_status=_garbled(steps, gates.stage),
        responses=responses(found),
        conditional=_conditional(route.conditions),
        evidence=tuple(dict.fromkeys(route.evidence)),
    )


def _placed(
    guards: tuple[Guard, ...],
    steps: tuple[Value, ...],
    route: Route,
    gates: Gates,
    shapes: Shapes,
) -> tuple[Guard, ...]:
    """Guards, those marked that speak only after something has looked at what was sent."""
    if not guards:
        return ()
    for at, each in enumerate(steps[:-1]):
        if _refuses_input(each, route, gates.stage, shapes):
            early = {found.name for found in gates.access(steps[:at], Const(None), route).guards}
            return tuple(e.replace(after_input=e.name not in early) for e in guards)
    return guards


def _refuses_input(step: Value, route: Route, stage: Stage, shapes: Shapes) -> bool:
    own = (step,) if is_own(step) else ()
    found = taken(own, stage, shapes, route.path, route.method)
    packaged_inputs(found, (step,), shapes)
    return found.refused is not None


def _garbled(steps: tuple[Value, ...], stage: Stage) -> int | None:
    """The answer to a body that is no JSON, where a parser of body-parser's reads all such bodies before the handler
    and none before it takes them as they are."""
    reads = next((each for each in steps if dotted(each) in data()["parsers"]), None)
    chosen = reads.args[0] if isinstance(reads, Instance) and reads.args else None
    if reads is None or (isinstance(chosen, DictValue) and chosen.get("type") is not None):
        return None
    if any(dotted(each) in data()["raw"] for each in steps[: steps.index(reads)]):
        return None
    members = {"type": Const("entity.parse.failed"), "body": UnknownValue("depends on the body")}
    return garbled(stage, expose=Const(True), **members)


def is_own(function: Value) -> bool:
    """Whether a function is the tree's."""
    return isinstance(function, FunctionValue | BoundMethod | Partial)


def handler_of(route: Route) -> Handler:
    """The function that answers; what is only wrapped goes by its own name."""
    function = unwrapped(route.functions[-1])
    if function is None:
        file = route.place.file if route.place else ""
        return Handler(name=dotted(route.functions[-1]) or "unknown", file=file, external=True)
    place = function.place
    return Handler(
        name=function.qualified.rpartition(":")[2] or function.name,
        file=place.file,
        line=place.line,
        end_line=place.end_line,
        asynchronous=function.asynchronous,
    )


def unwrapped(value: Value) -> FunctionValue | None:
    """The function inside `asyncHandler(f)`, `f.bind(x)`, or a wrapper of the tree that calls what it was given."""
    match value:
        case FunctionValue(scope=scope, node=node) if scope.kind == "function":
            given = [
                each
                for name, each in scope.names.items()
                if isinstance(each, FunctionValue | BoundMethod) and f"{name}(" in node.text
            ]
            return unwrapped(given[0]) if len(given) == 1 and _is_passed(value) else value
        case FunctionValue():
            return value
        case BoundMethod(function=function):
            return function
        case Partial(function=function):
            return unwrapped(function)
        case Instance(args=args):
            inner = [each for each in args if isinstance(each, FunctionValue | BoundMethod)]
            return unwrapped(inner[0]) if len(inner) == 1 else None
    return None


def _is_passed(function: FunctionValue) -> bool:
    """Whether the scope around a function is a wrapper's call: it takes the function that is called inside."""
    names = function.scope.names
    return any(
        isinstance(each, FunctionValue | BoundMethod) and each is not function
        for each in names.values()
    )


def _conditional(conditions: tuple[Condition, ...]) -> str:
    told = [each for each in conditions if "require.main" not in each.text]
    texts = [each.text if each.holds else f"not ({each.text})" for each in told]
    return " and ".join(dict.fromkeys(texts))


__all__ = ["Place", "apps", "endpoints"]
