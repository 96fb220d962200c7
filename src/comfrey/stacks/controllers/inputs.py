"""What a decorated method takes: `@Body() kite: NewKite`, `@QueryParam("page") page: number`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.model.endpoint import Body, Parameter
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Parameter as Written
from comfrey.source.value import DictValue, External, Instance, plain
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks
from comfrey.stacks.controllers.operations import Operation, Words
from comfrey.stacks.requests import Supply
from comfrey.stacks.shapes import Shapes

LOCATIONS = ("path", "query", "header", "cookie")
PLAIN = {"number": "number", "boolean": "boolean", "string": "string", "Date": "string"}
UNDECORATED = ("request", "reply", "next")
"""What a method is given whose parameters say nothing."""

EMPTY = Schema()


@dataclass(frozen=True)
class Input:
    """One parameter of a method. `kind` is where it comes from, `name` the member, "" for the whole."""

    written: Written
    kind: str
    name: str = ""
    schema: Schema = EMPTY
    required: bool = False


def inputs(
    operation: Operation, words: Words, codebase: Codebase, shapes: Shapes
) -> tuple[Input, ...]:
    """A method's parameters, in order."""
    written = operation.function.node.parameters[1:]
    found = [_input(each, operation, words, codebase, shapes) for each in written]
    if any(each.kind != "unknown" for each in found):
        return tuple(found)
    return tuple(Input(e, kind) for e, kind in zip(written, UNDECORATED, strict=False))


def _input(
    written: Written, operation: Operation, words: Words, codebase: Codebase, shapes: Shapes
) -> Input:
    values = tuple(marks.evaluated(codebase, written.decorators, operation.function.scope))
    mark = next(marks.named(values, *words.inputs), None)
    if mark is None or not dotted(mark).startswith(words.package):
        return Input(written, "unknown")
    kind = words.inputs[dotted(mark).rpartition(".")[2]]
    name = plain(mark.args[0]) if mark.args else None
    name = name if isinstance(name, str) else ""
    schema = (
        _schema(written, operation, codebase, shapes) if kind in (*LOCATIONS, "body") else Schema()
    )
    if kind == "body" and not operation.validated:
        schema = _loosened(schema)
    return Input(written, kind, name, schema, kind == "path" or _is_required(mark))


def _schema(written: Written, operation: Operation, codebase: Codebase, shapes: Shapes) -> Schema:
    if written.annotation is None:
        return Schema()
    kind = PLAIN.get(written.annotation.text)
    if kind is not None:
        form = "date-time" if written.annotation.text == "Date" else ""
        return Schema(type=kind, format=form)
    return shapes.of(codebase.type_of(written.annotation, operation.function.scope))


def _loosened(schema: Schema) -> Schema:
    """A body that nothing validates: its members are known, and nothing about them is asked."""
    members = tuple(
        Property(
            name=each.name,
            schema=Schema(type=each.schema.type, unchecked=True),
            required=False,
            place=each.place,
        )
        for each in schema.properties
    )
    return schema.replace(properties=members, unchecked=True) if members else schema


def _is_required(mark: Instance) -> bool:
    options = next((each for each in mark.args if isinstance(each, DictValue)), None)
    return options is not None and plain(options.get("required")) is True


# --- as nouns ----------------------------------------------------------------


def parameters(found: tuple[Input, ...], words: Words, path: str) -> tuple[Parameter, ...]:
    """Path, query, header and cookie parameters; those of the path are always there."""
    made: dict[tuple[str, str], Parameter] = {}
    for each in found:
        for one in _parameters(each, words) if each.kind in LOCATIONS else ():
            made[(one.location, one.name)] = one
    for name in re.findall(r"\{(\w+)\}", path):
        known = Parameter(name=name, location="path", schema=Schema(type="string"), required=True)
        made.setdefault(("path", name), known)
    return tuple(e for e in made.values() if e.location != "path" or "{" + e.name + "}" in path)


def _parameters(each: Input, words: Words) -> Iterator[Parameter]:
    if each.name:
        converts = words.conversions and each.schema.type in ("number", "boolean")
        schema = each.schema if converts else Schema(type="string")
        yield Parameter(
            name=each.name,
            location=each.kind,
            schema=schema,
            required=each.required,
            lenient=not converts,
        )
        return
    for member in each.schema.properties:
        yield Parameter(
            name=member.name,
            location=each.kind,
            schema=member.schema,
            required=member.required and words.conversions,
            place=member.place,
        )


def body(found: tuple[Input, ...], operation: Operation) -> Body | None:
    """The body that a method takes, whole or by its members; a file makes it a form."""
    whole = next((e for e in found if e.kind == "body" and not e.name), None)
    members = tuple(
        Property(name=e.name, schema=e.schema, required=e.required)
        for e in found
        if e.kind == "body" and e.name
    )
    files = tuple(
        Property(
            name=e.name or "file",
            schema=Schema(type="string", format="binary"),
            required=e.required,
        )
        for e in found
        if e.kind == "file"
    )
    if whole is None and not members and not files:
        return None
    schema = whole.schema if whole is not None else Schema(type="object")
    schema = schema.replace(properties=(*schema.properties, *members, *files))
    media = "multipart/form-data" if files else "application/json"
    needed = operation.validated and whole is not None
    return Body(schema=schema, media=media, required=needed, place=schema.place)


def supplies(
    found: tuple[Input, ...], made: tuple[Parameter, ...], caller: Supply, request: Supply
) -> tuple[Supply, ...]:
    """What each parameter of a method is given."""
    known = {(each.location, each.name): each.schema for each in made}
    return tuple(_supply(each, known, caller, request) for each in found)


def _supply(
    each: Input, known: dict[tuple[str, str], Schema], caller: Supply, request: Supply
) -> Supply:
    name = each.written.name
    match each.kind:
        case "request":
            return Supply("request", name, below=request.below)
        case "reply":
            return Supply("reply", name)
        case "next":
            return Supply("values", name, type=External("<next>"))
        case "caller":
            return Supply(
                caller.kind, name, callee=caller.callee, below=caller.below, place=caller.place
            )
        case "body":
            return Supply("input", name, location="body", wire=each.name, schema=each.schema)
        case "file":
            return Supply("input", name, location="file")
        case kind if kind in LOCATIONS and each.name:
            schema = known.get((kind, each.name), Schema())
            return Supply("input", name, location=kind, wire=each.name, schema=schema)
        case kind if kind in LOCATIONS:
            members = tuple(
                Property(name=word, schema=schema)
                for (where, word), schema in known.items()
                if where == kind
            )
            whole = Schema(type="object", properties=members)
            return Supply("input", name, location=kind, schema=whole)
    return Supply("unknown", name)
