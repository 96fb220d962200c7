"""Parameters and bodies of an operation: by marker, by name in the path, by what the type is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.model.endpoint import Body, Parameter
from comfrey.model.place import Place
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant, Expression
from comfrey.source.node import Parameter as Declared
from comfrey.source.scope import Scope
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    Value,
    plain,
)
from comfrey.stacks.frameworks.ninja.facts import data, dotted, last
from comfrey.stacks.frameworks.ninja.routes import Operation
from comfrey.stacks.shapes import Shapes

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
LOCATIONS = {"Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie"}
PARTS = {"Body": "body", "Form": "form", "File": "file"}
MARKERS = (*LOCATIONS, *PARTS)


@dataclass(frozen=True)
class Ask:
    """One input that a handler names. `location` is `query path header cookie body form file`."""

    name: str
    location: str
    type: Value | None
    schema: Schema
    required: bool
    wire: str
    place: Place

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that it stands for: the members of a schema, or itself."""
        if self.schema.properties and self.location not in ("path", *PARTS.values()):
            return tuple(self._member(each) for each in self.schema.properties)
        return (
            Parameter(
                name=self.wire,
                location=self.location,
                schema=self.schema,
                required=self.required or self.location == "path",
                attribute=self.name,
                place=self.place,
            ),
        )

    def _member(self, member: Property) -> Parameter:
        return Parameter(
            name=member.name,
            location=self.location,
            schema=member.schema,
            required=member.required,
            attribute=member.attribute,
            place=member.place or self.place,
        )


def asks(operation: Operation, shapes: Shapes) -> tuple[Ask, ...]:
    """What a handler asks for, in order."""
    function = operation.function
    if function is None:
        return ()
    names = [each for each in function.node.parameters if each.kind not in ("*", "**")]
    if names and names[0].name in ("self", "cls"):
        names = names[1:]
    if (names and names[0].name == "request") or (names and operation.owner is None):
        names = names[1:]
    found = (_ask(each, function, operation.path, shapes) for each in names)
    return tuple(each for each in found if each is not None)


def _ask(declared: Declared, function: FunctionValue, path: str, shapes: Shapes) -> Ask | None:
    codebase = shapes.codebase
    kind = _type(declared.annotation, function.scope, codebase)
    default = _default(declared, function.scope, codebase)
    kind, marker = _marked(kind, default)
    if last(kind) in data()["given"]:
        return None
    schema = shapes.of(kind) if kind is not None else Schema(type="string")
    if isinstance(marker, Instance):
        schema = shapes.narrowed(schema, marker)
        default = marker.argument(0, "default")
    required = default is None or (isinstance(default, Const) and default.value is Ellipsis)
    if not required and default is not None:
        schema = _with_default(schema, default)
    alias = plain(marker.kwarg("alias")) if isinstance(marker, Instance) else None
    place = Place(file=function.place.file, line=declared.place.line)
    where = _location(declared.name, kind, marker, schema, path)
    wire = alias if isinstance(alias, str) else declared.name
    if where == "header":
        wire = wire.replace("_", "-")
    return Ask(declared.name, where, kind, _file(schema, where), required, wire, place)


def _with_default(schema: Schema, default: Value) -> Schema:
    value = plain(default)
    known = value is not None or isinstance(default, Const)
    return schema.replace(has_default=True, default=value) if known else schema


def _type(annotation: Expression | None, scope: Scope, codebase: Codebase) -> Value | None:
    if annotation is None:
        return None
    if isinstance(annotation, Constant) and isinstance(annotation.value, str):
        return codebase.type_of(annotation, scope)
    return codebase.evaluator.value(annotation, scope)


def _default(declared: Declared, scope: Scope, codebase: Codebase) -> Value | None:
    if isinstance(declared.default, Constant):
        return Const(declared.default.value)
    return codebase.value(declared.default, scope) if declared.default is not None else None


def _marked(kind: Value | None, default: Value | None) -> tuple[Value | None, Value | None]:
    """The type and its marker: `X = Query(...)`, `Query[X]`, `Annotated[X, Query(...)]`."""
    if _is_marker(default):
        return kind, default
    if isinstance(kind, Generic) and _is_marker(kind.of):
        return kind.args[0], kind.of
    if isinstance(kind, Generic) and last(kind.of) == "Annotated":
        marker = next((each for each in kind.args[1:] if _is_marker(each)), None)
        return (kind.args[0], marker) if marker is not None else (kind, None)
    return kind, None


def _is_marker(value: Value | None) -> bool:
    return last(value) in MARKERS and dotted(value).startswith("ninja")


def _location(
    name: str, kind: Value | None, marker: Value | None, schema: Schema, path: str
) -> str:
    word = last(marker)
    if word in LOCATIONS or word in PARTS:
        return LOCATIONS.get(word) or PARTS[word]
    if _is_upload(kind):
        return "file"
    if "{" + name + "}" in path:
        return "path"
    return "body" if _is_structured(kind, schema) else "query"


def _is_upload(kind: Value | None) -> bool:
    if isinstance(kind, Generic):
        return any(_is_upload(each) for each in kind.args)
    return last(kind) == "UploadedFile"


def _is_structured(kind: Value | None, schema: Schema) -> bool:
    if isinstance(kind, ClassValue) or schema.type == "array":
        return schema.type in ("object", "array")
    return any(_is_structured(None, each) for each in schema.any_of) or bool(schema.properties)


def _file(schema: Schema, where: str) -> Schema:
    if where != "file":
        return schema
    binary = Schema(type="string", format="binary")
    return schema.replace(items=binary) if schema.type == "array" else binary


def body(found: tuple[Ask, ...]) -> Body | None:
    """The body that the asks make up: one schema as it is, several by their names."""
    parts = [each for each in found if each.location in PARTS.values()]
    if not parts:
        return None
    kinds = {each.location for each in parts}
    first = parts[0]
    if kinds == {"body"} and len(parts) == 1:
        return Body(schema=first.schema, required=first.required, place=first.place)
    members = tuple(member for each in parts for member in _members(each))
    media = MULTIPART if "file" in kinds else FORM if "form" in kinds else "application/json"
    schema = Schema(type="object", properties=members)
    required = any(each.required for each in members)
    return Body(schema=schema, media=media, required=required, place=first.place)


def _members(ask: Ask) -> Iterator[Property]:
    if ask.location == "form" and ask.schema.properties:
        yield from ask.schema.properties
        return
    yield Property(
        name=ask.wire,
        attribute=ask.name,
        schema=ask.schema,
        required=ask.required,
        place=ask.place,
    )


__all__ = ["Ask", "External", "asks", "body"]
