"""Knex migrations as the SQL that they stand for: `knex.schema.createTable("books", (t) => { t.increments(); })`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.languages.javascript.options import constant, said, words
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Event,
    External,
    FunctionValue,
    Instance,
    Value,
)
from comfrey.stacks.tables import Script, literal, quoted

NEEDLES = (b".schema", b"createTable")
# https://knexjs.org/guide/schema-builder.html#column-types
TYPES = {
    "integer": "INTEGER",
    "int": "INTEGER",
    "mediumint": "INTEGER",
    "tinyint": "SMALLINT",
    "smallint": "SMALLINT",
    "bigInteger": "BIGINT",
    "bigint": "BIGINT",
    "text": "TEXT",
    "float": "FLOAT",
    "double": "DOUBLE PRECISION",
    "boolean": "BOOLEAN",
    "bool": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
    "dateTime": "TIMESTAMPTZ",
    "timestamp": "TIMESTAMPTZ",
    "time": "TIME",
    "binary": "BLOB",
    "json": "JSON",
    "jsonb": "JSON",
    "uuid": "UUID",
}
COUNTED = {"increments": "INTEGER", "bigIncrements": "BIGINT", "bigincrements": "BIGINT"}
LENGTH = 255
ACTIONS = {"onDelete": "ON DELETE", "onUpdate": "ON UPDATE"}
MOMENT = "CURRENT_TIMESTAMP"


@dataclass
class Told:
    """One line of a table's function: what began it, and the words behind."""

    name: str
    args: tuple[Value, ...]
    words: list[tuple[str, tuple[Value, ...]]] = field(default_factory=list)

    def word(self, *names: str) -> tuple[Value, ...] | None:
        """What the first of these words was given; None where none was said."""
        return next((args for name, args in self.words if name in names), None)

    @property
    def first(self) -> str:
        known = constant(self.args[0]) if self.args else None
        return known if isinstance(known, str) else ""


def scripts(codebase: Codebase, dialect: str) -> Iterator[Script]:
    """Each migration's way up, in the order of their names."""
    modules = sorted(codebase.modules(NEEDLES), key=lambda each: codebase.graph.file(each) or each)
    for module in modules:
        file = codebase.graph.file(module) or module
        up = codebase.evaluator.member(module, "up")
        if isinstance(up, FunctionValue) and not codebase.language.is_test(file):
            knex = Instance(External("knex"), symbolic=True)
            codebase.evaluator.call(up, (knex,))
            lines = tuple(_statements(codebase, knex, dialect))
            yield Script(file, lines)


def _statements(codebase: Codebase, knex: Instance, dialect: str) -> Iterator[tuple[int, str]]:
    for event in list(codebase.evaluator.events):
        if event.receiver is not knex and _root(event.receiver) is knex:
            for line in _statement(codebase, event, dialect):
                yield event.place.line, line


def _root(value: Value | None) -> Value | None:
    """What a chain of calls began on."""
    while True:
        if isinstance(value, BoundExternal):
            value = value.receiver
        elif isinstance(value, Instance) and isinstance(value.of, BoundExternal):
            value = value.of.receiver
        else:
            return value


def _statement(codebase: Codebase, event: Event, dialect: str) -> Iterator[str]:
    """What one word of the schema builder does."""
    name = constant(event.args[0]) if event.args else None
    if not isinstance(name, str):
        return
    table = quoted(name, dialect)
    match event.name:
        case "createTable" | "createTableIfNotExists":
            parts = [each for each in _parts(codebase, event, dialect) if each]
            yield f"CREATE TABLE {table} (" + ", ".join(p.removeprefix("ADD ") for p in parts) + ")"
        case "table" | "alterTable":
            for each in _parts(codebase, event, dialect):
                yield f"ALTER TABLE {table} {each}"
        case "dropTable" | "dropTableIfExists":
            yield f"DROP TABLE IF EXISTS {table}"
        case "renameTable" if len(event.args) > 1:
            yield f"ALTER TABLE {table} RENAME TO {quoted(str(constant(event.args[1])), dialect)}"
        case "raw":
            yield name


def _parts(codebase: Codebase, event: Event, dialect: str) -> Iterator[str]:
    """The lines of a table's function as parts of an ALTER TABLE; `ADD` is left off where it is made."""
    work = event.args[-1]
    if not isinstance(work, FunctionValue | BoundMethod):
        return
    builder = Instance(External("knex.TableBuilder"), symbolic=True)
    codebase.evaluator.call(work, (builder,))
    for each in _lines(codebase, builder):
        yield from _part(each, dialect)


def _lines(codebase: Codebase, builder: Instance) -> Iterator[Told]:
    for event in codebase.evaluator.on(builder):
        told = Told(event.name, event.args)
        told.words = list(_behind(codebase, event.result))
        yield told


def _behind(codebase: Codebase, of: Value | None) -> Iterator[tuple[str, tuple[Value, ...]]]:
    for event in codebase.evaluator.on(of) if of is not None else ():
        yield event.name, event.args
        yield from _behind(codebase, event.result)


def _part(told: Told, dialect: str) -> Iterator[str]:
    listed = tuple(quoted(each, dialect) for each in words(told.args[0])) if told.args else ()
    lone = (quoted(told.first, dialect),) if told.first else ()
    named = ", ".join(listed or lone)
    match told.name:
        case "timestamps":
            yield from _timestamps(told, dialect)
        case "unique" | "primary":
            kind = "UNIQUE" if told.name == "unique" else "PRIMARY KEY"
            yield f"ADD {kind} ({named})"
        case "foreign":
            yield f"ADD FOREIGN KEY ({named}) {_reference(told, dialect)}"
        case "check" if told.first:
            yield f"ADD CHECK ({told.first.replace('??', '').strip()})"
        case "dropColumn" | "dropColumns":
            for each in told.args:
                yield f"DROP COLUMN {quoted(str(constant(each)), dialect)}"
        case "renameColumn" if len(told.args) > 1:
            yield f"RENAME COLUMN {named} TO {quoted(str(constant(told.args[1])), dialect)}"
        case _:
            column = _column(told, dialect)
            if column:
                yield f"ADD {column}"


def _timestamps(told: Told, dialect: str) -> Iterator[str]:
    """`t.timestamps(useTimestamps, defaultToNow, useCamelCase)`, or an object of these."""
    options = told.args[0] if told.args else None
    flags = [constant(each) for each in told.args]
    now = said(options, "defaultToNow") or (len(flags) > 1 and flags[1] is True)
    camel = said(options, "useCamelCase") or (len(flags) > 2 and flags[2] is True)
    for name in ("createdAt", "updatedAt") if camel else ("created_at", "updated_at"):
        rule = f" NOT NULL DEFAULT {MOMENT}" if now else ""
        yield f"ADD {quoted(name, dialect)} TIMESTAMPTZ{rule}"


def _column(told: Told, dialect: str) -> str:
    if told.name in COUNTED:
        name = quoted(told.first or "id", dialect)
        return f"{name} {_counted(COUNTED[told.name], dialect)} PRIMARY KEY"
    kind = _type(told)
    if not kind or not told.first:
        return ""
    name = quoted(told.first, dialect)
    return " ".join(each for each in (name, kind, *_rules(told, name, dialect)) if each)


def _counted(kind: str, dialect: str) -> str:
    match dialect:
        case "mysql":
            return f"{kind} AUTO_INCREMENT"
        case "sqlite":
            return kind
        case _:
            return "BIGSERIAL" if kind == "BIGINT" else "SERIAL"


def _type(told: Told) -> str:
    sizes = [known for each in told.args[1:] if isinstance(known := constant(each), int)]
    match told.name:
        case "string":
            return f"VARCHAR({sizes[0] if sizes else LENGTH})"
        case "decimal" | "numeric":
            precision, scale = (*sizes, 8, 2)[:2] if len(sizes) != 1 else (sizes[0], 2)
            return f"DECIMAL({precision}, {scale})"
        case "enu" | "enum":
            return "TEXT"
        case "specificType":
            known = constant(told.args[1]) if len(told.args) > 1 else ""
            return known if isinstance(known, str) else ""
        case name:
            return TYPES.get(name, "")


def _rules(told: Told, name: str, dialect: str) -> Iterator[str]:
    if told.word("notNullable", "notNull") is not None:
        yield "NOT NULL"
    if told.word("primary") is not None:
        yield "PRIMARY KEY"
    if told.word("unique") is not None:
        yield "UNIQUE"
    default = told.word("defaultTo")
    if default:
        yield f"DEFAULT {_default(default[0])}"
    if told.word("references") is not None:
        yield _reference(told, dialect)
    yield from _checks(told, name)


def _checks(told: Told, name: str) -> Iterator[str]:
    """https://knexjs.org/guide/schema-builder.html#checks"""
    members = words(told.args[1]) if told.name in ("enu", "enum") and len(told.args) > 1 else ()
    listed = told.word("checkIn")
    members = members or (words(listed[0]) if listed else ())
    if members:
        yield f"CHECK ({name} IN ({', '.join(literal(each) for each in members)}))"
    if told.word("checkPositive") is not None:
        yield f"CHECK ({name} > 0)"
    if told.word("checkNegative") is not None:
        yield f"CHECK ({name} < 0)"
    between = told.word("checkBetween")
    bounds = [constant(each) for each in getattr(between[0], "items", ())] if between else []
    if len(bounds) == 2:
        yield f"CHECK ({name} BETWEEN {bounds[0]} AND {bounds[1]})"


def _reference(told: Told, dialect: str) -> str:
    given = told.word("references") or ()
    known = constant(given[0]) if given else None
    if not isinstance(known, str):
        known = next(iter(words(given[0])), "") if given else ""
    table, _, column = known.rpartition(".")
    inside = told.word("inTable")
    table = table or (str(constant(inside[0])) if inside else "")
    if not table:
        return ""
    rules = [
        f"{spelled} {constant(args[0])}"
        for word, spelled in ACTIONS.items()
        if (args := told.word(word))
    ]
    target = f"REFERENCES {quoted(table, dialect)} ({quoted(column, dialect)})"
    return " ".join((target, *(each.upper() if each.startswith("ON") else each for each in rules)))


def _default(value: Value) -> str:
    known = constant(value)
    if known is None:
        return _called(value)
    return literal(known)


def _called(value: Value) -> str:
    """`knex.fn.now()`, `knex.raw("gen_random_uuid()")`."""
    if isinstance(value, Instance) and value.args and isinstance(constant(value.args[0]), str):
        return f"({constant(value.args[0])})"
    return MOMENT
