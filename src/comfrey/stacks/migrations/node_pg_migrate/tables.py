"""node-pg-migrate's migrations as SQL: `pgm.createTable("books", { id: "id", title: { type: "text", notNull: true } })`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.options import constant, items, option, said, text, words
from comfrey.source.codebase import Codebase
from comfrey.source.value import DictValue, Event, External, FunctionValue, Instance, Value
from comfrey.stacks.tables import Script, literal, quoted

NEEDLES = (b"pgm.", b"MigrationBuilder")
DIALECT = "postgresql"
# https://salsita.github.io/node-pg-migrate/migrations/columns#data-types--convenience-shorthand
SHORTHANDS = {"id": "SERIAL PRIMARY KEY"}
TYPES = {"string": "TEXT", "int": "INTEGER", "double": "DOUBLE PRECISION", "float": "REAL",
         "datetime": "TIMESTAMP", "bool": "BOOLEAN"}  # fmt: skip


def scripts(codebase: Codebase, dialect: str) -> Iterator[Script]:
    """Each migration's way up, in the order of their names."""
    modules = sorted(codebase.modules(NEEDLES), key=lambda each: codebase.graph.file(each) or each)
    for module in modules:
        file = codebase.graph.file(module) or module
        up = codebase.evaluator.member(module, "up")
        if isinstance(up, FunctionValue) and not codebase.language.is_test(file):
            pgm = Instance(External("node-pg-migrate.MigrationBuilder"), symbolic=True)
            codebase.evaluator.call(up, (pgm,))
            events = codebase.evaluator.on(pgm)
            lines = [(each.place.line, line) for each in events for line in _statements(each)]
            yield Script(file, tuple(lines))


def _statements(event: Event) -> Iterator[str]:
    args = event.args
    table = _name(args[0]) if args else ""
    second = args[1] if len(args) > 1 else None
    match event.name:
        case "createTable":
            yield f"CREATE TABLE {table} ({', '.join((*_columns(second), *_constraints(args)))})"
        case "addColumn" | "addColumns":
            for each in _columns(second):
                yield f"ALTER TABLE {table} ADD COLUMN {each}"
        case "dropColumn" | "dropColumns":
            for each in words(second) or (constant(second),):
                yield f"ALTER TABLE {table} DROP COLUMN {_quoted(str(each))}"
        case "renameColumn" if len(args) > 2:
            yield f"ALTER TABLE {table} RENAME COLUMN {_name(second)} TO {_name(args[2])}"
        case "renameTable" if second is not None:
            yield f"ALTER TABLE {table} RENAME TO {_name(second)}"
        case "dropTable":
            yield f"DROP TABLE IF EXISTS {table}"
        case "addConstraint" | "createConstraint" if len(args) > 2:
            for each in _rules(args[2]):
                yield f"ALTER TABLE {table} ADD {each}"
        case "createIndex" | "addIndex" if len(args) > 2 and said(args[2], "unique") is True:
            listed = words(second) or (str(constant(second)),)
            columns = ", ".join(_quoted(each) for each in listed)
            yield f"ALTER TABLE {table} ADD UNIQUE ({columns})"
        case "createType" | "addType" if words(second):
            members = ", ".join(literal(each) for each in words(second))
            yield f"CREATE TYPE {table} AS ENUM ({members})"
        case "sql":
            known = constant(args[0]) if args else None
            yield known if isinstance(known, str) else ""


def _columns(given: Value | None) -> Iterator[str]:
    for key, value in given.items if isinstance(given, DictValue) else ():
        name = constant(key)
        if isinstance(name, str):
            yield f"{_quoted(name)} {_column(value)}"


def _column(value: Value) -> str:
    lone = constant(value)
    if isinstance(lone, str):
        return SHORTHANDS.get(lone, TYPES.get(lone, lone))
    kind = text(value, "type")
    rules = [TYPES.get(kind, kind or "TEXT")]
    if said(value, "primaryKey") is True:
        rules.append("PRIMARY KEY")
    if said(value, "notNull") is True:
        rules.append("NOT NULL")
    if said(value, "unique") is True:
        rules.append("UNIQUE")
    default = option(value, "default")
    if default is not None and not (constant(default) is None and not _function(default)):
        rules.append(f"DEFAULT {_function(default) or literal(constant(default))}")
    if text(value, "references"):
        rules.append(_reference(value))
    if text(value, "check"):
        rules.append(f"CHECK ({text(value, 'check')})")
    return " ".join(rules)


def _constraints(args: tuple[Value, ...]) -> Iterator[str]:
    options = args[2] if len(args) > 2 else None
    yield from _rules(option(options, "constraints"))


def _rules(given: Value | None) -> Iterator[str]:
    """`{ unique: ["a", "b"], primaryKey: …, check: "…", foreignKeys: [{ columns, references, onDelete }] }`."""
    for word, spelled in (("unique", "UNIQUE"), ("primaryKey", "PRIMARY KEY")):
        value = option(given, word)
        groups = [words(each) for each in items(value)] if value is not None else []
        groups = [each for each in groups if each] or [_listed(value)]
        for columns in groups:
            if columns:
                yield f"{spelled} ({', '.join(_quoted(each) for each in columns)})"
    if text(given, "check"):
        yield f"CHECK ({text(given, 'check')})"
    keys = option(given, "foreignKeys")
    for each in (keys,) if isinstance(keys, DictValue) else items(keys):
        own = ", ".join(_quoted(name) for name in _listed(option(each, "columns")))
        if own:
            yield f"FOREIGN KEY ({own}) {_reference(each)}"


def _listed(value: Value | None) -> tuple[str, ...]:
    lone = constant(value) if value is not None else None
    return (lone,) if isinstance(lone, str) else words(value)


def _reference(value: Value) -> str:
    """`references: "users"`, `'"users"'` or `"users(id)"`, with what follows a removal."""
    known = text(value, "references").strip()
    target = known if "(" in known else f"{known if known.startswith(chr(34)) else _quoted(known)}"
    rule = text(value, "onDelete")
    return f"REFERENCES {target}" + (f" ON DELETE {rule.upper()}" if rule else "")


def _function(value: Value) -> str:
    """`pgm.func("current_timestamp")`."""
    if isinstance(value, Instance) and value.args:
        known = constant(value.args[0])
        return f"({known})" if isinstance(known, str) else ""
    return ""


def _name(value: Value | None) -> str:
    """A table's or column's name, also as `{ schema, name }`."""
    known = constant(value) if value is not None else None
    return _quoted(known if isinstance(known, str) else text(value, "name"))


def _quoted(name: str) -> str:
    return quoted(name, DIALECT)
