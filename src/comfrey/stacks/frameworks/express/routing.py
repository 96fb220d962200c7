"""The call that serves an endpoint, as its file writes it: `router.post('/', guard, handler)`."""

from __future__ import annotations

from typing import NamedTuple

from comfrey.languages.javascript import mending
from comfrey.model.endpoint import Endpoint
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Constant,
    Definition,
    Expression,
    FunctionDef,
    Module,
    walk,
)
from comfrey.stacks.answering import handler_of


class Route(NamedTuple):
    """A call that serves an endpoint, and the steps that it is given: guards and the like, the handler last."""

    module: Module
    call: Call
    steps: tuple[Expression, ...]


def route_of(codebase: Codebase, endpoint: Endpoint) -> Route | None:
    """The call by which the endpoint is served: the one that holds its handler, else the one at its place."""
    handler = handler_of(codebase, endpoint)
    places = [each for each in reversed(endpoint.evidence) if each.file]
    for place in places:
        module = mending.module_of(codebase, place.file)
        for each in mending.everything(module) if module else ():
            if module is None or not isinstance(each, Call) or not _serves(each, endpoint):
                continue
            if _holds(each, handler) or mending.covers(each.function, place.line) is True:
                steps = _steps(each)
                if steps and (_holds(each, handler) or _names(steps[-1], endpoint)):
                    return Route(module, each, steps)
    return None


def _serves(call: Call, endpoint: Endpoint) -> bool:
    return isinstance(call.function, Attribute) and call.function.name == endpoint.method.lower()


def _steps(call: Call) -> tuple[Expression, ...]:
    given = call.positional
    return given[1:] if given and isinstance(given[0], Constant) else given


def _holds(call: Call, handler: FunctionDef | None) -> bool:
    """Whether the handler is written among the call's own arguments."""
    if handler is None:
        return False
    for argument in call.positional:
        for each in walk(argument):
            if isinstance(each, Definition) and each.statement.span.start == handler.span.start:
                return each.statement.span.source.path == handler.span.source.path
    return False


def _names(step: Expression, endpoint: Endpoint) -> bool:
    """Whether the last step speaks of the handler (`controller.create`, `wrap(create)`)."""
    return endpoint.handler.name.rpartition(".")[2] in step.text
