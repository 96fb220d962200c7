"""The fields of a document: what `StringField(required=True)` says, also of documents that stand in others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.model.record import Field
from comfrey.source.classes import Member, class_like
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf

DEEPEST = 3
"""Documents in documents in documents: they may hold themselves."""
LISTS = ("ListField", "SortedListField", "EmbeddedDocumentListField")
REFERENCES = ("ReferenceField", "LazyReferenceField", "CachedReferenceField")
EMBEDDED = ("EmbeddedDocumentField", "EmbeddedDocumentListField")
FILES = ("FileField", "ImageField")
FILLED = ("ListField", "SortedListField", "EmbeddedDocumentListField", "DictField", "MapField")
"""Fields that hold something empty where nothing is given."""
ADDRESS = "an e-mail address"


def last(value: Value | None) -> str:
    """The last part of the name of what a value is, or is an object of."""
    if isinstance(value, BoundExternal):
        return value.name
    if isinstance(value, Instance) and isinstance(value.of, BoundExternal):
        return value.of.name
    like = class_like(value) if value is not None else None
    return like.last if isinstance(like, External) else like.name if like else ""


def truth(made: Instance, name: str) -> bool:
    """Whether a field is made with `name=True`."""
    return plain(made.kwarg(name)) is True


class Fields:
    """The fields of one app's documents, which refer to each other by name."""

    def __init__(self, codebase: Codebase) -> None:
        self.codebase = codebase
        folder = shelf.folder("orms", "mongoengine")
        self.types: dict[str, str] = folder.about.data["types"] if folder else {}

    def field(self, member: Member, deep: int = 0) -> Field | None:
        """What a member of the class stands for, if it is a field."""
        made = member.value
        kind = self.kind(made)
        if not isinstance(made, Instance) or not kind:
            return None
        target = self.referred(made, member.owner)
        enum, enum_class = self._choices(made)
        default, source = _default(made, kind)
        key = truth(made, "primary_key")
        needed = truth(made, "required") or key
        inner = made.argument(0, "field") if kind in LISTS else None
        type_name = "enum" if enum_class else self.types[kind]
        return Field(
            name=member.name,
            column=text_of(made.kwarg("db_field")) or ("_id" if key else ""),
            type=type_name,
            items=self._items(kind, inner) if type_name == "array" else "",
            members=self._members(made, kind, inner, deep),
            required=needed and not source,
            nullable=not needed and not source,
            unique=truth(made, "unique") or key,
            primary_key=key,
            default=default,
            default_from=source,
            timezone=False,
            length=_number(made, "max_length") if type_name == "string" else None,
            enum=() if type_name == "array" else enum,
            enum_names=self._names(enum_class),
            enum_class=enum_class,
            references=f"{target}.id" if target else "",
            computed=kind in FILES,
            rules=tuple(_rules(made, kind, enum)),
            pattern=text_of(made.kwarg("regex")) or "",
            place=member.place,
        )

    def kind(self, value: Value | None) -> str:
        """The field's class as MongoEngine calls it, also behind a class of the tree; "" for what is none."""
        name = last(value)
        if not isinstance(value, Instance) or name in self.types:
            return name if isinstance(value, Instance) else ""
        above = (each.rpartition(".")[2] for each in self.codebase.ancestry(value))
        return next((each for each in above if each in self.types), "")

    def referred(self, made: Value | None, owner: ClassValue) -> str:
        """The document that a field refers to."""
        if not isinstance(made, Instance) or self.kind(made) not in REFERENCES:
            return ""
        said = made.argument(0, "document_type")
        target = self.codebase.class_of(said) if said is not None else None
        name = target.name if target is not None else text_of(said) or ""
        return owner.name if name == "self" else name.rpartition(".")[2]

    def _items(self, kind: str, inner: Value | None) -> str:
        return "object" if kind in EMBEDDED else self.types.get(self.kind(inner), "any")

    def _members(
        self, made: Instance, kind: str, inner: Value | None, deep: int
    ) -> tuple[Field, ...]:
        """The fields of the documents that stand in this one."""
        if self.kind(inner) in EMBEDDED and isinstance(inner, Instance):
            made, kind = inner, self.kind(inner)
        held = made.argument(0, "document_type") if kind in EMBEDDED else None
        of = self.codebase.class_of(held) if held is not None else None
        if of is None or deep >= DEEPEST:
            return ()
        members = self.codebase.members(of, inherited=True)
        return tuple(f for each in members if (f := self.field(each, deep + 1)))

    def _choices(self, made: Instance) -> tuple[tuple[Any, ...], str]:
        """The allowed values, and the enumeration that lists them for an `EnumField`."""
        kind = made.argument(0, "enum") if self.kind(made) == "EnumField" else None
        of = self.codebase.class_of(kind) if kind is not None else None
        if of is not None:
            members = [e for e in self.codebase.enumerated(of) or [] if isinstance(e, Instance)]
            return tuple(plain(each.fields.get("value")) for each in members), of.qualified
        said = made.kwarg("choices")
        if isinstance(said, DictValue):
            return tuple(plain(key) for key, _ in said.items), ""
        listed = said.items if isinstance(said, ListValue) else []
        firsts = [e.items[0] if isinstance(e, ListValue) and e.items else e for e in listed]
        return tuple(each for each in map(plain, firsts) if each is not None), ""

    def _names(self, enum_class: str) -> tuple[str, ...]:
        module, _, name = enum_class.partition(":")
        of = self.codebase.resolve(module, name) if name else None
        members = self.codebase.enumerated(of) if isinstance(of, ClassValue) else None
        made = (each for each in members or () if isinstance(each, Instance))
        return tuple(str(plain(each.fields.get("name"))) for each in made)


def _default(made: Instance, kind: str) -> tuple[Any, str]:
    """(constant, who fills it in): a function is called each time."""
    if kind == "SequenceField":
        return None, "auto"
    value = made.kwarg("default")
    if value is None or (isinstance(value, Const) and value.value is None):
        return None, "code" if kind in FILLED and not truth(made, "required") else ""
    found = plain(value) if not isinstance(value, FunctionValue) else None
    return (found if isinstance(found, str | int | float | bool) else None), "code"


def _number(made: Instance, name: str) -> int | None:
    found = plain(made.kwarg(name))
    return found if isinstance(found, int) else None


def _rules(made: Instance, kind: str, enum: tuple[Any, ...]) -> Iterator[str]:
    words = {
        "max_length": "max length",
        "min_length": "min length",
        "min_value": "≥",
        "max_value": "≤",
    }
    for name, word in words.items():
        bound = plain(made.kwarg(name))
        if isinstance(bound, int | float):
            yield f"{word} {bound}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)
    if kind == "EmailField":
        yield ADDRESS
    if made.kwarg("regex") is not None:
        yield "pattern"
    if made.kwarg("validation") is not None:
        yield "validated"
