"""The real catalog of a database, read back after migration."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from comfrey.model.facts import CatalogColumn, CatalogForeignKey, CatalogTable

Ask = Callable[[str, Sequence[Any]], list[dict[str, Any]]]
ACTIONS = {"a": "no_action", "r": "restrict", "c": "cascade", "n": "set_null", "d": "set_default"}
PG_TABLES = """
SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'bench')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
"""
PG_COLUMNS = """
SELECT a.attrelid::bigint AS oid, a.attname AS name, format_type(a.atttypid, NULL) AS type,
       NOT a.attnotnull AS nullable, coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS "default",
       a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%' AS identity,
       CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS length,
       a.attgenerated <> '' AS generated,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = a.atttypid
             ORDER BY e.enumsortorder) AS enum
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
PG_CONSTRAINTS = """
SELECT c.conrelid::bigint AS oid, c.conname AS name, c.contype::text AS kind,
       c.confdeltype::text AS on_delete, coalesce(f.relname::text, '') AS target_table,
       pg_get_constraintdef(c.oid) AS definition,
       ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i) AS target
FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid
WHERE c.conrelid <> 0 AND c.contype IN ('p', 'u', 'c', 'f') ORDER BY c.conrelid, c.conname
"""
PG_INDEXES = """
SELECT i.indrelid::bigint AS oid, c.relname AS name,
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, k::int, true)
             FROM generate_series(1, i.indnkeyatts) k ORDER BY k) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indisunique AND NOT i.indisprimary AND i.indpred IS NULL
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY i.indrelid, c.relname
"""


def postgresql(ask: Ask) -> tuple[CatalogTable, ...]:
    """All tables of a PostgreSQL database but the system's and the bench's, by name."""
    columns, constraints, indexes = (
        _by_table(ask(query, ())) for query in (PG_COLUMNS, PG_CONSTRAINTS, PG_INDEXES)
    )
    found = []
    for table in ask(PG_TABLES, ()):
        oid, place = table["oid"], f'"{table["schema"]}"."{table["name"]}"'
        rules = constraints.get(oid, [])
        unique = [rule for rule in rules if rule["kind"] == "u"] + indexes.get(oid, [])
        found.append(
            CatalogTable(
                name=table["name"],
                schema="" if table["schema"] == "public" else table["schema"],
                columns=tuple(_pg_column(column) for column in columns.get(oid, [])),
                primary_key=next((tuple(r["columns"]) for r in rules if r["kind"] == "p"), ()),
                unique=tuple((rule["name"], tuple(rule["columns"])) for rule in unique),
                checks=tuple(
                    (
                        rule["name"],
                        re.sub(r"^CHECK \((.*)\)( NO INHERIT)?$", r"\1", rule["definition"]),
                    )
                    for rule in rules
                    if rule["kind"] == "c"
                ),
                foreign_keys=tuple(_pg_key(rule) for rule in rules if rule["kind"] == "f"),
                rows=int(ask(f"SELECT count(*) AS n FROM {place}", ())[0]["n"]),
            )
        )
    return tuple(found)


def _pg_column(row: dict[str, Any]) -> CatalogColumn:
    return CatalogColumn(
        **{key: value for key, value in row.items() if key not in ("oid", "enum")},
        enum=tuple(row["enum"] or ()),
    )


def _pg_key(rule: dict[str, Any]) -> CatalogForeignKey:
    return CatalogForeignKey(
        columns=tuple(rule["columns"]),
        table=rule["target_table"],
        target=tuple(rule["target"]),
        on_delete=ACTIONS.get(rule["on_delete"], "no_action"),
        name=rule["name"],
    )


def _by_table(rows: list[dict[str, Any]]) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["oid"], []).append(row)
    return found


def sqlite(ask: Ask) -> tuple[CatalogTable, ...]:
    """All tables of a SQLite database but the system's and the bench's, by name."""
    tables = ask("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name", ())
    return tuple(
        _sqlite_table(ask, table["name"], table["sql"] or "")
        for table in tables
        if not table["name"].startswith(("sqlite_", "bench_"))
    )


def _sqlite_table(ask: Ask, name: str, source: str) -> CatalogTable:
    columns = ask("SELECT * FROM pragma_table_xinfo(%s)", [name])
    keys = [column for column in columns if column["pk"]]
    return CatalogTable(
        name=name,
        columns=tuple(_sqlite_column(column, keys) for column in columns),
        primary_key=tuple(c["name"] for c in sorted(keys, key=lambda each: int(each["pk"]))),
        unique=_sqlite_unique(ask, name),
        checks=tuple((check_name, sql) for check_name, sql in _sqlite_checks(source)),
        foreign_keys=_sqlite_keys(ask, name),
        rows=int(ask(f'SELECT count(*) AS n FROM "{name}"', ())[0]["n"]),
    )


def _sqlite_column(column: dict[str, Any], keys: list[dict[str, Any]]) -> CatalogColumn:
    said = str(column["type"]).lower()
    length = re.search(r"char\w*\((\d+)\)", said)
    return CatalogColumn(
        name=column["name"],
        type=said,
        nullable=not column["notnull"] and not column["pk"],
        default=str(column["dflt_value"] or ""),
        identity=len(keys) == 1 and bool(column["pk"]) and said == "integer",
        length=int(length[1]) if length else None,
        generated=column["hidden"] in (2, 3),
    )


def _sqlite_unique(ask: Ask, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for index in ask("SELECT * FROM pragma_index_list(%s) ORDER BY name", [name]):
        if index["unique"] and index["origin"] != "pk" and not index["partial"]:
            columns = ask("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index["name"]])
            found.append((index["name"], tuple(str(column["name"]) for column in columns)))
    return tuple(found)


def _sqlite_keys(ask: Ask, name: str) -> tuple[CatalogForeignKey, ...]:
    rows = ask("SELECT * FROM pragma_foreign_key_list(%s) ORDER BY id, seq", [name])
    return tuple(
        CatalogForeignKey(
            columns=tuple(row["from"] for row in rows if row["id"] == number),
            table=next(row["table"] for row in rows if row["id"] == number),
            target=tuple(row["to"] or "" for row in rows if row["id"] == number),
            on_delete=next(row["on_delete"] for row in rows if row["id"] == number)
            .lower()
            .replace(" ", "_"),
        )
        for number in sorted({row["id"] for row in rows})
    )


def _sqlite_checks(source: str) -> list[tuple[str, str]]:
    """(name, SQL) of the CHECKs in a CREATE TABLE, by counting brackets."""
    found = []
    for match in re.finditer(
        r'(?:CONSTRAINT\s+["`]?(\w+)["`]?\s+)?CHECK\s*\(', source, re.IGNORECASE
    ):
        depth, end = 1, match.end()
        while depth and end < len(source):
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        found.append((match[1] or "", source[match.end() : end - 1].strip()))
    return found
