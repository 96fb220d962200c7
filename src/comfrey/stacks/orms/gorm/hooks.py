"""What GORM's structs call their columns, and what they do before they are stored."""

from __future__ import annotations

from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, FunctionValue
from comfrey.stacks.orms.gorm.model import Model
from comfrey.stacks.orms.gorm.naming import column

SAVING = ("BeforeSave", "BeforeCreate")


def saving(codebase: Codebase, record: Record) -> tuple[FunctionValue, ...]:
    """`func (u *User) BeforeCreate(tx *gorm.DB) error`: called with the row before it is inserted."""
    kind = codebase.resolve(record.module, record.name)
    if not isinstance(kind, ClassValue):
        return ()
    found = (codebase.method(kind, name) for name in SAVING)
    return tuple(each.function for each in found if each is not None)


def names(codebase: Codebase, record: Record) -> dict[str, str]:
    """The field of the record by the struct's own names: `AuthorID` → `author_id`, `Author` → `author`."""
    kind = codebase.resolve(record.module, record.name)
    if not isinstance(kind, ClassValue):
        return {}
    model = Model(codebase, kind)
    own = {each.name: each.column for each in model.columns}
    return {each.name: column(each.name) for each in model.others} | own
