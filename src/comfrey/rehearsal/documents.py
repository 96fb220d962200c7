"""Documents by the project's own field names: plain values in a plan, BSON in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bson import DBRef, Decimal128, ObjectId

from comfrey.model.project import Project
from comfrey.model.record import Field, Record
from comfrey.rehearsal.stage import Stage
from comfrey.stacks import shelf

REVISION = "__v"
"""What Mongoose counts the changes of lists with: it follows what a test looks at anyway."""


def kept(stage: Stage, project: Project, record: Record, values: dict[str, Any]) -> dict[str, Any]:
    """Stores a document with these values by field; returns it as it is found again."""
    ties = _ties(project, record)
    document = {_key(each): _tied(_stored(each, values[each.name]), ties.get(each.name, ""))
                for each in record.fields if each.name in values and not each.computed}  # fmt: skip
    return _by_field(record, stage.keep(record.table, document))


def found(
    stage: Stage, project: Project, record: Record, where: dict[str, Any]
) -> list[dict[str, Any]]:
    """The documents that hold the given fields, as dicts by field, in order of their ids."""
    conditions, ties = {}, _ties(project, record)
    for name, value in where.items():
        field = record.field(name)
        key = f"{_key(field) if field else name}{'.$id' if name in ties else ''}"
        conditions[key] = _stored(field, value) if field else value
    return [_by_field(record, each) for each in stage.documents(record.table, conditions)]


def _ties(project: Project, record: Record) -> dict[str, str]:
    """The fields that hold a reference with its collection (a `DBRef`), each with that collection."""
    mapper = shelf.folder("orms", record.orm)
    if mapper is None or not mapper.about.data.get("links", {}).get("dbref"):
        return {}
    to = {each.name: project.record(each.references.partition(".")[0]) for each in record.fields}
    return {name: each.table for name, each in to.items() if each is not None}


def _tied(value: Any, collection: str) -> Any:
    return DBRef(collection, value) if collection and value is not None else value


def supplied(field: Field) -> Iterator[tuple[str, Any]]:
    """What a model fills in by code that no SQL and no driver knows of."""
    if field.type == "datetime":
        yield field.name, datetime.now(UTC)
    elif field.type == "array":
        yield field.name, []
    elif field.name == REVISION:
        yield field.name, 0


def _key(field: Field) -> str:
    return field.column or field.name


def _stored(field: Field, value: Any) -> Any:
    if field.type == "reference":
        return _identity(value)
    if field.type in ("date", "datetime") and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if field.type == "decimal" and isinstance(value, str):
        return Decimal128(value)
    return _nested(value) if isinstance(value, dict | list) else value


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nested(each) for name, each in value.items()}
    return [_nested(each) for each in value] if isinstance(value, list) else _identity(value)


def _identity(value: Any) -> Any:
    fits = isinstance(value, str) and len(value) == 24 and ObjectId.is_valid(value)
    return ObjectId(value) if fits else value


def _by_field(record: Record, document: dict[str, Any]) -> dict[str, Any]:
    names = {_key(each): each.name for each in record.fields}
    return {names.get(n, n): _plain(each) for n, each in document.items() if n != REVISION}


def _plain(value: Any) -> Any:
    match value:
        case ObjectId():
            return str(value)
        case DBRef():
            return _plain(value.id)
        case Decimal128():
            return value.to_decimal()
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
