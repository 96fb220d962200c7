"""Collections of documents that code reaches by name (`mongo.db.users`, `db["users"]`), and what it says to them."""

from __future__ import annotations

import re

from comfrey.reader.following.store import directed
from comfrey.reader.following.value import (
    Column,
    Derived,
    Dump,
    Either,
    Given,
    Mapping,
    Method,
    Row,
    RowField,
)
from comfrey.reader.following.within import inside
from comfrey.source.value import (
    BoundExternal,
    Const,
    Instance,
    UnknownValue,
    Value,
)

KEYED = re.compile(r"\[[\"']([\w-]+)[\"']\]$")
GETTERS = ("get_collection", "collection")


def collection(of: Value) -> str:
    """The name of the collection that a value stands for; "" where it is none."""
    match of:
        case Method(name=name) | BoundExternal(name=name):
            return name
        case Derived(name="[]", of=(_, Const(value=str() as name))):
            return name
        case Derived(name=word, of=(*_, Const(value=str() as name))) if word in GETTERS:
            return name
        case Instance(of=BoundExternal(name=word), args=(Const(value=str() as name), *_)) if (
            word in GETTERS
        ):
            return name
        case UnknownValue(spelling=spelling) if found := KEYED.search(spelling):
            return found[1]
        case Either(options=options):
            names = {collection(each) for _, each in options} - {""}
            return names.pop() if len(names) == 1 else ""
    return ""


def keyed(document: Value | None, row: Row) -> None:
    """A dictionary that was stored has been given its key."""
    key = next((each.name for each in row.record.primary_key), "")
    if isinstance(document, Mapping) and key and key not in document.entries:
        document.entries[key] = RowField(row, key)


def paired(order: tuple[Value, ...], direction: Value) -> tuple[Value, ...]:
    """`sort("created_at", -1)`: a field and its direction."""
    down = isinstance(direction, Const) and direction.value in (-1, "desc", "DESCENDING")
    return tuple(directed(each, down) if isinstance(each, Column) else each for each in order)


def inputs(value: Value) -> list[Given]:
    """The members of a body that a value is made of."""
    return [e for e in inside(value, (Given,)) if isinstance(e, Given) and e.kind == "body"]


def of_what_was_sent(value: Value) -> Value:
    """An input as a whole: only the members that were sent."""
    if isinstance(value, Given) and value.kind == "body":
        return Dump(value, True)
    return Dump(value.of, True, value.without, value.only) if isinstance(value, Dump) else value
