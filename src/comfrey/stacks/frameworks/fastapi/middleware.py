"""Middlewares that turn anonymous requests away before any route is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    UnknownValue,
    Value,
)
from comfrey.stacks.frameworks.fastapi.facts import items, last

REFUSES = re.compile(r"40[13]|UNAUTHORIZED|FORBIDDEN|raise ")


def gatekeepers(apps: tuple[Instance, ...], codebase: Codebase) -> tuple[Value, ...]:
    """The functions of the apps' middlewares that may answer by themselves, in order of registration."""
    found = [each for app in apps for each in _functions(app, codebase)]
    return tuple(each for each in found if REFUSES.search(_text(each)))


def backends(apps: tuple[Instance, ...], codebase: Codebase) -> tuple[FunctionValue, ...]:
    """What Starlette's `AuthenticationMiddleware` asks for `request.user`."""
    found = []
    for app in apps:
        for kind, arguments in _added(app, codebase):
            backend = arguments.get("backend") if last(kind) == "AuthenticationMiddleware" else None
            for base in codebase.mro(kind) if isinstance(kind, ClassValue) else ():
                if last(base) == "AuthenticationMiddleware":
                    backend = arguments.get("backend")
            method = codebase.method(backend, "authenticate") if backend is not None else None
            if method is not None:
                found.append(method.function)
    return tuple(found)


def _functions(app: Instance, codebase: Codebase) -> Iterator[Value]:
    for event in codebase.evaluator.on(app):
        if event.name == "middleware" and isinstance(event.target, FunctionValue):
            yield event.target
    for kind, arguments in _added(app, codebase):
        if isinstance(kind, ClassValue):
            member = codebase.member(kind, "dispatch")
            if member is not None and isinstance(member.value, FunctionValue):
                made = Instance(kind, kwargs=tuple(arguments.items()), symbolic=True)
                yield BoundMethod(made, member.value)
        dispatch = arguments.get("dispatch")
        if isinstance(dispatch, FunctionValue):
            yield dispatch


def _added(app: Instance, codebase: Codebase) -> Iterator[tuple[Value, dict[str, Value]]]:
    unknown = UnknownValue("no class named")
    for event in codebase.evaluator.on(app):
        if event.name == "add_middleware":
            yield event.argument(0, "middleware_class") or unknown, dict(event.kwargs)
    for made in items(app.kwarg("middleware")):
        if isinstance(made, Instance) and last(made.of) == "Middleware":
            yield made.argument(0, "cls") or unknown, dict(made.kwargs)


def _text(value: Value) -> str:
    function = value.function if isinstance(value, BoundMethod) else value
    return function.node.text if isinstance(function, FunctionValue) else ""
