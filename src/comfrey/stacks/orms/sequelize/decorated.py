"""sequelize-typescript's models: `@Table class Book extends Model`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.inflection import plural, underscored
from comfrey.languages.javascript.options import (
    constant,
    flag,
    given_back,
    last,
    marks,
    option,
    said,
    text,
    values,
)
from comfrey.model.record import Field, Record, Relation
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Name
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
)

TYPES = {"string": "string", "number": "integer", "boolean": "boolean", "Date": "datetime"}
SQL = {"STRING": "string", "TEXT": "text", "INTEGER": "integer", "BIGINT": "bigint", "UUID": "uuid",
       "BOOLEAN": "boolean", "DATE": "datetime", "DATEONLY": "date", "DECIMAL": "decimal",
       "FLOAT": "float", "DOUBLE": "float", "JSON": "json", "JSONB": "json", "ENUM": "enum",
       "ARRAY": "array", "BLOB": "bytes", "TIME": "time", "SMALLINT": "smallint"}  # fmt: skip
JOINS = {
    "BelongsTo": "many_to_one",
    "HasMany": "one_to_many",
    "HasOne": "one_to_one",
    "BelongsToMany": "many_to_many",
}
STAMPS = ("CreatedAt", "UpdatedAt", "DeletedAt")


def decorated(codebase: Codebase) -> Iterator[Record]:
    """Every class marked `@Table` outside of tests."""
    found = list(_marked(codebase))
    between = {each.through for record in found for each in record.relations if each.through}
    yield from (_keyed(each) if each.table in between else each for each in found)


def _keyed(record: Record) -> Record:
    """A table between two others that names no key of its own is keyed by those of the two."""
    first, *others = record.fields
    if first.place is not None or sum(bool(each.references) for each in others) != 2:
        return record
    told = (each.replace(primary_key=bool(each.references)) for each in others)
    return record.replace(fields=tuple(told))


def _marked(codebase: Codebase) -> Iterator[Record]:
    for kind in codebase.classes((b"@Table",)):
        mark = next((each for each in marks(codebase, kind) if last(each) == "Table"), None)
        if mark is None or codebase.language.is_test(kind.scope.file):
            continue
        options = mark.args[0] if isinstance(mark, Instance) and mark.args else None
        yield _record(codebase, kind, options)


def _record(codebase: Codebase, kind: ClassValue, options: Value | None) -> Record:
    snake = flag(options, "underscored")
    members = [
        (each, list(_marks(codebase, each)))
        for each in codebase.members(kind, inherited=True)
        if each.decorators
    ]
    fields = [f for each, told in members if (f := _field(codebase, each, told, snake))]
    if not any(each.primary_key for each in fields):
        fields.insert(0, Field(name="id", type="integer", primary_key=True, default_from="auto"))
    known = {each.name for each in fields}
    fields += [each for each in _stamps(options, snake) if each.name not in known]
    return Record(
        name=kind.name,
        table=_table(kind, options),
        place=kind.place,
        module=kind.scope.module,
        orm="sequelize",
        fields=tuple(fields),
        relations=tuple(
            r for each, told in members if (r := _relation(codebase, each, told, fields))
        ),
        soft_delete="deletedAt" if flag(options, "paranoid") else "",
    )


def _table(kind: ClassValue, options: Value | None) -> str:
    made = plural(kind.name)
    known = text(options, "tableName")
    return known or (underscored(made) if flag(options, "underscored") else made)


def _stamps(options: Value | None, snake: bool) -> Iterator[Field]:
    """When a row was made and changed, under the names that `createdAt: "made"` gives; `createdAt: false` keeps none."""
    for name in ("createdAt", "updatedAt"):
        if said(options, "timestamps") is False or said(options, name) is False:
            continue
        own = text(options, name) or name
        yield Field(name=own, column=underscored(own) if snake else "", type="datetime",
                    default_from="code", on_update=name == "updatedAt", timezone=True)  # fmt: skip


def _marks(codebase: Codebase, member: Member) -> Iterator[tuple[str, tuple[Value, ...]]]:
    for each in member.decorators:
        value = codebase.value(each, codebase.body_of(member.owner))
        yield last(value), value.args if isinstance(value, Instance) else ()


def _field(
    codebase: Codebase, member: Member, told: list[tuple[str, tuple[Value, ...]]], snake: bool
) -> Field | None:
    named = dict(told)
    if "Column" not in named and "ForeignKey" not in named and not set(STAMPS) & set(named):
        return None
    first = named.get("Column", ())[:1]
    options = next((each for each in first if isinstance(each, DictValue)), None)
    kind = option(options, "type") if options is not None else next(iter(first), None)
    note = member.annotation.name if isinstance(member.annotation, Name) else ""
    neutral = SQL.get(_spelt(kind), "") or TYPES.get(note, "any")
    primary = "PrimaryKey" in named or flag(options, "primaryKey")
    auto = "AutoIncrement" in named or flag(options, "autoIncrement")
    default = named["Default"][0] if named.get("Default") else option(options, "defaultValue")
    required = "AllowNull" in named and constant(next(iter(named["AllowNull"]), None)) is False
    required = required or said(options, "allowNull") is False
    inside = kind.args if isinstance(kind, Instance) else ()
    source = "auto" if auto else "code" if default is not None or set(STAMPS) & set(named) else ""
    return Field(
        name=member.name,
        column=text(options, "field") or (underscored(member.name) if snake else ""),
        type=neutral,
        required=required and not source and not primary,
        nullable=not (required or primary),
        unique="Unique" in named or flag(options, "unique"),
        primary_key=primary,
        default=constant(default),
        default_from=source,
        length=_length(kind, inside) if neutral == "string" else None,
        enum=tuple(_words(inside)) if neutral == "enum" else (),
        references=_referred(codebase, named.get("ForeignKey", ())),
        place=member.place,
    )


def _length(kind: Value | None, inside: tuple[Value, ...]) -> int | None:
    """The length of `DataType.STRING(40)`; of a text that is only called so in TypeScript the usual one as well."""
    known = constant(inside[0]) if inside else None
    return known if isinstance(known, int) and _spelt(kind) == "STRING" else 255


def _words(inside: tuple[Value, ...]) -> Iterator[str]:
    """The words of `DataType.ENUM("new", "paid")`, of a list of them or of an enumeration."""
    for each in inside:
        known = values(each) if isinstance(each, ListValue | DictValue) else (constant(each),)
        yield from (word for word in known if isinstance(word, str))


def _spelt(kind: Value | None) -> str:
    match kind:
        case External(name=name) | Instance(of=External(name=name)):
            return name.rpartition(".")[2]
        case BoundExternal(name=name) | Instance(of=BoundExternal(name=name)):
            return name
        case _:
            return ""


def _referred(codebase: Codebase, args: tuple[Value, ...]) -> str:
    target = _target(codebase, args)
    return f"{target.name}.id" if target is not None else ""


def _target(codebase: Codebase, args: tuple[Value, ...]) -> ClassValue | None:
    first = args[0] if args else None
    found = given_back(codebase, first) if isinstance(first, FunctionValue) else first
    return found if isinstance(found, ClassValue) else None


def _relation(
    codebase: Codebase,
    member: Member,
    told: list[tuple[str, tuple[Value, ...]]],
    fields: list[Field],
) -> Relation | None:
    for name, args in told:
        target = _target(codebase, args) if name in JOINS else None
        if target is None:
            continue
        second = args[1] if len(args) > 1 else None
        options = next((each for each in args[1:] if isinstance(each, DictValue)), None)
        key = _key(member, second, options, target, fields) if name == "BelongsTo" else ""
        return Relation(
            name=member.name,
            to=target.name,
            kind=JOINS[name],
            on_delete=text(options, "onDelete").lower().replace(" ", "_"),
            field=key,
            through=_through(codebase, second, options) if name == "BelongsToMany" else "",
            place=member.place,
        )
    return None


def _key(
    member: Member,
    second: Value | None,
    options: Value | None,
    target: ClassValue,
    fields: list[Field],
) -> str:
    """The key by which a row belongs to another: as it is named, else the one that `@ForeignKey` marks for it."""
    named = constant(second) or text(options, "foreignKey")
    marked = (e.name for e in fields if e.references.partition(".")[0] == target.name)
    return str(named) if named else next(marked, f"{member.name}Id")


def _through(codebase: Codebase, second: Value | None, options: Value | None) -> str:
    """The table between: `() => Membership`, its name, or the same as `{ through: … }`."""
    said_as = option(options, "through") if options is not None else second
    kind = _target(codebase, (said_as,)) if said_as is not None else None
    if kind is None:
        return str(constant(said_as) or "")
    mark = next((each for each in marks(codebase, kind) if last(each) == "Table"), None)
    given = mark.args[0] if isinstance(mark, Instance) and mark.args else None
    return _table(kind, given)
