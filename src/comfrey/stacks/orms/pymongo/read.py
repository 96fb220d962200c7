"""Understands collections that code reaches without a mapper: each that is written to or asked is a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.languages.python.configuration import configuration
from comfrey.model.project import DatabaseHook
from comfrey.model.record import Field, Record
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, DictOf, ListOf, TupleOf
from comfrey.source.study import Study
from comfrey.source.value import ListValue, SettingValue, Value, plain, text_of
from comfrey.stacks import clients, shelf
from comfrey.stacks.orms.pymongo.collections import Access, accesses, named
from comfrey.stacks.orms.pymongo.stored import KEY, Stored

STEM = re.compile(r"(_id|Id|ID|_ref)$")
INDEXING = frozenset(["create_index", "ensure_index"])
EXTENSION = "MONGO_URI"
"""Where Flask-PyMongo looks for the address in the app's configuration."""


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """A record for each collection, in the order in which code first speaks of them."""
    methods: dict[str, list[str]] = _data()["methods"]
    found: dict[str, list[Access]] = {}
    for each in accesses(codebase, needles, frozenset(methods)):
        found.setdefault(each.collection, []).append(each)
    unique = dict(_unique(codebase))
    stored = Stored(codebase)
    made = [_record(stored, name, each, unique.get(name, ())) for name, each in found.items()]
    kept = tuple(each for each in made if len(each.fields) > 1)
    return tuple(_referring(each, kept) for each in kept)


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "pymongo")
    return folder.about.data if folder else {}


def _record(
    stored: Stored, name: str, every: list[Access], unique: tuple[tuple[str, ...], ...]
) -> Record:
    single = {each[0] for each in unique if len(each) == 1}
    fields = [each.replace(unique=each.name in single) for each in _fields(stored, every)]
    place = every[0].place
    return Record(
        name=singular(name),
        table=name,
        symbol=name,
        place=place.replace(name=name),
        orm="pymongo",
        store="document",
        fields=tuple(fields),
        unique=tuple(each for each in unique if len(each) > 1),
    )


def _referring(record: Record, every: tuple[Record, ...]) -> Record:
    """The record with its fields that are called as another one (`user`, `user_id`, `userId`) and hold its key,
    as it is or as a text."""
    called = {each.name.lower(): each for each in every}
    fields = []
    for field in record.fields:
        bare = STEM.sub("", field.name)
        to = called.get(bare.replace("_", "").lower())
        tells = field.type == "reference" or (bare != field.name and field.type == "string")
        if to is not None and tells and not field.primary_key and to.primary_key:
            field = field.replace(references=f"{to.name}.{to.primary_key[0].name}")
        fields.append(field)
    return record.replace(fields=tuple(fields))


def singular(name: str) -> str:
    """`users` holds a User, `blog_posts` a BlogPost, `students_collection` a Student."""
    words = name.replace("-", "_").split("_")
    kept = [each for each in words if each.lower() not in ("collection", "col", "coll")] or words
    last = kept[-1]
    if last.lower().endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif last.lower().endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif last.lower().endswith("s") and not last.lower().endswith(("ss", "us", "is")):
        last = last[:-1]
    return "".join(each[:1].upper() + each[1:] for each in (*kept[:-1], last))


def _fields(stored: Stored, every: list[Access]) -> list[Field]:
    """The key; what whole documents hold; what updates set and conditions name besides, which may be missing."""
    methods: dict[str, list[str]] = _data()["methods"]
    wholes: list[dict[str, Field]] = []
    others: dict[str, Field] = {}
    for access in every:
        for role, node in zip(methods[access.method], access.call.positional, strict=False):
            if role == "document":
                wholes.append(stored.document(access.study, node))
            elif role == "documents":
                listed = node.items if isinstance(node, ListOf) else ()
                wholes += [stored.document(access.study, each) for each in listed]
            elif role == "changes":
                others |= stored.changes(access.study, node)
            elif role == "where" and isinstance(node, DictOf):
                others |= stored.document(access.study, node)
    wholes = [each for each in wholes if each]
    found: dict[str, Field] = {}
    for whole in wholes:
        for name, field in whole.items():
            always = all(name in each for each in wholes)
            found.setdefault(name, field if always else _loosely(field))
    for name, field in others.items():
        found.setdefault(name, _loosely(field))
    own = found.pop(KEY, None)
    kind = own.type if own is not None and own.required and own.type != "string" else "reference"
    key = Field(name=KEY, type=kind, primary_key=True, default_from="auto")
    return [
        key,
        *(each for name, each in found.items() if not name.startswith("$") and "." not in name),
    ]


def _loosely(field: Field) -> Field:
    return field.replace(required=False, nullable=True, default_from="", default=None)


# --- unique indexes ------------------------------------------------------------


def _unique(codebase: Codebase) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """(collection, unique groups) of `db.users.create_index("email", unique=True)`, in functions and beside them."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in accesses(codebase, (b"create_index",), INDEXING):
        flag = each.call.keyword("unique")
        if flag is not None and plain(each.study.value(flag)) is True and each.call.positional:
            names = tuple(_names(each.study, each.call))
            found.setdefault(each.collection, []).append(names)
    for event in codebase.evaluator.events:
        collection = named(event.receiver) if event.name in INDEXING and event.args else ""
        if collection and plain(event.kwarg("unique")) is True:
            found.setdefault(collection, []).append(tuple(_of_value(event.args[0])))
    for name, groups in found.items():
        yield name, tuple(groups)


def _of_value(keys: Value) -> Iterator[str]:
    """The fields of an index that a module makes as it is imported."""
    for each in keys.items if isinstance(keys, ListValue) else (keys,):
        first = each.items[0] if isinstance(each, ListValue) and each.items else each
        if name := text_of(first):
            yield name


def _names(study: Study, call: Call) -> Iterator[str]:
    keys = call.positional[0]
    if isinstance(keys, ListOf):
        for each in keys.items:
            first = each.items[0] if isinstance(each, TupleOf) and each.items else each
            if name := text_of(study.value(first)):
                yield name
    elif name := text_of(study.value(keys)):
        yield name


# --- the way to the database -----------------------------------------------------


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """The client that the code makes, or the address in a Flask app's configuration. A suite looks at documents
    through a client of its own, which waits for nobody."""
    hook = clients.reached(codebase)
    address = configuration(codebase).get(EXTENSION)
    if hook is None and isinstance(address, SettingValue):
        hook = DatabaseHook(url_setting=address.name, driver="pymongo", dialect="mongodb")
    if hook is None and not found:
        return None
    hook = hook or DatabaseHook(dialect="mongodb", driver="pymongo")
    driver = "pymongo_async" if hook.asynchronous and hook.driver == "pymongo" else hook.driver
    return hook.replace(driver=driver, asynchronous=False)
