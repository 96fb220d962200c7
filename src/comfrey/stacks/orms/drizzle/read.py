"""Understands Drizzle tables: `pgTable("books", { id: serial("id").primaryKey(), … })`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from comfrey.languages.javascript.inflection import singular
from comfrey.languages.javascript.options import (
    constant,
    given_back,
    items,
    last,
    number,
    option,
    said,
    text,
    values,
)
from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    SettingValue,
    Text,
    Value,
    text_of,
)
from comfrey.stacks import ddl, shelf
from comfrey.stacks.addresses import is_written

SERIALS = ("serial", "bigserial", "smallserial")
CODE_DEFAULTS = ("$default", "$defaultFn", "$onUpdate", "$onUpdateFn")
STARTERS = ("drizzle",)


@dataclass(frozen=True)
class Table:
    """One table as the code makes it: `name` is the variable that holds it."""

    name: str
    module: str
    made: Instance
    columns: DictValue

    @property
    def stored(self) -> str:
        first = self.made.args[0] if self.made.args else None
        found = constant(first)
        return found if isinstance(found, str) else self.name


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every table that a module outside of tests holds in a variable, in file order."""
    tables = list(_tables(codebase, needles))
    return tuple(_record(codebase, each, tables) for each in tables)


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "drizzle")
    return folder.about.data if folder else {}


def _tables(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[Table]:
    for module in codebase.modules(needles):
        if codebase.language.is_test(codebase.graph.file(module) or ""):
            continue
        for name, value in list(codebase.scope(module).names.items()):
            table = _table(codebase, name, module, value)
            if table is not None:
                yield table


def _table(codebase: Codebase, name: str, module: str, value: Value) -> Table | None:
    if not isinstance(value, Instance) or value.place is None:
        return None
    if value.place.file != codebase.graph.file(module) or not _makes_table(value):
        return None
    columns = next((each for each in value.args[1:2]), None)
    if isinstance(columns, FunctionValue):
        columns = given_back(codebase, columns)
    return Table(name, module, value, columns) if isinstance(columns, DictValue) else None


def _makes_table(value: Instance) -> bool:
    """`pgTable(…)`, `schema.table(…)`, or what a table creator made."""
    of = value.of
    if isinstance(of, External):
        return of.last in _data()["tables"][:-1]
    if isinstance(of, BoundExternal):
        return of.name == "table" and last(of.receiver) in ("pgSchema", "mysqlSchema")
    return isinstance(of, Instance) and last(of).endswith("TableCreator")


def _record(codebase: Codebase, table: Table, tables: list[Table]) -> Record:
    columns = [_Column(codebase, key, value, tables) for key, value in _members(table.columns)]
    fields = tuple(each.field() for each in columns if each.kind)
    extra = list(_extra(codebase, table))
    unique = [tuple(_names(each.args, fields)) for name, each in extra if name == "unique"]
    primary = {n for name, each in extra if name == "primaryKey" for n in _keyed(each, fields)}
    fields = tuple(
        each.replace(
            unique=each.unique or (each.name,) in unique,
            primary_key=each.primary_key or each.name in primary,
            nullable=each.nullable and each.name not in primary,
        )
        for each in fields
    )
    checks = tuple(_checks(extra, fields, table.made.place))
    foreign = {each.name: each for each in columns if each.target is not None}
    return Record(
        name=_called(table, tables),
        symbol=table.name,
        table=table.stored,
        place=(table.made.place or Place(file="")).replace(name=table.name),
        module=table.module,
        orm="drizzle",
        fields=fields,
        unique=tuple(each for each in unique if len(each) > 1),
        checks=checks,
        relations=tuple(_relation(each) for each in foreign.values()),
        soft_delete=next((e.name for e in fields if e.name in ("deletedAt", "deleted_at")), ""),
    )


def _called(table: Table, tables: list[Table]) -> str:
    """What one row is called: `User` of `users` or `usersTable`; the variable's name where two would share one."""
    found = _one(table.name)
    return found if [_one(each.name) for each in tables].count(found) == 1 else table.name


def _one(name: str) -> str:
    bare = re.sub(r"(?<=[a-z])Tables?$", "", name)
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", bare).split("_")
    parts[-1] = singular(parts[-1].lower())
    return "".join(each[:1].upper() + each[1:] for each in parts)


def _members(columns: DictValue) -> Iterator[tuple[str, Value]]:
    for key, value in columns.items:
        if isinstance(key, Const):
            yield str(key.value), value


# --- columns -----------------------------------------------------------------


class _Column:
    """One column: what made it, and the calls behind, innermost first."""

    def __init__(self, codebase: Codebase, name: str, value: Value, tables: list[Table]) -> None:
        self.codebase = codebase
        self.name = name
        self.base, self.calls = _unchained(value)
        self.tables = tables
        self.enum = _enum(self.base)
        self.kind = "enum" if self.enum else _data()["types"].get(last(self.base), "")
        self.target = self._target()

    def call(self, *names: str) -> Instance | None:
        return next((made for name, made in self.calls if name in names), None)

    @property
    def options(self) -> Value | None:
        given = self.base.args if self.base else ()
        return next((each for each in given if isinstance(each, DictValue)), None)

    def _target(self) -> tuple[Table, str, str] | None:
        """(table, field, on delete) of `.references(() => users.id, { onDelete: "cascade" })`."""
        made = self.call("references")
        if made is None or not made.args:
            return None
        rule = text(made.args[1] if len(made.args) > 1 else None, "onDelete")
        found = self._referred(made.args[0])
        return (*found, rule.replace(" ", "_")) if found else None

    def _referred(self, function: Value) -> tuple[Table, str] | None:
        value = given_back(self.codebase, function)
        match value:
            case BoundExternal(receiver=Instance() as receiver, name=name):
                for each in self.tables:
                    if each.made is receiver or _same(each.made, receiver):
                        return each, name
        return None

    def field(self) -> Field:
        notnull = self.call("notNull") is not None
        primary = self.call("primaryKey") is not None
        default, source = self._default(primary)
        length = number(self.options, "length")
        mode = text(self.options, "mode")
        kind = {"boolean": "boolean", "timestamp": "datetime", "timestamp_ms": "datetime",
                "json": "json", "bigint": "bigint"}.get(mode, self.kind)  # fmt: skip
        listed = self.call("array") is not None
        enum = self.enum or values(option(self.options, "enum"))
        return Field(
            name=self.name,
            column=self._column(),
            type="array" if listed else kind if self.kind != "bigint" else "bigint",
            items=kind if listed else "",
            required=not source and (notnull or primary),
            nullable=not (notnull or primary),
            unique=self.call("unique") is not None,
            primary_key=primary,
            default=default,
            default_from=source,
            on_update=self.call("$onUpdate", "$onUpdateFn") is not None,
            timezone=said(self.options, "withTimezone") is True,
            textual=_is_text(kind, said(self.options, "mode")),
            length=length,
            precision=number(self.options, "precision"),
            scale=number(self.options, "scale"),
            enum=() if listed else enum,
            enum_names=(),
            computed=self.call("generatedAlwaysAs") is not None,
            references=f"{_called(self.target[0], self.tables)}.{self.target[1]}"
            if self.target
            else "",
            rules=tuple(_rules(length, enum)),
            place=self.base.place if self.base else None,
        )

    def _column(self) -> str:
        made = self.call("__call__") if last(self.base) in ENUMS else self.base
        first = constant(made.args[0]) if made and made.args else None
        return first if isinstance(first, str) and first != self.name else ""

    def _default(self, primary: bool) -> tuple[Any, str]:
        if last(self.base) in SERIALS or self.call("autoincrement", "generatedAlwaysAsIdentity",
                                                   "generatedByDefaultAsIdentity"):  # fmt: skip
            return None, "auto"
        made = self.call("default")
        if made is not None and made.args:
            return constant(made.args[0]), "database"
        if self.call("defaultNow", "defaultRandom", "onUpdateNow"):
            return None, "database"
        if self.call(*CODE_DEFAULTS):
            return None, "code"
        whole = self.kind == "integer" and last(self.base) == "integer"
        sqlite = "sqlite-core" in _made_in(self.base)
        return None, "auto" if primary and whole and sqlite else ""


ENUMS = ("pgEnum", "enum")
"""What names a type first, which columns are then made of (`status("order_status")`)."""


def _unchained(value: Value) -> tuple[Instance | None, list[tuple[str, Instance]]]:
    """`varchar("name").notNull().unique()` as its base and the calls on it."""
    calls: list[tuple[str, Instance]] = []
    while isinstance(value, Instance) and isinstance(value.of, BoundExternal):
        calls.append((value.of.name, value))
        value = value.of.receiver
    return (value if isinstance(value, Instance) else None), calls


def _enum(base: Instance | None) -> tuple[Any, ...]:
    """The members of `status("status")` where `status = pgEnum("status", […])`, or of `mysqlEnum`."""
    if base is None:
        return ()
    if isinstance(base.of, Instance) and last(base.of).endswith("Enum"):
        return values(base.of.args[-1]) if base.of.args else ()
    if last(base).endswith("Enum") and base.args:
        return values(base.args[-1])
    return ()


def _made_in(base: Instance | None) -> str:
    of = base.of if base else None
    return of.name if isinstance(of, External) else ""


def _same(first: Instance, second: Instance) -> bool:
    return first.place == second.place and first.place is not None


def _is_text(kind: str, mode: Any) -> bool:
    """Days are text unless they are asked for as dates, moments the other way round."""
    return mode != "date" if kind == "date" else kind == "datetime" and mode == "string"


def _rules(length: int | None, enum: tuple[Any, ...]) -> Iterator[str]:
    if length is not None:
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)


# --- constraints and relations -----------------------------------------------


def _extra(codebase: Codebase, table: Table) -> Iterator[tuple[str, Instance]]:
    """(kind, call) of the table's third argument: `(t) => [unique().on(t.a, t.b), check(…)]`."""
    given = table.made.args[2] if len(table.made.args) > 2 else None
    found = given_back(codebase, given) if isinstance(given, FunctionValue) else given
    for each in items(found):
        base, calls = _unchained(each)
        on = next((made for name, made in calls if name == "on"), None)
        kind = {"uniqueIndex": "unique"}.get(last(base), last(base))
        made = on or base
        if made is not None and kind in ("unique", "primaryKey", "check"):
            yield kind, made


def _names(args: tuple[Value, ...], fields: tuple[Field, ...]) -> Iterator[str]:
    """The columns that `t.a, t.b` mean."""
    known = {each.name for each in fields}
    for each in args:
        name = getattr(each, "name", "") or getattr(each, "spelling", "")
        short = str(name).rpartition(".")[2]
        if short in known:
            yield short


def _keyed(made: Instance, fields: tuple[Field, ...]) -> Iterator[str]:
    columns = option(made.args[0], "columns") if made.args else None
    given = columns if columns is not None else ListValue(list(made.args))
    yield from _names(items(given), fields)


def _checks(
    extra: list[tuple[str, Instance]], fields: tuple[Field, ...], place: Place | None
) -> Iterator[CheckConstraint]:
    for kind, made in extra:
        if kind == "check" and len(made.args) > 1:
            sql = _sql(made.args[1])
            if sql:
                name = str(constant(made.args[0]) or "")
                yield ddl.named(CheckConstraint(sql=sql, name=name, place=place), fields)


def _sql(value: Value) -> str:
    """The text of a tagged template, columns by their names."""
    template = value.args[0] if isinstance(value, Instance) and value.args else value
    known = constant(template)
    if isinstance(known, str):
        return known
    parts = template.parts if isinstance(template, Text) else ()
    found = []
    for each in parts:
        if isinstance(each, str):
            found.append(each)
        else:
            name = getattr(each, "name", "") or getattr(each, "spelling", "")
            found.append(str(name).rpartition(".")[2])
    return "".join(found)


def _relation(column: _Column) -> Relation:
    assert column.target is not None
    table, _, rule = column.target
    name = column.name.removesuffix("_id").removesuffix("Id")
    return Relation(
        name=name,
        to=_called(table, column.tables),
        kind="one_to_one" if column.call("unique") else "many_to_one",
        on_delete=rule or "no_action",
        field=column.name,
        declared=False,
        place=column.base.place if column.base else None,
    )


# --- the way to the database -------------------------------------------------


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`export const db = drizzle(pool)`, and the setting of its address."""
    dialect = _dialect(codebase, found)
    for module in codebase.modules((b"drizzle(",)):
        if codebase.language.is_test(codebase.graph.file(module) or ""):
            continue
        for name, value in list(codebase.scope(module).names.items()):
            if isinstance(value, Instance) and last(value) == "drizzle":
                return DatabaseHook(
                    engine=f"{module}:{name}",
                    url_setting=_setting(value),
                    dialect=dialect,
                    configured=_is_written(value),
                    asynchronous=True,
                    place=value.place,
                )
    return DatabaseHook(dialect=dialect, asynchronous=True) if found else None


def _dialect(codebase: Codebase, found: tuple[Record, ...]) -> str:
    known = _data()["dialects"]
    for record in found:
        made = codebase.resolve(record.module, record.code)
        if isinstance(made, Instance) and last(made) in known:
            return str(known[last(made)])
    return ""


PLACE = re.compile(r"://|^file:|\.\w+$")
NAMES = ("connectionString", "connection", "database", "filename", "uri", "url")
"""The options of drivers that say which database it is."""


def _is_written(value: Value | None, depth: int = 5) -> bool:
    """Whether the code names the database, among the arguments that made a value."""
    if depth == 0:
        return False
    match value:
        case Instance(args=args):
            return any(_is_place(each) or _is_written(each, depth - 1) for each in args)
        case DictValue():
            told = [option(value, each) for each in NAMES]
            within = [each for _, each in value.items]
            return any(map(is_written, told)) or any(_is_written(e, depth - 1) for e in within)
    return False


def _is_place(value: Value) -> bool:
    """Whether the code names a database by a word of its own: `DB_URL` is only what something is asked for."""
    return is_written(value) and bool(PLACE.search(text_of(value) or ""))


def _setting(value: Value, depth: int = 5) -> str:
    """The first setting among the arguments that made a value."""
    if depth == 0:
        return ""
    match value:
        case SettingValue(name=name):
            return name
        case Instance(args=args):
            return next((n for each in args if (n := _setting(each, depth - 1))), "")
        case DictValue(items=pairs):
            return next((n for _, each in pairs if (n := _setting(each, depth - 1))), "")
        case _:
            return ""
