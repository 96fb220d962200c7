"""Understands Flask: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.node import FunctionDef
from comfrey.source.value import Condition, FunctionValue, Instance
from comfrey.stacks.frameworks.flask.answers import read_answers
from comfrey.stacks.frameworks.flask.buttons import Buttons
from comfrey.stacks.frameworks.flask.debugger import questions as questions
from comfrey.stacks.frameworks.flask.facts import data
from comfrey.stacks.frameworks.flask.guards import Context, read_access
from comfrey.stacks.frameworks.flask.inputs import Inputs, path_parameters, read_inputs
from comfrey.stacks.frameworks.flask.refusing import handled
from comfrey.stacks.frameworks.flask.routes import Route, Walk
from comfrey.stacks.frameworks.flask.views import Views
from comfrey.stacks.shapes import Shapes


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every application object that the code makes, in order."""
    made = codebase.evaluator.made(*data()["apps"])
    found = {id(event.result): event.result for event in made if isinstance(event.result, Instance)}
    return tuple(found.values())


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed.

    `shapes` are of what is taken in, `answers` of what is sent out.
    """
    walk = Walk(codebase)
    routes = tuple(walk.app(app))
    views = Views(codebase)
    context = Context(codebase, handled(codebase))
    buttons = Buttons(codebase)
    found: dict[tuple[str, str], Endpoint] = {}
    for route in routes:
        for method in route.methods:
            if (method, route.path) in found:
                continue
            try:
                made = _read(route, method, views, context, shapes, answers)
                view = views.of(route, method)
                if view is not None:
                    asked = buttons.any_method(route, view.function, method)
                    made = made.replace(any_method=asked)
            except Exception as error:  # noqa: BLE001 - a route is never dropped
                reason = f"its inputs could not be read: {type(error).__name__}: {error}"
                walk.unknowns.append(Unknown(subject=route.path, reason=reason, place=route.place))
                made = _foreign(route, method)
            found[method, route.path] = made
    for made in _packaged(codebase):
        found.setdefault((made.method, made.path), made)
    return tuple(found.values()), tuple(walk.unknowns)


def _read(
    route: Route, method: str, views: Views, context: Context, shapes: Shapes, answers: Shapes
) -> Endpoint:
    view = views.of(route, method)
    if view is None:
        return _foreign(route, method)
    inputs = read_inputs(route, view, method, shapes)
    access = read_access(route, view, method, context)
    told = read_answers(view, method, answers)
    owner = f"{view.owner.name}." if view.owner is not None else ""
    name = view.function.qualified.rpartition(":")[2] or view.function.name
    place = view.function.place
    return Endpoint(
        method=method,
        path=route.path,
        handler=Handler(
            name=name if "." in name or not owner else f"{owner}{name}",
            file=place.file,
            line=place.line,
            end_line=place.end_line,
            asynchronous=view.function.asynchronous,
        ),
        auth=access.auth,
        optional_auth=access.optional,
        roles=access.roles,
        guards=access.guards,
        parameters=tuple(inputs.parameters.values()),
        body=inputs.body,
        status=told[0].status,
        responses=told,
        summary=_summary(view.function),
        conditional=_conditional(route.conditions),
        invalid_status=_invalid(inputs, context),
        bounced_status=inputs.taken.bounced if inputs.taken is not None else None,
        evidence=_evidence(route, view.function),
    )


def _invalid(inputs: Inputs, context: Context) -> int | None:
    """The answer to what does not fit: of the code or decorator at hand, else of the app's error handler."""
    handlers = context.handlers
    if inputs.declared:
        own = str(inputs.status)
        invalid = [code for name, code in handlers.items() if name.startswith("webargs.")]
        return invalid[0] if invalid else handlers.get(own, inputs.status)
    if inputs.status is not None:
        return inputs.status
    named = [code for name, code in handlers.items() if name.endswith("ValidationError")]
    schema = inputs.taken.schema if inputs.taken is not None else None
    return named[0] if named and schema is not None else None


def _foreign(route: Route, method: str) -> Endpoint:
    """A rule whose view lies outside the tree, or could not be resolved."""
    place = route.place or Place(file="")
    name = route.endpoint or "unknown"
    return Endpoint(
        method=method,
        path=route.path,
        handler=Handler(name=name, external=True, file=place.file),
        auth=None,
        parameters=tuple(path_parameters(route)),
        conditional=_conditional(route.conditions),
        evidence=_evidence(route, None),
    )


def _packaged(codebase: Codebase) -> Iterator[Endpoint]:
    """Routes that an extension adds by itself."""
    for known in data()["packaged"]:
        for event in codebase.evaluator.made(known["made"]):
            for method, path in known["routes"]:
                yield Endpoint(
                    method=method,
                    path=path,
                    handler=Handler(name=known["made"], external=True, file=event.place.file),
                    auth=False,
                    evidence=(event.place,),
                )


def _summary(function: FunctionValue) -> str:
    node = function.node
    text = ""
    if isinstance(node, FunctionDef):
        text = (getattr(node, "docstring", "") or "").strip().partition("\n")[0]
    return text.strip().rstrip(".") or function.name.replace("_", " ").strip().title()


def _conditional(conditions: tuple[Condition, ...]) -> str:
    asked = [each for each in conditions if "__main__" not in each.text]  # how a file is run
    texts = [each.text if each.holds else f"not ({each.text})" for each in asked]
    return " and ".join(dict.fromkeys(texts))


def _evidence(route: Route, function: FunctionValue | None) -> tuple[Place, ...]:
    places = [*route.evidence, *((function.place,) if function else ())]
    return tuple(dict.fromkeys(places))
