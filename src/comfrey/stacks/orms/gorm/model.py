"""One GORM model: its fields, keys, indexes and associations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from comfrey.languages.go.instances import embedded, underlying
from comfrey.languages.go.literals import is_sparse
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.comparing import comparable
from comfrey.source.node import Call, Constant, Late, Name, Return
from comfrey.source.value import ClassValue, Const, External, Generic, Value
from comfrey.stacks import ddl, shelf
from comfrey.stacks.orms.gorm.naming import column, table
from comfrey.stacks.orms.gorm.tags import Tag, options, tag

ACTIONS = {
    "cascade": "cascade",
    "restrict": "restrict",
    "set null": "set_null",
    "set default": "set_default",
    "no action": "no_action",
}
STAMPS = ("CreatedAt", "UpdatedAt")
SKIPPED = ("func", "chan")


@dataclass(frozen=True)
class Column:
    """A stored field of a struct: `name` in Go, the column that it is, and its type."""

    member: Member
    name: str
    column: str
    tag: Tag
    kind: Value
    pointer: bool = False


@dataclass
class Model:
    """A struct that is stored."""

    codebase: Codebase
    kind: ClassValue
    models: dict[ClassValue, Model] = field(default_factory=dict)
    _columns: list[Column] | None = None
    _others: list[Column] | None = None

    # --- members ---------------------------------------------------------------

    @property
    def columns(self) -> list[Column]:
        """What is stored in columns of its own table."""
        self._split()
        return self._columns or []

    @property
    def others(self) -> list[Column]:
        """What refers to other structs."""
        self._split()
        return self._others or []

    def _split(self) -> None:
        if self._columns is None:
            self._columns, self._others = [], []
            for each in self._members(self.kind, ""):
                target = self._columns if self._is_stored(each) else self._others
                target.append(each)

    def _members(self, kind: ClassValue, prefix: str, depth: int = 0) -> Iterator[Column]:
        for member in self.codebase.members(kind):
            if member.annotation is None or depth > 4:
                continue
            said = tag(member)
            if said.skipped or (not member.name[:1].isupper() and not embedded(member)):
                continue
            declared = self.codebase.type_of(member.annotation, self.codebase.body_of(kind))
            inner, pointer = bare(declared)
            if embedded(member) or said.has("embedded"):
                below = prefix + said.get("embeddedprefix")
                if isinstance(inner, ClassValue):
                    yield from self._members(inner, below, depth + 1)
                    continue
                if isinstance(inner, External) and inner.name.endswith("gorm.Model"):
                    yield from self._of_gorm(member)
                    continue
            named = said.get("column") or column(member.name)
            yield Column(member, member.name, prefix + named, said, inner, pointer)

    def _of_gorm(self, member: Member) -> Iterator[Column]:
        """What `gorm.Model` brings."""
        stamp = External("time.Time")
        yield Column(member, "ID", "id", Tag({"primarykey": ""}), External("uint"))
        yield Column(member, "CreatedAt", "created_at", Tag(), stamp)
        yield Column(member, "UpdatedAt", "updated_at", Tag(), stamp)
        yield Column(
            member,
            "DeletedAt",
            "deleted_at",
            Tag({"index": ""}),
            External("gorm.io/gorm.DeletedAt"),
            True,
        )

    def _is_stored(self, each: Column) -> bool:
        """Whether a field is a column: structs are associations unless they store themselves."""
        kind = each.kind
        if each.tag.has("type", "serializer"):
            return True
        if isinstance(kind, External) and kind.name in SKIPPED:
            return False
        if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.name == "list":
            return not isinstance(bare(kind.args[0])[0], ClassValue) or self._writes(
                bare(kind.args[0])[0]
            )
        if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.name == "dict":
            return False
        return not isinstance(kind, ClassValue) or self._writes(kind)

    def _writes(self, kind: Value) -> bool:
        """Whether a type of the tree is stored in one column: a basic type, or one that says how."""
        if not isinstance(kind, ClassValue):
            return True
        if kind in self.models:
            return False
        if underlying(self.codebase.evaluator, kind) is not None:
            return True
        return self.codebase.member(kind, "Value") is not None or self.codebase.is_a(
            kind, "time.Time"
        )

    # --- the record ------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def table(self) -> str:
        """What the struct says, else its name in the plural."""
        member = self.codebase.own_member(self.kind, "TableName")
        node = getattr(member.value, "node", None) if member is not None else None
        for each in node.body.statements if node is not None else ():
            if isinstance(each, Return) and each.value is not None:
                known = comparable(self.codebase.value(each.value, self.kind.scope))
                if known is not None and isinstance(known[0], str):
                    return known[0].rpartition(".")[2]
        return table(self.kind.name)

    @property
    def is_join(self) -> bool:
        return False

    def record(self) -> Record:
        unique = self._unique()
        made = tuple(self._field(each, unique) for each in self.columns)
        fields = tuple({each.name: each for each in made}.values())
        checks = tuple(
            ddl.named(CheckConstraint(sql=text, place=each.member.place), fields)
            for each in self.columns
            for text in each.tag.checks
        )
        return Record(
            name=self.name,
            table=self.table,
            place=self.kind.place,
            module=self.kind.scope.module,
            orm="gorm",
            fields=fields,
            unique=tuple(each for each in unique if len(each) > 1),
            checks=checks,
            relations=tuple(self._relations()),
            soft_delete=next((c.column for c in self.columns if _is_deletion(c)), ""),
        )

    def _field(self, each: Column, unique: list[tuple[str, ...]]) -> Field:
        said, primary = each.tag, self.is_key(each)
        kind, enum = self._type(each)
        default, source = _default(each, primary, kind)
        nullable = not (said.has("notnull", "not null") or primary)
        stamped = each.name in STAMPS or said.has("autocreatetime", "autoupdatetime")
        length = _size(said)
        return Field(
            name=each.column,
            column=each.column,
            type=("string" if length and kind == "text" else kind),
            required=not (nullable or source or stamped),
            nullable=nullable,
            zeroed=nullable and not each.pointer and not _is_absent(each.kind),
            sparse=any(
                isinstance(mark, Constant) and is_sparse(str(mark.value))
                for mark in each.member.decorators
            ),
            unique=said.has("unique") or (each.column,) in unique,
            primary_key=primary,
            default=default,
            default_from=source or ("code" if stamped else ""),
            on_update=each.name == "UpdatedAt" or said.has("autoupdatetime"),
            timezone=kind == "datetime",
            length=length,
            precision=_whole(said.get("precision")),
            scale=_whole(said.get("scale")),
            enum=enum,
            references=self._referred(each),
            items="string" if kind == "array" else "",
            rules=tuple(_rules(length, enum)),
            place=each.member.place,
        )

    def is_key(self, each: Column) -> bool:
        """Whether a column is (part of) the primary key: what is tagged so, else the field `ID`."""
        if any(c.tag.has("primarykey") for c in self.columns):
            return each.tag.has("primarykey")
        return each.name in ("ID", "Id")

    @property
    def key(self) -> str:
        return next((each.column for each in self.columns if self.is_key(each)), "id")

    def _type(self, each: Column) -> tuple[str, tuple[Any, ...]]:
        spelled = each.tag.get("type").lower()
        enum = _listed(spelled) or self._constants(each.kind)
        word = re.sub(r"\s*\(.*?\)", "", spelled).replace(" unsigned", "").strip()
        known = _data()["columns"].get(word)
        if known is None and spelled.endswith("[]"):
            known = "array"
        if known is None:
            known = self._by_kind(each.kind)
        return ("enum" if enum and known in ("string", "text", "enum") else known), enum

    def _by_kind(self, kind: Value) -> str:
        types = _data()["types"]
        if isinstance(kind, External):
            return str(types.get(kind.name, "text"))
        if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.name == "list":
            inner = kind.args[0]
            return (
                "bytes"
                if isinstance(inner, External) and inner.name in ("byte", "uint8")
                else "json"
            )
        if isinstance(kind, ClassValue):
            base = underlying(self.codebase.evaluator, kind)
            if base is not None:
                return self._by_kind(base)
            return "datetime" if self.codebase.is_a(kind, "time.Time") else "json"
        return "json"

    def _constants(self, kind: Value) -> tuple[Any, ...]:
        """The values of an enumeration: the constants of a named text type."""
        if not isinstance(kind, ClassValue):
            return ()
        base = underlying(self.codebase.evaluator, kind)
        if not (isinstance(base, External) and base.name == "string"):
            return ()
        parsed = self.codebase.parsed(kind.scope.module)
        found = []
        for each in parsed.body.statements if parsed else ():
            match each:
                case Late(value=Call(function=Name(name=name), arguments=(argument, *_))) if (
                    name == kind.name
                ):
                    if isinstance(argument.value, Constant):
                        found.append(argument.value.value)
        return tuple(dict.fromkeys(found))

    def _unique(self) -> list[tuple[str, ...]]:
        """The sets of columns that are unique together."""
        named: dict[str, list[tuple[int, str]]] = {}
        for index, each in enumerate(self.columns):
            for kind, text in each.tag.indexes:
                said = options(text)
                if (
                    kind == "index"
                    and "unique" not in said
                    and said.get("class", "").lower() != "unique"
                ):
                    continue
                name = said.get("") or said.get("composite") or f"<{each.column}>"
                order = _whole(said.get("priority", "")) or 10
                named.setdefault(name, []).append((order * 1000 + index, each.column))
        return [tuple(name for _, name in sorted(members)) for members in named.values()]

    # --- associations ------------------------------------------------------------

    def _referred(self, each: Column) -> str:
        """`Record.field` that a foreign key points to."""
        for other in self.others:
            target = self._target(other)
            if target is not None and not _is_list(other.kind) and self._foreign(other) is each:
                return f"{target.name}.{(other.tag.get('references') and column(other.tag.get('references'))) or target.key}"
        for model in self.models.values():
            for other in model.others:
                if model._target(other) is self and model._held_by(other, self) is each:
                    return f"{model.name}.{model.key}"
        return ""

    def _target(self, each: Column) -> Model | None:
        kind = each.kind
        if _is_list(kind) and isinstance(kind, Generic):
            kind = bare(kind.args[0])[0]
        return self.models.get(kind) if isinstance(kind, ClassValue) else None

    def _foreign(self, each: Column) -> Column | None:
        """The own column that holds the key of a struct that is referred to."""
        wanted = each.tag.get("foreignkey") or each.name + "ID"
        names = [part.strip() for part in wanted.split(",")]
        for own in self.columns:
            if own.name in names or own.column in names or own.name == each.name + "Id":
                return own
        return None

    def _held_by(self, each: Column, other: Model) -> Column | None:
        """The column of another model that points back here, for what it has of them."""
        if each.tag.has("many2many") or (
            not _is_list(each.kind) and self._foreign(each) is not None
        ):
            return None
        wanted = each.tag.get("foreignkey") or self.kind.name + "ID"
        for own in other.columns:
            if own.name == wanted or own.column == wanted or own.name == self.kind.name + "Id":
                return own
        return None

    def _relations(self) -> Iterator[Relation]:
        seen: set[str] = set()
        for each in self.others:
            found = self._relation(each)
            if found is not None:
                seen.add(found.field)
                yield found
        for model in self.models.values():
            for other in model.others:
                own = model._held_by(other, self) if model._target(other) is self else None
                if own is not None and own.column not in seen:
                    seen.add(own.column)
                    yield self._back(model, other, own)

    def _relation(self, each: Column) -> Relation | None:
        target = self._target(each)
        if target is None:
            return None
        name = column(each.name)
        place = each.member.place
        if each.tag.has("many2many"):
            through = each.tag.get("many2many")
            return Relation(
                name=name, to=target.name, kind="many_to_many", through=through, place=place
            )
        own = None if _is_list(each.kind) else self._foreign(each)
        if own is not None:
            kind = "many_to_one"
            return Relation(
                name=name,
                to=target.name,
                kind=kind,
                on_delete=_on_delete(each),
                field=own.column,
                place=place,
            )
        kind = "one_to_many" if _is_list(each.kind) else "one_to_one"
        held = self._held_by(each, target)
        if held is None:
            return None
        return Relation(
            name=name, to=target.name, kind=kind, on_delete=_on_delete(each), place=place
        )

    def _back(self, model: Model, other: Column, own: Column) -> Relation:
        """A key that only the other side tells of."""
        name = own.column.removesuffix("_id")
        return Relation(
            name=name,
            to=model.name,
            kind="many_to_one",
            on_delete=_on_delete(other),
            field=own.column,
            back=column(other.name),
            declared=False,
            place=own.member.place,
        )


def bare(kind: Value) -> tuple[Value, bool]:
    """A type without its pointer, and whether it had one."""
    if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.last == "Annotated":
        return kind.args[0], True
    return kind, False


def in_tree(codebase: Codebase, values: Iterable[Value]) -> Iterator[ClassValue]:
    for each in values:
        inner, _ = bare(each)
        if isinstance(inner, ClassValue):
            yield inner


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "gorm")
    return folder.about.data if folder else {}


def _is_list(kind: Value) -> bool:
    return isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.name == "list"


def _is_deletion(each: Column) -> bool:
    if isinstance(each.kind, External) and each.kind.name.endswith("gorm.DeletedAt"):
        return True
    return each.name == "DeletedAt" and each.pointer


def _default(each: Column, primary: bool, kind: str) -> tuple[Any, str]:
    said = each.tag.get("default")
    if said:
        return _constant(said, kind), "database"
    if (
        primary
        and kind in ("integer", "bigint", "smallint")
        and each.tag.get("autoincrement") != "false"
    ):
        return None, "auto"
    return None, ""


def _constant(text: str, kind: str) -> Any:
    """A default as a value; None for what the database computes."""
    bare_text = text.strip().strip("'\"")
    if re.search(r"\(|^current_|^now$|^null$", text, re.IGNORECASE):
        return None
    if kind == "boolean":
        return bare_text.lower() in ("true", "1", "t")
    if kind in ("integer", "bigint", "smallint") and re.fullmatch(r"-?\d+", bare_text):
        return int(bare_text)
    if kind in ("float", "decimal") and re.fullmatch(r"-?\d+(?:\.\d+)?", bare_text):
        return float(bare_text)
    return bare_text


def _size(said: Tag) -> int | None:
    size = _whole(said.get("size"))
    if size:
        return size
    match = re.match(r"(?:n?var)?char(?:acter)?(?: varying)?\((\d+)\)", said.get("type").lower())
    return int(match[1]) if match else None


def _is_absent(kind: Value) -> bool:
    """Whether a type says by itself that there is nothing: `sql.NullString`, `gorm.DeletedAt`, what is scanned its own
    way."""
    basic = isinstance(kind, External) and "." not in kind.name
    return not (basic or (isinstance(kind, External) and kind.name == "time.Time"))


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isdigit() else None


def _listed(spelled: str) -> tuple[str, ...]:
    """The members of MySQL's `enum('a','b')`."""
    return tuple(re.findall(r"'([^']*)'", spelled)) if spelled.startswith("enum") else ()


def _on_delete(each: Column) -> str:
    match = re.search(r"OnDelete\s*:\s*([A-Za-z ]+)", each.tag.get("constraint"), re.IGNORECASE)
    return ACTIONS.get(match[1].strip().lower(), "") if match else ""


def _rules(length: int | None, enum: tuple[Any, ...]) -> Iterator[str]:
    if length:
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(map(str, enum))


__all__ = ["Const", "Model", "bare", "in_tree"]
