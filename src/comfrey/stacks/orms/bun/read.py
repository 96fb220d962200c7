"""Understands Bun: each struct by the table that Bun would make of it, the database by its dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from comfrey.languages.go.instances import embedded, underlying
from comfrey.languages.go.literals import tags
from comfrey.model.record import Record
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Constant
from comfrey.source.value import ClassValue, External, Generic, Value
from comfrey.stacks import shelf
from comfrey.stacks.inflection import plural

OPTION = re.compile(r",(?=(?:[^()']|\([^)]*\)|'[^']*')*$)")
"""A comma between options; not one inside `type:numeric(8,2)` or `default:'a,b'`."""


def data() -> dict[str, Any]:
    folder = shelf.folder("orms", "bun")
    return folder.about.data if folder else {}


def structs(codebase: Codebase) -> dict[str, ClassValue]:
    """The struct of each table, by the table's name."""
    found: dict[str, ClassValue] = {}
    for kind in codebase.classes((b"bun:",)):
        if not codebase.language.is_test(kind.scope.file) and _is_model(codebase, kind):
            found.setdefault(_table(codebase, kind), kind)
    return found


def scripts(codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(file, SQL) of the tables as Bun makes them of structs, each on its struct's line."""
    known = structs(codebase)
    named = {id(kind): table for table, kind in known.items()}
    for table, kind in known.items():
        members = [
            *_columns(codebase, kind),
            *_together(codebase, kind),
            *_references(codebase, kind, named),
        ]
        lines = "\n" * (kind.place.line - 1)
        yield kind.place.file, f'{lines}CREATE TABLE "{table}" ({", ".join(members)});'


def told(codebase: Codebase, record: Record, kind: ClassValue) -> Record:
    """The record of a table with what only its struct tells: how a null is read, what marks a row as deleted."""
    columns = {name: (options, declared) for name, _, options, declared in stored(codebase, kind)}
    pointed = {
        n for n, m, _, _ in stored(codebase, kind) if m.annotation and m.annotation.text[:1] == "*"
    }
    marks = (name for name, (options, _) in columns.items() if "soft_delete" in options)
    fields = tuple(
        each.replace(
            zeroed=each.nullable
            and each.name in columns
            and each.name not in pointed
            and _is_plain(columns[each.name][1])
        )
        for each in record.fields
    )
    return record.replace(orm="bun", fields=fields, soft_delete=next(marks, ""))


def _is_plain(kind: Value) -> bool:
    """Whether a type has no way to say that there is nothing."""
    return isinstance(kind, External) and ("." not in kind.name or kind.name == "time.Time")


def dialect(name: str) -> str:
    """The database of `pgdialect.New`, "" for any other call."""
    package = name.removesuffix(".New").rpartition("/")[2]
    return str(data()["dialects"].get(package, "")) if "uptrace/bun" in name else ""


# --- structs ---------------------------------------------------------------------


def _said(member: Member) -> tuple[str, dict[str, str]]:
    """(name, options) of a field's tag; an option without a value holds ""."""
    text = ""
    for each in member.decorators:
        if isinstance(each, Constant) and isinstance(each.value, str):
            text = tags(each.value).get("bun", "") or text
    name, *rest = OPTION.split(text)
    options = [each.strip().partition(":") for each in rest]
    if ":" in name:
        options.insert(0, name.partition(":"))
        name = ""
    return name.strip(), {key.strip(): value for key, _, value in options}


def _is_base(codebase: Codebase, kind: ClassValue, member: Member) -> bool:
    found = (
        codebase.type_of(member.annotation, codebase.body_of(kind)) if member.annotation else None
    )
    return isinstance(found, External) and found.name == data()["base"]


def _is_model(codebase: Codebase, kind: ClassValue) -> bool:
    """Whether a struct stands for a table: it embeds `bun.BaseModel`, or one of its fields is a key."""
    members = codebase.members(kind)
    return any(_is_base(codebase, kind, each) for each in members) or any(
        "pk" in _said(each)[1] for each in members
    )


def _table(codebase: Codebase, kind: ClassValue) -> str:
    """What `bun.BaseModel`'s tag says, else the struct's name in the plural."""
    for each in codebase.members(kind):
        options = _said(each)[1]
        if "table" in options and _is_base(codebase, kind, each):
            return options["table"].rpartition(".")[2]
    start, mark, last = snake(kind.name).rpartition("_")
    return start + mark + plural(last)


def snake(name: str) -> str:
    """`OwnerID` → `owner_id`, as Bun spells it: no capital at the end stands alone."""
    return re.sub(r"(?<=[a-z])(?=[A-Z].)|(?<=.)(?=[A-Z][a-z])", "_", name).lower()


def stored(
    codebase: Codebase, kind: ClassValue, prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, Member, dict[str, str], Value]]:
    """(column, field, options, type) of what is stored in columns of the table."""
    for member in codebase.members(kind):
        if member.annotation is None or depth > 3 or _is_base(codebase, kind, member):
            continue
        name, options = _said(member)
        declared = codebase.type_of(member.annotation, codebase.body_of(kind))
        inner = _bare(declared)
        if isinstance(inner, ClassValue) and (embedded(member) or "embed" in options):
            yield from stored(codebase, inner, prefix + options.get("embed", ""), depth + 1)
        elif member.name[:1].isupper() and name != "-" and not _is_elsewhere(options):
            yield prefix + (name or snake(member.name)), member, options, inner


def _is_elsewhere(options: dict[str, str]) -> bool:
    return any(each in options for each in ("rel", "m2m", "scanonly"))


def _bare(kind: Value) -> Value:
    """A type without its pointer."""
    if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.last == "Annotated":
        return kind.args[0]
    return kind


# --- as SQL ------------------------------------------------------------------------


def _columns(codebase: Codebase, kind: ClassValue) -> Iterator[str]:
    keys = [name for name, _, options, _ in stored(codebase, kind) if "pk" in options]
    for name, _, options, declared in stored(codebase, kind):
        spelled = options.get("type", "") or _type(codebase, declared, options)
        said = [f'"{name}"', spelled]
        if _counts(name, options, keys, spelled):
            said.append("GENERATED BY DEFAULT AS IDENTITY")
        if "notnull" in options or "pk" in options:
            said.append("NOT NULL")
        if "unique" in options and not options["unique"]:
            said.append("UNIQUE")
        if options.get("default"):
            said.append(f"DEFAULT {options['default']}")
        if keys == [name]:
            said.append("PRIMARY KEY")
        yield " ".join(said)


def _counts(name: str, options: dict[str, str], keys: list[str], spelled: str) -> bool:
    """Whether the database numbers a column: it is told to, or it is the one key and a number."""
    alone = keys == [name] and spelled == "BIGINT"
    return "autoincrement" in options or "identity" in options or alone


def _type(codebase: Codebase, kind: Value, options: dict[str, str]) -> str:
    types = data()["types"]
    if isinstance(kind, External):
        return str(types.get(kind.name, "VARCHAR"))
    if isinstance(kind, Generic) and isinstance(kind.of, External):
        inner = kind.args[0] if kind.args else None
        if (
            kind.of.name == "list"
            and isinstance(inner, External)
            and inner.name in ("byte", "uint8")
        ):
            return "BYTEA"
        return "TEXT[]" if "array" in options else "JSONB"
    if isinstance(kind, ClassValue):
        base = underlying(codebase.evaluator, kind)
        return _type(codebase, base, options) if base is not None else "JSONB"
    return "VARCHAR"


def _together(codebase: Codebase, kind: ClassValue) -> Iterator[str]:
    """Keys of several columns, and what is unique only together."""
    columns = [(name, options) for name, _, options, _ in stored(codebase, kind)]
    keys = [name for name, options in columns if "pk" in options]
    if len(keys) > 1:
        yield f"PRIMARY KEY ({', '.join(keys)})"
    groups: dict[str, list[str]] = {}
    for name, options in columns:
        if options.get("unique"):
            groups.setdefault(options["unique"], []).append(name)
    for names in groups.values():
        yield f"UNIQUE ({', '.join(names)})"


def _references(codebase: Codebase, kind: ClassValue, named: dict[int, str]) -> Iterator[str]:
    """`bun:"rel:belongs-to,join:owner_id=id"` as the key that it is."""
    for member in codebase.members(kind):
        _, options = _said(member)
        if options.get("rel") != "belongs-to" or member.annotation is None:
            continue
        target = _bare(codebase.type_of(member.annotation, codebase.body_of(kind)))
        table = named.get(id(target))
        own, _, other = options.get("join", f"{snake(member.name)}_id=id").partition("=")
        if table and other:
            yield f'FOREIGN KEY ("{own}") REFERENCES "{table}" ("{other}")'
