"""Parameters and bodies: by rules, by the schemas in decorators, by what the code takes from the request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from comfrey.languages.python.configuration import configuration
from comfrey.model.endpoint import Body, Parameter
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
)
from comfrey.stacks.frameworks.flask.documented import documented
from comfrey.stacks.frameworks.flask.facts import data, known
from comfrey.stacks.frameworks.flask.requested import Taken, taken
from comfrey.stacks.frameworks.flask.routes import RULE, Route
from comfrey.stacks.frameworks.flask.views import Mark, View
from comfrey.stacks.shapes import Shapes

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
PLACES = {
    "json": "body",
    "json_or_form": "body",
    "form": "form",
    "files": "file",
    "form_and_files": "form",
    "query": "query",
    "querystring": "query",
    "args": "query",
    "headers": "header",
    "cookies": "cookie",
    "path": "path",
    "view_args": "path",
}


@dataclass(frozen=True)
class Declared:
    """What one decorator takes: the schema, where from, and how it is handed to the view."""

    location: str
    schema: Schema
    status: int
    mark: Mark
    spread: bool = False
    name: str = ""
    given: bool = True
    enforced: bool = True
    """False where it is only a document: nothing looks whether a request fits."""


@dataclass
class Inputs:
    """Everything that one view reads from a request."""

    parameters: dict[tuple[str, str], Parameter] = field(default_factory=dict)
    body: Body | None = None
    status: int | None = None
    """The answer to what does not fit, where a decorator or the code says so."""
    declared: tuple[Declared, ...] = ()
    taken: Taken | None = None


def read_inputs(route: Route, view: View, method: str, shapes: Shapes) -> Inputs:
    """The inputs of one view."""
    inputs = Inputs()
    for parameter in path_parameters(route):
        inputs.parameters[parameter.location, parameter.name] = parameter
    told = tuple(declared(view, shapes))
    inputs.declared = tuple(each for each in told if each.enforced)
    for each in inputs.declared:
        _take(inputs, each.location, each.schema, each.mark.place)
        inputs.status = inputs.status or each.status
    inputs.taken = taken(view, shapes)
    _merge(inputs, inputs.taken, method)
    for each in told:
        if not each.enforced:
            _document(inputs, each)
    written = documented(view.function)
    if written is not None and method not in ("GET", "HEAD"):
        mark = Mark("docstring", place=view.function.place)
        _document(inputs, Declared("body", written, 400, mark, enforced=False))
    return inputs


def path_parameters(route: Route) -> Iterator[Parameter]:
    """`<int:id>` of a rule, with what the converter lets through."""
    converters: dict[str, dict[str, object]] = data()["converters"]
    for converter, arguments, name in RULE.findall(route.rule):
        schema = msgspec.convert(converters.get(converter or "default", {}), Schema)
        yield Parameter(
            name=name,
            location="path",
            schema=_narrowed(schema, converter, arguments),
            required=True,
            attribute=name,
            place=route.place,
        )


def _narrowed(schema: Schema, converter: str, arguments: str) -> Schema:
    """`string(length=2)`, `int(min=1)`, `any(a, b)`."""
    parts = [each.strip() for each in arguments.split(",") if each.strip()]
    if converter == "any":
        return schema.replace(enum=tuple(each.strip("'\"") for each in parts))
    pairs = dict(part.split("=", 1) for part in parts if "=" in part)
    numbers = {key.strip(): int(value) for key, value in pairs.items() if value.strip().isdigit()}
    if converter in ("int", "float"):
        return schema.replace(
            minimum=numbers.get("min", schema.minimum), maximum=numbers.get("max")
        )
    return schema.replace(
        min_length=numbers.get("minlength", numbers.get("length")),
        max_length=numbers.get("maxlength", numbers.get("length")),
    )


def declared(view: View, shapes: Shapes) -> Iterator[Declared]:
    """The schemas that decorators name."""
    for mark in view.marks:
        entry = known(data()["inputs"], mark.name)
        if entry is None:
            continue
        location = _location(mark, str(entry["location"]))
        schema = _schema(mark, shapes)
        if schema is None:
            continue
        name = plain(mark.argument(9, "arg_name")) or entry.get("name", "")
        if entry.get("name") and not plain(mark.argument(9, "arg_name")) and location != "body":
            name = {"query": "query_data", "form": "form_data", "file": "files_data"}.get(
                location, f"{location}_data"
            )
        status = plain(mark.argument(9, "error_status_code"))
        yield Declared(
            location=location,
            schema=schema,
            status=status if isinstance(status, int) else int(entry["status"]),
            mark=mark,
            spread=bool(entry.get("spread")) or plain(mark.argument(9, "as_kwargs")) is True,
            name=str(name),
            given=bool(entry.get("given", True)),
            enforced=_enforced(mark, str(entry.get("asks", "")), shapes.codebase),
        )


def _enforced(mark: Mark, option: str, codebase: Codebase) -> bool:
    """Whether what a decorator names is asked for: always, or where it, the object that it belongs to, the API or the
    settings say so (https://flask-restx.readthedocs.io/en/latest/swagger.html#input-payload-validation)."""
    if not option:
        return True
    said = mark.argument(9, option)
    if said is not None:
        return plain(said) is True
    made = [event.result for event in codebase.evaluator.events if event.name == "__init__"]
    apis = [e for e in made if isinstance(e, Instance) and codebase.is_a(e, *data()["apis"])]
    owners = [each for each in (mark.receiver, *apis) if isinstance(each, Instance)]
    wanted = [plain(each.kwarg(option)) for each in owners]
    return any(each is True for each in wanted) or any(
        plain(configuration(codebase).get(name)) is True for name in data()["validating"]
    )


def _location(mark: Mark, default: str) -> str:
    said = plain(mark.argument(1, "location"))
    return PLACES.get(said if isinstance(said, str) else default, "body")


def _schema(mark: Mark, shapes: Shapes) -> Schema | None:
    value = mark.argument(0, "schema")
    if value is None or isinstance(value, Const) or _is_parser(value):
        return None
    if isinstance(value, ListValue) and len(value.items) == 1:
        return Schema(type="array", items=shapes.of(value.items[0]))
    found = shapes.of(value)
    return found if found.type != "any" or isinstance(value, Instance | DictValue) else None


def _is_parser(value: Value) -> bool:
    """A request parser takes its arguments where the view has it parse them: here it is but shown."""
    kind = value.of if isinstance(value, Instance) else None
    return isinstance(kind, External) and kind.last == "RequestParser"


def _take(inputs: Inputs, location: str, schema: Schema, place: Place | None) -> None:
    if location in ("query", "header", "cookie", "path"):
        for each in schema.properties:
            inputs.parameters[location, each.name] = _as_parameter(each, location)
        return
    media = {"body": JSON, "form": FORM, "file": MULTIPART}[location]
    if inputs.body is not None:
        schema = _both(inputs.body.schema, schema)
        media = MULTIPART if MULTIPART in (media, inputs.body.media) else media
    required = schema.type != "object" or any(each.required for each in schema.properties)
    inputs.body = Body(schema=schema, media=media, required=required, place=place)


def _as_parameter(member: Property, location: str) -> Parameter:
    return Parameter(
        name=member.name,
        location=location,
        schema=member.schema,
        required=member.required,
        attribute=member.attribute or member.name,
        place=member.place,
    )


def _both(left: Schema, right: Schema) -> Schema:
    names = {each.name for each in left.properties}
    more = tuple(each for each in right.properties if each.name not in names)
    return left.replace(properties=(*left.properties, *more))


def _merge(inputs: Inputs, found: Taken, method: str) -> None:
    """What the code takes by itself, beside what is declared."""
    for parameter in found.parameters:
        inputs.parameters.setdefault((parameter.location, parameter.name), parameter)
    if found.body is not None and inputs.body is None and method != "GET":
        inputs.body = found.body
    if found.status is not None and inputs.status is None:
        inputs.status = found.status


def _document(inputs: Inputs, told: Declared) -> None:
    """A document that nothing enforces: it tells which members there are, and of what type; what the code asks for
    by itself comes first."""
    if told.location != "body" or not told.schema.properties:
        return
    plainly = tuple(
        each.replace(required=False, schema=each.schema.replace(unchecked=True))
        for each in told.schema.properties
    )
    known = {each.name: each.schema for each in plainly}
    if inputs.body is None:
        body = told.schema.replace(properties=plainly)
        inputs.body = Body(schema=body, media=JSON, required=False, place=told.mark.place)
        return
    taken = inputs.body.schema
    own = tuple(
        each.replace(schema=known[each.name])
        if each.schema.type == "any" and each.name in known
        else each
        for each in taken.properties
    )
    whole = _both(taken.replace(properties=own), told.schema.replace(properties=plainly))
    inputs.body = inputs.body.replace(schema=whole)


def functions(view: View) -> tuple[FunctionValue, ...]:
    """The functions of the tree that a request passes, outermost first."""
    return (*view.wrappers, view.function)
