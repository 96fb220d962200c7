"""Understands Beanie documents: pydantic fields, `Indexed(…)`, `Link[…]`, the inner `Settings`."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.model.project import DatabaseHook
from comfrey.model.record import Field, Record, Relation
from comfrey.source.classes import Member, class_like
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import clients, shelf

BASES = ("beanie.Document", "beanie.odm.documents.Document")
LINKS = ("Link", "BackLink")


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every document class outside of tests; one that others build on and that has no collection of its own
    name is a record too unless it has no fields."""
    kinds = [
        kind
        for kind in codebase.classes(needles)
        if codebase.is_a(kind, *BASES) and not codebase.language.is_test(kind.scope.file)
    ]
    return tuple(_record(codebase, kind) for kind in kinds)


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "beanie")
    return folder.about.data if folder else {}


def _last(value: Value | None) -> str:
    like = class_like(value) if value is not None else None
    return like.last if isinstance(like, External) else ""


def _settings(codebase: Codebase, kind: ClassValue, name: str) -> Value | None:
    for inner in ("Settings", "Collection"):
        member = codebase.member(kind, inner)
        if member is not None and isinstance(member.value, ClassValue):
            found = codebase.member(member.value, name)
            if found is not None:
                return found.value
    return None


def _record(codebase: Codebase, kind: ClassValue) -> Record:
    members = codebase.members(kind, inherited=True)
    fields = [f for member in members if (f := _field(codebase, member))]
    fields = _with_key(fields, kind)
    single, groups = _indexes(_settings(codebase, kind, "indexes"))
    return Record(
        name=kind.name,
        table=text_of(_settings(codebase, kind, "name")) or kind.name,
        place=kind.place,
        module=kind.scope.module,
        orm="beanie",
        store="document",
        fields=tuple(f.replace(unique=f.unique or f.name in single) for f in fields),
        unique=tuple(groups),
        relations=tuple(r for member in members if (r := _relation(codebase, member))),
    )


def _with_key(fields: list[Field], kind: ClassValue) -> list[Field]:
    """Every document has an `id`, which the driver makes unless the class says otherwise."""
    own = next((each for each in fields if each.name == "id"), None)
    if own is None:
        made = Field(
            name="id", column="_id", type="reference", primary_key=True, default_from="auto"
        )
        return [made.replace(place=kind.place), *fields]
    rest = [each for each in fields if each is not own]
    source = own.default_from or ("" if own.required else "auto")
    return [own.replace(column="_id", primary_key=True, nullable=False, default_from=source), *rest]


def _indexes(value: Value | None) -> tuple[set[str], list[tuple[str, ...]]]:
    """Unique indexes of `Settings.indexes`: single fields, and groups."""
    single: set[str] = set()
    groups: list[tuple[str, ...]] = []
    for each in value.items if isinstance(value, ListValue) else ():
        if not isinstance(each, Instance) or plain(each.kwarg("unique")) is not True:
            continue
        names = tuple(_names(each.argument(0, "keys")))
        if len(names) == 1:
            single.add(names[0])
        elif names:
            groups.append(names)
    return single, groups


def _names(value: Value | None) -> Iterator[str]:
    text = text_of(value)
    if text:
        yield text
    for each in value.items if isinstance(value, ListValue) else ():
        name = each.items[0] if isinstance(each, ListValue) and each.items else each
        if text_of(name):
            yield str(text_of(name))


# --- fields ------------------------------------------------------------------


def _type(codebase: Codebase, member: Member) -> Value | None:
    if member.annotation is None or member.name.startswith("_"):
        return None
    kind = codebase.type_of(member.annotation, codebase.body_of(member.owner))
    of = kind.of if isinstance(kind, Generic) else kind
    return None if isinstance(of, External) and of.last == "ClassVar" else kind


def _inside(kind: Value) -> tuple[Value, bool, bool]:
    """A type without its wrappers, whether it may be None, whether it is uniquely indexed."""
    nullable = unique = False
    while True:
        if isinstance(kind, Generic) and _last(kind) == "Annotated":
            unique = unique or any(_is_unique(each) for each in kind.args[1:])
            kind = kind.args[0]
        elif isinstance(kind, Generic) and _last(kind) == "Union":
            rest = [e for e in kind.args if not (isinstance(e, Const) and e.value is None)]
            nullable, kind = nullable or len(rest) < len(kind.args), rest[0]
        elif isinstance(kind, Instance) and _last(kind) == "Indexed" and kind.args:
            unique, kind = unique or _is_unique(kind), kind.args[0]
        else:
            return kind, nullable, unique


def _is_unique(value: Value) -> bool:
    made = value if isinstance(value, Instance) and _last(value) == "Indexed" else None
    return made is not None and plain(made.kwarg("unique")) is True


def _field(codebase: Codebase, member: Member) -> Field | None:
    kind = _type(codebase, member)
    if kind is None or isinstance(member.value, FunctionValue):
        return None
    inner, nullable, unique = _inside(kind)
    if isinstance(inner, Generic) and _last(inner) == "BackLink":
        return None
    target = _linked(codebase, inner)
    given, default, source = _default(member.value)
    neutral, enum, enum_class = _neutral(codebase, inner)
    return Field(
        name=member.name,
        type="reference" if target else neutral,
        required=not given,
        nullable=nullable,
        unique=unique,
        default=default,
        default_from=source,
        enum=enum,
        enum_class=enum_class,
        references=f"{target}.id" if target else "",
        rules=tuple(_rules(member.value, enum)),
        place=member.place,
    )


def _default(value: Value | None) -> tuple[bool, Any, str]:
    """Whether the member has a default, which constant, and who fills it in."""
    if value is None:
        return False, None, ""
    if isinstance(value, Instance) and _last(value) == "Field":
        if value.kwarg("default_factory") is not None:
            return True, None, "code"
        inner = value.argument(0, "default")
        if inner is None or (isinstance(inner, Const) and inner.value is Ellipsis):
            return False, None, ""
        return _default(inner)
    found = plain(value)
    if isinstance(value, Const) and found is None:
        return True, None, ""
    return True, found if isinstance(found, str | int | float | bool | list) else None, "code"


def _neutral(codebase: Codebase, kind: Value) -> tuple[str, tuple[Any, ...], str]:
    types: dict[str, str] = _data()["types"]
    match kind:
        case Generic(of=External(name="typing.Literal"), args=args):
            return "enum", tuple(plain(each) for each in args), ""
        case Generic(of=inner):
            return _neutral(codebase, inner)
        case ClassValue():
            members = codebase.enumerated(kind)
            if members is not None:
                made = (each for each in members if isinstance(each, Instance))
                return "enum", tuple(plain(e.fields.get("value")) for e in made), kind.qualified
            names = (types.get(each, "") for each in codebase.ancestry(kind))
            return next((each for each in names if each), "object"), (), ""
        case External(name=name):
            known = types.get(name) or types.get("pydantic." + name.rpartition(".")[2])
            return known or types.get("beanie." + name.rpartition(".")[2], "unknown"), (), ""
        case Instance() if _last(kind) in ("constr", "conint", "confloat", "conlist"):
            named = {"constr": "string", "conint": "integer", "confloat": "float"}
            return named.get(_last(kind), "array"), (), ""
    return "unknown", (), ""


def _rules(value: Value | None, enum: tuple[Any, ...]) -> Iterator[str]:
    made = value if isinstance(value, Instance) and _last(value) == "Field" else None
    words = {"max_length": "max length", "min_length": "min length", "ge": "≥", "le": "≤"}
    words |= {"gt": ">", "lt": "<", "pattern": "matches", "regex": "matches"}
    for name, word in words.items():
        bound = plain(made.kwarg(name)) if made is not None else None
        if bound is not None:
            yield f"{word} {bound}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)


# --- relations ---------------------------------------------------------------


def _linked(codebase: Codebase, kind: Value) -> str:
    """The class inside a `Link[…]`."""
    if isinstance(kind, Generic) and _last(kind) in LINKS and kind.args:
        target = codebase.class_of(kind.args[0])
        return target.name if target else (text_of(kind.args[0]) or "").strip("{}")
    return ""


def _relation(codebase: Codebase, member: Member) -> Relation | None:
    kind = _type(codebase, member)
    if kind is None:
        return None
    inner = _inside(kind)[0]
    many = isinstance(inner, Generic) and _last(inner) in ("list", "set", "tuple")
    if many and isinstance(inner, Generic) and inner.args:
        inner = inner.args[0]
    target = _linked(codebase, inner)
    if not target:
        return None
    back = _last(inner) == "BackLink"
    named = "one_to_many" if back and many else "many_to_many" if many else "many_to_one"
    return Relation(
        name=member.name,
        to=target,
        kind="one_to_one" if back and not many else named,
        field="" if back or many else member.name,
        place=member.place,
    )


# --- the way to the database -------------------------------------------------


def database(
    codebase: Codebase, _found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """The client that documents are read through, and the setting of its address."""
    found = clients.reached(codebase, "init_beanie")
    return (found or DatabaseHook(dialect="mongodb")).replace(asynchronous=True)
