"""Errors of Go's handlers: those that are given back, and those that are left with the context for a later function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from comfrey.source.value import (
    Choice,
    ClassValue,
    Condition,
    Const,
    External,
    Instance,
    ListValue,
    Value,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.admission.visits import Answer
from comfrey.stacks.statuses import number, worded

ERROR = "<error>"
STATUSES = range(400, 600)


def error(status: int | None = None) -> Instance:
    """Some error that is certainly there."""
    fields: dict[str, Value] = {} if status is None else {"Code": Const(status)}
    return Instance(External(ERROR), fields=fields)


def raised(error: Value) -> ListValue:
    """What a context holds of one error that was left with it (https://pkg.go.dev/github.com/gin-gonic/gin#Error)."""
    held = Instance(External("<raised>"), fields={"Err": error})
    return ListValue([held])


def carried(error: Value) -> int | None:
    """The status among the fields of an error of the project's own, where there is just one."""
    if not isinstance(error, Instance) or not isinstance(error.of, ClassValue):
        return None
    held = {**dict(error.kwargs), **error.fields}
    found = {number(each) for each in held.values() if isinstance(each, Const)}
    known = [each for each in found if each in STATUSES]
    return known[0] if len(known) == 1 else None


def returned(
    result: Value,
    unhandled: int,
    errors: Mapping[str, int],
    rescue: Callable[[Value], Answer | None] | None = None,
) -> list[Answer]:
    """What an error that is given back answers; `rescue` is what the app's own function for errors makes of one."""
    answers: list[Answer] = []
    for each in result.options if isinstance(result, Choice) else (result,):
        own = rescue(each) if rescue is not None else None
        status = own.status if own is not None else error_status(each, unhandled, errors)
        if status is not None:
            made = each.place if isinstance(each, Instance) else None
            conditions = (Condition("an error is given back", True),)
            body = own.body if own is not None else _message(each)
            answers.append(Answer("answer", status, body, None, conditions, made))
    certain = not isinstance(result, Choice)
    return [replace(a, conditions=()) if certain else a for a in answers]


def error_status(value: Value, unhandled: int, errors: Mapping[str, int]) -> int | None:
    """The status that an error of the framework carries; None for what is none of its own."""
    if isinstance(value, Instance):
        if dotted(value) == ERROR:
            return unhandled
        at = errors.get(dotted(value))
        if at is not None and 0 <= at < len(value.args):
            return number(value.args[at])
        code = value.kwarg("Code") or value.kwarg("Status")
        if at is not None and code is not None:
            return number(code)
        return errors.get(dotted(value), -2) if at is not None and at > 99 else None
    if isinstance(value, External):
        package, _, last = value.name.rpartition(".")
        if last.startswith("Err") and package in (
            "github.com/labstack/echo",
            "github.com/gofiber/fiber",
        ):
            return ODD.get(last) or worded(last.removeprefix("Err"))
    return None


ODD = {
    "ErrJWTMissing": 400,
    "ErrJWTInvalid": 401,
    "ErrValidatorNotRegistered": 500,
    "ErrStatusRequestEntityTooLarge": 413,
    "ErrUnsupportedMediaType": 415,
    "ErrTooManyRequests": 429,
}


def _message(value: Value) -> Value | None:
    if isinstance(value, Instance) and value.args:
        return value.args[-1]
    return None
