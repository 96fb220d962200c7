"""Understands Tortoise models: fields made by `fields.CharField(…)`, relations, the inner `Meta`."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from comfrey.model.project import DatabaseHook
from comfrey.model.record import Field, Record, Relation
from comfrey.source.classes import Member, class_like
from comfrey.source.codebase import Codebase
from comfrey.source.node import Call
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    SettingValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks import shelf

BASES = ("tortoise.models.Model", "tortoise.Model")
TIMES = {"auto_now": "database", "auto_now_add": "database"}


def records(
    codebase: Codebase, needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """Every model outside of tests that is not abstract, in file order."""
    kinds = [
        kind
        for kind in codebase.classes(needles)
        if codebase.is_a(kind, *BASES)
        and not codebase.language.is_test(kind.scope.file)
        and _meta(codebase, kind, "abstract", own=True) is not True
    ]
    return tuple(_record(codebase, kind, kinds) for kind in kinds)


def _data() -> dict[str, Any]:
    folder = shelf.folder("orms", "tortoise")
    return folder.about.data if folder else {}


def _last(value: Value | None) -> str:
    like = class_like(value) if value is not None else None
    return like.last if isinstance(like, External) else ""


def _meta(codebase: Codebase, kind: ClassValue, name: str, own: bool = False) -> Any:
    inner = codebase.own_member(kind, "Meta") if own else codebase.member(kind, "Meta")
    if inner is None or not isinstance(inner.value, ClassValue):
        return None
    member = codebase.member(inner.value, name)
    return plain(member.value) if member is not None else None


def _table(codebase: Codebase, kind: ClassValue) -> str:
    return _meta(codebase, kind, "table", own=True) or kind.name.lower()


def _record(codebase: Codebase, kind: ClassValue, kinds: list[ClassValue]) -> Record:
    members = codebase.members(kind, inherited=True)
    fields = [f for member in members if (f := _field(codebase, member, kinds))]
    if not any(each.primary_key for each in fields):
        auto = Field(name="id", type="integer", primary_key=True, default_from="auto")
        fields.insert(0, auto.replace(place=kind.place))
    return Record(
        name=kind.name,
        table=_table(codebase, kind),
        place=kind.place,
        module=kind.scope.module,
        orm="tortoise",
        fields=tuple(fields),
        unique=_unique(codebase, kind),
        relations=tuple(r for member in members if (r := _relation(member, kinds))),
    )


def _unique(codebase: Codebase, kind: ClassValue) -> tuple[tuple[str, ...], ...]:
    """`unique_together`, one group or several."""
    found = _meta(codebase, kind, "unique_together") or []
    groups = [found] if found and isinstance(found[0], str) else found
    return tuple(tuple(str(name) for name in group) for group in groups)


# --- fields ------------------------------------------------------------------


def _field(codebase: Codebase, member: Member, kinds: list[ClassValue]) -> Field | None:
    made, last = member.value, _last(member.value)
    if not isinstance(made, Instance):
        return None
    if last in ("ForeignKeyField", "OneToOneField"):
        return _key(member, made, last, kinds)
    kind = _data()["types"].get(last)
    if kind is None:
        return None
    primary = _truth(made, "pk") or _truth(made, "primary_key")
    nullable = _truth(made, "null")
    default, source = _default(made, kind, primary)
    length = made.argument(0, "max_length") if last == "CharField" else None
    enum, enum_class = _enum(codebase, made) if kind == "enum" else ((), "")
    size = plain(length)
    return Field(
        name=member.name,
        column=_text(made, "source_field") or _text(made, "db_column"),
        type=kind,
        required=not (nullable or source),
        nullable=nullable,
        unique=_truth(made, "unique"),
        primary_key=primary,
        default=default,
        default_from=source,
        on_update=_truth(made, "auto_now"),
        timezone=kind == "datetime",
        length=size if isinstance(size, int) else None,
        precision=_number(made, "max_digits"),
        scale=_number(made, "decimal_places"),
        enum=enum,
        enum_class=enum_class,
        rules=tuple(_rules(made, size, enum)),
        place=member.place,
    )


def _truth(made: Instance, name: str) -> bool:
    return plain(made.kwarg(name)) is True


def _text(made: Instance, name: str) -> str:
    return text_of(made.kwarg(name)) or ""


def _number(made: Instance, name: str) -> int | None:
    found = plain(made.kwarg(name))
    return found if isinstance(found, int) else None


def _default(made: Instance, kind: str, primary: bool) -> tuple[Any, str]:
    value = made.kwarg("default")
    if value is not None and not (isinstance(value, Const) and value.value is None):
        found = plain(value)
        return (found if isinstance(found, str | int | float | bool) else None), "code"
    if made.kwarg("db_default") is not None:
        return None, "database"
    if any(_truth(made, name) for name in TIMES):
        return None, "code"
    whole = kind in ("integer", "bigint", "smallint")
    if primary and (whole or kind == "uuid"):
        return None, "auto" if whole else "code"
    return None, ""


def _enum(codebase: Codebase, made: Instance) -> tuple[tuple[Any, ...], str]:
    kind = made.argument(0, "enum_type")
    if not isinstance(kind, ClassValue):
        return (), ""
    members = codebase.enumerated(kind) or []
    values = (plain(each.fields.get("value")) for each in members if isinstance(each, Instance))
    return tuple(each for each in values if each is not None), kind.qualified


def _rules(made: Instance, length: Any, enum: tuple[Any, ...]) -> Iterator[str]:
    if isinstance(length, int):
        yield f"max length {length}"
    if enum:
        yield "one of " + ", ".join(str(each) for each in enum)
    validators = made.kwarg("validators")
    for each in validators.items if isinstance(validators, ListValue) else ():
        if _last(each):
            yield f"validated by {_last(each)}"


# --- relations ---------------------------------------------------------------


def _target(made: Instance, kinds: list[ClassValue]) -> ClassValue | None:
    """`"models.User"`, or the class itself."""
    first = made.argument(0, "model_name") or made.kwarg("to")
    if isinstance(first, ClassValue):
        return first
    name = (text_of(first) or "").rpartition(".")[2]
    return next((each for each in kinds if each.name == name), None)


def _key(member: Member, made: Instance, last: str, kinds: list[ClassValue]) -> Field:
    """The column that a foreign key stands for: `author` is stored as `author_id`."""
    target = _target(made, kinds)
    nullable = _truth(made, "null")
    return Field(
        name=f"{member.name}_id",
        column=_text(made, "source_field"),
        type="reference",
        required=not nullable,
        nullable=nullable,
        unique=last == "OneToOneField" or _truth(made, "unique"),
        references=f"{target.name}.id" if target else "",
        place=member.place,
    )


def _relation(member: Member, kinds: list[ClassValue]) -> Relation | None:
    made, last = member.value, _last(member.value)
    if not isinstance(made, Instance) or last not in _data()["relations"]:
        return None
    target = _target(made, kinds)
    if target is None:
        return None
    many = last == "ManyToManyField"
    kind = "many_to_many" if many else "one_to_one" if last == "OneToOneField" else "many_to_one"
    return Relation(
        name=member.name,
        to=target.name,
        kind=kind,
        on_delete="" if many else _on_delete(made.kwarg("on_delete")),
        field="" if many else f"{member.name}_id",
        back=_text(made, "related_name"),
        through=_text(made, "through"),
        place=member.place,
    )


def _on_delete(value: Value | None) -> str:
    """Tortoise deletes with the parent unless told otherwise."""
    if value is None:
        return "cascade"
    name = plain(value) if isinstance(value, Const) else _attribute(value)
    return str(name).lower().replace(" ", "_")


def _attribute(value: Value) -> str:
    if isinstance(value, External):
        return value.last
    return value.name if isinstance(value, BoundExternal) else ""


# --- the way to the database -------------------------------------------------


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`register_tortoise(app, db_url=…, generate_schemas=True)` and its like."""
    for args in _starts(codebase):
        named = dict(args.kwargs)
        address = named.get("db_url") or _connection(named.get("config"))
        text = text_of(address) or ""
        scheme = text.partition("://")[0] if "://" in text else ""
        dialect = {"asyncpg": "postgresql", "postgres": "postgresql"}.get(scheme, scheme)
        return DatabaseHook(
            url_setting=address.name if isinstance(address, SettingValue) else "",
            dialect=dialect if dialect.isidentifier() else "",
            asynchronous=True,
            create_all=plain(named.get("generate_schemas")) is True,
            place=args.place,
        )
    return DatabaseHook(asynchronous=True) if found else None


def _connection(config: Value | None) -> Value | None:
    """The first connection of a configuration, where it is written as an address."""
    connections = config.get("connections") if isinstance(config, DictValue) else None
    if isinstance(connections, DictValue) and connections.items:
        first = connections.items[0][1]
        return None if isinstance(first, DictValue) else first
    return None


def _starts(codebase: Codebase) -> Iterator[Instance]:
    needles = (b"register_tortoise", b"RegisterTortoise", b"Tortoise.init")
    for module in codebase.modules(needles):
        if codebase.language.is_test(codebase.graph.file(module) or ""):
            continue
        codebase.scope(module)
        for event in codebase.evaluator.events:
            if isinstance(event.result, Instance) and _is_start(event.result):
                yield event.result
        for function in codebase.functions(needles):
            if function.scope.module == module:
                study = Study(codebase, function)
                values = (study.value(call) for call in study.calls() if isinstance(call, Call))
                yield from (e for e in values if isinstance(e, Instance) and _is_start(e))


def _is_start(value: Instance) -> bool:
    like = class_like(value)
    name = like.name if isinstance(like, External) else ""
    return name.startswith("tortoise.") and name.rpartition(".")[2] in _data()["starters"]
