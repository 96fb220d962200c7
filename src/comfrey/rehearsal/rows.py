"""Rows by the project's own field names: seeding what a case needs, reading what a case left."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from comfrey.model.facts import CatalogColumn, CatalogTable
from comfrey.model.plan import Builder, Plan
from comfrey.model.project import Project
from comfrey.model.record import Field, Record
from comfrey.model.value import Value
from comfrey.planner.stand_ins import is_asked_for, stand_in
from comfrey.planner.world import World as Planned
from comfrey.rehearsal import documents
from comfrey.rehearsal.stage import Stage
from comfrey.rehearsal.world import LEFT_OUT, World

MOMENT = "2024-05-17T09:30:00+00:00"


class Rows:
    """The database of a stage, seen as records."""

    def __init__(self, stage: Stage, project: Project, plan: Plan) -> None:
        self.stage = stage
        self.project = project
        self.password = Planned(project).password
        self.builders = {builder.record: builder for builder in plan.builders}
        self.tables = {table.name: table for table in stage.facts.tables}
        self.taken: dict[tuple[str, str], int] = {}
        self.hash: Callable[[str], str] = str

    def fresh(self) -> None:
        """A new case: sequences start again."""
        self.taken.clear()

    def seed(self, record_name: str, given: dict[str, Any], world: World) -> dict[str, Any]:
        """Inserts a valid row with the given fields, parents first; returns the row as stored."""
        record = self._record(record_name)
        linked = self._linked(record, given, world)
        values = given | self._rest(record, given, world)
        if record.store == "document":
            values |= {name: [each["_id"] for each in rows] for name, rows in linked.items()}
            return documents.kept(self.stage, self.project, record, values)
        columns = {
            column_of(field): self._stored(record, field, values[field.name])
            for field in record.fields
            if field.name in values and not _is_generated(field)
        }
        columns |= self._untold(record, columns)
        self._make_way(record, columns)
        row = self._insert(record, columns)
        for name, rows in linked.items():
            self._tie(record, name, row, rows)
        self._bring_along(record, row, world)
        return row

    def _linked(
        self, record: Record, given: dict[str, Any], world: World
    ) -> dict[str, list[dict[str, Any]]]:
        """The rows that the case wants the new one linked to, by relation; made where they are not there."""
        builder = self.builders.get(record.name)
        return {
            name: [self._standing(other, {member: value}, world) for value in given[name]]
            for name, other, member in (builder.links if builder else ())
            if name in given
        }

    def _standing(self, record: str, where: dict[str, Any], world: World) -> dict[str, Any]:
        return next(iter(self.read(record, where)), None) or self.seed(record, where, world)

    def _tie(
        self, record: Record, name: str, row: dict[str, Any], rows: list[dict[str, Any]]
    ) -> None:
        """Rows of the table that stands between two others."""
        relation = record.linked(name)
        if relation is None or relation.through not in self.tables:
            raise LookupError(f"no table is known to keep the {name} of {record.name}")
        other, table = self._record(relation.to), self.tables[relation.through]
        for each in rows:
            columns = {
                column: end[key]
                for kin, end in ((record, row), (other, each))
                for foreign in table.foreign_keys
                if foreign.table == kin.table
                for column, key in zip(foreign.columns, foreign.target, strict=True)
            }
            asked = (e for e in table.columns if is_asked_for(e) and e.name not in columns)
            columns |= {each.name: stand_in(each.type) for each in asked}
            names, slots = ", ".join(map(quoted, columns)), ", ".join("%s" for _ in columns)
            into = f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({slots})"
            self.stage.sql(into, list(columns.values()))

    def _untold(self, record: Record, columns: dict[str, Any]) -> dict[str, Any]:
        """Values for columns that the source does not tell of: the code that fills them has not run here."""
        table = self.tables.get(record.table)
        told = {*columns, *map(column_of, record.fields), *(table.primary_key if table else ())}
        asked = [each for each in (table.columns if table else ()) if is_asked_for(each)]
        return {each.name: stand_in(each.type) for each in asked if each.name not in told}

    def _make_way(self, record: Record, columns: dict[str, Any]) -> None:
        """A row that came along with another gives way to the one that a case wants in its place."""
        ties = [column_of(e) for e in record.fields if e.name in record.along.split(",")]
        if ties and columns.keys() >= {*ties}:
            where = " AND ".join(f"{quoted(each)} = {self._slot(record, each)}" for each in ties)
            given = [columns[each] for each in ties]
            self.stage.sql(f"DELETE FROM {self._table(record)} WHERE {where}", given)

    def _bring_along(self, record: Record, row: dict[str, Any], world: World) -> None:
        """The rows that code makes along with one of this record: no code has run here."""
        for each in self.project.records:
            tie = each.field(each.along) if each.along else None
            if tie is None or each.name not in self.builders or each.store == "document":
                continue
            target, _, key = tie.references.rpartition(".")
            if target == record.name and key in row:
                self.seed(each.name, {tie.name: row[key]}, world)

    def read(self, record_name: str, where: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """All rows that hold the given fields, as dicts by field, in order of their key."""
        record = self._record(record_name)
        if record.store == "document":
            return documents.found(self.stage, self.project, record, where or {})
        conditions, params = [], []
        for name, value in (where or {}).items():
            field = record.field(name)
            column = column_of(field) if field else name
            if value is None:
                conditions.append(f"{quoted(column)} IS NULL")
            else:
                conditions.append(f"{quoted(column)} = {self._slot(record, column)}")
                params.append(self._stored(record, field, value) if field else value)
        clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        order = ", ".join(quoted(column_of(key)) for key in record.primary_key) or "1"
        query = f"SELECT * FROM {self._table(record)}{clause} ORDER BY {order}"
        return [_by_field(record, row) for row in self.stage.sql(query, params)]

    def _record(self, name: str) -> Record:
        record = self.project.record(name)
        if record is None:
            raise LookupError(f"no record is called {name}")
        return record

    def _table(self, record: Record) -> str:
        return (
            f"{quoted(record.schema)}.{quoted(record.table)}"
            if record.schema
            else quoted(record.table)
        )

    def _rest(self, record: Record, given: dict[str, Any], world: World) -> dict[str, Any]:
        """Every field that the case does not say and the database would not supply."""
        builder = self.builders.get(record.name) or Builder(record=record.name)
        values = {name: world.value(value) for name, value in builder.defaults if name not in given}
        for name, sequence in builder.sequences:
            if name not in given:
                values[name] = self._next(record.name, name, sequence, world)
        for name, parent in builder.parents:
            if name not in given:
                values[name] = self._parent_key(record, name, self.seed(parent, {}, world))
        if builder.password and builder.password not in given:
            values[builder.password] = self.hash(self.password)
        values = {name: value for name, value in values.items() if value is not LEFT_OUT}
        filled = dict(_filled(record, {**given, **values}, self.tables.get(record.table)))
        return values | filled

    def _next(self, record: str, field: str, sequence: tuple[Value, ...], world: World) -> Any:
        turn = self.taken.get((record, field), 0)
        self.taken[record, field] = turn + 1
        value = world.value(sequence[turn % len(sequence)])
        lap = turn // len(sequence)
        return f"{lap}{value}" if lap and isinstance(value, str) else value

    def _parent_key(self, record: Record, name: str, parent: dict[str, Any]) -> Any:
        field = record.field(name)
        target = field.references.rpartition(".")[2] if field else "id"
        return parent.get(target or "id", parent.get("id"))

    def _insert(self, record: Record, columns: dict[str, Any]) -> dict[str, Any]:
        names = ", ".join(map(quoted, columns))
        slots = ", ".join(self._slot(record, column) for column in columns)
        empty = "() VALUES ()" if self._is_mysql else "DEFAULT VALUES"
        body = f"({names}) VALUES ({slots})" if columns else empty
        if self._is_mysql:
            return self._inserted(record, columns, f"INSERT INTO {self._table(record)} {body}")
        query = f"INSERT INTO {self._table(record)} {body} RETURNING *"
        return _by_field(record, self.stage.sql(query, list(columns.values()))[0])

    @property
    def _is_mysql(self) -> bool:
        return self.stage.facts.database.startswith(("MariaDB", "MySQL"))

    def _inserted(self, record: Record, columns: dict[str, Any], statement: str) -> dict[str, Any]:
        """MySQL tells no more of a new row than the number that it gave."""
        self.stage.sql(statement, list(columns.values()))
        keys = [column_of(each) for each in record.primary_key]
        given = {key: columns[key] for key in keys if key in columns}
        if not given:
            given = {keys[0]: self.stage.sql("SELECT LAST_INSERT_ID() AS n")[0]["n"]}
        where = " AND ".join(f"{quoted(key)} = %s" for key in given)
        query = f"SELECT * FROM {self._table(record)} WHERE {where}"
        return _by_field(record, self.stage.sql(query, list(given.values()))[0])

    def _slot(self, record: Record, column: str) -> str:
        known = self._column(record, column)
        if known is None or self._is_mysql or "sqlite" in self.stage.facts.database.lower():
            return "%s"
        return f"CAST(%s AS {known.type})"

    def _column(self, record: Record, name: str) -> CatalogColumn | None:
        table = self.tables.get(record.table)
        columns = table.columns if table else ()
        return next((column for column in columns if column.name == name), None)

    def _stored(self, record: Record, field: Field, value: Any) -> Any:
        """The value as the driver takes it; enum labels as the catalog spells them."""
        column = self._column(record, column_of(field))
        if column and column.enum and isinstance(value, str):
            return next((label for label in column.enum if label.lower() == value.lower()), value)
        if field.type == "datetime" and isinstance(value, str) and self._is_mysql:
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        if field.type in ("json", "object", "array") and isinstance(value, dict | list):
            is_array = column is not None and column.type.endswith("[]")
            return value if is_array else json.dumps(value)
        return value


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def column_of(field: Field) -> str:
    """The column that stores the field."""
    return field.column or field.name


def _by_field(record: Record, row: dict[str, Any]) -> dict[str, Any]:
    names = {column_of(field): field.name for field in record.fields}
    return {names.get(column, column): value for column, value in row.items()}


def _is_generated(field: Field) -> bool:
    """Whether the database itself works the column out: a file's path is none such, for the ORM has an empty one."""
    return field.computed and field.default is None


def _filled(
    record: Record, known: dict[str, Any], table: CatalogTable | None
) -> Iterator[tuple[str, Any]]:
    """What the ORM would have filled in: defaults made in code, which SQL knows nothing of."""
    columns = {column.name: column for column in table.columns} if table else {}
    for field in record.fields:
        column = columns.get(column_of(field))
        supplied = field.default_from in ("auto", "database") or bool(column and column.default)
        optional = column.nullable if column is not None else field.nullable
        if field.name in known or _is_generated(field) or supplied or (column and column.identity):
            continue
        if field.default is not None:
            yield field.name, field.default
        elif record.store == "document" and field.default_from:
            yield from documents.supplied(field)
        elif not optional and not (field.primary_key and field.type in ("integer", "bigint")):
            yield field.name, _plain(field)


def _plain(field: Field) -> Any:
    kinds: dict[str, Any] = {
        "integer": 0,
        "bigint": 0,
        "smallint": 0,
        "float": 0.0,
        "decimal": "0",
        "boolean": False,
        "date": MOMENT[:10],
        "datetime": MOMENT,
        "time": "09:30:00",
        "json": {},
        "object": {},
        "array": [],
        "bytes": b"",
    }
    told_apart = field.primary_key or field.unique
    if field.type == "uuid" or (told_apart and field.type in ("string", "text")):
        return str(uuid.uuid4())  # a key that code makes is no other row's
    if field.type == "enum" and field.enum:
        return field.enum[0]
    return kinds.get(field.type, "")
