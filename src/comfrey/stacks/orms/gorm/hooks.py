"""What GORM's structs call their columns, what they do before they are stored, and which others stand for a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import dirname

from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, FunctionValue
from comfrey.stacks.orms.gorm.model import Model
from comfrey.stacks.orms.gorm.naming import column, table

SAVING = ("BeforeSave", "BeforeCreate")
HANDED = "First|Take|Last|Find|Create|Save|Delete|Model"
"""What a struct is handed to that stands for a row."""


def saving(codebase: Codebase, record: Record) -> tuple[FunctionValue, ...]:
    """`func (u *User) BeforeCreate(tx *gorm.DB) error`: called with the row before it is inserted."""
    return _hung(codebase, record, SAVING)


def changing(codebase: Codebase, record: Record) -> tuple[FunctionValue, ...]:
    """`func (u *User) BeforeUpdate(tx *gorm.DB) error`: called with what a row is changed to."""
    return _hung(codebase, record, ("BeforeUpdate",))


def _hung(codebase: Codebase, record: Record, names: tuple[str, ...]) -> tuple[FunctionValue, ...]:
    kind = codebase.resolve(record.module, record.name)
    if not isinstance(kind, ClassValue):
        return ()
    found = (codebase.method(kind, name) for name in names)
    return tuple(each.function for each in found if each is not None)


def names(codebase: Codebase, record: Record) -> dict[str, str]:
    """The field of the record by the struct's own names: `AuthorID` → `author_id`, `Author` → `author`."""
    kind = codebase.resolve(record.module, record.name)
    if not isinstance(kind, ClassValue):
        return {}
    model = Model(codebase, kind)
    own = {each.name: each.column for each in model.columns}
    others = {each.name: column(each.name) for each in model.others}
    return _spelled(codebase, record) | others | own


def _spelled(codebase: Codebase, record: Record) -> dict[str, str]:
    """What other structs that stand for the record's table call its columns."""
    found: dict[str, str] = {}
    for name in _standing(codebase, (record,)):
        kind = codebase.resolve(*name.split(":", 1))
        if isinstance(kind, ClassValue):
            found |= {each.name: each.column for each in Model(codebase, kind).columns}
    return found


def standing(codebase: Codebase, records: Iterable[Record]) -> dict[str, Record]:
    """Structs that are no models and stand for a model's table all the same, by their qualified names: GORM finds it
    by what they are called (https://gorm.io/docs/conventions.html), with those of its columns that they have."""
    return _standing(codebase, tuple(each for each in records if each.orm == "gorm"))


def _standing(codebase: Codebase, records: tuple[Record, ...]) -> dict[str, Record]:
    tables = {each.table: each for each in records}
    own = {f"{each.module}:{each.name}" for each in records}
    found: dict[str, Record] = {}
    for kind in codebase.classes((b" struct {",)):
        record = tables.get(table(kind.name))
        if record is None or kind.qualified in own or codebase.language.is_test(kind.scope.file):
            continue
        columns = {each.column for each in Model(codebase, kind).columns}
        known = {each.name for each in record.fields}
        if columns and columns <= known and _is_handed(codebase, kind):
            found[kind.qualified] = record.replace(store="part")
    return found


def _is_handed(codebase: Codebase, kind: ClassValue) -> bool:
    """Whether the struct's own package hands one of them, or a list of them, to GORM."""
    home = dirname(kind.scope.file)
    name = re.escape(kind.name)
    made = re.compile(
        rf"\bvar\s+(\w+)\s+(?:\[\])?\*?{name}\b|\b(\w+)\s*:?=\s*&?(?:\[\]\*?)?{name}\{{"
    )
    for file in codebase.tree.holding((kind.name.encode(),), codebase.language.suffixes):
        if dirname(file) != home:
            continue
        text = codebase.tree.string(file)
        names = {one or other for one, other in made.findall(text)}
        if any(re.search(rf"\.(?:{HANDED})\(&?{each}\b", text) for each in names):
            return True
    return False
