"""Controllers that a guest puts on an app of Express: their endpoints, and what their methods are given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol, cast

from comfrey.model.endpoint import Endpoint, Guard, Handler, Requirement, Response
from comfrey.source.codebase import Codebase
from comfrey.source.probe import Thrown, reason_of
from comfrey.source.truth import truth
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.admission.callers import FIELD
from comfrey.stacks.admission.gates import Access, Gates, roles_of
from comfrey.stacks.admission.intake import responses, taken
from comfrey.stacks.admission.looking import texts_of
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.admission.visits import Stage
from comfrey.stacks.controllers.inputs import body, inputs, parameters, supplies
from comfrey.stacks.controllers.operations import Operation, Served
from comfrey.stacks.requests import Request, Supply
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.statuses import number

NONE, NEXT = Const(None), External("<next>")
INVALID, UNKNOWN_CALLER, WRONG_ROLE = 400, 401, 403
CODE = re.compile(r"super\(\s*(\d{3})\b")
"""The status that a project's own error hands to the package's."""


class Guest(Protocol):
    """A guest's `mounted.py`."""

    def served(self, app: Instance, codebase: Codebase) -> Served | None:
        """What the package puts on an app; None for an app that it was not given."""
        ...


def seated(app: Instance, codebase: Codebase) -> tuple[Served, ...]:
    """What the guests of Express's put on an app."""
    folders = (e for e in shelf.folders("frameworks") if e.about.extends == "express")
    found = (cast(Guest, each.module("mounted")).served(app, codebase) for each in folders)
    return tuple(each for each in found if each is not None)


def staged(stage: Stage, guest: Served) -> Stage:
    """The app's stage with the guest's own errors, and what answers to them."""
    known = stage.errors

    def status(error: Value) -> int | None:
        return known(error) or _status_of(error, guest, stage.codebase)

    return replace(
        stage, rescues=(*guest.rescues, *stage.rescues), errors=status, returns=True, known={}
    )


def _status_of(error: Value, guest: Served, codebase: Codebase) -> int | None:
    if not isinstance(error, Instance):
        return None
    if isinstance(error.of, ClassValue):
        names = [each.rpartition(".")[2] for each in codebase.ancestry(error.of)]
        told = CODE.search(error.of.node.text) if "HttpError" in names else None
        if told is not None:
            return int(told[1])
    elif dotted(error).startswith(guest.words.package):
        names = [dotted(error).rpartition(".")[2]]
        if names == ["HttpError"]:
            return number(error.args[0]) if error.args else None
    else:
        return None
    return next((guest.statuses[each] for each in names if each in guest.statuses), None)


# --- endpoints ---------------------------------------------------------------


def endpoint(operation: Operation, guest: Served, stage: Stage, shapes: Shapes) -> Endpoint:
    """One method of a controller."""
    found = inputs(operation, guest.words, stage.codebase, shapes)
    access = _access(operation, stage)
    made = parameters(found, guest.words, operation.path)
    given = body(found, operation)
    place = operation.function.place
    return Endpoint(
        method=operation.method,
        path=operation.path,
        handler=Handler(
            name=f"{operation.controller.name}.{operation.function.name}",
            file=place.file,
            line=place.line,
            end_line=place.end_line,
            asynchronous=operation.function.asynchronous,
        ),
        auth=access.auth,
        optional_auth=access.optional,
        guards=access.guards,
        roles=roles_of(access.guards),
        parameters=made,
        body=given,
        status=operation.status,
        invalid_status=INVALID if operation.validated and (given or made) else None,
        responses=_responses(operation, stage, shapes),
        evidence=(operation.controller.place, place),
    )


def _responses(operation: Operation, stage: Stage, shapes: Shapes) -> tuple[Response, ...]:
    """The success status, and the errors that the method and its services throw."""
    unknown = UnknownValue("an input")

    def enter(function: Value, _: tuple[Value, ...]) -> Value:
        given = tuple(unknown for _ in operation.function.node.parameters[1:])
        stage.codebase.evaluator.call(function, given)
        return NONE

    trial = replace(stage, enter=enter)
    found = taken((operation.handler,), trial, shapes, operation.path, operation.method)
    known = {each.status: each for each in responses(found) if each.status >= 400}
    known |= {
        each.status: Response(status=each.status, place=each.place)
        for each in found.answers
        if each.kind == "error" and each.status is not None
    }
    place = operation.function.place
    known[operation.status] = Response(status=operation.status, place=place)
    return tuple(known[each] for each in sorted(known))


def _access(operation: Operation, stage: Stage) -> Access:
    """Who may call a method: what stands in front of it, then what its own words ask."""
    before = Gates(stage.codebase, stage).access(operation.before, NONE, operation)
    if not operation.asks or before.auth:
        return before
    check = operation.checker or operation.finder
    if not isinstance(check, FunctionValue | BoundMethod):
        return Access(True, False, (_usual(operation),))
    asked = Gates(stage.codebase, _checking(operation, stage)).access((check,), NONE, operation)
    guards = asked.guards if asked.auth else (_usual(operation),)
    return Access(True, False, tuple(_with_roles(each, operation, check, stage) for each in guards))


def _usual(operation: Operation) -> Guard:
    """What is asked where the project's function cannot be read."""
    status = WRONG_ROLE if operation.words else UNKNOWN_CALLER
    return Guard(scheme="bearer", carrier="header:Authorization", prefix="Bearer", status=status)


def _checking(operation: Operation, stage: Stage) -> Stage:
    """Calls `authorizationChecker(action, roles)`: what says no is a refusal."""
    status = WRONG_ROLE if operation.words else UNKNOWN_CALLER
    refusal = Instance(External("http-errors"), (Const(status),))

    def enter(function: Value, given: tuple[Value, ...]) -> Value:
        request, reply, _ = given
        action = DictValue(
            [(Const("request"), request), (Const("response"), reply), (Const("next"), NEXT)]
        )
        roles = ListValue([Const(each) for each in operation.words])
        result = stage.codebase.evaluator.call(function, (action, roles))
        reason = reason_of(result)
        if reason is not None:
            raise Thrown(reason)
        if truth(result) is False:
            raise Thrown(refusal)
        return NONE

    return replace(stage, enter=enter, known={})


def _with_roles(guard: Guard, operation: Operation, check: Value, stage: Stage) -> Guard:
    """The guard with the roles that the method names, where trying it out did not tell of them."""
    if guard.requirements or not operation.words:
        return guard
    text = "\n".join(texts_of(check, stage.codebase))
    name = next(iter(FIELD.findall(text)), "role")
    several = len(operation.words) > 1
    asked = Requirement(
        field=name,
        operator="in" if several else "eq",
        value=operation.words if several else operation.words[0],
        status=WRONG_ROLE,
        place=operation.function.place,
    )
    return guard.replace(requirements=(asked,))


# --- requests ----------------------------------------------------------------


def request(
    operation: Operation, guest: Served, stage: Stage, shapes: Shapes, whole: Supply
) -> Request:
    """What runs before a method, and what it is given; `whole` is the request as Express passes it."""
    found = inputs(operation, guest.words, stage.codebase, shapes)
    made = parameters(found, guest.words, operation.path)
    caller = _caller(operation, whole)
    handler = Supply(
        "call",
        callee=operation.handler,
        below=supplies(found, made, caller, whole),
        place=operation.function.place,
    )
    return Request(operation.method, operation.path, handler, tuple(_before(operation, whole)))


def _before(operation: Operation, whole: Supply) -> Iterator[Supply]:
    coded = Supply("values", "statusCode", type=Const(operation.status))
    yield Supply("reply", below=(coded,))
    for each in operation.before:
        given = (whole, Supply("reply"), Supply("values", type=NEXT))
        yield _called(each, given)
    if operation.asks and operation.checker is not None:
        roles = ListValue([Const(each) for each in operation.words])
        yield _called(operation.checker, (_action(whole), Supply("values", type=roles)))


def _caller(operation: Operation, whole: Supply) -> Supply:
    if operation.finder is None:
        return Supply("caller")
    return _called(operation.finder, (_action(whole),))


def _action(whole: Supply) -> Supply:
    parts = (
        replace(whole, name="request"),
        Supply("reply", "response"),
        Supply("values", "next", type=NEXT),
    )
    return Supply("group", below=parts)


def _called(function: Value, given: tuple[Supply, ...]) -> Supply:
    names: tuple[str, ...] = ()
    if isinstance(function, FunctionValue):
        names = tuple(each.name for each in function.node.parameters)
    elif isinstance(function, BoundMethod):
        names = tuple(each.name for each in function.function.node.parameters[1:])
    below = tuple(replace(each, name=name) for name, each in zip(names, given, strict=False))
    return Supply("call", callee=function, below=below, place=getattr(function, "place", None))
