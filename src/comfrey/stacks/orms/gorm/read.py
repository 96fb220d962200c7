"""Understands GORM: models by their tags and by what is migrated, associations, the connection."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    External,
    Generic,
    Instance,
    ListValue,
    SettingValue,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.addresses import file, filled, literal, parts
from comfrey.stacks.orms.gorm.model import Model, in_tree
from comfrey.stacks.orms.gorm.tags import tag

TABLE_NAME = "TableName"
STAMP = re.compile(r"(?:At|On|Time|By|ID|Id|Version)$")


def data() -> dict[str, Any]:
    folder = shelf.folder("orms", "gorm")
    return folder.about.data if folder else {}


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every model: what is migrated, and structs that are tagged as one, in file order."""
    migrated = _migrated(codebase)
    kinds = dict.fromkeys((*migrated, *_tagged(codebase)))
    models = {kind: Model(codebase, kind) for kind in kinds}
    for model in models.values():
        model.models = models
    return tuple(model.record() for model in models.values() if not model.is_join)


def _migrated(codebase: Codebase) -> list[ClassValue]:
    """The models that the program has tables made for."""
    found: list[ClassValue] = []
    for event in codebase.evaluator.events:
        if event.name in data()["makers"] and isinstance(event.receiver, Instance | BoundExternal):
            found += [k for each in event.args for k in _kinds(each)]
    return list(dict.fromkeys(found))


def _kinds(value: Value) -> list[ClassValue]:
    if isinstance(value, ListValue):
        return [kind for each in value.items for kind in _kinds(each)]
    kind = value.of if isinstance(value, Instance) else value
    return [kind] if isinstance(kind, ClassValue) else []


def _tagged(codebase: Codebase) -> list[ClassValue]:
    """Structs outside of tests that hold a key, or say what their table is called; not those that are only there to
    be embedded."""
    every = [
        kind
        for kind in codebase.classes((b"gorm:", b"gorm.Model", b"TableName("))
        if not codebase.language.is_test(kind.scope.file)
    ]
    every += _embedding(codebase, every)
    held = {id(base) for kind in every for base in in_tree(codebase, codebase.bases(kind))}
    return [
        kind
        for kind in every
        if _is_model(codebase, kind) and (id(kind) not in held or _named(codebase, kind))
    ]


def _embedding(codebase: Codebase, tagged: list[ClassValue]) -> list[ClassValue]:
    """Structs that have nothing of GORM in their own file: their key comes with a struct that they embed."""
    keyed = [each for each in tagged if _is_bare(codebase, each)]
    names = tuple(sorted({each.name.encode() for each in keyed}))
    return [
        kind
        for kind in (codebase.classes(names) if names else ())
        if kind not in tagged
        and not codebase.language.is_test(kind.scope.file)
        and any(base in keyed for base in in_tree(codebase, codebase.bases(kind)))
    ]


def _is_bare(codebase: Codebase, kind: ClassValue) -> bool:
    """Whether a struct has a key and moments alone: there to be embedded."""
    members = [each for each in codebase.members(kind) if each.annotation is not None]
    rest = [e for e in members if not tag(e).has("primarykey") and not STAMP.search(e.name)]
    return len(rest) < len(members) and all(tag(e).skipped for e in rest)


def _named(codebase: Codebase, kind: ClassValue) -> bool:
    return codebase.own_member(kind, TABLE_NAME) is not None


def _is_model(codebase: Codebase, kind: ClassValue) -> bool:
    if _named(codebase, kind):
        return any(member.annotation is not None for member in codebase.members(kind))
    if codebase.is_a(kind, "gorm.io/gorm.Model", "github.com/jinzhu/gorm.Model"):
        return True
    own = [tag(member) for member in codebase.members(kind, inherited=True)]
    return any(each.has("primarykey") for each in own) or (
        any(each.written and not each.skipped for each in own) and _has_key(codebase, kind)
    )


def _has_key(codebase: Codebase, kind: ClassValue) -> bool:
    return any(member.name in ("ID", "Id") for member in codebase.members(kind, inherited=True))


# --- the connection ------------------------------------------------------------


def database(
    codebase: Codebase, records: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """How the app reaches its database, by `gorm.Open`."""
    for event in codebase.evaluator.made("gorm.io/gorm.Open", "github.com/jinzhu/gorm.Open"):
        dialect, opened = _opened(event.args)
        address = filled(opened)
        return DatabaseHook(
            url_setting=address.name if isinstance(address, SettingValue) else "",
            url_parts=parts(address),
            address=literal(address) if dialect != "sqlite" else "",
            file=file(address) if dialect == "sqlite" else "",
            dialect=dialect,
            create_all=bool(_migrated(codebase)),
            place=event.place,
        )
    return None


def _opened(args: tuple[Value, ...]) -> tuple[str, Value | None]:
    """The dialect and the address of a connection."""
    first = args[0] if args else None
    if isinstance(first, Const | SettingValue):
        said = first.value if isinstance(first, Const) else ""
        known = {"postgres": "postgresql", "sqlite3": "sqlite", "mysql": "mysql"}
        return known.get(str(said), ""), args[1] if len(args) > 1 else None
    if isinstance(first, Instance):
        name = first.of.name if isinstance(first.of, External) else ""
        inner = first.args[0] if first.args else None
        if isinstance(inner, Instance):
            inner = inner.kwarg("DSN") or inner
        return data()["dialects"].get(name, ""), inner
    return "", None


__all__ = ["Generic", "database", "records"]
