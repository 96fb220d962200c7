"""The records of collections that code reaches without a mapper: each that is written to or asked is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.record import Field, Record
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, DictOf, ListOf, TupleOf
from comfrey.source.study import Study
from comfrey.source.value import DictValue, ListValue, Value, plain, text_of
from comfrey.stacks.documents.collections import Access, accesses, named
from comfrey.stacks.documents.stored import KEY, Stored, loosely
from comfrey.stacks.shelf import Folder
from comfrey.stacks.tables import IRREGULAR

STEM = re.compile(r"(_id|Id|ID|_ref)$")
INDEXING = frozenset(["create_index", "ensure_index", "createIndex", "ensureIndex"])


def gathered(codebase: Codebase, folder: Folder) -> tuple[Record, ...]:
    """A record for each collection, in the order in which code first speaks of them. The folder's `methods` say what
    each method of a collection is given, its `types` what the names of types mean."""
    data = folder.about.data
    methods: dict[str, list[str]] = data["methods"]
    needles = tuple(each.encode() for each in data["needles"])
    found: dict[str, list[Access]] = {}
    for each in accesses(codebase, needles, frozenset(methods)):
        found.setdefault(each.collection, []).append(each)
    unique = dict(_unique(codebase))
    stored = Stored(codebase, data["types"])
    kept = []
    for name, every in found.items():
        fields = _fields(stored, every, methods)
        if len(fields) > 1:
            kept.append(_record(folder, name, every[0], fields, unique.get(name, ())))
    return tuple(_referring(each, tuple(kept)) for each in kept)


def _record(
    folder: Folder,
    name: str,
    first: Access,
    fields: list[Field],
    unique: tuple[tuple[str, ...], ...],
) -> Record:
    single = {each[0] for each in unique if len(each) == 1}
    fields = [each.replace(unique=each.name in single) for each in fields]
    place = first.place
    return Record(
        name=singular(name),
        table=name,
        symbol=name if folder.about.data.get("links", {}).get("mapping") else "",
        place=place.replace(name=name),
        orm=folder.key,
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
    if last.lower() in IRREGULAR:
        last = IRREGULAR[last.lower()]
    elif last.lower().endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif last.lower().endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif last.lower().endswith("s") and not last.lower().endswith(("ss", "us", "is")):
        last = last[:-1]
    return "".join(each[:1].upper() + each[1:] for each in (*kept[:-1], last))


def _fields(stored: Stored, every: list[Access], methods: dict[str, list[str]]) -> list[Field]:
    """The key; what whole documents hold; what updates set and conditions name besides, which may be missing."""
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
            found.setdefault(name, field if always else loosely(field))
    for name, field in others.items():
        found.setdefault(name, loosely(field))
    own = found.pop(KEY, None)
    kind = own.type if own is not None and own.required and own.type != "string" else "reference"
    key = Field(name=KEY, type=kind, primary_key=True, default_from="auto")
    return [
        key,
        *(each for name, each in found.items() if not name.startswith("$") and "." not in name),
    ]


# --- unique indexes ------------------------------------------------------------


def _unique(codebase: Codebase) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """(collection, unique groups) of `db.users.create_index("email", unique=True)`, in functions and beside them."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in accesses(codebase, (b"create_index", b"createIndex"), INDEXING):
        if _is_unique(each.study, each.call) and each.call.positional:
            names = tuple(_names(each.study, each.call))
            found.setdefault(each.collection, []).append(names)
    for event in codebase.evaluator.events:
        collection = named(event.receiver) if event.name in INDEXING and event.args else ""
        if collection and _says_unique(event.args[1:], event.kwarg("unique")):
            found.setdefault(collection, []).append(tuple(_of_value(event.args[0])))
    for name, groups in found.items():
        yield name, tuple(groups)


def _is_unique(study: Study, call: Call) -> bool:
    flag = call.keyword("unique")
    options = tuple(study.value(each) for each in call.positional[1:2])
    return _says_unique(options, study.value(flag) if flag is not None else None)


def _says_unique(options: tuple[Value, ...], flag: Value | None) -> bool:
    """Whether an index is told to be unique, by a keyword (`unique=True`) or in its options (`{ unique: true }`)."""
    told = next((each for each in options if isinstance(each, DictValue)), None)
    return plain(flag) is True or (told is not None and plain(told.get("unique")) is True)


def _of_value(keys: Value) -> Iterator[str]:
    """The fields of an index that a module makes as it is imported."""
    if isinstance(keys, DictValue):
        yield from (name for key, _ in keys.items if (name := text_of(key)))
        return
    for each in keys.items if isinstance(keys, ListValue) else (keys,):
        first = each.items[0] if isinstance(each, ListValue) and each.items else each
        if name := text_of(first):
            yield name


def _names(study: Study, call: Call) -> Iterator[str]:
    keys = call.positional[0]
    if isinstance(keys, DictOf):
        yield from _of_value(study.value(keys))
    elif isinstance(keys, ListOf):
        for each in keys.items:
            first = each.items[0] if isinstance(each, TupleOf) and each.items else each
            if name := text_of(study.value(first)):
                yield name
    elif name := text_of(study.value(keys)):
        yield name
