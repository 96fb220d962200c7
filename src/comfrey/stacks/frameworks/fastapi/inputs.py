"""Parameters and bodies: what a request must and may carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from comfrey.model.endpoint import Body, Parameter
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.value import ClassValue, Const, External, Generic, Instance, Value, plain
from comfrey.stacks.frameworks.fastapi.dependencies import Ask, Dependency
from comfrey.stacks.frameworks.fastapi.facts import data, last
from comfrey.stacks.shapes import Shapes

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
LOCATIONS = {"Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie"}


@dataclass(frozen=True)
class Part:
    """One declared piece of the body. `kind`: `body form file`."""

    kind: str
    member: Property
    embed: bool = False
    media: str = ""


@dataclass(frozen=True)
class Inputs:
    """Everything that the functions of one route read from a request."""

    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None


def read_inputs(
    dependencies: Iterable[Dependency], path: str, shapes: Shapes, answer: Value | None = None
) -> Inputs:
    """The inputs of a route: of its handler and of everything that it depends on."""
    parameters: dict[tuple[str, str], Parameter] = {}
    parts: dict[str, Part] = {}
    for dependency in _all(dependencies):
        for found in _inputs(dependency, path, shapes):
            if isinstance(found, Parameter):
                parameters.setdefault((found.location, found.name), found)
            else:
                parts.setdefault(found.member.name, found)
    for found in _paginated(answer):
        parameters.setdefault((found.location, found.name), found)
    return Inputs(tuple(parameters.values()), _body(tuple(parts.values())))


def _all(dependencies: Iterable[Dependency]) -> Iterator[Dependency]:
    for each in dependencies:
        yield from each.walk()


def _inputs(dependency: Dependency, path: str, shapes: Shapes) -> Iterator[Parameter | Part]:
    callee = dependency.callee
    model = shapes.of(callee) if isinstance(callee, ClassValue) and not dependency.init else None
    if model is not None and model.properties:
        yield from _model(dependency, model)
        return
    for ask in dependency.asks:
        yield from read_input(ask, path, shapes)
    name = callee.name if isinstance(callee, External) else ""
    if isinstance(callee, Instance) and isinstance(callee.of, External):
        name = callee.of.name
    yield from _packaged_form(name.rpartition(".")[2])
    yield from _packaged_query(name)


def read_input(ask: Ask, path: str, shapes: Shapes) -> Iterator[Parameter | Part]:
    """What one named input is: a parameter, several of a model, or a part of the body."""
    schema = _schema(ask, shapes)
    required, schema = _default(ask, schema)
    word = ask.word or _guessed(ask, schema, path)
    if word in LOCATIONS:
        yield from _parameter(ask, LOCATIONS[word], schema, required)
    else:
        yield from _part(ask, word, schema, required)


def _model(dependency: Dependency, model: Schema) -> Iterator[Parameter | Part]:
    """A model as a dependency: its constructor takes the fields, by their wire names."""
    markers = {ask.name: ask for ask in dependency.asks}
    for member in model.properties:
        ask = markers.get(member.attribute)
        word = ask.word if ask else ""
        if not word:
            word = "Body" if _is_structured(member.schema) else "Query"
        if word in LOCATIONS:
            yield Parameter(
                name=_wire(member.name, LOCATIONS[word], ask) if ask else member.name,
                location=LOCATIONS[word],
                schema=member.schema,
                required=member.required,
                attribute=member.attribute,
                place=member.place,
            )
        else:
            yield Part({"Form": "form", "File": "file"}.get(word, "body"), member)


def _schema(ask: Ask, shapes: Shapes) -> Schema:
    schema = shapes.of(ask.type) if ask.type is not None else Schema()
    for rule in (*ask.metadata, *((ask.marker,) if ask.marker else ())):
        schema = shapes.narrowed(schema, rule)
    return schema


def _default(ask: Ask, schema: Schema) -> tuple[bool, Schema]:
    given = ask.default
    if given is ask.marker and ask.marker is not None:
        given = ask.marker.argument(0, "default")
        if given is None and ask.marker.kwarg("default_factory") is not None:
            return False, schema
    if given is None or (isinstance(given, Const) and given.value is Ellipsis):
        return True, schema
    value = plain(given)
    known = value is not None or isinstance(given, Const)
    return False, schema.replace(has_default=True, default=value) if known else schema


def _guessed(ask: Ask, schema: Schema, path: str) -> str:
    """Where FastAPI reads an input without a marker: the path, the query, else the body."""
    if "{" + ask.name + "}" in path:
        return "Path"
    if _is_upload(ask.type):
        return "File"
    return "Body" if _is_structured(schema) else "Query"


def _is_structured(schema: Schema) -> bool:
    if schema.any_of:
        return any(_is_structured(each) for each in schema.any_of)
    return schema.type in ("object", "array")


def _is_upload(type_: Value | None) -> bool:
    if isinstance(type_, Generic):
        return any(_is_upload(each) for each in type_.args)
    return last(type_) == "UploadFile"


def _parameter(ask: Ask, location: str, schema: Schema, required: bool) -> Iterator[Parameter]:
    if schema.properties and location != "path":
        for member in schema.properties:
            yield Parameter(
                name=_wire(member.name, location, ask)
                if member.name == member.attribute
                else member.name,
                location=location,
                schema=member.schema,
                required=member.required,
                attribute=member.attribute,
                place=member.place or ask.place,
            )
        return
    yield Parameter(
        name=_alias(ask) or _wire(ask.name, location, ask),
        location=location,
        schema=schema,
        required=required or location == "path",
        attribute=ask.name,
        place=ask.place,
    )


def _alias(ask: Ask) -> str:
    for key in ("alias", "validation_alias"):
        known = plain(ask.marker.kwarg(key)) if ask.marker else None
        if isinstance(known, str):
            return known
    return ""


def _wire(name: str, location: str, ask: Ask) -> str:
    """Headers write their underscores as dashes, unless told otherwise."""
    convert = plain(ask.marker.kwarg("convert_underscores")) if ask.marker else None
    return name.replace("_", "-") if location == "header" and convert is not False else name


def _part(ask: Ask, word: str, schema: Schema, required: bool) -> Iterator[Part]:
    kind = {"Form": "form", "File": "file"}.get(word, "body")
    if kind == "form" and _is_upload(ask.type):
        kind = "file"
    if kind == "file":
        schema = _as_file(schema)
    if kind == "form" and schema.properties:
        for member in schema.properties:
            yield Part("form", member)
        return
    member = Property(
        name=_alias(ask) or ask.name,
        attribute=ask.name,
        schema=schema,
        required=required,
        place=ask.place,
    )
    embed = plain(ask.marker.kwarg("embed")) is True if ask.marker else False
    media = plain(ask.marker.kwarg("media_type")) if ask.marker else None
    yield Part(kind, member, embed, media if isinstance(media, str) else "")


def _as_file(schema: Schema) -> Schema:
    if schema.type == "array":
        return schema.replace(items=Schema(type="string", format="binary"))
    return schema.replace(type="string", format="binary", any_of=())


def _body(parts: tuple[Part, ...]) -> Body | None:
    if not parts:
        return None
    kinds = {part.kind for part in parts}
    if kinds & {"form", "file"}:
        return _object(parts, MULTIPART if "file" in kinds else FORM)
    first = parts[0]
    if len(parts) == 1 and not first.embed:
        return Body(
            schema=first.member.schema,
            required=first.member.required,
            media=first.media or "application/json",
            place=first.member.place,
        )
    return _object(parts, first.media or "application/json")


def _object(parts: tuple[Part, ...], media: str) -> Body:
    members = tuple(part.member for part in parts)
    place: Place | None = members[0].place
    return Body(
        schema=Schema(type="object", properties=members),
        media=media,
        required=any(each.required for each in members),
        place=place,
    )


# --- what packages bring -----------------------------------------------------


def _packaged_form(word: str) -> Iterator[Part]:
    for name, spelling in data()["forms"].get(word, {}).items():
        kind, _, value = spelling.rstrip("!").partition(":")
        schema = Schema(type="string", format="password" if kind == "password" else "")
        if kind == "pattern":
            schema = schema.replace(pattern=f"^{value}$")
        member = Property(name=name, attribute=name, schema=schema, required=spelling.endswith("!"))
        yield Part("form", member)


def _packaged_query(name: str) -> Iterator[Parameter]:
    for key, members in data()["queries"].items():
        same = key.partition(".")[0] == name.partition(".")[0]
        if not same or key.rpartition(".")[2] != name.rpartition(".")[2]:
            continue
        for member, schema in members.items():
            yield Parameter(
                name=member,
                location="query",
                schema=msgspec.convert(schema, Schema),
                attribute=member,
            )


def _paginated(answer: Value | None) -> Iterator[Parameter]:
    """The parameters that come with a package's page type as the answer."""
    of = answer.of if isinstance(answer, Generic) else answer
    if not isinstance(of, External):
        return
    for key, params in data()["paginated"].items():
        same = key.partition(".")[0] == of.name.partition(".")[0]
        if same and key.rpartition(".")[2] == of.last:
            yield from _packaged_query(params)
