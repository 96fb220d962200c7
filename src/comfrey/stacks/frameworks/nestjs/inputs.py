"""What a controller's method takes: `@Body() dto`, `@Query("page", ParseIntPipe) page`, `@Param("id") id`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from comfrey.model.endpoint import Body, Parameter
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Parameter as Written
from comfrey.source.value import ClassValue, DictValue, Instance, Value, plain
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.controllers import marks
from comfrey.stacks.frameworks.nestjs.routes import Route
from comfrey.stacks.frameworks.nestjs.strategies import Strategy, door_of
from comfrey.stacks.frameworks.nestjs.uploads import uploads
from comfrey.stacks.shapes import Shapes
from comfrey.stacks.statuses import number

LOCATIONS = {"Query": "query", "Param": "path", "Headers": "header", "Cookies": "cookie"}
PARSED = re.compile(r"\.(?:safeP|p)arse(?:Async)?\(|\.validate(?:Async|Sync)?\(|\.assert\(")
"""How code puts a value through a schema."""
FILES = ("UploadedFile", "UploadedFiles")
PIPES = {
    "ParseIntPipe": Schema(type="integer"),
    "ParseFloatPipe": Schema(type="number"),
    "ParseBoolPipe": Schema(type="boolean"),
    "ParseUUIDPipe": Schema(type="string", format="uuid"),
    "ParseDatePipe": Schema(type="string", format="date-time"),
    "ParseObjectIdPipe": Schema(type="string", pattern="^[0-9a-fA-F]{24}$"),
    "ParseMongoIdPipe": Schema(type="string", pattern="^[0-9a-fA-F]{24}$"),
}


UNKNOWN_TO_PASSPORT = 401
"""What is answered to a name or a password that is missing, as to one that is wrong."""


@dataclass(frozen=True)
class Given:
    """One parameter of the method with the decorator that fills it."""

    written: Written
    mark: Instance

    @property
    def word(self) -> str:
        return dotted(self.mark).rpartition(".")[2]

    @property
    def name(self) -> str:
        """The member that is asked for, "" for the whole."""
        said = self.mark.args[0] if self.mark.args else None
        known = plain(said)
        return known if isinstance(known, str) else ""


@dataclass
class Inputs:
    """The inputs of one route."""

    parameters: tuple[Parameter, ...]
    body: Body | None
    refused: int | None
    malformed: int | None = None
    """What pipes of the path's parameters answer, where they answer otherwise than the body's."""


def read_inputs(route: Route, codebase: Codebase, shapes: Shapes) -> Inputs:
    """The inputs that a method's parameters declare, by the pipes that they go through."""
    found = [g for p in route.function.node.parameters for g in _given(p, route, codebase)]
    pipe = _validation(route, found, codebase)
    parameters: dict[tuple[str, str], Parameter] = {}
    members: list[Property] = []
    whole: Schema | None = None
    for each in found:
        location = LOCATIONS.get(each.word)
        if location is not None:
            for made in _parameters(each, location, route, codebase, shapes, pipe is not None):
                parameters[(location, made.name)] = made
        elif each.word == "Body":
            schema = _shape(each, route, codebase, shapes)
            schema = converted(schema) if _converts(pipe) else schema
            if each.name:
                members.append(Property(name=each.name, schema=schema, required=False))
            else:
                whole = schema if pipe is not None else loosened(schema)
    for name in _path_names(route.path):
        known = Parameter(name=name, location="path", schema=Schema(type="string"), required=True)
        parameters.setdefault(("path", name), known)
    refused = (_status(pipe) if pipe is not None else 400) if found else None
    keys = [pipe for each in found if each.word == "Param" for pipe in each.mark.args[1:]]
    answers = [_status(each) for each in keys if _by_pipe(each, codebase) is not None]
    body, door = _body(whole, members, found, route, pipe), door_of(codebase, route.guards)
    return Inputs(
        tuple(each for each in parameters.values() if _is_there(each, route.path)),
        body if door is None else body or _shown(door),
        refused if door is None else UNKNOWN_TO_PASSPORT,
        next((each for each in answers if each != refused), None),
    )


def _shown(door: Strategy) -> Body:
    """What a strategy that signs in reads of the body by itself."""
    text = Schema(type="string", min_length=1)
    members = tuple(Property(name=each, schema=text, required=True) for each in door.fields)
    schema = Schema(type="object", properties=members, place=door.kind.place)
    return Body(schema=schema, place=door.kind.place)


def _path_names(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _is_there(each: Parameter, path: str) -> bool:
    return each.location != "path" or "{" + each.name + "}" in path


def _given(parameter: Written, route: Route, codebase: Codebase) -> list[Given]:
    values = marks.evaluated(codebase, parameter.decorators, route.function.scope)
    known = (*LOCATIONS, "Body", *FILES)
    return [Given(parameter, mark) for mark in marks.named(tuple(values), *known)]


def _validation(route: Route, found: list[Given], codebase: Codebase) -> Value | None:
    """The pipe that validates: of the method, the controller or the app, else of a parameter; by its name, or by what
    the project's own does with a value."""
    own = [each for given in found for each in given.mark.args]
    for each in (*route.pipes, *own):
        kind = each.of if isinstance(each, Instance) else each
        name = kind.name if isinstance(kind, ClassValue) else dotted(each)
        if "Validation" in name or _puts_through(codebase, each):
            return each
    return None


def _puts_through(codebase: Codebase, pipe: Value) -> bool:
    """Whether a pipe of the project's own puts a value through the schema that it was made with."""
    transform = codebase.method(pipe, "transform") if isinstance(pipe, Instance) else None
    made_with = isinstance(pipe, Instance) and bool(pipe.args)
    return made_with and transform is not None and bool(PARSED.search(transform.function.node.text))


def _converts(pipe: Value | None) -> bool:
    """Whether class-transformer makes each member its declared type first
    (https://github.com/typestack/class-transformer#implicit-type-conversion)."""
    said = pipe.args[0] if isinstance(pipe, Instance) and pipe.args else None
    options = said.get("transformOptions") if isinstance(said, DictValue) else None
    named = options.get("enableImplicitConversion") if isinstance(options, DictValue) else None
    return plain(named) is True


def converted(schema: Schema) -> Schema:
    """A schema whose members are made their types before they are validated."""
    members = tuple(
        each.replace(schema=converted(each.schema.replace(converts=True)))
        for each in schema.properties
    )
    items = converted(schema.items) if schema.items is not None else None
    return schema.replace(properties=members, items=items)


def _status(pipe: Value) -> int:
    said = pipe.args[0] if isinstance(pipe, Instance) and pipe.args else None
    named = said.get("errorHttpStatusCode") if isinstance(said, DictValue) else None
    return number(named) or 400


def _undeclared(pipe: Value | None) -> str:
    """What becomes of members without a rule (https://docs.nestjs.com/techniques/validation#stripping-properties)."""
    said = pipe.args[0] if isinstance(pipe, Instance) and pipe.args else None
    if not isinstance(said, DictValue) or plain(said.get("whitelist")) is not True:
        return ""
    return "forbid" if plain(said.get("forbidNonWhitelisted")) is True else "strip"


def _shape(given: Given, route: Route, codebase: Codebase, shapes: Shapes) -> Schema:
    for pipe in given.mark.args[1 if given.name else 0 :]:
        known = _by_pipe(pipe, codebase)
        if known is not None:
            return known
        schema = shapes.of(pipe.args[0]) if isinstance(pipe, Instance) and pipe.args else Schema()
        if schema.properties:
            return schema
    if given.word == "Body" and not given.name:
        for pipe in route.pipes:
            args = pipe.args if isinstance(pipe, Instance) else ()
            schema = shapes.of(args[0]) if args and not isinstance(args[0], DictValue) else Schema()
            if schema.properties:
                return schema
    note = given.written.annotation
    if note is None:
        return Schema()
    kind = codebase.type_of(note, route.function.scope)
    return shapes.of(kind)


def _by_pipe(pipe: Value, codebase: Codebase) -> Schema | None:
    """What a pipe takes by its own name, or by that of the pipe that its class extends."""
    kind = pipe.of if isinstance(pipe, Instance) and isinstance(pipe.of, ClassValue) else pipe
    if not isinstance(kind, ClassValue):
        return PIPES.get(dotted(pipe).rpartition(".")[2])
    names = (kind.name, *(each.rpartition(".")[2] for each in codebase.ancestry(kind)))
    return next((PIPES[each] for each in names if each in PIPES), None)


def _parameters(
    given: Given,
    location: str,
    route: Route,
    codebase: Codebase,
    shapes: Shapes,
    validated: bool,
) -> list[Parameter]:
    schema = _shape(given, route, codebase, shapes)
    if not given.name:
        return [
            Parameter(
                name=each.name,
                location=location,
                schema=each.schema,
                required=each.required and validated,
                place=each.place,
            )
            for each in schema.properties
        ]
    default = next((e for e in given.mark.args if "DefaultValuePipe" in dotted(e)), None)
    if isinstance(default, Instance) and default.args:
        schema = schema.replace(has_default=True, default=plain(default.args[0]))
    piped = any(_by_pipe(each, codebase) is not None for each in given.mark.args[1:])
    required = location == "path" or (piped and default is None and not _optional(given))
    if schema.type == "any" or (not piped and location != "path"):
        schema = Schema(type="string", has_default=schema.has_default, default=schema.default)
    return [
        Parameter(
            name=given.name,
            location=location,
            schema=schema,
            required=required,
            unnamed=piped,
            lenient=not piped,  # a type alone is gone at run time
        )
    ]


def _optional(given: Given) -> bool:
    return any(
        plain(pipe.args[0].get("optional")) is True
        for pipe in given.mark.args
        if isinstance(pipe, Instance) and pipe.args and isinstance(pipe.args[0], DictValue)
    )


def loosened(schema: Schema) -> Schema:
    """A body that no pipe validates: its members are known, and nothing about them is asked."""
    members = tuple(
        Property(name=each.name, schema=Schema(type=each.schema.type), place=each.place)
        for each in schema.properties
    )
    return Schema(type="object", properties=members, name=schema.name, place=schema.place)


def _body(
    whole: Schema | None,
    members: list[Property],
    found: list[Given],
    route: Route,
    pipe: Value | None,
) -> Body | None:
    files = [each for each in found if each.word in FILES]
    schema = whole or (Schema(type="object", properties=tuple(members)) if members else None)
    if schema is None and not files:
        return None
    schema = schema or Schema(type="object")
    schema = schema.replace(extra=_undeclared(pipe))
    if not files:
        return Body(schema=schema, required=pipe is not None, place=schema.place)
    pipes = tuple(pipe for each in files for pipe in each.mark.args)
    fields = (*schema.properties, *uploads(route, pipes))
    return Body(schema=schema.replace(properties=fields), media="multipart/form-data")
