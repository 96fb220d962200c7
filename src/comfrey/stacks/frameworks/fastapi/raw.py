"""Bodies that the framework does not see: read from the request by the handler, bounded by its code."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Body
from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    Call,
    Compare,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    walk,
)
from comfrey.source.value import DictValue, FunctionValue, Value, plain
from comfrey.stacks.frameworks.fastapi.facts import items, strings

READS = {
    "json": "application/json",
    "body": "application/octet-stream",
    "stream": "application/octet-stream",
}
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


def read_raw(
    declared: Body | None,
    function: FunctionValue,
    extra: Value | None,
    methods: tuple[str, ...],
    codebase: Codebase,
) -> Body | None:
    """The declared body, else one that the handler reads itself; with the limits that its code sets."""
    body = declared
    if body is None and set(methods) & set(WITH_BODY):
        body = _documented(extra) or _taken(function)
    if body is None or not _is_binary(body.schema):
        return body
    return body.replace(
        max_bytes=_limit(function, codebase),
        accepts=body.accepts or _accepted(function, codebase),
    )


def _is_binary(schema: Schema) -> bool:
    return schema.format == "binary" or any(_is_binary(each.schema) for each in schema.properties)


def _documented(extra: Value | None) -> Body | None:
    """`openapi_extra={"requestBody": {"content": {"image/png": …}}}`."""
    request = extra.get("requestBody") if isinstance(extra, DictValue) else None
    content = request.get("content") if isinstance(request, DictValue) else None
    kinds = [plain(key) for key, _ in content.items] if isinstance(content, DictValue) else []
    accepts = tuple(each for each in kinds if isinstance(each, str))
    if not accepts:
        return None
    binary = accepts[0] not in ("application/json", "text/plain")
    schema = Schema(type="string", format="binary") if binary else Schema()
    required = plain(request.get("required")) is True if isinstance(request, DictValue) else False
    return Body(schema=schema, media=accepts[0], required=required, accepts=accepts)


def _taken(function: FunctionValue) -> Body | None:
    """`await request.json()`, `.body()`, `.stream()` on the handler's own request."""
    requests = {
        each.name
        for each in function.node.parameters
        if each.annotation is not None and each.annotation.text.rpartition(".")[2] == "Request"
    }
    for node in _nodes(function):
        match node:
            case Call(function=Attribute(of=Name(name=name), name=method)) if (
                name in requests and method in READS
            ):
                media = READS[method]
                is_json = media == "application/json"
                schema = Schema() if is_json else Schema(type="string", format="binary")
                return Body(schema=schema, media=media, place=node.place)
    return None


def _limit(function: FunctionValue, codebase: Codebase) -> int | None:
    """The bound of `if len(data) > BOUND: raise …` (or `file.size > BOUND`)."""
    for node in _nodes(function):
        if not isinstance(node, If) or not any("413" in each.text for each in node.body):
            continue
        match node.test:
            case Compare(rest=((operator, right),)) if operator in (">", ">="):
                bound = plain(codebase.value(right, function.scope))
                if isinstance(bound, int):
                    return bound if operator == ">" else bound - 1
    return None


def _accepted(function: FunctionValue, codebase: Codebase) -> tuple[str, ...]:
    """The content types of `if content_type not in (…): raise …`."""
    for node in _nodes(function):
        match node:
            case If(test=Compare(first=first, rest=(("not in", right),))) if _is_type(first):
                found = codebase.value(right, function.scope)
                if isinstance(found, DictValue):
                    keys = (plain(key) for key, _ in found.items)
                    return tuple(each for each in keys if isinstance(each, str))
                return strings(found) if items(found) else ()
            case If(test=Compare(first=first, rest=(("!=", right),))) if _is_type(first):
                known = plain(codebase.value(right, function.scope))
                return (known,) if isinstance(known, str) else ()
    return ()


def _is_type(node: Expression) -> bool:
    text = node.text.lower()
    return "content_type" in text or "content-type" in text or "mime" in text


def _nodes(function: FunctionValue) -> Iterator[Node]:
    if isinstance(function.node, FunctionDef):
        for statement in function.node.body:
            yield from walk(statement)
