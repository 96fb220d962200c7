"""The real catalog of a database, read back after migration by the shelf's `catalog.sql`.

Every database answers the same blocks: `tables columns keys foreign_keys`, and `checks` where they are not
only in the text of `CREATE TABLE`. A list of columns is an array, or a row per column.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from comfrey.bench.database import Refused
from comfrey.model.facts import CatalogColumn, CatalogForeignKey, CatalogTable
from comfrey.stacks import shelf

Row = dict[str, Any]
Ask = Callable[[str, Sequence[Any]], list[Row]]
Place = tuple[str, str]
"""Schema ("" where there is only one) and table."""

DEFAULT_SCHEMA = "public"
PAUSE, PATIENCE = 0.3, 15.0
"""Seconds between two readings of tables that an app makes itself, and until what is there counts as all."""
CHECK = re.compile(r'(?:CONSTRAINT\s+["`]?(\w+)["`]?\s+)?CHECK\s*\(', re.IGNORECASE)


def read(database: str, ask: Ask) -> tuple[CatalogTable, ...]:
    """All tables of the shelf's `database` but the system's and the bench's own, by name."""
    blocks = {name: ask(query, ()) for name, query in statements(database).items()}
    parts = {name: _by_table(rows) for name, rows in blocks.items()}
    return tuple(_table(row, parts, ask) for row in blocks["tables"])


def settled(tables: Callable[[], tuple[CatalogTable, ...]]) -> tuple[CatalogTable, ...]:
    """What `tables` reads, once two readings a moment apart agree: an app may still make its tables while it
    serves already, and drop those that were there before."""
    end, known = time.monotonic() + PATIENCE, None
    while True:
        late = time.monotonic() > end
        try:
            found = tables()
        except Refused:
            if late:
                raise
            found = None
        if found is not None and (late or found == known):
            return found
        known = found
        time.sleep(PAUSE)


def statements(database: str) -> dict[str, str]:
    """The blocks of the database's `catalog.sql` by name, without comments."""
    folder = shelf.folder("databases", database)
    text = folder.text("catalog.sql") if folder else ""
    blocks = re.split(r"^--- (\w+)$", text, flags=re.MULTILINE)[1:]
    return {
        name: re.sub(r"^--.*$", "", body, flags=re.MULTILINE).strip()
        for name, body in zip(blocks[::2], blocks[1::2], strict=True)
    }


def _place(row: Row) -> Place:
    return str(row.get("schema") or ""), str(row["table"])


def _by_table(rows: list[Row]) -> dict[Place, list[Row]]:
    found: dict[Place, list[Row]] = {}
    for row in rows:
        found.setdefault(_place(row), []).append(row)
    return found


def _table(table: Row, parts: dict[str, dict[Place, list[Row]]], ask: Ask) -> CatalogTable:
    place = _place(table)
    schema, name = place
    keys = _named(parts["keys"].get(place, []), "column", "columns")
    columns = parts["columns"].get(place, [])
    primary = next((names for row, names in keys if row["kind"] == "primary"), ())
    return CatalogTable(
        name=name,
        schema="" if schema == DEFAULT_SCHEMA else schema,
        columns=tuple(_column(column, columns) for column in columns),
        primary_key=primary or _numbered(columns),
        unique=tuple((row["name"], names) for row, names in keys if row["kind"] == "unique"),
        checks=_checks(table, parts.get("checks", {}).get(place, [])),
        foreign_keys=_foreign_keys(parts["foreign_keys"].get(place, [])),
        rows=_count(place, ask),
    )


def _count(place: Place, ask: Ask) -> int:
    name = ".".join('"' + part.replace('"', '""') + '"' for part in place if part)
    return int(ask(f"SELECT count(*) AS n FROM {name}", ())[0]["n"])


def _column(row: Row, beside: list[Row]) -> CatalogColumn:
    said = _lower(str(row["type"]))
    length = row.get("length") or next(iter(re.findall(r"char\w*\((\d+)\)", said)), None)
    alone = sum(bool(each.get("primary")) for each in beside) == 1
    return CatalogColumn(
        name=row["column"],
        type=said,
        nullable=bool(row["nullable"]),
        default=str(row["default"] or ""),
        identity=bool(row.get("identity"))
        or (alone and bool(row.get("primary")) and said == "integer"),
        length=int(length) if length else None,
        generated=bool(row["generated"]),
        enum=tuple(row.get("enum") or ()),
    )


def _lower(kind: str) -> str:
    """The type's name in lower case, but for one in quotes, which is another name then."""
    return kind if kind.startswith('"') else kind.lower()


def _numbered(columns: list[Row]) -> tuple[str, ...]:
    """The primary key where columns tell their position in it."""
    keys = [row for row in columns if row.get("primary")]
    return tuple(row["column"] for row in sorted(keys, key=lambda row: int(row["primary"])))


def _named(rows: list[Row], one: str, many: str) -> list[tuple[Row, tuple[str, ...]]]:
    """Each constraint once, with its columns: from an array, or from a row per column."""
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row["name"]))
    return [
        (group[0], tuple(group[0][many]) if many in group[0] else _members(group, one))
        for group in groups
    ]


def _members(group: list[Row], one: str) -> tuple[str, ...]:
    return tuple(str(row[one] or "") for row in group)


def _foreign_keys(rows: list[Row]) -> tuple[CatalogForeignKey, ...]:
    targets = [names for _, names in _named(rows, "target_column", "target_columns")]
    return tuple(
        CatalogForeignKey(
            columns=columns,
            table=row["target_table"],
            target=target,
            on_delete=row["on_delete"],
            name=str(row["name"]) if isinstance(row["name"], str) else "",
        )
        for (row, columns), target in zip(_named(rows, "column", "columns"), targets, strict=True)
    )


def _checks(table: Row, rows: list[Row]) -> tuple[tuple[str, str], ...]:
    """(name, SQL), from the catalog or from the table's own text."""
    if "sql" in table:
        return tuple(checks_in(table["sql"] or ""))
    return tuple((row["name"], row["sql"]) for row in rows)


def checks_in(source: str) -> list[tuple[str, str]]:
    """(name, SQL) of the CHECKs in a CREATE TABLE, by counting brackets."""
    found = []
    for match in CHECK.finditer(source):
        depth, end = 1, match.end()
        while depth and end < len(source):
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        found.append((match[1] or "", source[match.end() : end - 1].strip()))
    return found
