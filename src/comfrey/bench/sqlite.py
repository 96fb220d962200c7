"""A SQLite database on the bench: a file of ours."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comfrey.bench import catalog
from comfrey.bench.database import SEQUENCE_STEP, Refused, Row
from comfrey.model.facts import CatalogTable

REFUSALS = {
    "UNIQUE": "unique",
    "FOREIGN KEY": "foreign_key",
    "NOT NULL": "not_null",
    "CHECK": "check",
}
MIGRATION_TABLES = ("alembic_version", "aerich")
OURS = "bench_"


@dataclass
class Sqlite:
    """One database file. Writes are noted by triggers in tables of ours beside the project's."""

    file: Path
    title: str = f"SQLite {sqlite3.sqlite_version}"
    dialect: str = "sqlite"
    name: str = ""
    _pristine: bytes = b""
    _seen: int = 0
    _kept: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    _planned: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path, name: str) -> Sqlite:
        return cls(folder / f"{name}.db", name=name)

    def url(self, scheme: str = "", name: str = "") -> str:
        file = self.file.with_name(f"{name}.db") if name else self.file
        return f"{scheme or 'sqlite'}:///{file}"

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with contextlib.closing(self._open()) as connection:
            try:
                cursor = connection.execute(_questions(query), tuple(parameters))
                rows = [dict(row) for row in cursor.fetchall()]
                connection.commit()
            except sqlite3.Error as error:
                said = str(error)
                kind = next(
                    (kind for word, kind in REFUSALS.items() if said.startswith(word)), "other"
                )
                raise Refused(kind, said, said.rpartition(": ")[2]) from error
        return rows

    def script(self, text: str) -> None:
        with contextlib.closing(self._open()) as connection:
            try:
                connection.executescript(text)
            except sqlite3.Error as error:
                raise Refused("other", str(error)) from error

    def documents(self, collection: str, where: Row) -> list[Row]:
        raise LookupError("a database of tables keeps no documents")

    def keep(self, collection: str, document: Row) -> Row:
        raise LookupError("a database of tables keeps no documents")

    def watch(self) -> None:
        self.sql(f"DROP TABLE IF EXISTS {OURS}log")
        self.sql(f"CREATE TABLE {OURS}log (id INTEGER PRIMARY KEY AUTOINCREMENT, operation, place)")
        self.sql(f"DROP TABLE IF EXISTS {OURS}fuse")
        self.sql(f"CREATE TABLE {OURS}fuse (id INTEGER PRIMARY KEY)")
        self._kept = {name: self._rows(name) for name in self._names()}
        for name in self._kept:
            if name not in MIGRATION_TABLES:
                self._note(name)
        self._spread_sequences()

    def writes(self) -> tuple[tuple[str, str], ...]:
        rows = self.sql(f"SELECT * FROM {OURS}log WHERE id > %s ORDER BY id", [self._seen])
        self._seen = max((row["id"] for row in rows), default=self._seen)
        return tuple((row["operation"], row["place"]) for row in rows)

    def reset(self, tables: Sequence[str] | None = None) -> None:
        for statement in self._planned:
            self.sql(statement)
        self._planned.clear()
        touched = {row["place"] for row in self.sql(f"SELECT DISTINCT place FROM {OURS}log")}
        touched |= {name for name in tables or () if name in self._kept}
        with contextlib.closing(self._open()) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            for name in sorted(touched):
                connection.execute(f"DELETE FROM {_quoted(name)}")
                self._put_back(connection, name)
            connection.execute(f"DELETE FROM {OURS}log")
            connection.execute(f"DELETE FROM {OURS}fuse")
            connection.commit()
        self._spread_sequences()
        self._seen = 0

    def fail_next(self, table: str, operation: str, nth: int) -> None:
        self.sql(f"DELETE FROM {OURS}fuse")
        name = _quoted(f"{OURS}refuse_{table}_{operation}")
        said = f"the database could not write to {table}".replace("'", "''")
        self.sql(
            f"CREATE TRIGGER {name} BEFORE {operation} ON {_quoted(table)} BEGIN"
            f" INSERT INTO {OURS}fuse (id) VALUES (NULL);"
            f" SELECT RAISE(ABORT, '{said}') WHERE (SELECT count(*) FROM {OURS}fuse) = {int(nth)}; END"
        )
        self._planned.append(f"DROP TRIGGER IF EXISTS {name}")

    def tables(self) -> tuple[CatalogTable, ...]:
        return catalog.read("sqlite", self.sql)

    def fresh(self, name: str, *, migrated: bool = False) -> str:
        full = f"{self.name}_{name}"
        for file in self.file.parent.glob(f"{full}.db*"):
            file.unlink()
        if migrated and self._pristine:
            (self.file.parent / f"{full}.db").write_bytes(self._pristine)
        return full

    def keep_pristine(self) -> None:
        if self.file.exists():
            self._pristine = self.file.read_bytes()

    def close(self) -> None:
        """The file goes with the scratch folder."""

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=5)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _names(self) -> list[str]:
        rows = self.sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [row["name"] for row in rows if not row["name"].startswith((OURS, "sqlite_"))]

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        rows = self.sql(f"SELECT {self._columns(name)} FROM {_quoted(name)}")
        return [tuple(row.values()) for row in rows]

    def _columns(self, name: str) -> str:
        """The columns that can be written."""
        columns = self.sql("SELECT name FROM pragma_table_xinfo(%s) WHERE hidden = 0", [name])
        return ", ".join(_quoted(column["name"]) for column in columns)

    def _note(self, name: str) -> None:
        for operation in ("insert", "update", "delete"):
            trigger = _quoted(f"{OURS}note_{name}_{operation}")
            self.sql(f"DROP TRIGGER IF EXISTS {trigger}")
            text = name.replace("'", "''")
            self.sql(
                f"CREATE TRIGGER {trigger} AFTER {operation} ON {_quoted(name)} BEGIN"
                f" INSERT INTO {OURS}log (operation, place) VALUES ('{operation}', '{text}'); END"
            )

    def _put_back(self, connection: sqlite3.Connection, name: str) -> None:
        for row in self._kept.get(name, ()):
            marks = ", ".join("?" * len(row))
            columns = self._columns(name)
            connection.execute(f"INSERT INTO {_quoted(name)} ({columns}) VALUES ({marks})", row)

    def _spread_sequences(self) -> None:
        """Only AUTOINCREMENT tables keep a sequence; they start far apart."""
        if not self.sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return
        sources = {
            row["name"]: row["sql"] for row in self.sql("SELECT name, sql FROM sqlite_master")
        }
        for number, name in enumerate(self._kept, start=1):
            if re.search("AUTOINCREMENT", sources.get(name) or "", re.IGNORECASE):
                rows = len(self._kept[name])
                self.sql("DELETE FROM sqlite_sequence WHERE name = %s", [name])
                self.sql(
                    "INSERT INTO sqlite_sequence VALUES (%s, %s)",
                    [name, number * SEQUENCE_STEP + rows],
                )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _questions(query: str) -> str:
    """`%s` as `?`, but not inside quotes; `%%` is a per cent sign."""
    parts = re.split(r"('(?:[^']|'')*')", query)
    return "".join(
        part if part.startswith("'") else part.replace("%s", "?").replace("%%", "%")
        for part in parts
    )
