"""Which classes are mapped, to which table, and what their members are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from comfrey.model.place import Place
from comfrey.model.record import CheckConstraint, Field
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.orms.sqlalchemy.columns import (
    Column,
    Key,
    check,
    column,
    on_delete,
    spelling,
)
from comfrey.stacks.orms.sqlalchemy.relations import Tie, selected, tie, unloaded
from comfrey.stacks.orms.sqlalchemy.types import data, is_made_by, last_of, name_of

MAPPED = ("Mapped", "WriteOnlyMapped", "DynamicMapped")
SKIPPED = ("__tablename__", "__table_args__", "__mapper_args__", "metadata", "registry")


@dataclass
class Draft:
    """A mapped class or table on its way to a Record."""

    name: str
    table: str
    module: str
    place: Place
    kind: ClassValue | None = None
    schema: str = ""
    columns: list[Column] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    unique: list[tuple[str, ...]] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    primary: tuple[str, ...] = ()
    version: str = ""
    symbol: str = ""
    """The variable that holds a table of no class, which only joins the rows of others."""


OF_FLASK = (
    "flask_sqlalchemy.SQLAlchemy.Model",
    "flask_sqlalchemy.SQLAlchemy.make_declarative_base",
)
"""Bases whose classes have a table without saying so."""


class Mapping:
    """The declarative classes of one codebase; `kin` are ORMs that build on this one (see `read.py`)."""

    def __init__(self, codebase: Codebase, kin: tuple[ModuleType, ...] = ()) -> None:
        self.codebase = codebase
        self.kin = kin
        self.data: dict[str, Any] = data()
        self._drafts: dict[ClassValue, Draft | None] = {}

    def draft(self, kind: ClassValue) -> Draft | None:
        """The class as a draft; None when it is no mapped class with a table."""
        if kind not in self._drafts:
            self._drafts[kind] = None
            if self.is_mapped(kind) and not self._is_abstract(kind):
                self._drafts[kind] = self._made(kind)
        return self._drafts[kind]

    def is_mapped(self, kind: ClassValue) -> bool:
        """Whether the class descends from a declarative base, or is decorated as mapped."""
        if any(module.is_record(self.codebase, kind) for module in self.kin):
            return True
        outside = (each for each in self.codebase.mro(kind) if isinstance(each, External))
        if any(self._is_base(each.name) for each in outside):
            return True
        return any(self._is_decorated(each) for each in self.codebase.mro(kind))

    def _is_base(self, name: str) -> bool:
        package, _, last = name.partition(".")
        if package not in self.data["packages"]:
            return False
        return last.rpartition(".")[2] in self.data["bases"] or package == "advanced_alchemy"

    def _is_decorated(self, kind: ClassValue | External) -> bool:
        if not isinstance(kind, ClassValue):
            return False
        texts = (each.text.partition("(")[0] for each in kind.node.decorators)
        return any(text.rpartition(".")[2] in self.data["decorators"] for text in texts)

    def _is_abstract(self, kind: ClassValue) -> bool:
        own = self.codebase.own_member(kind, "__abstract__")
        return own is not None and plain(own.value) is True

    def _made(self, kind: ClassValue) -> Draft | None:
        table = self.table_name(kind)
        written = self.codebase.member(kind, "__table__")
        if not table and not (written and is_made_by(written.value, "Table")):
            return None
        place = kind.place
        draft = Draft(kind.name, table, kind.scope.module, place, kind)
        draft.columns += self._outside(kind)
        for member in self.codebase.members(kind, inherited=True):
            self._add(draft, kind, member)
        if written is not None and isinstance(written.value, Instance):
            add_table(self.codebase, draft, written.value)
        self._table_args(draft, kind)
        self._mapper_args(draft, kind)
        self._validated(draft, kind)
        return draft if draft.columns else None

    # --- the table -----------------------------------------------------------

    def table_name(self, kind: ClassValue) -> str:
        """`__tablename__`, also by a convention of a base class; "" when the class has no table."""
        member = self.codebase.member(kind, "__tablename__")
        if member is not None and member.value is not None:
            return text_of(self._declared(kind, member)) or ""
        for module in self.kin:
            if module.is_record(self.codebase, kind):
                return str(module.table_name(self.codebase, kind))
        if any(self.codebase.is_a(kind, each) for each in OF_FLASK):
            return snake(kind.name)
        if any(each.name.startswith("advanced_alchemy.") for each in self._external(kind)):
            return snake(kind.name)
        return ""

    def _external(self, kind: ClassValue) -> Iterator[External]:
        return (each for each in self.codebase.mro(kind) if isinstance(each, External))

    def _declared(self, kind: ClassValue, member: Member) -> Value | None:
        """A member's value; a `declared_attr` method is called on the class."""
        if not isinstance(member.value, FunctionValue):
            return member.value
        with self.codebase.evaluator.quietly():
            return self.codebase.evaluator.call(BoundMethod(kind, member.value))

    # --- members -------------------------------------------------------------

    def _add(self, draft: Draft, kind: ClassValue, member: Member) -> None:
        if member.name.startswith("__") or member.name in SKIPPED:
            return
        value, annotation = self._declaration(kind, member)
        for module in self.kin:
            if module.is_record(self.codebase, kind):
                value, annotation = module.spelt(self.codebase, member, value, annotation)
        if value is None and annotation is None:
            return
        if is_made_by(value, *self.data["computed"]):
            draft.columns.append(_computed(member))
        elif is_made_by(value, *self.data["relations"]) or self._is_related(annotation, value):
            made = value if isinstance(value, Instance) else None
            found = tie(self.codebase, member.name, member.place, annotation, made)
            draft.ties += [selected(unloaded(found, member, made), member)] if found else []
        elif is_made_by(value, *self.data["columns"]) or (annotation and value is None):
            draft.columns.append(self._column(kind, member, annotation, value))
        elif annotation is not None and isinstance(value, Const | Instance | ListValue):
            made = Instance(External("sqlalchemy.Column"), (), (("default", value),))
            draft.columns.append(self._column(kind, member, annotation, made))

    def _declaration(self, kind: ClassValue, member: Member) -> tuple[Value | None, Value | None]:
        """A member's construct and the type inside its `Mapped[…]`."""
        if isinstance(member.value, FunctionValue):
            if not any("declared_attr" in name_of(each) for each in member.value.decorators):
                return None, None
            returns = getattr(member.value.node, "returns", None)
            annotation = self._mapped(returns, member) if returns is not None else None
            return self._declared(kind, member), annotation
        return member.value, self._mapped(member.annotation, member)

    def _mapped(self, annotation: Any, member: Member) -> Value | None:
        if annotation is None:
            return None
        scope = self.codebase.body_of(member.owner)
        kind = self.codebase.type_of(annotation, scope)
        if isinstance(kind, Generic) and last_of(kind) in MAPPED and kind.args:
            inner = kind.args[0]
            if last_of(kind) == "Mapped" or isinstance(inner, Generic):
                return inner
            return Generic(External("list"), (inner,))
        if any(module.is_record(self.codebase, member.owner) for module in self.kin):
            return kind
        return None

    def _is_related(self, annotation: Value | None, value: Value | None) -> bool:
        """`Mapped["User"]` without a construct joins to another mapped class."""
        if annotation is None or value is not None:
            return False
        kind = self.codebase.class_of(annotation)
        return kind is not None and self.is_mapped(kind)

    def _column(
        self, kind: ClassValue, member: Member, annotation: Value | None, value: Value | None
    ) -> Column:
        table = self._annotation_map(kind)
        return column(self.codebase, spelling(member.name, member.place, annotation, value, table))

    def _annotation_map(self, kind: ClassValue) -> Value | None:
        member = self.codebase.member(kind, "type_annotation_map")
        if member is not None:
            return member.value
        registry = self.codebase.member(kind, "registry")
        if registry is not None and isinstance(registry.value, Instance):
            return registry.value.kwarg("type_annotation_map")
        return None

    def _outside(self, kind: ClassValue) -> list[Column]:
        """Columns that mixins outside the tree bring, by this folder's data."""
        mixins: dict[str, dict[str, list[str]]] = self.data["mixins"]
        found: dict[str, Column] = {}
        for each in self._external(kind):
            for name, facts in mixins.get(each.last, {}).items():
                found.setdefault(name, _foreign(name, facts, kind.place))
        return list(found.values())

    # --- what stands beside the members --------------------------------------

    def _table_args(self, draft: Draft, kind: ClassValue) -> None:
        member = self.codebase.member(kind, "__table_args__")
        value = self._declared(kind, member) if member is not None else None
        if isinstance(value, DictValue):
            draft.schema = text_of(value.get("schema")) or draft.schema
        for each in value.items if isinstance(value, ListValue) else ():
            if isinstance(each, DictValue):
                draft.schema = text_of(each.get("schema")) or draft.schema
            elif isinstance(each, Instance):
                constrain(draft, each)

    def _mapper_args(self, draft: Draft, kind: ClassValue) -> None:
        member = self.codebase.member(kind, "__mapper_args__")
        value = self._declared(kind, member) if member is not None else None
        if not isinstance(value, DictValue):
            return
        version = value.get("version_id_col")
        draft.version = next(
            (each.field.name for each in draft.columns if any(v is version for v in each.values)),
            text_of(version) or "",
        )

    def _validated(self, draft: Draft, kind: ClassValue) -> None:
        """`@validates("email")` as a rule of the field."""
        for member in self.codebase.members(kind, inherited=True):
            if not isinstance(member.value, FunctionValue):
                continue
            for each in member.value.decorators:
                if is_made_by(each, "validates") and isinstance(each, Instance):
                    names = {text_of(arg) for arg in each.args}
                    _add_rule(draft, names, f"validated by {member.name}")


def _add_rule(draft: Draft, names: set[str | None], rule: str) -> None:
    for index, each in enumerate(draft.columns):
        if each.field.name in names:
            changed = each.field.replace(rules=(*each.field.rules, rule))
            draft.columns[index] = Column(changed, each.key, each.checks, each.values)


def _computed(member: Member) -> Column:
    return Column(Field(name=member.name, type="unknown", computed=True, place=member.place))


def _foreign(name: str, facts: list[str], place: Place) -> Column:
    """A column from `[data.mixins]`: its type, then facts by word."""
    kind, *words = facts
    named = dict(word.split("=", 1) for word in words if "=" in word)
    target = named.get("references", "")
    source = next((word for word in words if word in ("code", "auto", "database")), "")
    length = int(named["length"]) if "length" in named else None
    made = Field(
        name=name,
        type=kind,
        primary_key="primary" in words,
        unique="unique" in words,
        nullable="nullable" in words,
        required=not source and "nullable" not in words,
        default={"true": True, "false": False}.get(named.get("default", "")),
        default_from=source,
        on_update="on_update" in words,
        length=length,
        timezone=kind == "datetime",
        rules=(f"max length {length}",) if length else (),
        place=place,
    )
    rule = "cascade" if "cascade" in words else ""
    return Column(made, Key((name,), (target,), rule, place) if target else None)


def snake(name: str) -> str:
    """`OrderItem` → `order_item`, as Flask-SQLAlchemy and Advanced Alchemy name tables."""
    found = ""
    for index, letter in enumerate(name):
        before = name[index - 1 : index]
        after = name[index + 1 : index + 2]
        starts = letter.isupper() and bool(before)
        if starts and (
            before.islower() or before.isdigit() or (before.isupper() and after.islower())
        ):
            found += "_"
        found += letter.lower()
    return found


def constrain(draft: Draft, made: Instance) -> None:
    """A constraint or index of a table's arguments."""
    match last_of(made):
        case "UniqueConstraint":
            draft.unique.append(_names(draft, made.args))
        case "Index" if plain(made.kwarg("unique")) is True:
            names = _names(draft, made.args[1:])
            if len(names) == len(made.args) - 1 and made.kwarg("postgresql_where") is None:
                draft.unique.append(names)
        case "CheckConstraint":
            draft.checks.append(check(made, draft.place))
        case "PrimaryKeyConstraint":
            draft.primary = _names(draft, made.args)
        case "ForeignKeyConstraint":
            _foreign_key(draft, made)


def _foreign_key(draft: Draft, made: Instance) -> None:
    local, remote = made.argument(0, "columns"), made.argument(1, "refcolumns")
    if isinstance(local, ListValue) and isinstance(remote, ListValue):
        names = _names(draft, tuple(local.items))
        target = tuple(text_of(e) if isinstance(e, Const) else e for e in remote.items)
        known = tuple(each for each in target if each is not None)
        draft.keys.append(Key(names, known, on_delete(made.kwarg("ondelete")), made.place))


def _names(draft: Draft, values: tuple[Value, ...]) -> tuple[str, ...]:
    """The fields that columns' names or objects mean."""
    found = []
    for value in values:
        text = text_of(value) if isinstance(value, Const) else None
        for each in draft.columns:
            known = text in (each.field.name, each.field.column) if text else False
            if known or any(v is value for v in each.values):
                found.append(each.field.name)
                break
    return tuple(found)


def add_table(codebase: Codebase, draft: Draft, table: Instance) -> None:
    """The columns and constraints of a `Table("name", metadata, …)`."""
    draft.table = draft.table or text_of(table.args[0] if table.args else None) or ""
    draft.schema = text_of(table.kwarg("schema")) or draft.schema
    for each in table.args[1:]:
        if not is_made_by(each, *data()["columns"]) or not isinstance(each, Instance):
            continue
        name = text_of(each.args[0] if each.args else None)
        if name:
            spelt = spelling(name, each.place or draft.place, None, each, None)
            draft.columns.append(column(codebase, spelt))
    for each in table.args[1:]:
        if isinstance(each, Instance):
            constrain(draft, each)
