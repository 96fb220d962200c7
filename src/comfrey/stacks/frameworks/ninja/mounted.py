"""What Django meets where an API of django-ninja is mounted in its URL configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from comfrey.model.endpoint import Endpoint, Handler, Parameter, Response
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.node import (
    Call,
    Constant,
    Expression,
    FunctionDef,
    Return,
    TupleOf,
    walk,
)
from comfrey.source.value import (
    BoundMethod,
    Const,
    External,
    FunctionValue,
    Instance,
    Value,
)
from comfrey.stacks.frameworks.ninja.facts import data, dotted, entries, is_none, last
from comfrey.stacks.frameworks.ninja.guards import access
from comfrey.stacks.frameworks.ninja.inputs import PARTS, Ask, asks, body
from comfrey.stacks.frameworks.ninja.routes import Operation, is_api, operations
from comfrey.stacks.requests import Request, Rescue, Supply
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.statuses import number

INVALID = 422
REQUEST = External("django.http.HttpRequest")
Pages = dict[str, Any]


def serves(mounted: Value, codebase: Codebase) -> bool:
    """Whether this is an API of ninja's."""
    return isinstance(mounted, Instance) and is_api(mounted, codebase)


def endpoints(
    mounted: Instance, path: str, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> Iterator[Endpoint]:
    """Every operation of an API under `path`."""
    for each in operations(mounted, path, codebase):
        yield _endpoint(each, codebase, shapes, answers)


def _endpoint(
    operation: Operation, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> Endpoint:
    found = asks(operation, shapes)
    told = access(operation, codebase)
    pages = _pages(operation)
    parameters = [
        p for each in found if each.location not in PARTS.values() for p in each.parameters
    ]
    status, responses = _answers(operation, answers, pages)
    return Endpoint(
        method=operation.method,
        path="/" + operation.path.lstrip("/"),
        handler=_handler(operation),
        auth=told.auth,
        optional_auth=told.optional,
        guards=told.guards,
        roles=told.roles,
        parameters=(*parameters, *_page_parameters(pages)),
        body=body(found),
        status=status,
        responses=responses,
        invalid_status=INVALID,
        malformed_status=None if operation.converted else INVALID,
        evidence=tuple(e for e in operation.evidence if not e.file.startswith(LIBRARY)),
    )


def _handler(operation: Operation) -> Handler:
    function = operation.function
    if function is None:
        place = operation.evidence[-1] if operation.evidence else Place(file="")
        return Handler(name=operation.external, external=True, file=place.file, line=place.line)
    owner = f"{operation.owner.name}." if operation.owner is not None else ""
    return Handler(
        name=owner + function.name,
        file=function.place.file,
        line=function.place.line,
        end_line=function.place.end_line,
        asynchronous=function.asynchronous,
    )


# --- answers -------------------------------------------------------------------------


def _answers(
    operation: Operation, answers: Shapes, pages: Pages | None
) -> tuple[int, tuple[Response, ...]]:
    """`response=Book`, `response={201: Book, 409: Error}`: success is what the code returns, else the first."""
    said = operation.options.get("response")
    table = {code: each for key, each in entries(said).items() if (code := _code(key)) is not None}
    if not table and said is not None and last(said) != "NOT_SET":
        table = {204 if is_none(said) else 200: said}
    place = operation.function.place if operation.function is not None else None
    shown = tuple(
        Response(
            status=code, body=_shape(each, answers, pages if code < 300 else None), place=place
        )
        for code, each in sorted(table.items())
    )
    good = [code for code in table if 200 <= code < 400]
    returned = [code for code in _returned(operation.function) if code < 400]
    status = next((code for code in returned if code in good or not good), None)
    return status or (200 if 200 in good or not good else min(good)), shown


def _code(key: object) -> int | None:
    return key if isinstance(key, int) else number(key) if isinstance(key, Value) else None


def _shape(kind: Value, answers: Shapes, pages: Pages | None) -> Schema | None:
    if is_none(kind):
        return None
    found = answers.of(kind)
    if pages is None:
        return found
    others = {name: Schema(type=type_) for name, type_ in pages["members"].items()}
    members = {pages["rows"]: found} | others
    listed = (Property(name=name, attribute=name, schema=each) for name, each in members.items())
    return Schema(type="object", properties=tuple(listed))


def _returned(function: FunctionValue | None) -> Iterator[int]:
    """`return 201, book`, `return HttpResponse(status=204)`: statuses that the code gives, in order."""
    if function is None or not isinstance(function.node, FunctionDef):
        return
    for statement in function.node.body:
        for node in walk(statement):
            said = _status_of(node.value) if isinstance(node, Return) else None
            if isinstance(said, Constant) and isinstance(said.value, int):
                yield said.value


def _status_of(value: Expression | None) -> Expression | None:
    match value:
        case TupleOf(items=(first, *_)):
            return first
        case Call(function=function) if function.text.endswith("Response"):
            return value.keyword("status")
    return None


# --- pages ---------------------------------------------------------------------------


def _pages(operation: Operation) -> Pages | None:
    """What `@paginate` makes of a list; None without it, and for a paginator that is not known."""
    function = operation.function
    for each in function.decorators if function is not None else ():
        if last(each) == "paginate" and dotted(each).startswith("ninja"):
            kind = each.args[0] if isinstance(each, Instance) and each.args else None
            found: Pages | None = data()["pages"].get(last(kind) or "LimitOffsetPagination")
            return found
    return None


def _page_parameters(pages: Pages | None) -> Iterator[Parameter]:
    for name, schema in pages["query"].items() if pages is not None else ():
        shape = msgspec.convert(schema, Schema)
        yield Parameter(name=name, location="query", schema=shape, attribute=name)


# --- what handlers are given ---------------------------------------------------------


def requests(
    mounted: Instance, path: str, codebase: Codebase, shapes: Shapes, user: Value
) -> Iterator[Request]:
    """Each operation with what its handler is given."""
    for each in operations(mounted, path, codebase):
        if each.function is not None:
            yield _request(each, shapes, user)


def _request(operation: Operation, shapes: Shapes, user: Value) -> Request:
    function = operation.function
    assert function is not None
    callee: Value = function
    if operation.owner is not None:
        callee = BoundMethod(Instance(operation.owner, symbolic=True), function)
    found = asks(operation, shapes)
    several = sum(each.location == "body" for each in found) > 1
    below = [_supply(each, several) for each in found]
    names = [each.name for each in function.node.parameters]
    first = next((each for each in names if each not in ("self", "cls")), "")
    if first == "request" or (operation.owner is None and first):
        below.insert(0, Supply("values", first, type=_shown(operation, user)))
    return Request(
        method=operation.method,
        path="/" + operation.path.lstrip("/"),
        handler=Supply("call", "", callee, tuple(below), place=function.place),
    )


def _shown(operation: Operation, user: Value) -> Instance:
    fields: dict[str, Value] = {"method": Const(operation.method), "user": user, "auth": user}
    return Instance(REQUEST, fields=fields)


def _supply(ask: Ask, several: bool) -> Supply:
    whole = ask.location == "body" and not several
    return Supply(
        "input",
        ask.name,
        location=ask.location,
        wire="" if whole or (ask.schema.properties and ask.location != "body") else ask.wire,
        schema=ask.schema,
        type=ask.type,
        place=ask.place,
    )


def rescues(mounted: Instance, codebase: Codebase) -> Iterator[Rescue]:
    """`@api.exception_handler(Missing)`."""
    for event in codebase.evaluator.on(mounted):
        exception = event.argument(0, "exc_class")
        handler = event.target or event.argument(1, "handler")
        named = event.name in ("exception_handler", "add_exception_handler")
        if named and exception is not None and handler is not None:
            yield Rescue(exception, handler)
