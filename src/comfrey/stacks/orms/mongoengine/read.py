"""Understands MongoEngine documents: fields made by `StringField(…)`, embedded documents, references, `meta`."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.model.project import DatabaseHook
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.model.schema import Schema
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import clients, shelf
from comfrey.stacks.orms.mongoengine.address import configured
from comfrey.stacks.orms.mongoengine.fields import Fields, last
from comfrey.stacks.orms.mongoengine.shape import sent_for
from comfrey.stacks.shapes import Shapes

ON_DELETE = {
    "CASCADE": "cascade",
    "DENY": "restrict",
    "NULLIFY": "set_null",
    "DO_NOTHING": "no_action",
}
SIGNS = "+-#$(*)"
"""What an index says of a field before its name (direction, kind)."""


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every document class outside of tests that has a collection, in file order."""
    kinds = [
        kind
        for kind in codebase.classes(needles)
        if not codebase.language.is_test(kind.scope.file)
        and is_one(codebase, kind, "documents")
        and plain(_own_meta(codebase, kind).get("abstract")) is not True
    ]
    return tuple(_record(codebase, kind, kinds) for kind in kinds)


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """What is sent for a document that is made of it as it stands (`Movie(**request.get_json())`); None for other types."""
    if not isinstance(type, ClassValue) or not is_one(shapes.codebase, type, "documents"):
        return None
    return sent_for(_record(shapes.codebase, type, [type]))


def is_one(codebase: Codebase, kind: ClassValue, of: str) -> bool:
    """Whether a class is one of the `documents`, or of the `embedded` ones."""
    data = _data()
    return any(
        each.name.partition(".")[0] in data["packages"] and each.last in data[of]
        for each in codebase.mro(kind)
        if isinstance(each, External)
    )


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "mongoengine")
    return folder.about.data if folder else {}


# --- the inner `meta` --------------------------------------------------------


def _own_meta(codebase: Codebase, kind: ClassValue) -> dict[str, Value]:
    member = codebase.own_member(kind, "meta")
    return _entries(member.value) if member is not None else {}


def _meta(codebase: Codebase, kind: ClassValue) -> dict[str, Value]:
    """What the class and those above it say in `meta`, the nearest word on each; indexes add up."""
    found: dict[str, Value] = {}
    indexes: list[Value] = []
    for each in reversed(codebase.mro(kind)):
        own = _own_meta(codebase, each) if isinstance(each, ClassValue) else {}
        listed = own.get("indexes")
        indexes += listed.items if isinstance(listed, ListValue) else []
        found |= own
    return found | {"indexes": ListValue(indexes)}


def _entries(value: Value | None) -> dict[str, Value]:
    pairs = value.items if isinstance(value, DictValue) else ()
    return {str(key.value): each for key, each in pairs if isinstance(key, Const)}


def _record(codebase: Codebase, kind: ClassValue, kinds: list[ClassValue]) -> Record:
    meta = _meta(codebase, kind)
    reader = Fields(codebase)
    members = codebase.members(kind, inherited=True)
    fields = _with_key([f for each in members if (f := reader.field(each))], kind)
    columns = {each.column or each.name: each.name for each in fields}
    groups = [*_indexes(meta["indexes"], columns), *_together(members)]
    single = {names[0] for names in groups if len(names) == 1}
    return Record(
        name=kind.name,
        table=_collection(codebase, kind, kinds, meta),
        place=kind.place,
        module=kind.scope.module,
        orm="mongoengine",
        store="document",
        fields=tuple(each.replace(unique=each.unique or each.name in single) for each in fields),
        unique=tuple(dict.fromkeys(names for names in groups if len(names) > 1)),
        checks=tuple(check for each in members for check in _checks(each)),
        relations=tuple(r for each in members if (r := _relation(reader, each))),
    )


def _collection(
    codebase: Codebase, kind: ClassValue, kinds: list[ClassValue], meta: dict[str, Value]
) -> str:
    """What `meta` calls the collection, else the name of the uppermost document with one, as MongoEngine
    spells it (`BlogPost` is kept in `blog_post`)."""
    said = text_of(meta.get("collection"))
    if said:
        return said
    above = [each for each in codebase.mro(kind) if each in kinds]
    name = above[-1].name if above and isinstance(above[-1], ClassValue) else kind.name
    return "".join(f"_{each}" if each.isupper() else each for each in name).strip("_").lower()


def _with_key(fields: list[Field], kind: ClassValue) -> list[Field]:
    """Every document has a key: a field that is declared as one, else an `id` that the driver makes."""
    if any(each.primary_key for each in fields):
        return fields
    made = Field(
        name="id",
        column="_id",
        type="reference",
        primary_key=True,
        default_from="auto",
        place=kind.place,
    )
    return [made, *(each for each in fields if each.name != "id")]


def _indexes(value: Value, columns: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The unique ones of `indexes`: `{"fields": ["title", "-author"], "unique": True}`."""
    for each in value.items if isinstance(value, ListValue) else ():
        said = _entries(each)
        listed = said.get("fields")
        names = [text_of(e) or "" for e in listed.items] if isinstance(listed, ListValue) else []
        partial = "partialFilterExpression" in said or plain(said.get("sparse")) is True
        if names and plain(said.get("unique")) is True and not partial:
            bare = [name.lstrip(SIGNS) for name in names]
            yield tuple(columns.get(name, name) for name in bare)


def _together(members: tuple[Member, ...]) -> Iterator[tuple[str, ...]]:
    """`unique_with="author"`, or several names in a list."""
    for member in members:
        made = member.value if isinstance(member.value, Instance) else None
        said = made.kwarg("unique_with") if made is not None else None
        others = said.items if isinstance(said, ListValue) else [said] if said is not None else []
        names = [name for each in others if (name := text_of(each))]
        if names:
            yield (member.name, *names)


# --- what a document itself refuses ------------------------------------------


def _checks(member: Member) -> Iterator[CheckConstraint]:
    """What a field refuses when its document is saved, said as a CHECK would."""
    made = member.value
    if not isinstance(made, Instance) or last(made).endswith("ListField"):
        return
    column = f'"{member.name}"'
    said = [
        (f"{column} >=", plain(made.kwarg("min_value"))),
        (f"{column} <=", plain(made.kwarg("max_value"))),
        (f"length({column}) >=", plain(made.kwarg("min_length"))),
        (f"length({column}) <=", plain(made.kwarg("max_length"))),
        (f"{column} ~", _quoted(text_of(made.kwarg("regex")))),
    ]
    for start, bound in said:
        if isinstance(bound, int | float | str) and not isinstance(bound, bool):
            yield CheckConstraint(sql=f"{start} {bound}", name=member.name, fields=(member.name,))


def _quoted(value: str | None) -> str | None:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'" if value else None


# --- relations ---------------------------------------------------------------


def _relation(reader: Fields, member: Member) -> Relation | None:
    made = member.value if isinstance(member.value, Instance) else None
    many = made is not None and last(made) in ("ListField", "SortedListField")
    inner = made.argument(0, "field") if made is not None and many else made
    target = reader.referred(inner, member.owner)
    if not isinstance(inner, Instance) or not target:
        return None
    rule = last(inner.argument(2, "reverse_delete_rule"))
    return Relation(
        name=member.name,
        to=target,
        kind="many_to_many" if many else "many_to_one",
        field="" if many else member.name,
        on_delete=ON_DELETE.get(rule, ""),
        place=member.place,
    )


# --- the way to the database -------------------------------------------------


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`connect(host=…)`, or what Flask-MongoEngine reads from the app's configuration."""
    known = configured(codebase, _data()) or clients.reached(codebase, "connect")
    if known is None and not found:
        return None
    return (known or DatabaseHook(dialect="mongodb", driver="pymongo")).replace(asynchronous=False)
