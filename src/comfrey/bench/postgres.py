"""A PostgreSQL database on the bench: rows, write log, reset, planned failures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pg8000.dbapi

from comfrey.bench import catalog
from comfrey.bench.database import SEQUENCE_STEP, Refused, Row
from comfrey.model.facts import CatalogTable

REFUSALS = {"23505": "unique", "23503": "foreign_key", "23502": "not_null", "23514": "check"}
WATCH = """
CREATE SCHEMA bench;
CREATE TABLE bench.log (id bigint GENERATED ALWAYS AS IDENTITY, operation text, place text);
CREATE SEQUENCE bench.fuse;
CREATE FUNCTION bench.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO bench.log (operation, place)
    VALUES (lower(TG_OP), format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME));
    RETURN NULL;
END $$;
CREATE FUNCTION bench.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('bench.fuse') = TG_ARGV[0]::bigint THEN
        RAISE EXCEPTION 'the database could not write to %', TG_TABLE_NAME USING ERRCODE = 'io_error';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS place, n.nspname AS schema, c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'bench')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1
"""
SEQUENCES = """
SELECT format('%I.%I', n.nspname, s.relname) AS sequence,
       format('%I.%I', tn.nspname, t.relname) AS place
FROM pg_class s
JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE s.relkind = 'S' AND n.nspname <> 'bench' ORDER BY 2, 1
"""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
QUIET = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
KICK = "pg_terminate_backend(pid)"
MIGRATION_TABLES = (
    *("alembic_version", "aerich", "django_migrations", "schema_migrations", "_prisma_migrations"),
    *(
        "SequelizeMeta",
        "knex_migrations",
        "knex_migrations_lock",
        "typeorm_metadata",
        "pgmigrations",
    ),
)


@dataclass
class Postgres:
    """One database of a PostgreSQL server. `connect` opens a connection to any of its databases."""

    title: str
    name: str
    host: str
    port: int
    user: str
    password: str
    connect: Callable[[str], pg8000.dbapi.Connection]
    dialect: str = "postgresql"
    _connection: pg8000.dbapi.Connection | None = None
    _made: list[str] = field(default_factory=list)
    _pristine: str = ""
    _seen: int = 0
    _planned: list[str] = field(default_factory=list)
    _kept: dict[str, int] = field(default_factory=dict)
    _sequences: list[tuple[str, str, int]] = field(default_factory=list)

    def url(self, scheme: str = "", name: str = "") -> str:
        login = f"{quote(self.user)}:{quote(self.password)}@{self.host}:{self.port}"
        return f"{scheme or 'postgresql'}://{login}/{name or self.name}"

    def make(self) -> None:
        """Creates the role and the database, empty, unless they are there."""
        roles = self._administer("SELECT rolname FROM pg_roles WHERE rolname = %s", self.user)
        if not roles:
            self._administer(f"CREATE ROLE {_quoted(self.user)} SUPERUSER LOGIN")
        if self._administer("SELECT 1 FROM pg_database WHERE datname = %s", self.name):
            return
        self._administer(f"CREATE DATABASE {_quoted(self.name)} STRATEGY FILE_COPY")
        self._made.append(self.name)

    def fresh_start(self) -> None:
        """As `make`, after dropping what a killed run left under this very name."""
        self._administer(f"DROP DATABASE IF EXISTS {_quoted(self.name)} WITH (FORCE)")
        self.make()

    def fresh(self, name: str, *, migrated: bool = False) -> str:
        full = f"{self.name}_{name}"
        self._administer(f"DROP DATABASE IF EXISTS {_quoted(full)} WITH (FORCE)")
        copied = f" TEMPLATE {_quoted(self._pristine)}" if migrated and self._pristine else ""
        self._administer(f"CREATE DATABASE {_quoted(full)}{copied} STRATEGY FILE_COPY")
        if full not in self._made:
            self._made.append(full)
        return full

    def keep_pristine(self) -> None:
        """Remembers the schema as it is now, for `fresh` databases that shall be migrated already."""
        self._disconnect()
        full = f"{self.name}_pristine"
        self._administer(f"DROP DATABASE IF EXISTS {_quoted(full)} WITH (FORCE)")
        self._administer(f"SELECT {KICK} FROM pg_stat_activity WHERE datname = %s", self.name)
        self._administer(
            f"CREATE DATABASE {_quoted(full)} TEMPLATE {_quoted(self.name)} STRATEGY FILE_COPY"
        )
        self._made.append(full)
        self._pristine = full

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        cursor = self._open().cursor()
        try:
            cursor.execute(query, tuple(parameters))
        except pg8000.dbapi.DatabaseError as error:
            said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
            kind = REFUSALS.get(said.get("C", ""), "other")
            message = str(said.get("M") or error)
            raise Refused(kind, message, str(said.get("n", ""))) from error
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def script(self, text: str) -> None:
        self.sql(text)

    def documents(self, collection: str, where: Row) -> list[Row]:
        raise LookupError("a database of tables keeps no documents")

    def keep(self, collection: str, document: Row) -> Row:
        raise LookupError("a database of tables keeps no documents")

    def watch(self) -> None:
        self.sql("DROP SCHEMA IF EXISTS bench CASCADE")
        for statement in _statements(WATCH):
            self.sql(statement)
        for table in self.sql(TABLES):
            self._watch_table(str(table["place"]), str(table["name"]))
        self._spread_sequences()

    def writes(self) -> tuple[tuple[str, str], ...]:
        rows = self.sql(
            "SELECT id, operation, place FROM bench.log WHERE id > %s ORDER BY id", [self._seen]
        )
        self._seen = max((int(row["id"]) for row in rows), default=self._seen)
        return tuple((str(row["operation"]), _bare(str(row["place"]))) for row in rows)

    def reset(self, tables: Sequence[str] | None = None) -> None:
        for statement in self._planned:
            self._patiently(statement)
        self._planned.clear()
        touched = {str(row["place"]) for row in self.sql("SELECT DISTINCT place FROM bench.log")}
        if tables is not None:
            touched |= {place for place in self._kept if _bare(place) in tables}
        if touched:
            self._patiently(*self._restoring(sorted(touched)))
        self._seen = 0

    def fail_next(self, table: str, operation: str, nth: int) -> None:
        place = next((place for place in self._kept if _bare(place) == table), table)
        name = f"bench_refuse_{operation}"
        self.sql("SELECT setval('bench.fuse', 1, false)")
        self._patiently(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {operation} ON {place}"
            f" FOR EACH ROW EXECUTE FUNCTION bench.refuse('{int(nth)}')"
        )
        self._planned.append(f"DROP TRIGGER IF EXISTS {name} ON {place}")

    def tables(self) -> tuple[CatalogTable, ...]:
        return catalog.read("postgresql", self.sql)

    def close(self) -> None:
        self._disconnect()
        for name in self._made:
            with contextlib.suppress(Exception):
                self._administer(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
        self._made.clear()

    def _watch_table(self, place: str, name: str) -> None:
        count = int(self.sql(f"SELECT count(*) AS n FROM {place}")[0]["n"])
        self._kept[place] = count
        if count:
            self.sql(f"CREATE TABLE bench.{_quoted(_flat(place))} AS TABLE {place}")
        if name not in MIGRATION_TABLES:
            self.sql(
                f"CREATE TRIGGER bench_note AFTER INSERT OR UPDATE OR DELETE ON {place}"
                " FOR EACH ROW EXECUTE FUNCTION bench.note()"
            )

    def _spread_sequences(self) -> None:
        """Sequences of tables with rows go on where they are; the others start far apart."""
        self._sequences.clear()
        for number, row in enumerate(self.sql(SEQUENCES), start=1):
            sequence, place = str(row["sequence"]), str(row["place"])
            last = int(self.sql(f"SELECT last_value FROM {sequence}")[0]["last_value"])
            first = max(number * SEQUENCE_STEP + 1, last + SEQUENCE_STEP if last > 1 else 0)
            with contextlib.suppress(Refused):
                self.sql("SELECT setval(%s::regclass, %s, false)", [sequence, first])
                self._sequences.append((place, sequence, first))

    def _restoring(self, places: list[str]) -> list[str]:
        """Deletes without triggers and key checks, so that no order of tables is needed."""
        statements = ["SET LOCAL session_replication_role = replica"]
        statements += [f"DELETE FROM {place}" for place in places]
        for place in places:
            if self._kept.get(place):
                columns = self.sql(COLUMNS, [place])[0]["columns"]
                statements.append(
                    f"INSERT INTO {place} ({columns}) OVERRIDING SYSTEM VALUE"
                    f" SELECT {columns} FROM bench.{_quoted(_flat(place))}"
                )
        statements += [
            f"SELECT setval('{sequence}'::regclass, {first}, false)"
            for place, sequence, first in self._sequences
            if place in places
        ]
        return [*statements, "TRUNCATE bench.log RESTART IDENTITY"]

    def _patiently(self, *statements: str) -> None:
        """One transaction; sessions that the app left open in a transaction are ended if they block."""
        for attempt in (1, 2):
            try:
                self.sql("BEGIN")
                self.sql("SET LOCAL lock_timeout = '2s'")
                for statement in statements:
                    self.sql(statement)
                self.sql("COMMIT")
                return
            except Refused:
                self.sql("ROLLBACK")
                if attempt == 2:
                    raise
                self.sql(QUIET)

    def _open(self) -> pg8000.dbapi.Connection:
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
            cursor.execute(statement, parameters)
            return list(cursor.fetchall()) if cursor.description else []


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _bare(place: str) -> str:
    """The table's name without its schema."""
    return place.rpartition(".")[2].strip('"')


def _flat(place: str) -> str:
    return place.replace('"', "").replace(".", "__")


def _statements(script: str) -> list[str]:
    """The statements of a script; a body between `$$` is one piece."""
    found, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        if line.endswith(";") and current.count("$$") % 2 == 0:
            found.append(current)
            current = ""
    return found
