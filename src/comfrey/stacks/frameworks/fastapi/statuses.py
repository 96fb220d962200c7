"""The status that an error answers with: HTTPException, its subclasses, and what a handler maps."""

from __future__ import annotations

from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, FunctionDef, Name, walk
from comfrey.source.value import (
    ClassValue,
    Event,
    External,
    FunctionValue,
    Instance,
    Value,
)
from comfrey.stacks.frameworks.fastapi.facts import data
from comfrey.stacks.statuses import named_status, number

ERRORS = (
    "fastapi.HTTPException",
    "fastapi.exceptions.HTTPException",
    "starlette.exceptions.HTTPException",
)
MEMBERS = ("status_code", "http_status", "http_code", "status", "code")


def status_of_error(value: Value, codebase: Codebase, handlers: dict[str, int]) -> int | None:
    """The HTTP status of a raised value; None for an error that no handler is known to answer."""
    made = value.of if isinstance(value, Instance) else value
    if isinstance(made, External):
        if named := named_status(made.name):
            return named
        if made.last == "HTTPException":
            said = value.argument(0, "status_code") if isinstance(value, Instance) else None
            return number(said)
        return handlers.get(made.name) or _packaged(made)
    if not isinstance(made, ClassValue):
        return number(value)
    instance = value if isinstance(value, Instance) else None
    return _own(made, instance, codebase) or _handled(made, codebase, handlers)


def _packaged(made: External) -> int | None:
    """The status of a package's own error class."""
    known: dict[str, dict[str, int]] = data()["errors"]
    return known.get(made.name.partition(".")[0], {}).get(made.last)


def _own(of: ClassValue, instance: Instance | None, codebase: Codebase) -> int | None:
    if instance is not None and (said := number(instance.kwarg("status_code"))):
        return said
    for name in MEMBERS:
        member = codebase.member(of, name)
        if member is not None and (known := number(member.value)) and 100 <= known < 600:
            return known
    constructor = codebase.member(of, "__init__")
    if constructor is not None and isinstance(constructor.value, FunctionValue):
        return _passed_up(constructor.value, instance, codebase)
    if instance is not None and codebase.is_a(of, *ERRORS):
        return number(instance.argument(0, "status_code"))
    return None


def _passed_up(
    constructor: FunctionValue, instance: Instance | None, codebase: Codebase
) -> int | None:
    """The status that a constructor gives to `super().__init__`."""
    node = constructor.node
    if not isinstance(node, FunctionDef):
        return None
    for statement in node.body:
        for call in walk(statement):
            if not isinstance(call, Call) or not _is_super(call):
                continue
            said = call.keyword("status_code") or next(iter(call.positional), None)
            if said is None:
                continue
            if isinstance(said, Name):
                return _parameter(constructor, instance, said.name, codebase)
            return number(codebase.value(said, constructor.scope))
    return None


def _is_super(call: Call) -> bool:
    return isinstance(call.function, Attribute) and call.function.name == "__init__"


def _parameter(
    constructor: FunctionValue, instance: Instance | None, name: str, codebase: Codebase
) -> int | None:
    parameters = [each for each in constructor.node.parameters if each.name != "self"]
    for index, parameter in enumerate(parameters):
        if parameter.name != name:
            continue
        given = instance.argument(index, name) if instance is not None else None
        if given is None and parameter.default is not None:
            given = codebase.value(parameter.default, constructor.scope)
        return number(given)
    return None


def _handled(of: ClassValue, codebase: Codebase, handlers: dict[str, int]) -> int | None:
    return next((handlers[name] for name in codebase.ancestry(of) if name in handlers), None)


def read_handlers(events: tuple[Event, ...], codebase: Codebase) -> dict[str, int]:
    """What an app's exception handlers answer, by the exception's name."""
    found: dict[str, int] = {}
    for event in events:
        if event.name not in ("exception_handler", "add_exception_handler"):
            continue
        kind = event.argument(0, "exc_class_or_status_code")
        function = event.target or event.argument(1, "handler")
        status = _answered(function, codebase)
        if status is not None:
            for name in _names(kind, codebase):
                found[name] = status
    return found


def _names(kind: Value | None, codebase: Codebase) -> tuple[str, ...]:
    if isinstance(kind, ClassValue):
        return (kind.qualified,)
    return (kind.name,) if isinstance(kind, External) else ()


def _answered(function: Value | None, codebase: Codebase) -> int | None:
    """The one constant status that a handler answers with."""
    if not isinstance(function, FunctionValue) or not isinstance(function.node, FunctionDef):
        return None
    found: set[int] = set()
    for statement in function.node.body:
        for call in walk(statement):
            if isinstance(call, Call) and (said := call.keyword("status_code")) is not None:
                known = number(codebase.value(said, function.scope))
                if known is not None:
                    found.add(known)
    return found.pop() if len(found) == 1 else None
