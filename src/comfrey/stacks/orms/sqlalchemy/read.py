"""Understands SQLAlchemy's models: declarative classes, mixins, tables mapped by hand.

An ORM that builds on this one (`extends = "sqlalchemy"`) is asked by its `read.py`:
`is_record(codebase, kind)`, `table_name(codebase, kind)` and `spelt(codebase, member, value, annotation)`,
which gives a member back as the SQLAlchemy construct and type that it stands for.
"""

from __future__ import annotations

import re
from types import ModuleType

from comfrey.model.project import DatabaseHook
from comfrey.model.record import Field, Record
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.study import Study
from comfrey.source.value import ClassValue, Instance, Value, text_of
from comfrey.stacks import shelf
from comfrey.stacks.orms.sqlalchemy import constructing, hook, joining, listeners
from comfrey.stacks.orms.sqlalchemy.mapping import Draft, Mapping, add_table
from comfrey.stacks.orms.sqlalchemy.types import is_made_by
from comfrey.stacks.shapes import Shapes

BY_HAND = ("map_imperatively", "mapper")


def records(
    codebase: Codebase, needles: tuple[bytes, ...], kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every mapped class outside of tests and migrations, in file order; tables alone where none is mapped."""
    mapping = Mapping(codebase, kin)
    modules = [each for each in codebase.modules(needles) if not is_aside(codebase, each)]
    drafts = [
        draft
        for module in modules
        for value in list(codebase.scope(module).names.values())
        if isinstance(value, ClassValue) and value.scope.module == module
        if (draft := mapping.draft(value)) is not None
    ]
    drafts += _by_hand(codebase, modules)
    drafts = _distinct(drafts)
    drafts += _between(codebase, drafts, modules)
    found = joining.records(drafts, "sqlalchemy")
    stored = [{} if each.symbol else constructing.stored(codebase, each) for each in drafts]
    made = _constructed(found, stored)
    return listeners.looked_at(codebase, made)


def database(
    codebase: Codebase, found: tuple[Record, ...], kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """How the app reaches its database; None when no engine is made anywhere."""
    return hook.database(codebase, found, Mapping(codebase, kin))


def shape(type: Value, shapes: Shapes) -> Schema | None:  # noqa: A002
    """The columns of a mapped class, for a validator that takes them over; None for other types."""
    if not isinstance(type, ClassValue):
        return None
    mapping = Mapping(shapes.codebase, kin())
    draft = mapping.draft(type) if mapping.is_mapped(type) else None
    if draft is None:
        return None
    members = tuple(_member(each.field, foreign=each.key is not None) for each in draft.columns)
    return Schema(type="object", name=type.name, properties=members, place=type.place)


def kin() -> tuple[ModuleType, ...]:
    """The ORMs that build on this one."""
    return tuple(
        each.module()
        for each in shelf.folders("orms")
        if each.about.extends == "sqlalchemy" and each.has("read.py")
    )


def _member(field: Field, *, foreign: bool) -> Property:
    kind, form = JSON_TYPES.get(field.type, ("any", ""))
    return Property(
        name=field.name,
        attribute=field.name,
        required=field.required,
        read_only=field.primary_key,
        schema=Schema(
            type=kind,
            format=form,
            nullable=field.nullable,
            enum=field.enum,
            max_length=field.length,
            title="foreign key" if foreign else "",
            place=field.place,
        ),
        place=field.place,
    )


JSON_TYPES = {
    "string": ("string", ""),
    "text": ("string", ""),
    "enum": ("string", ""),
    "uuid": ("string", "uuid"),
    "date": ("string", "date"),
    "time": ("string", "time"),
    "datetime": ("string", "date-time"),
    "integer": ("integer", ""),
    "bigint": ("integer", ""),
    "smallint": ("integer", ""),
    "float": ("number", ""),
    "decimal": ("number", "decimal"),
    "boolean": ("boolean", ""),
    "json": ("object", ""),
    "array": ("array", ""),
}


def is_aside(codebase: Codebase, module: str) -> bool:
    """Whether a module is a test or a migration."""
    file = codebase.graph.file(module) or ""
    if codebase.language.is_test(file):
        return True
    text = codebase.tree.text(file)
    return b"down_revision" in text or b"from alembic import context" in text


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Each mapped class once, though several modules may name it."""
    return list({(each.module, each.name): each for each in drafts}.values())


def _by_hand(codebase: Codebase, modules: list[str]) -> list[Draft]:
    """`registry.map_imperatively(User, users)`, at module level or inside a function."""
    found = []
    seen = 0
    for module in modules:
        text = codebase.tree.text(codebase.graph.file(module) or "")
        if not any(name.encode() in text for name in BY_HAND):
            continue
        codebase.scope(module)
        fresh, seen = codebase.evaluator.events[seen:], len(codebase.evaluator.events)
        for event in fresh:
            if event.name in BY_HAND or _called(event.receiver) in BY_HAND:
                found += _mapped(codebase, event.args)
        for function in codebase.functions((b"map_imperatively", b"mapper(")):
            if function.scope.module == module:
                found += _inside(codebase, Study(codebase, function))
    return found


def _between(codebase: Codebase, drafts: list[Draft], modules: list[str]) -> list[Draft]:
    """The tables of no class by which many-to-many relations join rows, where a module gives them a name."""
    tied = [(tie.table, tie.through) for each in drafts for tie in each.ties if tie.through]
    known = {each.table for each in drafts}
    found: dict[str, Draft] = {}
    for module in modules:
        for symbol, value in list(codebase.scope(module).names.items()):
            if not isinstance(value, Instance) or not is_made_by(value, "Table"):
                continue
            name = text_of(value.args[0] if value.args else None) or ""
            wanted = any(value is table or name == through for table, through in tied)
            if wanted and name not in {*known, *found} and (place := value.place):
                home = codebase.graph.module(place.file) or module
                draft = Draft(_one(symbol), name, home, place, symbol=symbol)
                add_table(codebase, draft, value)
                found[name] = draft
    return list(found.values())


def _one(symbol: str) -> str:
    """What one row of a table is called: `followers` holds rows of the name `follower`."""
    stem = re.sub(r"_?(table|tbl)$", "", symbol, flags=re.I) or symbol
    one = re.sub(r"ies$", "y", stem) if stem.endswith("ies") else stem.removesuffix("s")
    return one if one != symbol else f"{symbol}_row"


def _constructed(records: tuple[Record, ...], stored: list[dict[str, str]]) -> tuple[Record, ...]:
    """The records, with what their constructors store by themselves."""
    along = {name: relation for each in stored for name, relation in each.items() if relation}
    found = []
    for record, own in zip(records, stored, strict=True):
        tie = next((e for e in record.relations if e.name == along.get(record.name)), None)
        made = record.replace(stores=record.name in own)
        found.append(made.replace(along=tie.field) if tie is not None and tie.field else made)
    return tuple(found)


def _called(value: Value) -> str:
    return getattr(value, "name", "").rpartition(".")[2]


def _inside(codebase: Codebase, study: Study) -> list[Draft]:
    calls = [c for c in study.calls() if _called(study.callee(c)) in BY_HAND]
    return [draft for each in calls for draft in _mapped(codebase, study.arguments(each)[0])]


def _mapped(codebase: Codebase, args: tuple[Value, ...]) -> list[Draft]:
    kind = codebase.class_of(args[0]) if args else None
    table = args[1] if len(args) > 1 else None
    if kind is None or not isinstance(table, Instance) or not is_made_by(table, "Table"):
        return []
    draft = Draft(kind.name, text_of(table.args[0]) or "", kind.scope.module, kind.place, kind)
    add_table(codebase, draft, table)
    return [draft]
