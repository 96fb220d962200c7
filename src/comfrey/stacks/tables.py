"""Tables as SQL migrations make them, file by file: for projects whose models say nothing, or that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import expressions as sql

from comfrey.model.place import Place
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.stacks import ddl, triggers

DOWN = re.compile(
    r"^\s*--\s*(?:\+goose\s+Down|\+migrate\s+Down|migrate:down|\+\+\s*Down|Down\s+Migration|@undo).*",
    re.I | re.M,
)
MARKS = re.compile(r"^\s*--\s*(?:\+goose|\+migrate|migrate:)[^\n]*$", re.I | re.M)
UNDONE = re.compile(r"[._](?:down|undo|rollback)(?:\.[\w-]+)*\.sql$|/down/", re.IGNORECASE)
BOOKKEEPING = frozenset(
    [
        "schema_migrations",
        "goose_db_version",
        "gorp_migrations",
        "atlas_schema_revisions",
        "flyway_schema_history",
        "schemaversion",
        "knex_migrations",
        "knex_migrations_lock",
        "bun_migrations",
        "bun_migration_locks",
        "pgmigrations",
    ]
)
ACTIONS = {
    "CASCADE": "cascade",
    "RESTRICT": "restrict",
    "SET NULL": "set_null",
    "SET DEFAULT": "set_default",
    "NO ACTION": "no_action",
}
TYPES = {
    "INT": "integer",
    "UINT": "integer",
    "MEDIUMINT": "integer",
    "INTEGER": "integer",
    "SERIAL": "integer",
    "BIGINT": "bigint",
    "UBIGINT": "bigint",
    "BIGSERIAL": "bigint",
    "SMALLINT": "smallint",
    "USMALLINT": "smallint",
    "SMALLSERIAL": "smallint",
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "BOOLEAN": "boolean",
    "BIT": "boolean",
    "TEXT": "text",
    "TINYTEXT": "text",
    "MEDIUMTEXT": "text",
    "LONGTEXT": "text",
    "VARCHAR": "string",
    "NVARCHAR": "string",
    "CHAR": "string",
    "NCHAR": "string",
    "BPCHAR": "string",
    "DECIMAL": "decimal",
    "UDECIMAL": "decimal",
    "MONEY": "decimal",
    "FLOAT": "float",
    "DOUBLE": "float",
    "DATE": "date",
    "TIME": "time",
    "TIMETZ": "time",
    "DATETIME": "datetime",
    "TIMESTAMP": "datetime",
    "TIMESTAMPTZ": "datetime",
    "TIMESTAMPNTZ": "datetime",
    "TIMESTAMPLTZ": "datetime",
    "INTERVAL": "interval",
    "UUID": "uuid",
    "JSON": "json",
    "JSONB": "json",
    "BINARY": "bytes",
    "VARBINARY": "bytes",
    "BLOB": "bytes",
    "TINYBLOB": "bytes",
    "MEDIUMBLOB": "bytes",
    "LONGBLOB": "bytes",
    "ENUM": "enum",
    "ARRAY": "array",
    "INET": "string",
}
ZONED = ("TIMESTAMPTZ", "TIMESTAMPLTZ", "TIMETZ")
NUMBERS = ("integer", "bigint", "smallint")
SERIAL = ("SERIAL", "BIGSERIAL", "SMALLSERIAL")


@dataclass(frozen=True)
class Key:
    """A foreign key: own columns, the table and columns that they point to."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]
    on_delete: str = ""


@dataclass
class Table:
    """One table as far as it was made."""

    name: str
    place: Place
    schema: str = ""
    columns: dict[str, Field] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)


@dataclass(frozen=True)
class Script:
    """A migration as SQL: `statements` are (line in its file, text), in order."""

    file: str
    statements: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        """All of it, no statement before its line."""
        text = ""
        for line, each in self.statements:
            text += "\n" * (line - 1 - text.count("\n")) + each.replace("\n", " ") + ";"
        return text


@dataclass
class Tables:
    """All tables of a database, migration by migration."""

    dialect: str
    tables: dict[str, Table] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    setters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The columns that functions of triggers set, by the function's name."""

    def run(self, text: str, file: str) -> None:
        """Carries a migration out: the part that goes up."""
        self._tables(text, file)
        self.setters |= triggers.functions(upwards(text))
        for name, function in triggers.updating(upwards(text)):
            for column in self.setters.get(function, ()):
                self._set_when_changed(name, column)

    def _set_when_changed(self, name: str, column: str) -> None:
        table = self.tables.get(name)
        if table is not None and column in table.columns:
            table.columns[column] = table.columns[column].replace(on_update=True)

    def _tables(self, text: str, file: str) -> None:
        for line, statement in ddl.statements(upwards(text), self.dialect):
            place = Place(file=file, line=line)
            match statement:
                case sql.Create(kind="TABLE"):
                    self._create(statement, place)
                case sql.Create(kind="INDEX"):
                    self._index(statement)
                case sql.Create(kind="TYPE"):
                    self._type(statement)
                case sql.Alter():
                    self._alter(statement, place)
                case sql.Drop(kind="TABLE"):
                    for each in statement.find_all(sql.Table):
                        self.tables.pop(each.name, None)
                case sql.Command():
                    self._command(statement)

    # --- statements ------------------------------------------------------------

    def _create(self, statement: sql.Create, place: Place) -> None:
        listed = statement.this
        if not isinstance(listed, sql.Schema) or listed.this.name in self.tables:
            return
        name = listed.this.name
        table = Table(name, replace_name(place, name), listed.this.db)
        self.tables[name] = table
        for each in listed.expressions:
            self._member(table, each, place)

    def _member(self, table: Table, each: sql.Expression, place: Place) -> None:
        match each:
            case sql.ColumnDef():
                self._column(table, each, place)
            case sql.PrimaryKey():
                table.primary = _names(each.expressions)
            case sql.UniqueColumnConstraint():
                table.unique.append(_names(_inside(each)))
            case sql.ForeignKey():
                table.keys.append(_key(each))
            case sql.CheckColumnConstraint():
                table.checks.append(self._check(each, place))
            case sql.Constraint():
                for inner in each.expressions:
                    self._member(table, inner, place)

    def _column(self, table: Table, each: sql.ColumnDef, place: Place) -> None:
        kind = each.args.get("kind")
        spelled = (
            kind.this.name if isinstance(kind, sql.DataType) and hasattr(kind.this, "name") else ""
        )
        enum = self._enum(kind)
        made = Field(
            name=each.name,
            column=each.name,
            type="enum" if enum else TYPES.get(spelled, "text"),
            nullable=True,
            enum=enum,
            length=_size(kind) if TYPES.get(spelled) == "string" else None,
            default_from="auto" if spelled in SERIAL else "",
            timezone=spelled in ZONED,
            place=replace_name(place, each.name),
        )
        if TYPES.get(spelled) == "decimal":
            numbers = _numbers(kind)
            made = made.replace(
                precision=numbers[0] if numbers else None,
                scale=numbers[1] if len(numbers) > 1 else None,
            )
        for constraint in each.find_all(sql.ColumnConstraint):
            made = self._constrained(table, made, constraint.args.get("kind"), place)
        table.columns[made.name] = made

    def _constrained(
        self, table: Table, made: Field, kind: sql.Expression | None, place: Place
    ) -> Field:
        match kind:
            case sql.NotNullColumnConstraint():
                return made.replace(nullable=bool(kind.args.get("allow_null")))
            case sql.PrimaryKeyColumnConstraint():
                table.primary = (made.name,)
                return made.replace(nullable=False)
            case sql.UniqueColumnConstraint():
                return made.replace(unique=True)
            case sql.DefaultColumnConstraint():
                return made.replace(
                    default=_constant(kind.this, made.type), default_from="database"
                )
            case sql.AutoIncrementColumnConstraint() | sql.GeneratedAsIdentityColumnConstraint():
                return made.replace(default_from="auto")
            case sql.ComputedColumnConstraint():
                return made.replace(computed=True, default_from="database")
            case sql.OnUpdateColumnConstraint():
                return made.replace(on_update=True)
            case sql.CheckColumnConstraint():
                table.checks.append(self._check(kind, place))
            case sql.Reference():
                table.keys.append(_reference((made.name,), kind))
        return made

    def _check(self, node: sql.Expression, place: Place) -> CheckConstraint:
        return CheckConstraint(
            sql=ddl.plain(node.this, self.dialect), name=ddl.name_of(node), place=place
        )

    def _enum(self, kind: sql.Expression | None) -> tuple[str, ...]:
        if not isinstance(kind, sql.DataType):
            return ()
        listed = tuple(e.this for e in kind.find_all(sql.Literal) if e.is_string)
        if listed:
            return listed
        named = kind.args.get("kind")
        name = getattr(named, "name", "") or (kind.this if isinstance(kind.this, str) else "")
        return self.enums.get(name or kind.sql().lower(), ())

    def _type(self, statement: sql.Create) -> None:
        words = re.search(
            r"TYPE\s+\"?([\w.]+)\"?\s+AS\s+ENUM\s*\((.*)\)", statement.sql(), re.I | re.S
        )
        if words:
            self.enums[words[1].lower()] = tuple(re.findall(r"'([^']*)'", words[2]))

    def _command(self, statement: sql.Command) -> None:
        text = f"{statement.this} {statement.expression or ''}"
        words = re.search(r"TYPE\s+\"?([\w.]+)\"?\s+AS\s+ENUM\s*\((.*)\)", text, re.I | re.S)
        if words:
            self.enums[words[1].lower()] = tuple(re.findall(r"'([^']*)'", words[2]))

    def _index(self, statement: sql.Create) -> None:
        index = statement.this
        if not statement.args.get("unique") or not isinstance(index, sql.Index):
            return
        table = self.tables.get(index.args["table"].name) if index.args.get("table") else None
        parameters = index.args.get("params")
        if table is None or parameters is None or parameters.args.get("where") is not None:
            return
        columns = parameters.args.get("columns") or ()
        plain = [e.this if isinstance(e, sql.Ordered) else e for e in columns]
        if all(isinstance(each, sql.Column) for each in plain):
            table.unique.append(tuple(each.name for each in plain))

    def _alter(self, statement: sql.Alter, place: Place) -> None:
        table = self.tables.get(statement.this.name)
        if table is None:
            return
        for action in statement.args.get("actions") or ():
            self._action(table, action, place)

    def _action(self, table: Table, action: sql.Expression, place: Place) -> None:
        match action:
            case sql.ColumnDef():
                self._column(table, action, place)
            case sql.AddConstraint():
                for each in action.expressions:
                    self._member(table, each, place)
            case sql.Drop():
                self._dropped(table, action)
            case sql.RenameColumn():
                old, new = action.this.name, action.args["to"].name
                if old in table.columns:
                    renamed = table.columns.pop(old)
                    table.columns[new] = renamed.replace(name=new, column=new)
            case sql.AlterRename():
                self.tables[action.this.name] = self.tables.pop(table.name)
                table.name = action.this.name
            case sql.AlterColumn():
                self._changed(table, action)

    def _dropped(self, table: Table, action: sql.Drop) -> None:
        gone = (*(action.args.get("tables") or ()), action.this)
        name = next((each.name for each in gone if each is not None), "")
        if str(action.args.get("kind")).upper() == "COLUMN":
            table.columns.pop(name, None)
            table.keys = [each for each in table.keys if name not in each.columns]
            table.unique = [each for each in table.unique if name not in each]
            named = re.compile(rf"\b{re.escape(name)}\b")
            table.checks = [each for each in table.checks if not named.search(each.sql)]
        else:
            table.checks = [each for each in table.checks if each.name != name]

    def _changed(self, table: Table, action: sql.AlterColumn) -> None:
        made = table.columns.get(action.this.name)
        if made is None:
            return
        if action.args.get("default") is not None:
            made = made.replace(
                default=_constant(action.args["default"], made.type), default_from="database"
            )
        if "allow_null" in action.args and action.args["allow_null"] is not None:
            made = made.replace(
                nullable=bool(action.args["allow_null"]) and bool(action.args.get("drop"))
            )
        table.columns[made.name] = made

    # --- records ---------------------------------------------------------------

    def records(self, named: dict[str, tuple[str, str]], orm: str) -> Iterator[Record]:
        """The tables as records. `named` gives the (name, module) of what stands for a table in code."""
        names = {t: named.get(t, (singular(t), ""))[0] for t in self.tables}
        for table in self.tables.values():
            if table.name not in BOOKKEEPING:
                yield self._record(table, names, named.get(table.name, ("", ""))[1], orm)

    def _record(self, table: Table, names: dict[str, str], module: str, orm: str) -> Record:
        lone = {each[0] for each in table.unique if len(each) == 1}
        keys = {k.columns[0]: k for k in table.keys if len(k.columns) == 1}
        fields = tuple(
            self._field(table, each, each.name in lone, keys.get(each.name), names)
            for each in table.columns.values()
        )
        return Record(
            name=names[table.name],
            table=table.name,
            place=table.place,
            module=module,
            orm=orm,
            schema=table.schema,
            fields=fields,
            unique=tuple(each for each in dict.fromkeys(table.unique) if len(each) > 1),
            checks=tuple(ddl.named(each, fields) for each in table.checks),
            relations=tuple(_relation(k, names) for k in keys.values() if k.table in names),
            soft_delete="deleted_at" if "deleted_at" in table.columns else "",
        )

    def _field(
        self, table: Table, each: Field, unique: bool, key: Key | None, names: dict[str, str]
    ) -> Field:
        primary = each.name in table.primary
        counted = (
            primary
            and len(table.primary) == 1
            and each.type in ("integer", "bigint")
            and self.dialect == "sqlite"
            and not each.default_from
        )
        source = "auto" if counted else each.default_from
        nullable = each.nullable and not primary
        references = ""
        if key is not None and key.table in names:
            target = self.tables[key.table]
            column = (key.to or target.primary or ("id",))[0]
            references = f"{names[key.table]}.{column}"
        rules = [f"max length {each.length}"] if each.length else []
        return each.replace(
            primary_key=primary,
            unique=each.unique or unique,
            nullable=nullable,
            required=not (nullable or source),
            default_from=source,
            references=references,
            rules=tuple(rules),
        )


def _relation(key: Key, names: dict[str, str]) -> Relation:
    column = key.columns[0]
    return Relation(
        name=column.removesuffix("_id"),
        to=names[key.table],
        kind="many_to_one",
        on_delete=key.on_delete,
        field=column,
        declared=False,
    )


def replace_name(place: Place, name: str) -> Place:
    return Place(file=place.file, line=place.line, name=name)


def upwards(text: str) -> str:
    """The part of a migration that goes up."""
    down = DOWN.search(text)
    return MARKS.sub("", text[: down.start()] if down else text)


def goes_up(file: str) -> bool:
    """Whether a file is no migration back."""
    return UNDONE.search(file) is None


def in_order(file: str) -> list[tuple[int, str]]:
    """A key that sorts `2.do.sql` before `10.do.sql`."""
    return [(int(each), "") if each.isdigit() else (0, each) for each in re.split(r"(\d+)", file)]


def _names(nodes: Iterable[sql.Expression]) -> tuple[str, ...]:
    return tuple(e.this.name if isinstance(e, sql.Ordered) else e.name for e in nodes)


def _inside(node: sql.UniqueColumnConstraint) -> list[sql.Expression]:
    inner = node.this
    return list(inner.expressions) if isinstance(inner, sql.Schema) else list(node.expressions)


def _key(node: sql.ForeignKey) -> Key:
    reference = node.args.get("reference")
    own = tuple(each.name for each in node.expressions)
    found = _reference(own, reference) if isinstance(reference, sql.Reference) else Key(own, "", ())
    said = node.args.get("delete")
    return replace(found, on_delete=ACTIONS.get(str(said).upper(), "")) if said else found


def _reference(own: tuple[str, ...], node: sql.Reference) -> Key:
    target = node.this
    table = target.this.name if isinstance(target, sql.Schema) else target.name
    columns = _names(target.expressions) if isinstance(target, sql.Schema) else ()
    options = " ".join(str(each) for each in node.args.get("options") or ()).upper()
    match = re.search(r"ON DELETE (CASCADE|RESTRICT|SET NULL|SET DEFAULT|NO ACTION)", options)
    return Key(own, table, columns, ACTIONS[match[1]] if match else "")


def _numbers(kind: sql.Expression | None) -> list[int]:
    found = kind.find_all(sql.DataTypeParam) if kind is not None else ()
    return [int(each.name) for each in found if each.name.isdigit()]


def _size(kind: sql.Expression | None) -> int | None:
    return next(iter(_numbers(kind)), None)


def _constant(node: sql.Expression | None, kind: str) -> Any:
    """A default as a value; None for what the database computes."""
    bare = node.this if isinstance(node, sql.Paren | sql.Cast) else node
    if isinstance(bare, sql.Boolean):
        return bool(bare.this)
    if isinstance(bare, sql.Neg) and isinstance(bare.this, sql.Literal):
        return -float(bare.this.this) if "." in bare.this.this else -int(bare.this.this)
    if isinstance(bare, sql.Literal):
        if bare.is_string and not (kind in NUMBERS and bare.this.lstrip("-").isdigit()):
            return bare.this
        number = float(bare.this) if "." in bare.this else int(bare.this)
        return bool(number) if kind == "boolean" else number
    return None


def quoted(name: str, dialect: str) -> str:
    """A name as the database's SQL spells it for certain."""
    mark = "`" if dialect == "mysql" else '"'
    return ".".join(f"{mark}{each}{mark}" for each in name.replace(mark, "").split("."))


def literal(known: Any) -> str:
    """A constant as SQL spells it."""
    if isinstance(known, bool):
        return "TRUE" if known else "FALSE"
    if isinstance(known, int | float):
        return str(known)
    return "'" + str(known).replace("'", "''") + "'"


IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "data": "datum",
    "media": "media",
    "news": "news",
    "series": "series",
    "species": "species",
    "caches": "cache",
    **{f"{each}s": each for each in ("movie", "cookie", "calorie", "rookie", "hoodie", "brownie")},
}


def singular(table: str) -> str:
    """`order_items` → `OrderItem`."""
    words = table.split("_")
    words[-1] = _one(words[-1])
    return "".join(word[:1].upper() + word[1:] for word in words)


def _one(word: str) -> str:
    lower = word.lower()
    if lower in IRREGULAR:
        return IRREGULAR[lower]
    for ending, kept in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("statuses", "status"),
        ("ss", "ss"),
        ("us", "us"),
        ("is", "is"),
    ):
        if lower.endswith(ending):
            return word[: -len(ending)] + kept
    return word[:-1] if lower.endswith("s") and len(word) > 2 else word


__all__ = ["Script", "Tables", "goes_up", "in_order", "literal", "quoted", "singular", "upwards"]
