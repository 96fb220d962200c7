"""A collection as the catalog has it: its unique indexes, and what its validator asks of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymongo.collection import Collection

from comfrey.model.facts import CatalogColumn, CatalogTable

Rules = dict[str, Any]
BOUNDS = {"minimum": ">=", "maximum": "<="}


def catalog(collection: Collection[dict[str, Any]]) -> CatalogTable:
    """The collection's constraints in the words of a table: `$jsonSchema` gives columns and checks."""
    rules = collection.options().get("validator", {}).get("$jsonSchema", {})
    return CatalogTable(
        name=collection.name,
        columns=tuple(_columns(rules)),
        primary_key=("_id",),
        unique=_unique(collection),
        checks=tuple(_checks(rules)),
        rows=collection.count_documents({}),
    )


def _unique(collection: Collection[dict[str, Any]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Those that hold for every document: a partial index says nothing of the others."""
    return tuple(
        (index, tuple(key for key, _ in said["key"]))
        for index, said in sorted(collection.index_information().items())
        if said.get("unique") and "partialFilterExpression" not in said
    )


def _columns(rules: Rules) -> Iterator[CatalogColumn]:
    required = set(rules.get("required", ()))
    for name, said in rules.get("properties", {}).items():
        kinds = said.get("bsonType", said.get("type", ""))
        listed = [kinds] if isinstance(kinds, str) else list(kinds)
        enum = tuple(each for each in said.get("enum", ()) if isinstance(each, str))
        yield CatalogColumn(
            name=name,
            type=next((each for each in listed if each != "null"), ""),
            nullable=name not in required or "null" in listed,
            length=said.get("maxLength"),
            enum=enum,
        )


def _checks(rules: Rules) -> Iterator[tuple[str, str]]:
    for name, said in rules.get("properties", {}).items():
        for key, sign in BOUNDS.items():
            if isinstance(said.get(key), int | float):
                yield f"{name} {key}", f"{name} {sign} {said[key]}"
