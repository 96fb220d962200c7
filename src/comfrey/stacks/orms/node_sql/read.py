"""Understands projects for Node that speak SQL themselves: their tables by their migrations, the connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.languages.javascript.options import option, text
from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import DictValue, Instance, SettingValue, Value
from comfrey.stacks import shelf
from comfrey.stacks.addresses import is_written
from comfrey.stacks.tables import Tables, goes_up, in_order

CREATES = re.compile(r"\bcreate\s+(?:unlogged\s+)?table\b", re.IGNORECASE)
QUOTED = re.compile(r"`([^`$]*)`|\"([^\"\n]*)\"|'([^'\n]*)'")
ASIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|fixtures?|seeds?|queries|vendor|docs?)/|seed|\.(?:test|spec)\.",
    re.I,
)
SOURCES = (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts")
PARTS = {"host": "host", "port": "port", "database": "name", "user": "user", "password": "password"}
ADDRESSES = ("connectionString", "uri", "url", "connection", "filename")


def records(
    codebase: Codebase, needles: tuple[bytes, ...], kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """The tables that the project's migrations make, in SQL or in a tool's words."""
    dialect = _dialect(codebase)
    tables = Tables(dialect)
    for file, said in (*_files(codebase), *_told(codebase, dialect), *_inside(codebase)):
        tables.run(said, file)
    key = "knex" if any("knex" in each.__name__ for each in kin) and _uses_knex(codebase) else ""
    found = tables.records({}, key or "node_sql")
    return tuple(each.replace(symbol=each.table) for each in found)


def _uses_knex(codebase: Codebase) -> bool:
    return bool(codebase.modules((b"knex",)))


# --- what makes tables -----------------------------------------------------------


def _files(codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(file, SQL) of migrations and schemas, in the order of their numbers."""
    for file in sorted(codebase.tree.under(codebase.root, ".sql"), key=in_order):
        if goes_up(file) and not ASIDE.search(file):
            yield file, codebase.tree.string(file)


def _told(codebase: Codebase, dialect: str) -> Iterator[tuple[str, str]]:
    """(file, SQL) of what migrations say in the words of a tool, as the tool's own folder reads them."""
    for tool in shelf.folders("migrations"):
        if tool.about.language == "javascript" and tool.has("tables.py"):
            for each in tool.module("tables").scripts(codebase, dialect):
                yield each.file, each.text


def _inside(codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(file, SQL) of tables that the code itself makes as it starts."""
    for file in codebase.tree.under(codebase.root):
        if file.endswith(SOURCES) and not ASIDE.search(file):
            said = codebase.tree.string(file)
            for match in QUOTED.finditer(said) if CREATES.search(said) else ():
                sql = next(each for each in match.groups() if each is not None)
                if CREATES.search(sql):
                    yield file, "\n" * said.count("\n", 0, match.start()) + sql


# --- the connection ---------------------------------------------------------------


def _about(name: str) -> dict[str, Any]:
    """A table of the family's `about.toml` files: Knex's beside our own."""
    found: dict[str, Any] = {}
    for key in ("node_sql", "knex"):
        folder = shelf.folder("orms", key)
        found |= folder.about.data.get(name, {}) if folder else {}
    return found


def _dialect(codebase: Codebase) -> str:
    hook = _opened(codebase)
    if hook is not None and hook.dialect:
        return hook.dialect
    for driver, dialect in _about("drivers").items():
        if codebase.modules((f'"{driver}"'.encode(), f"'{driver}'".encode())):
            return str(dialect)
    return ""


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`knex({ client, connection })`, `new Pool({ connectionString })`, `mysql.createPool({ host, … })`."""
    hook = _opened(codebase)
    if hook is None:
        return DatabaseHook(asynchronous=True) if found else None
    made, inside = {each.place.file for each in found}, {file for file, _ in _inside(codebase)}
    return hook.replace(create_all=bool(made) and made <= inside)


def _opened(codebase: Codebase) -> DatabaseHook | None:
    openers = _about("openers")
    for module in codebase.modules(tuple(name.partition(".")[0].encode() for name in openers)):
        if not codebase.language.is_test(codebase.graph.file(module) or ""):
            codebase.scope(module)
    for event in codebase.evaluator.made(*openers):
        made = event.result
        name = getattr(event.receiver, "name", "")
        if isinstance(made, Instance) and name in openers:
            return _hook(made, openers[name])
    return None


def _hook(made: Instance, dialect: str) -> DatabaseHook:
    options = made.args[0] if made.args else None
    client = text(options, "client")
    within = option(options, "connection")
    inner = within if isinstance(within, DictValue) else options
    address = _address(within) or _address(options) or _address(inner)
    return DatabaseHook(
        url_setting=address,
        url_parts=() if address else tuple(_parts(inner)),
        dialect=_about("clients").get(client, dialect),
        configured=not address and any(map(is_written, _names(options, within, inner))),
        asynchronous=True,
        place=made.place,
    )


def _names(*told: Value | None) -> Iterator[Value | None]:
    """What may say which database it is: the address itself, or an option of it."""
    for each in told:
        yield each
        yield from (option(each, name) for name in (*ADDRESSES, "database"))


def _address(value: Value | None) -> str:
    """The setting that holds the whole address."""
    if isinstance(value, SettingValue):
        return value.name
    told = (option(value, name) for name in ADDRESSES)
    return next((each.name for each in told if isinstance(each, SettingValue)), "")


def _parts(options: Value | None) -> Iterator[tuple[str, str]]:
    for name, part in PARTS.items():
        value = option(options, name)
        if isinstance(value, SettingValue):
            yield part, value.name
