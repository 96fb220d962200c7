"""What a column holds, from SQL types and from Python types."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    Choice,
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
)
from comfrey.stacks import shelf

UNKNOWN = "unknown"
WRAPPERS = ("with_variant", "evaluates_none", "copy")


@dataclass(frozen=True)
class Type:
    """A column's type by `model.record.Field`'s words; `type` is "" when nothing is known."""

    type: str = ""
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    timezone: bool = False
    enum: tuple[Any, ...] = ()
    enum_class: str = ""
    items: str = ""


def data() -> dict[str, Any]:
    """The tables of this folder's `about.toml`."""
    found = shelf.folder("orms", "sqlalchemy")
    return found.about.data if found else {}


def name_of(value: Value | None) -> str:
    """The dotted name of what made an object (`sqlalchemy.orm.relationship`), "" inside the tree."""
    like = class_like(value) if value is not None else None
    return like.name if isinstance(like, External) else ""


def last_of(value: Value | None) -> str:
    """The last part of `name_of`."""
    return name_of(value).rpartition(".")[2]


def is_made_by(value: Value | None, *names: str) -> bool:
    """Whether the value is the result of calling one of these (by last name)."""
    return isinstance(value, Instance) and last_of(value) in names


def optional(kind: Value) -> tuple[Value, bool]:
    """A type without its `None`, and whether it had one."""
    if isinstance(kind, Generic) and last_of(kind) == "Union":
        rest = tuple(each for each in kind.args if not _is_none(each))
        inner = rest[0] if len(rest) == 1 else Generic(kind.of, rest, kind.place)
        return inner, len(rest) < len(kind.args)
    return kind, False


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def annotated(kind: Value) -> tuple[Value, tuple[Value, ...]]:
    """`Annotated[X, a, b]` as X and (a, b); other types as they are. Nested ones are flattened."""
    if isinstance(kind, Generic) and last_of(kind) == "Annotated" and kind.args:
        inner, before = annotated(kind.args[0])
        return inner, (*before, *kind.args[1:])
    return kind, ()


def sql_type(codebase: Codebase, value: Value | None) -> Type:
    """The type that `String(80)`, `JSONB`, a TypeDecorator or a variant stands for."""
    match value:
        case Choice(options=options):
            return sql_type(codebase, options[0])
        case Instance(of=BoundExternal(receiver=receiver, name=name)) if name in WRAPPERS:
            return sql_type(codebase, receiver)
        case Instance() if last_of(value) in ("as_mutable", "Mutable", "Variant"):
            return sql_type(codebase, value.args[0] if value.args else None)
        case Instance(of=ClassValue() as kind):
            return _decorated(codebase, kind, value)
        case ClassValue():
            return _decorated(codebase, value, None)
        case Instance() | External() | BoundExternal():
            return _named(codebase, last_of(value), value)
    return Type()


READING = "process_result_value"
MADE_UUID = re.compile(r"\bUUID\(")
"""https://docs.sqlalchemy.org/en/20/core/custom_types.html#backend-agnostic-guid-type"""


def _decorated(codebase: Codebase, kind: ClassValue, made: Instance | None) -> Type:
    """A project's own type: what its `impl` is, with the length that it is made with; a key of its own where it
    makes one of whatever the database holds."""
    reading = codebase.member(kind, READING)
    function = reading.value if reading is not None else None
    if isinstance(function, FunctionValue) and MADE_UUID.search(function.node.text):
        return Type("uuid")
    member = codebase.member(kind, "impl")
    if member is not None and member.value is not None:
        found = sql_type(codebase, member.value)
    else:
        outside = [each.last for each in codebase.external_ancestors(kind)]
        known = data()["types"]
        found = Type(next((known[each] for each in outside if each in known), ""))
    if made is not None and found.type == "string" and found.length is None:
        return replace(found, length=_integer(made.argument(0, "length")))
    return found


def _named(codebase: Codebase, last: str, value: Value) -> Type:
    kind = data()["types"].get(last, "")
    made = value if isinstance(value, Instance) else Instance(value)
    match kind:
        case "string" | "text" | "bytes":
            return Type(kind, length=_integer(made.argument(0, "length")))
        case "decimal":
            precision = _integer(made.argument(0, "precision"))
            return Type(kind, precision=precision, scale=_integer(made.argument(1, "scale")))
        case "datetime" | "time":
            position = 0 if last in ("DateTime", "TIMESTAMP", "Time", "TIME") else 9
            return Type(kind, timezone=plain(made.argument(position, "timezone")) is True)
        case "enum":
            return _enum(codebase, made)
        case "array":
            inner = made.argument(0, "item_type")
            return Type(kind, items=sql_type(codebase, inner).type if inner else "")
    return Type(kind)


def _enum(codebase: Codebase, made: Instance) -> Type:
    first = made.args[0] if made.args else made.kwarg("enums")
    kind = codebase.class_of(first) if isinstance(first, ClassValue) else None
    if kind is not None:
        return enumeration(codebase, kind)
    values = [plain(each) for each in _spread(made.args)]
    return Type("enum", enum=tuple(each for each in values if each is not None))


def _spread(values: tuple[Value, ...]) -> list[Value]:
    found: list[Value] = []
    for each in values:
        if isinstance(each, ListValue):
            found += [i.items[0] if isinstance(i, ListValue) and i.items else i for i in each.items]
        else:
            found.append(each)
    return found


def enumeration(codebase: Codebase, kind: ClassValue) -> Type:
    """An enumeration class as a column's type; `enum` holds its values, not its names."""
    members = codebase.enumerated(kind) or []
    found = (plain(each.fields.get("value")) for each in members if isinstance(each, Instance))
    values = tuple(each for each in found if isinstance(each, str | int | float | bool))
    return Type("enum", enum=values, enum_class=kind.qualified)


def python_type(codebase: Codebase, kind: Value | None) -> Type:
    """The type that SQLAlchemy and SQLModel give to a Python annotation."""
    if kind is None:
        return Type()
    kind = annotated(optional(annotated(kind)[0])[0])[0]
    match kind:
        case Generic(of=External(name="typing.Literal"), args=args):
            return Type("enum", enum=tuple(plain(each) for each in args))
        case Generic(of=inner, args=args):
            found = python_type(codebase, inner)
            if found.type == "array" and args:
                return replace(found, items=python_type(codebase, args[0]).type)
            return found
        case ClassValue():
            return _python_class(codebase, kind)
        case Instance() if last_of(kind) == "NewType" and len(kind.args) > 1:
            return python_type(codebase, kind.args[1])
        case Instance() if last_of(kind) in ("constr", "EmailStr"):
            return Type("string", length=_integer(kind.kwarg("max_length")))
        case Instance() if last_of(kind) in ("condecimal",):
            digits, places = kind.kwarg("max_digits"), kind.kwarg("decimal_places")
            return Type("decimal", precision=_integer(digits), scale=_integer(places))
        case Instance() if last_of(kind) in ("conint", "confloat"):
            return Type("integer" if last_of(kind) == "conint" else "float")
        case External(name=name):
            return Type(_python_name(name))
    return Type()


def _python_class(codebase: Codebase, kind: ClassValue) -> Type:
    if codebase.enumerated(kind) is not None:
        return enumeration(codebase, kind)
    names = (_python_name(each) for each in codebase.ancestry(kind))
    found = next((each for each in names if each), "")
    return Type(found or "json")


def _python_name(name: str) -> str:
    known: dict[str, str] = data()["python"]
    return known.get(name) or known.get("pydantic." + name.rpartition(".")[2], "")


def _integer(value: Value | None) -> int | None:
    found = plain(value)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def mapped_by(table: Value | None, kind: Value) -> Value | None:
    """What a `type_annotation_map` says of a type: the very alias first, then the type itself."""
    if not isinstance(table, DictValue):
        return None
    for key, value in table.items:
        if key is kind or (isinstance(key, External) and _same_name(key, kind)):
            return value
    return None


def _same_name(key: External, kind: Value) -> bool:
    return isinstance(kind, External) and kind.name == key.name


def evaluated(codebase: Codebase, value: Value | None) -> Value | None:
    """What a lambda or a function without parameters gives (`lambda: User`); other values as they are."""
    if isinstance(value, FunctionValue):
        with codebase.evaluator.quietly():
            return codebase.evaluator.call(value)
    return value
