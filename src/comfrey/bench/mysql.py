"""A MySQL (or MariaDB) database on the bench: rows, write log, reset, planned failures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pymysql

from comfrey.bench import catalog
from comfrey.bench.database import SEQUENCE_STEP, Refused, Row
from comfrey.bench.postgres import MIGRATION_TABLES
from comfrey.model.facts import CatalogTable

REFUSALS = {
    1062: "unique",
    1451: "foreign_key",
    1452: "foreign_key",
    1048: "not_null",
    1364: "not_null",
    3819: "check",
    4025: "check",
}
TABLES = """
SELECT table_name AS name, auto_increment AS next FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name
"""
COLUMNS = """
SELECT column_name AS name FROM information_schema.columns
WHERE table_schema = %s AND table_name = %s AND extra NOT LIKE '%%GENERATED%%'
ORDER BY ordinal_position
"""
CASCADES = """
SELECT k.table_name AS child, k.referenced_table_name AS parent, k.column_name AS field,
       k.referenced_column_name AS target, r.delete_rule AS rule
FROM information_schema.referential_constraints r
JOIN information_schema.key_column_usage k
  ON k.constraint_schema = r.constraint_schema AND k.constraint_name = r.constraint_name
 AND k.table_name = r.table_name
WHERE r.constraint_schema = DATABASE() AND r.delete_rule IN ('CASCADE', 'SET NULL')
ORDER BY 1, 2, 3
"""
IDLE = "SELECT id FROM information_schema.processlist WHERE db = %s AND command = 'Sleep' AND id <> CONNECTION_ID()"


@dataclass
class Mysql:
    """One database of a MySQL server. What we note lies in a database of ours beside it."""

    title: str
    name: str
    host: str
    port: int
    user: str
    password: str
    connect: Callable[[str], pymysql.Connection]
    dialect: str = "mysql"
    _connection: pymysql.Connection | None = None
    _made: list[str] = field(default_factory=list)
    _pristine: str = ""
    _seen: int = 0
    _planned: list[str] = field(default_factory=list)
    _kept: dict[str, int] = field(default_factory=dict)
    _first: dict[str, int] = field(default_factory=dict)
    _cascades: tuple[tuple[str, str], ...] = ()

    def url(self, scheme: str = "", name: str = "") -> str:
        login = f"{quote(self.user)}:{quote(self.password)}@{self.host}:{self.port}"
        return f"{scheme or 'mysql'}://{login}/{name or self.name}"

    def make(self) -> None:
        """Creates the database, empty, unless it is there."""
        self._administer(
            f"CREATE DATABASE IF NOT EXISTS {_quoted(self.name)} CHARACTER SET utf8mb4"
        )
        self._made.append(self.name)

    def fresh_start(self) -> None:
        """As `make`, after dropping what a killed run left under this very name."""
        self._administer(f"DROP DATABASE IF EXISTS {_quoted(self.name)}")
        self.make()

    def fresh(self, name: str, *, migrated: bool = False) -> str:
        full = f"{self.name}_{name}"
        self._administer(f"DROP DATABASE IF EXISTS {_quoted(full)}")
        self._administer(f"CREATE DATABASE {_quoted(full)} CHARACTER SET utf8mb4")
        if migrated and self._pristine:
            self._copy(self._pristine, full)
        if full not in self._made:
            self._made.append(full)
        return full

    def keep_pristine(self) -> None:
        self._pristine = ""
        self._pristine = self.fresh("pristine")
        self._copy(self.name, self._pristine)

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        cursor = self._open().cursor()
        try:
            cursor.execute(query, tuple(parameters) or None)
        except pymysql.Error as error:
            code, said = (*error.args, 0, str(error))[:2]
            kind = REFUSALS.get(code if isinstance(code, int) else 0, "other")
            raise Refused(kind, str(said), _constraint(str(said))) from error
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def script(self, text: str) -> None:
        for statement in text.split(";\n"):
            if statement.strip(" \n;"):
                self.sql(statement)

    def documents(self, collection: str, where: Row) -> list[Row]:
        raise LookupError("a database of tables keeps no documents")

    def keep(self, collection: str, document: Row) -> Row:
        raise LookupError("a database of tables keeps no documents")

    def watch(self) -> None:
        ours = _quoted(self._ours)
        self._administer(f"DROP DATABASE IF EXISTS {ours}")
        self._administer(f"CREATE DATABASE {ours} CHARACTER SET utf8mb4")
        self._made.append(self._ours)
        self.sql(
            f"CREATE TABLE {ours}.log (id bigint AUTO_INCREMENT PRIMARY KEY,"
            " operation varchar(8), place varchar(80))"
        )
        self.sql(f"CREATE TABLE {ours}.fuse (id bigint AUTO_INCREMENT PRIMARY KEY) ENGINE=MyISAM")
        cascades = self.sql(CASCADES)
        self._cascades = tuple((str(row["child"]), str(row["parent"])) for row in cascades)
        for number, row in enumerate(self.sql(TABLES), start=1):
            self._watch_table(str(row["name"]), row["next"], number)
        for number, row in enumerate(cascades):
            if row["child"] != row["parent"]:
                self._watch_cascade(row, number)

    def writes(self) -> tuple[tuple[str, str], ...]:
        rows = self.sql(
            f"SELECT id, operation, place FROM {_quoted(self._ours)}.log WHERE id > %s ORDER BY id",
            [self._seen],
        )
        self._seen = max((int(row["id"]) for row in rows), default=self._seen)
        return tuple((str(row["operation"]), str(row["place"])) for row in rows)

    def reset(self, tables: Sequence[str] | None = None) -> None:
        for statement in self._planned:
            self._patiently(statement)
        self._planned.clear()
        log = f"{_quoted(self._ours)}.log"
        touched = {str(row["place"]) for row in self.sql(f"SELECT DISTINCT place FROM {log}")}
        touched |= {name for name in tables or () if name in self._kept}
        if touched:
            self._patiently(*self._restoring(sorted(self._with_children(touched))))
        self._seen = 0

    def fail_next(self, table: str, operation: str, nth: int) -> None:
        name = _quoted(f"bench_refuse_{operation}_{table}"[:60])
        fuse = f"{_quoted(self._ours)}.fuse"
        self.sql(f"DELETE FROM {fuse}")
        self._patiently(
            f"CREATE TRIGGER {name} BEFORE {operation} ON {_quoted(table)} FOR EACH ROW BEGIN"
            f" INSERT INTO {fuse} VALUES (NULL);"
            f" IF (SELECT count(*) FROM {fuse}) = {int(nth)} THEN"
            f" SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1030,"
            f" MESSAGE_TEXT = 'the database could not write to {table}'; END IF; END"
        )
        self._planned.append(f"DROP TRIGGER IF EXISTS {name}")

    def tables(self) -> tuple[CatalogTable, ...]:
        return catalog.read("mysql", self.sql)

    def close(self) -> None:
        self._disconnect()
        for name in self._made:
            with contextlib.suppress(Exception):
                self._administer(f"DROP DATABASE IF EXISTS {_quoted(name)}")
        self._made.clear()

    # --- watching ------------------------------------------------------------------

    @property
    def _ours(self) -> str:
        return f"{self.name}_bench"

    def _watch_table(self, name: str, following: int | None, number: int) -> None:
        table, ours = _quoted(name), _quoted(self._ours)
        count = int(self.sql(f"SELECT count(*) AS n FROM {table}")[0]["n"])
        self._kept[name] = count
        if count:
            self.sql(f"CREATE TABLE {ours}.{_quoted('kept_' + name)} AS SELECT * FROM {table}")
        if name in MIGRATION_TABLES:
            return
        for operation in ("insert", "update", "delete"):
            trigger = _quoted(f"bench_{operation}_{name}"[:60])
            self.sql(f"DROP TRIGGER IF EXISTS {trigger}")
            self.sql(
                f"CREATE TRIGGER {trigger} AFTER {operation} ON {table} FOR EACH ROW"
                f" INSERT INTO {ours}.log (operation, place) VALUES ('{operation}', '{name}')"
            )
        if following is not None:
            self._first[name] = max(
                number * SEQUENCE_STEP + 1, int(following) + SEQUENCE_STEP * (following > 1)
            )
            self.sql(f"ALTER TABLE {table} AUTO_INCREMENT = {self._first[name]}")

    def _watch_cascade(self, row: Row, number: int) -> None:
        """Rows that a cascade changes fire no trigger: they are noted before their parent goes."""
        operation = "delete" if row["rule"] == "CASCADE" else "update"
        child, parent = _quoted(str(row["child"])), _quoted(str(row["parent"]))
        self.sql(
            f"CREATE TRIGGER {_quoted(f'bench_cascade_{number}')} BEFORE DELETE ON {parent} FOR EACH ROW"
            f" INSERT INTO {_quoted(self._ours)}.log (operation, place)"
            f" SELECT '{operation}', '{row['child']}' FROM {child}"
            f" WHERE {_quoted(str(row['field']))} = OLD.{_quoted(str(row['target']))}"
        )

    def _with_children(self, touched: set[str]) -> set[str]:
        """Rows that a cascade removes fire no trigger."""
        while more := {child for child, parent in self._cascades if parent in touched} - touched:
            touched |= more
        return touched

    def _restoring(self, names: list[str]) -> list[str]:
        """Deletes without key checks, so that no order of tables is needed."""
        ours = _quoted(self._ours)
        statements = ["SET foreign_key_checks = 0"]
        statements += [f"DELETE FROM {_quoted(name)}" for name in names]
        for name in names:
            if self._kept.get(name):
                columns = self._columns(self.name, name)
                kept = f"{ours}.{_quoted('kept_' + name)}"
                statements.append(
                    f"INSERT INTO {_quoted(name)} ({columns}) SELECT {columns} FROM {kept}"
                )
        statements += ["SET foreign_key_checks = 1", f"DELETE FROM {ours}.log"]
        return statements + [
            f"ALTER TABLE {_quoted(name)} AUTO_INCREMENT = {self._first[name]}"
            for name in names
            if name in self._first
        ]

    def _columns(self, database: str, name: str) -> str:
        return ", ".join(_quoted(str(row["name"])) for row in self.sql(COLUMNS, [database, name]))

    def _copy(self, source: str, target: str) -> None:
        """Every table of one database into another, with its rows."""
        names = self._administer(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = %s AND table_type = 'BASE TABLE' ORDER BY 1",
            source,
        )
        with contextlib.closing(self.connect(target)) as connection:
            cursor = connection.cursor()
            cursor.execute("SET foreign_key_checks = 0")
            for (name,) in names:
                cursor.execute(f"SHOW CREATE TABLE {_quoted(source)}.{_quoted(name)}")
                row = cursor.fetchone()
                cursor.execute(str(row[1]) if row else "DO 0")
                columns = self._columns(source, name)
                cursor.execute(
                    f"INSERT INTO {_quoted(name)} ({columns})"
                    f" SELECT {columns} FROM {_quoted(source)}.{_quoted(name)}"
                )

    def _patiently(self, *statements: str) -> None:
        """Sessions that the app left open in a transaction are ended if they block."""
        for attempt in (1, 2):
            try:
                for statement in statements:
                    self.sql(statement)
                return
            except Refused:
                if attempt == 2:
                    raise
                for row in self.sql(IDLE, [self.name]):
                    with contextlib.suppress(Refused):
                        self.sql(f"KILL {int(row['id'])}")

    def _open(self) -> pymysql.Connection:
        if self._connection is None:
            self._connection = self.connect(self.name)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.close()
            self._connection = None

    def _administer(self, statement: str, *parameters: str) -> list[Any]:
        with contextlib.closing(self.connect("")) as connection:
            cursor = connection.cursor()
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _constraint(said: str) -> str:
    """The constraint or column that a refusal names, in its quotes."""
    parts = said.replace("`", "'").split("'")
    return parts[-2] if len(parts) > 2 else ""
