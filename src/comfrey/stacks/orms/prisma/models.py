"""Models of a Prisma schema as records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.stacks import ddl, shelf
from comfrey.stacks.orms.prisma.files import Schema
from comfrey.stacks.orms.prisma.schema import Argument, Block, Entry, Invocation, Name

ON_DELETE = {
    "Cascade": "cascade",
    "Restrict": "restrict",
    "NoAction": "no_action",
    "SetNull": "set_null",
    "SetDefault": "set_default",
}
SOFT_DELETE = ("deleted_at", "deletedAt", "is_deleted", "isDeleted")
MYSQL_STRING = 191


@cache
def data() -> dict[str, Any]:
    folder = shelf.folder("orms", "prisma")
    return folder.about.data if folder else {}


class Models:
    """All models of one schema: a relation is only understood together with its other side."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.models = {each.name: each for each in schema.of("model", "view")}
        self.enums = {each.name: each for each in schema.of("enum")}
        self.dialect = dialect_of(schema)
        self.module = client_module(schema)
        self.checks = _checks(schema, self.dialect)

    def records(self) -> tuple[Record, ...]:
        return tuple(self._record(each) for each in self.models.values())

    def _record(self, model: Block) -> Record:
        table = _mapped(model.attribute("@@map")) or model.name
        fields = tuple(f for each in model.entries if (f := self._field(model, each)))
        checks = tuple(ddl.named(each, fields) for each in self.checks.get(table, ()))
        return Record(
            name=model.name,
            table=table,
            place=model.place,
            module=self.module,
            orm="prisma",
            store="document" if self.dialect == "mongodb" else "table",
            schema=_mapped(model.attribute("@@schema")),
            fields=tuple(_ruled(each, checks) for each in fields),
            unique=tuple(each for each in _groups(model, "@@unique") if len(each) > 1),
            checks=checks,
            relations=tuple(r for each in model.entries if (r := self._relation(model, each))),
            soft_delete=next((each.name for each in fields if each.name in SOFT_DELETE), ""),
        )

    # --- fields --------------------------------------------------------------

    def _field(self, model: Block, entry: Entry) -> Field | None:
        if entry.type in self.models:
            return None
        kind, length, zoned = self._type(entry)
        default, source = self._default(entry)
        primary = bool(entry.attribute("@id")) or any(
            entry.name in each for each in _groups(model, "@@id")
        )
        updated = entry.attribute("@updatedAt") is not None
        enum = self._members(entry)
        return Field(
            name=entry.name,
            column=_mapped(entry.attribute("@map")),
            type="array" if entry.many else kind,
            items=kind if entry.many else "",
            required=not (entry.optional or entry.many or source or updated),
            nullable=entry.optional,
            unique=bool(entry.attribute("@unique")) or (entry.name,) in _groups(model, "@@unique"),
            primary_key=primary,
            default=default,
            default_from=source or ("code" if updated else ""),
            on_update=updated,
            timezone=zoned,
            length=length,
            precision=_number(entry, 0) if kind == "decimal" else None,
            scale=_number(entry, 1) if kind == "decimal" else None,
            enum=enum,
            enum_names=enum,
            enum_class=f"{self.module}:{entry.type}" if enum else "",
            references=self._reference(model, entry.name),
            rules=tuple(_rules(length, enum)),
            place=entry.place,
        )

    def _type(self, entry: Entry) -> tuple[str, int | None, bool]:
        """(neutral type, length, whether it knows time zones)."""
        if entry.type in self.enums:
            return "enum", None, False
        tables, native = data(), entry.native()
        own = native.name.rpartition(".")[2] if native else ""
        kind = tables["native"].get(own) or tables["types"].get(entry.type, "")
        if not kind:
            composite = any(each.name == entry.type for each in self.schema.of("type"))
            kind = "object" if composite else "any"
        length = _number(entry, 0) if kind == "string" else None
        if kind == "text" and not own and self.dialect == "mysql":
            kind, length = "string", MYSQL_STRING
        return kind, length, own in tables["zoned"]

    def _default(self, entry: Entry) -> tuple[Any, str]:
        """(constant, who fills it in): `database` where the migration gives the column a DEFAULT."""
        given = entry.attribute("@default")
        value = given.argument("value") if given else None
        if value is None:
            return None, ""
        if isinstance(value, Invocation):
            source = data()["defaults"].get(value.name, "code")
            return None, "code" if self.dialect == "mongodb" and source == "database" else source
        source = "code" if self.dialect == "mongodb" else "database"
        return _constant(value), source

    def _members(self, entry: Entry) -> tuple[str, ...]:
        kind = self.enums.get(entry.type)
        return tuple(each.name for each in kind.entries) if kind and not entry.many else ()

    def _reference(self, model: Block, name: str) -> str:
        for each in model.entries:
            local, far = _keys(each)
            if each.type in self.models and name in local:
                index = local.index(name)
                return f"{each.type}.{far[index]}" if index < len(far) else ""
        return ""

    # --- relations -----------------------------------------------------------

    def _relation(self, model: Block, entry: Entry) -> Relation | None:
        target = self.models.get(entry.type)
        if target is None:
            return None
        back = self._back(model, entry, target)
        local, _ = _keys(entry)
        owner = entry if local else back
        kind = self._kind(model, entry, back)
        joined = kind == "many_to_many"
        return Relation(
            name=entry.name,
            to=target.name,
            kind=kind,
            on_delete="" if joined or owner is None else _on_delete(owner),
            field=local[0] if local else "",
            back=back.name if back else "",
            through=_join_table(model, entry, target) if joined else "",
            place=entry.place,
        )

    def _back(self, model: Block, entry: Entry, target: Block) -> Entry | None:
        """The other side: of the same relation name where there are several."""
        name = _relation_name(entry)
        for each in target.entries:
            itself = each is entry
            if each.type == model.name and not itself and _relation_name(each) == name:
                return each
        return None

    def _kind(self, model: Block, entry: Entry, back: Entry | None) -> str:
        local, _ = _keys(entry)
        if local:
            return "many_to_one" if back is None or back.many else "one_to_one"
        if not entry.many:
            return "one_to_one"
        stored = back is not None and _keys(back)[0]
        return "many_to_many" if back is not None and back.many and not stored else "one_to_many"


def dialect_of(schema: Schema) -> str:
    source = schema.one("datasource")
    given = source.setting("provider") if source else None
    names = given if isinstance(given, tuple) else (given,)
    first = names[0] if names else None
    return str(data()["dialects"].get(first, "")) if isinstance(first, str) else ""


def client_module(schema: Schema) -> str:
    """What the app imports its client and enums from: the package, or the generated folder in the tree."""
    for each in schema.of("generator"):
        provider, output = each.setting("provider"), each.setting("output")
        if provider in ("prisma-client", "prisma-client-js") and isinstance(output, str):
            folder = each.place.file.rpartition("/")[0]
            return _joined(folder, output)
    return "@prisma/client"


def _joined(folder: str, path: str) -> str:
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ".."):
            parts.append(part)
    joined = "/".join(parts)
    inside = joined.rpartition("node_modules/")[2]
    return inside.removeprefix(".prisma/client").strip("/") or "@prisma/client"


def _mapped(attribute: Invocation | None) -> str:
    found = attribute.argument("name") or attribute.argument("map") if attribute else None
    return found if isinstance(found, str) else ""


def _words(value: Argument | None) -> tuple[str, ...]:
    """Field names in brackets; an entry with an index length or an order is a call on its name."""
    several = value if isinstance(value, tuple) else ()
    return tuple(
        each.text if isinstance(each, Name) else each.name
        for each in several
        if isinstance(each, Name | Invocation)
    )


def _groups(model: Block, name: str) -> tuple[tuple[str, ...], ...]:
    found = (_words(a.argument("fields")) for a in model.attributes if a.name == name)
    return tuple(each for each in found if each)


def _keys(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The own fields that a relation stands on, and those of the other side."""
    given = entry.attribute("@relation")
    if given is None:
        return (), ()
    return _words(given.argument("fields", 9)), _words(given.argument("references", 9))


def _relation_name(entry: Entry) -> str:
    given = entry.attribute("@relation")
    found = given.argument("name") if given else None
    return found if isinstance(found, str) else ""


def _on_delete(owner: Entry) -> str:
    """Prisma's referential action; where none is given, Restrict for a required key, SetNull for another
    (https://www.prisma.io/docs/orm/prisma-schema/data-model/relations/referential-actions)."""
    given = owner.attribute("@relation")
    action = given.argument("onDelete", 9) if given else None
    if isinstance(action, Name):
        return ON_DELETE.get(action.text, "")
    return "set_null" if owner.optional else "restrict"


def _join_table(model: Block, entry: Entry, target: Block) -> str:
    """Of an implicit many-to-many relation: named after it, else after both models in order."""
    first, second = sorted((model.name, target.name))
    return f"_{_relation_name(entry) or f'{first}To{second}'}"


def _number(entry: Entry, position: int) -> int | None:
    native = entry.native()
    found = native.argument("", position) if native else None
    return found if isinstance(found, int) else None


def _constant(value: Argument) -> Any:
    if isinstance(value, Name):
        return {"true": True, "false": False}.get(value.text, value.text)
    return value if isinstance(value, str | int | float) else None


def _rules(length: int | None, enum: tuple[str, ...]) -> Iterator[str]:
    if length is not None:
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(enum)


def _ruled(field: Field, checks: tuple[CheckConstraint, ...]) -> Field:
    named = [each.sql for each in checks if field.name in each.fields]
    return field.replace(rules=(*field.rules, *named)) if named else field


def _checks(schema: Schema, dialect: str) -> dict[str, tuple[CheckConstraint, ...]]:
    """The CHECKs of each table that migrations add and none takes away: the schema cannot say them."""
    found: dict[tuple[str, str], CheckConstraint] = {}
    for file in schema.migrations:
        text = schema.tree.string(file)
        if "CHECK" in text.upper():
            for table, check in ddl.checks(text, dialect, file):
                found[table, check.name or check.sql] = check
        if found and "DROP CONSTRAINT" in text.upper():
            for key in ddl.dropped(text, dialect):
                found.pop(key, None)
    tables: dict[str, list[CheckConstraint]] = {}
    for (table, _), check in found.items():
        tables.setdefault(table, []).append(check)
    return {table: tuple(each) for table, each in tables.items()}
