"""What an answer holds, where no schema declares it: the object that the handler itself puts together."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table

from comfrey.model.endpoint import Endpoint, Response
from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.reader.following.delegates import COUNTS
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.value import (
    Derived,
    Either,
    Given,
    Items,
    Mapping,
    Row,
    RowField,
    Rows,
)
from comfrey.source.value import Const, External, Instance, Value
from comfrey.stacks import shelf

KINDS = {
    "string": Schema(type="string"),
    "text": Schema(type="string"),
    "enum": Schema(type="string"),
    "uuid": Schema(type="string"),
    "integer": Schema(type="integer"),
    "smallint": Schema(type="integer"),
    "boolean": Schema(type="boolean"),
    "float": Schema(type="number"),
    "datetime": Schema(type="string", format="date-time"),
}
"""How a stored value looks in JSON when nothing is done to it; others look differently from driver to driver."""
NUMBERS = {
    "integer": Schema(type="integer"),
    "smallint": Schema(type="integer"),
    "bigint": Schema(type="integer"),
    "float": Schema(type="number"),
    "decimal": Schema(type="number"),
}
"""The same where the code makes a number of it."""
SPELT = ("uuid", "reference", "string", "text")
"""What `str()` spells as JSON has it anyway."""
REFUSED = 400
DEEPEST = 5


Unseen = Table[str, frozenset[str]]
"""The fields that a record keeps to itself, in lower case and without underscores, by its name."""


def answers(endpoint: Endpoint, followed: Followed, unseen: Unseen) -> tuple[Response, ...]:
    """The endpoint's responses, the good one with the shape that the handler gives it."""
    known = [each for each in endpoint.responses if each.status == endpoint.status]
    told = next((each.body for each in known if each.body is not None), None)
    if told is not None and not _is_vague(told):
        return endpoint.responses
    shape = _shape(followed.answer, DEEPEST)
    if told is not None and (shape is None or not _says_more(shape, told)):
        return endpoint.responses
    shape = _without(shape, frozenset().union(*unseen.values())) if shape and unseen else shape
    if shape is None or not (shape.properties or shape.items):
        return endpoint.responses
    shape = shape.replace(place=endpoint.handler.place)
    others = [each for each in endpoint.responses if each.status != endpoint.status]
    good = known[0] if known else Response(status=endpoint.status, place=endpoint.handler.place)
    return (good.replace(body=shape), *others)


def _is_vague(told: Schema) -> bool:
    """Whether all that is told of an answer are the names of its members, or that it holds several."""
    if told.name or told.any_of or told.values:
        return False
    if told.type == "array":
        return told.items is None or _is_vague(told.items)
    if told.type == "object":
        return all(_is_vague(each.schema) for each in told.properties)
    return told.type == "any"


def _says_more(shape: Schema, told: Schema) -> bool:
    """Whether a shape is of the same kind, with every member that is told."""
    if shape.type != told.type:
        return False
    if told.type == "array":
        inner = told.items
        return shape.items is not None and (inner is None or _says_more(shape.items, inner))
    return {each.name for each in told.properties} <= {each.name for each in shape.properties}


def _without(shape: Schema, kept: frozenset[str]) -> Schema:
    """The shape without the members that no answer shows."""
    properties = tuple(
        each.replace(schema=_without(each.schema, kept))
        for each in shape.properties
        if bare(each.attribute or each.name) not in kept
    )
    items = _without(shape.items, kept) if shape.items else None
    return shape.replace(properties=properties, items=items)


def _shape(value: Value | None, depth: int) -> Schema | None:
    if depth == 0:
        return None
    match value:
        case Either(options=options):
            return _alike([_shape(each, depth) for _, each in options if not _is_refusal(each)])
        case Mapping(entries=entries) if entries.keys() == set(COUNTS):
            return None  # how many rows were touched, as each library says it
        case Mapping(keyed=None, keys=[]):
            return _object(value, depth)
        case Items(kind="tuple", items=[inner, Const(value=int()), *_]):
            return _shape(inner, depth)  # `return body, 201`
        case Items(each=each) if each is not None:
            return Schema(type="array", items=_shape(each, depth - 1))
        case Rows(query=query) if query.record is not None and not query.computes:
            row = None if query.columns else _row(query.record, query.shown)
            return Schema(type="array", items=row) if not query.columns else None
        case Row(record=record, query=query):
            if query is None:
                return _row(record)
            return _row(record, query.shown) if not query.columns else None
        case RowField(row=row, name=name, cast=cast):
            field = row.record.field(name)
            return _stored(row.record, field, cast) if field else None
        case Derived(name="str", of=(RowField(row=row, name=name),)):
            field = row.record.field(name)
            return Schema(type="string") if field and field.type in SPELT else None
        case Given(kind="body", schema=schema) if value.name:
            return schema
        case Derived(name="count"):
            return Schema(type="integer")
        case Const(value=bool()):
            return Schema(type="boolean")
        case Const(value=int()):
            return Schema(type="integer")
        case Const(value=str()):
            return Schema(type="string")
        case _:
            return None


def _is_refusal(value: Value) -> bool:
    """Whether it is no good answer, or none at all."""
    match value:
        case Instance(of=External() as of):
            return of.last.endswith("Response")
        case Items(kind="tuple", items=[_, Const(value=int() as status), *_]):
            return status >= REFUSED
        case Const(value=None):
            return True
        case _:
            return False


def _alike(shapes: list[Schema | None]) -> Schema | None:
    """The one shape that all have."""
    first = shapes[0] if shapes else None
    return first if all(each == first for each in shapes) else None


def _object(value: Mapping, depth: int) -> Schema:
    """The members whose values are known; what a spread brings stands behind what is named."""
    members = {str(name): _member(str(name), each, depth) for name, each in value.entries.items()}
    for spread in value.spreads:
        inner = _shape(spread, depth - 1)
        for each in inner.properties if inner else ():
            members.setdefault(each.name, each)
    kept = tuple(each for each in members.values() if each is not None)
    return Schema(type="object", properties=kept)


def _member(name: str, value: Value, depth: int) -> Property | None:
    """One member; None where its value is computed, or is another column than its name says."""
    shape = _shape(value, depth - 1)
    if shape is None:
        return None
    match value:
        case RowField(row=row, name=column) | Derived(of=(RowField(row=row, name=column),)):
            if not _same(name, column) and any(_same(name, e.name) for e in row.record.fields):
                return None
            return Property(
                name=name,
                schema=shape,
                required=not shape.nullable,
                attribute=_attribute(row.record, column),
            )
        case Given(name=sent):
            if not _same(name, sent.rpartition(".")[2]):
                return None
            return Property(name=name, schema=shape, attribute=sent.rpartition(".")[2])
        case _:
            fixed = bool(shape.properties or shape.items) or isinstance(value, Derived | Const)
            return Property(name=name, schema=shape, required=fixed)


def _attribute(record: Record, column: str) -> str:
    found = record.field(column)
    return found.name if found else column


def _same(name: str, column: str) -> bool:
    """Whether a member goes by the column's name, in whatever case."""
    return bare(name) == bare(column)


def bare(name: str) -> str:
    """A name in lower case and without underscores."""
    return name.replace("_", "").lower()


def _row(record: Record, shown: tuple[str, ...] | None = None) -> Schema | None:
    """A whole row, or those of its fields that were asked for: what its class keeps to itself nobody can say here, so
    no member must be there."""
    whole = record.store == "table" or record.bare or _is_bare(record)
    if shown == () or not whole:
        return None
    columns = (e for e in _columns(record) if shown is None or e.name in shown)
    return Schema(type="object", properties=tuple(columns))


def _is_bare(record: Record) -> bool:
    """Whether documents go out as they are stored: no class stands between that hides a member or renames it."""
    mapper = shelf.folder("orms", record.orm)
    return mapper is not None and bool(mapper.about.data.get("bare"))


def _columns(record: Record) -> Iterator[Property]:
    for each in record.fields:
        shape = _stored(record, each)
        if shape is not None and not each.through and not (record.bare and _may_lack(each)):
            yield Property(name=each.name, schema=shape, attribute=each.name)


def _may_lack(field: Field) -> bool:
    """Whether a document may go out without the member: one that nobody set is not there, and not null either. What
    the mapper keeps for itself (a version, a kind) is no promise."""
    return field.computed or (field.nullable and field.default is None)


def _stored(record: Record, field: Field, cast: str = "") -> Schema | None:
    found = KINDS.get(field.type)
    if field.type == "bigint" and (record.module or record.place.file).endswith(".go"):
        found = KINDS["integer"]  # an int64 is a number in Go's JSON
    if field.type == "reference" and _is_bare(record):
        found = KINDS["string"]
    if cast == "number":
        found = NUMBERS.get(field.type)
    elif cast == "text" and (found is None or found.type != "string"):
        found = None
    return found.replace(nullable=field.nullable and not field.zeroed) if found else None
