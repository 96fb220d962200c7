"""One of Ent's schemas: its fields, edges and indexes, with those of its mixins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.languages.go.instances import embedded
from comfrey.source.codebase import Codebase
from comfrey.source.comparing import comparable
from comfrey.source.node import FunctionDef, Return
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.inflection import plural

BASE = "ent.Schema"
Args = tuple[Value, ...]


@dataclass(frozen=True)
class Said:
    """A field, an edge or an index: by what it was begun, with what, and what was said of it since."""

    maker: str
    args: Args
    options: dict[str, Args] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return text_of(self.args[0]) or "" if self.args else ""

    def text(self, option: str) -> str:
        args = self.options.get(option, ())
        return (text_of(args[0]) or "") if args else ""

    @property
    def to(self) -> ClassValue | None:
        """The schema that an edge leads to: `Pet.Type`."""
        for each in self.args[1:]:
            kind = each.receiver if isinstance(each, BoundExternal) else each
            kind = kind.of if isinstance(kind, Instance) else kind
            if isinstance(kind, ClassValue):
                return kind
        return None


@dataclass(frozen=True)
class Schema:
    """A schema with the struct that stands for its rows, where Ent has made it."""

    kind: ClassValue
    table: str
    fields: tuple[Said, ...]
    edges: tuple[Said, ...]
    indexes: tuple[Said, ...]

    @property
    def name(self) -> str:
        return self.kind.name

    def made(self, codebase: Codebase) -> ClassValue:
        """The struct of the rows; the schema itself where nothing was made of it yet."""
        package = self.kind.scope.module.rpartition("/")[0].rpartition("/")[0]
        module = f"{package}/{self.name.lower()}.go" if package else f"{self.name.lower()}.go"
        found = codebase.resolve(module, self.name) if codebase.parsed(module) else None
        return found if isinstance(found, ClassValue) else self.kind


def schemas(codebase: Codebase) -> list[Schema]:
    """Every schema of the tree, in file order."""
    found = []
    for kind in codebase.classes((b"ent.Schema",)):
        if _is_schema(codebase, kind) and not codebase.language.is_test(kind.scope.file):
            parts = [kind, *_mixins(codebase, kind)]
            table = _table(codebase, kind)
            fields, edges, indexes = (
                tuple(said for part in reversed(parts) for said in _told(codebase, part, name))
                for name in ("Fields", "Edges", "Indexes")
            )
            found.append(Schema(kind, table, (*_timed(codebase, kind), *fields), edges, indexes))
    return found


def snake(name: str) -> str:
    """`OrderItem` → `order_item`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _is_schema(codebase: Codebase, kind: ClassValue) -> bool:
    bases = [
        codebase.type_of(each.annotation, codebase.body_of(kind))
        for each in codebase.members(kind)
        if each.annotation is not None and embedded(each)
    ]
    return any(isinstance(each, External) and each.name.endswith(BASE) for each in bases)


def _table(codebase: Codebase, kind: ClassValue) -> str:
    """What an annotation says (`entsql.Annotation{Table: "people"}`), else the name in the plural."""
    for each in _given(codebase, kind, "Annotations"):
        named = each.kwarg("Table") if isinstance(each, Instance) else None
        if named is None and isinstance(each, Instance) and _maker(each).endswith(".Table"):
            named = each.args[0] if each.args else None
        if named is not None and (said := text_of(named)):
            return said
    start, mark, last = snake(kind.name).rpartition("_")
    return start + mark + plural(last)


def _given(codebase: Codebase, kind: ClassValue, name: str) -> Iterator[Value]:
    """What a method of a schema lists: `func (User) Fields() []ent.Field { return []ent.Field{…} }`."""
    member = codebase.own_member(kind, name)
    function = member.value if member is not None else None
    if not isinstance(function, FunctionValue) or not isinstance(function.node, FunctionDef):
        return
    for each in function.node.body.statements:
        if isinstance(each, Return) and each.value is not None:
            found = codebase.value(each.value, function.scope)
            yield from found.items if isinstance(found, ListValue) else ()


def _mixins(codebase: Codebase, kind: ClassValue) -> list[ClassValue]:
    found = (e.of if isinstance(e, Instance) else e for e in _given(codebase, kind, "Mixin"))
    return [each for each in found if isinstance(each, ClassValue)]


def _timed(codebase: Codebase, kind: ClassValue) -> Iterator[Said]:
    """The fields that Ent's own mixins bring: `mixin.Time{}`."""
    for each in _given(codebase, kind, "Mixin"):
        name = each.of.name if isinstance(each, Instance) and isinstance(each.of, External) else ""
        last = name.rpartition("mixin.")[2]
        now: Args = (External("time.Now"),)
        for word, column in (("Create", "create_time"), ("Update", "update_time")):
            if last in ("Time", f"{word}Time"):
                from_code = {"Default": now} | ({"UpdateDefault": now} if word == "Update" else {})
                yield Said("Time", (Const(column),), from_code)


def _told(codebase: Codebase, kind: ClassValue, name: str) -> Iterator[Said]:
    for each in _given(codebase, kind, name):
        said = _chain(each)
        if said is not None:
            yield said


def _chain(value: Value) -> Said | None:
    """`field.String("name").MaxLen(40).Unique()` taken apart."""
    options: dict[str, Args] = {}
    while isinstance(value, Instance) and isinstance(value.of, BoundExternal):
        options.setdefault(value.of.name, value.args)
        value = value.of.receiver
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return None
    return Said(value.of.name.rpartition(".")[2], value.args, options)


def _maker(value: Instance) -> str:
    return value.of.name if isinstance(value.of, External) else ""


def constant(value: Value | None) -> object:
    """A value that the code spells out; None for what it computes."""
    known = comparable(value) if value is not None else None
    return known[0] if known is not None else None
