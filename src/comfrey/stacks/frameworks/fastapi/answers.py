"""Declared answers: the success status, its shape, and further `responses`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Response
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, FunctionDef, Return
from comfrey.source.study import Study
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Value,
    plain,
)
from comfrey.stacks.frameworks.fastapi.facts import data, evaluated, last, unwrapped
from comfrey.stacks.frameworks.fastapi.routes import Route
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.statuses import number

NOT_BODIES = (204, 205, 304)


def status_of(route: Route, function: FunctionValue | None, codebase: Codebase) -> int:
    """The declared success status: the route's, else that of the one answer that its function gives; a redirect
    class answers 307 by itself."""
    said = number(route.arguments.get("status_code"))
    if said is None and function is not None:
        said = _only_answer(function, codebase)
    if said is not None:
        return said
    word = last(_response_class(route))
    return 307 if word == "RedirectResponse" else 200


def _only_answer(function: FunctionValue, codebase: Codebase) -> int | None:
    """The status of `return Response(status_code=204)`, where nothing else is returned."""
    study = Study(codebase, function)
    given = [each.value for each in study.walk() if isinstance(each, Return)]
    made = given[0] if len(given) == 1 else None
    written = made.keyword("status_code") if isinstance(made, Call) else None
    if written is None or not isinstance(made, Call) or not made.function.text.endswith("Response"):
        return None
    said = number(study.value(written))
    return said if said is not None and 200 <= said < 300 else None


def answer_type(route: Route, function: FunctionValue | None, codebase: Codebase) -> Value | None:
    """The type that the answer is declared as: `response_model`, else the return annotation."""
    model = route.arguments.get("response_model")
    if isinstance(model, Const) and model.value is None:
        return None
    if model is not None:
        return model
    if function is None or not isinstance(function.node, FunctionDef) or not function.node.returns:
        return None
    said = evaluated(function.node.returns, function.scope, codebase)
    returned, _ = unwrapped(said or Const(None))
    return None if _is_response(returned, codebase) else returned


def read_answers(
    route: Route, status: int, answer: Value | None, shapes: Shapes
) -> tuple[Response, ...]:
    """The success answer first, then every other declared one by status."""
    silent = status in NOT_BODIES or answer is None
    body = None if silent or answer is None else shapes.of(answer)
    if isinstance(answer, Const) and answer.value is None:
        body = None
    good = Response(
        status=status,
        body=body,
        media=_media(route),
        description=_string(route.arguments.get("response_description")),
        place=route.place,
    )
    further = {each.status: each for each in _declared(route, shapes) if each.status != status}
    return (good, *(further[key] for key in sorted(further)))


def _response_class(route: Route) -> Value | None:
    said = route.arguments.get("response_class")
    if said is not None:
        return said
    layers = reversed(route.layers)
    return next((layer.response_class for layer in layers if layer.response_class), None)


def _media(route: Route) -> str:
    known: dict[str, str] = data()["media"]
    return known.get(last(_response_class(route)), "application/json")


def _is_response(type_: Value, codebase: Codebase) -> bool:
    """Whether an annotation is a response object, which promises nothing about the body."""
    words = data()["media"]
    if isinstance(type_, External):
        return type_.last in words
    if isinstance(type_, ClassValue):
        return any(
            name.rpartition(".")[2] in words and name.startswith(("fastapi.", "starlette."))
            for name in codebase.ancestry(type_)
        )
    if isinstance(type_, Generic) and last(type_.of) == "Union":
        return any(_is_response(each, codebase) for each in type_.args)
    return False


def _declared(route: Route, shapes: Shapes) -> Iterator[Response]:
    """`responses={404: {"model": Message}}` of the route and of everything above it."""
    tables = [*(each for layer in route.layers for each in layer.responses)]
    if "responses" in route.arguments:
        tables.append(route.arguments["responses"])
    for table in tables:
        for key, value in table.items if isinstance(table, DictValue) else ():
            status = number(key)
            if status is None and isinstance(text := plain(key), str) and text.isdigit():
                status = int(text)
            if status is not None:
                yield _one(status, value, route, shapes)


def _one(status: int, value: Value, route: Route, shapes: Shapes) -> Response:
    model = value.get("model") if isinstance(value, DictValue) else None
    said = value.get("description") if isinstance(value, DictValue) else None
    return Response(
        status=status,
        body=shapes.of(model) if model is not None else None,
        description=_string(said),
        place=route.place,
    )


def _string(value: Value | None) -> str:
    known = plain(value)
    return known if isinstance(known, str) else ""
