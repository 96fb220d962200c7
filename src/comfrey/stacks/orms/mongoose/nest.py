"""Nest's classes of documents: `@Schema() class User { @Prop() email: string }`."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.options import last, marks, option
from comfrey.model.place import Place
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.node import Name, Subscript
from comfrey.source.value import ClassValue, Const, DictValue, External, Instance, Value
from comfrey.stacks.orms.mongoose.embedded import inside, spelt

TYPES = {"string": "String", "number": "Number", "boolean": "Boolean"}


def schema_mark(codebase: Codebase, kind: ClassValue) -> Value | None:
    """The `@Schema(…)` of a class."""
    return next((each for each in marks(codebase, kind) if last(each) == "Schema"), None)


def options(codebase: Codebase, kind: ClassValue) -> Value | None:
    """What `@Schema({ timestamps: true })` says."""
    mark = schema_mark(codebase, kind)
    return mark.args[0] if isinstance(mark, Instance) and mark.args else None


def members(codebase: Codebase, kind: ClassValue) -> list[tuple[str, Value, Place | None]]:
    """(name, what `@Prop` says, place) of every stored field, inherited ones too."""
    told = [(each, _prop(codebase, each)) for each in codebase.members(kind, inherited=True)]
    return [(each.name, value, each.place) for each, value in told if value is not None]


def embedded(codebase: Codebase, kind: ClassValue) -> Iterator[tuple[str, int]]:
    """Places of the classes whose documents stand in this one's, or that it builds upon."""
    for _, value, _ in members(codebase, kind):
        found = inside(spelt(value)[0])
        if isinstance(found, Instance) and found.args:
            found = found.args[0]
        if isinstance(found, ClassValue):
            yield found.place.file, found.place.line
    for base in codebase.mro(kind)[1:]:
        if isinstance(base, ClassValue):
            yield base.place.file, base.place.line


def _prop(codebase: Codebase, member: Member) -> Value | None:
    """What `@Prop(…)` says, with the type of the field where it says none."""
    for each in member.decorators:
        made = codebase.value(each, codebase.body_of(member.owner))
        if last(made) != "Prop":
            continue
        given = made.args[0] if isinstance(made, Instance) and made.args else DictValue([])
        if isinstance(given, DictValue) and option(given, "type") is None:
            return DictValue([*given.items, (Const("type"), _annotated(codebase, member))])
        return given if isinstance(given, DictValue) else DictValue([(Const("type"), given)])
    return None


def _annotated(codebase: Codebase, member: Member) -> Value:
    note = member.annotation
    if isinstance(note, Name):
        known = codebase.type_of(note, codebase.body_of(member.owner))
        if isinstance(known, ClassValue) and schema_mark(codebase, known):
            return known
        return External(TYPES.get(note.name, note.name))
    return External("Array" if isinstance(note, Subscript) else "Mixed")
