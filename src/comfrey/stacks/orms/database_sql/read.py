"""Understands projects that speak SQL themselves: their tables by their migrations, the connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.languages.go import literals
from comfrey.languages.go.literals import is_sparse
from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.comparing import comparable
from comfrey.source.node import Constant
from comfrey.source.value import (
    ClassValue,
    Const,
    Event,
    External,
    Instance,
    SettingValue,
    Value,
)
from comfrey.stacks import shelf
from comfrey.stacks.addresses import file, filled, literal, parts
from comfrey.stacks.orms.database_sql.hooks import spelled
from comfrey.stacks.tables import Tables, goes_up, singular

RAW = re.compile(r"`[^`]*`")
CREATES = re.compile(r"\bcreate\s+(?:unlogged\s+)?table\b", re.IGNORECASE)
ASIDE = re.compile(
    r"(?:^|/)(?:tests?|testdata|fixtures?|seeds?|queries|query|vendor|docs?)/|seed|_test\.go$", re.I
)
NONE = Const(None)
CLAUSES = re.compile(r"^type\s+(\w+)\s+struct\b", re.M)


def data() -> dict[str, Any]:
    folder = shelf.folder("orms", "database_sql")
    return folder.about.data if folder else {}


def records(
    codebase: Codebase, needles: tuple[bytes, ...], kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """The tables that the project's SQL makes, then those that a mapper (`kin`) makes of structs."""
    tables = Tables(_dialect(codebase, kin))
    for path, text in _scripts(codebase):
        tables.run(text, path)
    mappers = [each for each in kin if hasattr(each, "scripts")]
    for mapper in mappers:
        for path, text in mapper.scripts(codebase):
            tables.run(text, path)
    named = _structs(codebase, tuple(tables.tables))
    mapped: dict[str, tuple[ModuleType, ClassValue]] = {}
    for mapper in mappers:
        for table, kind in mapper.structs(codebase).items():
            named[table] = (kind.name, kind.scope.module)
            mapped[table] = (mapper, kind)
    return tuple(
        _shown(
            codebase,
            mapped[each.table][0].told(codebase, each, mapped[each.table][1])
            if each.table in mapped
            else each,
        )
        for each in tables.records(named, "database_sql")
    )


HOLDING = re.compile(
    r"string|bool|byte|rune|u?int(?:8|16|32|64)?|float(?:32|64)|time\.Time|uuid\.UUID"
)
"""Types whose variables hold no null, which `Scan` refuses to put there."""


def _shown(codebase: Codebase, record: Record) -> Record:
    """The record with the fields that its struct leaves out of answers where they are empty, and with those that it
    cannot hold where they are null."""
    kind = codebase.resolve(record.module, record.name) if record.module else None
    if not isinstance(kind, ClassValue):
        return record
    sparse = {
        name
        for member in codebase.members(kind, inherited=True)
        for mark in member.decorators
        if isinstance(mark, Constant) and is_sparse(str(mark.value))
        for name in spelled(member)
    }
    held = {
        name
        for member in codebase.members(kind, inherited=True)
        if member.annotation is not None and HOLDING.fullmatch(member.annotation.text)
        for name in spelled(member)
    }
    fields = tuple(
        each.replace(sparse=each.name in sparse, held=each.nullable and each.name in held)
        for each in record.fields
    )
    return record.replace(fields=fields)


def _scripts(codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(file, SQL) of migrations and schemas in order, then of what stands in the code itself."""
    tree = codebase.tree
    for path in sorted(tree.under(codebase.root)):
        if path.endswith(".sql") and goes_up(path) and not ASIDE.search(path):
            yield path, tree.string(path)
    for path in tree.under(codebase.root):
        if path.endswith(".go") and not ASIDE.search(path):
            text = tree.string(path)
            for match in RAW.finditer(text) if CREATES.search(text) else ():
                if CREATES.search(match[0]):
                    lines = "\n" * text.count("\n", 0, match.start())
                    yield path, lines + literals.string(match[0])


def _structs(codebase: Codebase, tables: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """The struct that stands for each table, by its name: `order_items` is OrderItem."""
    wanted = {singular(each).lower(): each for each in tables}
    wanted |= {each.replace("_", "").lower(): each for each in tables}
    found: dict[str, tuple[str, str]] = {}
    for module in codebase.modules((b"struct",)):
        for name in CLAUSES.findall(codebase.tree.string(module)):
            table = wanted.get(name.lower())
            if table and table not in found and not codebase.language.is_test(module):
                found[table] = (name, module)
    return found


# --- the connection ------------------------------------------------------------


def _dialect(codebase: Codebase, kin: tuple[ModuleType, ...] = ()) -> str:
    hook = database(codebase, (), kin)
    if hook is not None and hook.dialect:
        return hook.dialect
    for word, dialect in (
        (b"lib/pq", "postgresql"),
        (b"jackc/pgx", "postgresql"),
        (b"go-sql-driver", "mysql"),
        (b"sqlite", "sqlite"),
    ):
        if codebase.modules((word,)):
            return dialect
    return "postgresql"


def database(
    codebase: Codebase, records: tuple[Record, ...], kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """How the app reaches its database: `sql.Open(driver, address)`, `pgxpool.New(ctx, address)`."""
    for event in codebase.evaluator.events:
        name = event.receiver.name if isinstance(event.receiver, External) else ""
        if name in data()["openers"] and len(event.args) > 1:
            return _hook(event.args[1], _spoken(codebase, event.args[0], kin), event.place)
        if name in data()["connectors"]:
            return _connected(event, _spoken(codebase, NONE, kin))
        at = data()["pools"].get(name)
        if at is not None and len(event.args) > at:
            return _hook(event.args[at], "postgresql", event.place)
    return None


def _spoken(codebase: Codebase, driver: Value, kin: tuple[ModuleType, ...]) -> str:
    """The dialect of a driver by its name, else what a mapper is told to speak."""
    known = comparable(driver)
    named = driver.name if isinstance(driver, External) else str(known[0]) if known else ""
    found = str(data()["drivers"].get(named, ""))
    events = codebase.evaluator.events
    said = (e.receiver.name for e in events if not found and isinstance(e.receiver, External))
    mappers = [each for each in kin if hasattr(each, "dialect")]
    told = (each.dialect(name) for name in said for each in mappers)
    return found or next((each for each in told if each), "")


def _connected(event: Event, dialect: str) -> DatabaseHook:
    """`pgdriver.NewConnector(pgdriver.WithDSN(address))`, or with its parts one by one."""
    said = {
        each.of.name.rpartition(".")[2]: each.args[0]
        for each in event.args
        if isinstance(each, Instance) and isinstance(each.of, External) and each.args
    }
    if "WithDSN" in said:
        return _hook(said["WithDSN"], dialect or "postgresql", event.place)
    told = {part: said[word] for word, part in data()["options"].items() if word in said}
    found = tuple((part, e.name) for part, e in told.items() if isinstance(e, SettingValue))
    return DatabaseHook(url_parts=found, dialect=dialect or "postgresql", place=event.place)


def _hook(opened: Value, dialect: str, place: Any) -> DatabaseHook:
    address = filled(opened)
    setting = address.name if isinstance(address, SettingValue) else ""
    return DatabaseHook(
        url_setting=setting,
        url_parts=parts(address),
        address=literal(address) if dialect != "sqlite" else "",
        file=file(address) if dialect == "sqlite" else "",
        dialect=dialect,
        place=place,
    )


__all__ = ["ClassValue", "database", "records"]
