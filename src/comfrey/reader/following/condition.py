"""Conditions: what is known of them, their negation, and their alternatives."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from comfrey.reader.following.value import (
    All,
    AnyOf,
    Closure,
    Column,
    Compare,
    Derived,
    Dump,
    Either,
    Failed,
    Given,
    Items,
    Mapping,
    Not,
    Pending,
    Query,
    Row,
    RowField,
    Rows,
    Session,
    Shaped,
    Truth,
)
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    Value,
)

OPPOSITE = {
    "eq": "ne",
    "ne": "eq",
    "lt": "ge",
    "ge": "lt",
    "gt": "le",
    "le": "gt",
    "in": "not_in",
    "not_in": "in",
}
MIRROR = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
SHAPING = ("validated", "model_validate", "from_orm", "parse_obj", "model_validate_json")
"""Calls that give an object of a schema, or raise."""
SOLID = (ClassValue, External, FunctionValue, BoundMethod, ModuleValue, Session, Closure, Pending)

REMEMBERED = 1 << 15
"""How many conditions are remembered with their keys: values never change, and the same ones are asked for again."""
Literals = tuple[Value, ...]


def truth(value: Value) -> Value:
    """The condition that `value` is true."""
    if isinstance(value, Truth | Compare | Not | All | AnyOf | Failed):
        return value
    return Truth(value)


def negate(test: Value) -> Value:
    """The opposite condition."""
    match test:
        case Not(of=of):
            return of
        case Compare(operator=operator, left=left, right=right) if operator in OPPOSITE:
            return Compare(OPPOSITE[operator], left, right)
        case All(of=of):
            return AnyOf(tuple(negate(each) for each in of))
        case AnyOf(of=of):
            return All(tuple(negate(each) for each in of))
        case _:
            return Not(test)


def decide(test: Value) -> bool | None:
    """Whether the condition holds whatever is sent; None when that depends."""
    match test:
        case Not(of=of):
            inner = decide(of)
            return None if inner is None else not inner
        case All(of=of):
            return _decide_all([decide(each) for each in of])
        case AnyOf(of=of):
            inner = _decide_all([_flip(decide(each)) for each in of])
            return _flip(inner)
        case Truth(of=of):
            return decide_truth(of)
        case Compare(operator=operator, left=left, right=right):
            return decide_comparison(operator, left, right)
        case _:
            return None


def _flip(known: bool | None) -> bool | None:
    return None if known is None else not known


def _decide_all(known: list[bool | None]) -> bool | None:
    if any(each is False for each in known):
        return False
    return True if all(each is True for each in known) else None


def decide_truth(value: Value) -> bool | None:
    match value:
        case Const(value=inner, setting=None):
            return bool(inner)
        case Row(created=created, certain=certain):
            return True if created or certain else None
        case Instance(of=ClassValue()) | Query() | Shaped():
            return True
        case Mapping(entries=entries) if entries:
            return True
        case Derived(name=name) if name in SHAPING:
            return True
        case Either(options=options) if len(options) > 1:
            found = {_decide_under(test, each) for test, each in options}
            return found.pop() if len(found) == 1 else None
        case _ if isinstance(value, SOLID):
            return True
        case _:
            return None


def _decide_under(test: Value, value: Value) -> bool | None:
    """Whether a value is true where the condition holds, which may be about nothing else (`rows and …`)."""
    held = test.of if isinstance(test, All) else (test,)
    said = truth(value)
    if said in held:
        return True
    return False if negate(said) in held else decide_truth(value)


def decide_comparison(operator: str, left: Value, right: Value) -> bool | None:
    if isinstance(left, Const) and isinstance(right, Const):
        if left.setting or right.setting:
            return None
        return _compare(operator, left.value, right.value)
    if is_none(right) and operator in ("eq", "ne") and _never_none(left):
        return operator == "ne"
    if operator in ("in", "not_in") and isinstance(left, Const) and isinstance(right, Mapping):
        if left.value in right.entries:
            return operator == "in"
        return None if right.spreads else operator == "not_in"
    if operator in ("in", "not_in") and isinstance(left, Const) and isinstance(right, Items):
        return _among(operator, left, right)
    return None


def _among(operator: str, left: Const, right: Items) -> bool | None:
    """Whether a constant stands in a list of constants that is written out."""
    known = [each for each in right.items if isinstance(each, Const) and not each.setting]
    if left.setting or right.each is not None or len(known) != len(right.items):
        return None
    return _compare(operator, left.value, [each.value for each in known])


def _never_none(value: Value) -> bool:
    match value:
        case Row(created=created, certain=certain):
            return created or certain
        case Either(options=options):
            return bool(options) and all(_never_none(each) for _, each in options)
        case Instance() | Items() | ListValue() | Mapping() | Rows() | Query():
            return True
        case _:
            return isinstance(value, SOLID)


def _compare(operator: str, left: Any, right: Any) -> bool | None:
    try:
        match operator:
            case "eq":
                return bool(left == right)
            case "ne":
                return bool(left != right)
            case "lt":
                return bool(left < right)
            case "le":
                return bool(left <= right)
            case "gt":
                return bool(left > right)
            case "ge":
                return bool(left >= right)
            case "in":
                return bool(left in right)
            case "not_in":
                return left not in right
    except TypeError:
        pass
    return None


def is_none(value: Value | None) -> bool:
    """Whether this is the constant None."""
    return isinstance(value, Const) and value.value is None


def found(value: Value) -> Value:
    """A required column of a row that may be missing (`select(Author.id)`) is None when the row is."""
    if not isinstance(value, RowField) or value.row.created or value.row.certain:
        return value
    field = value.row.record.field(value.name)
    required = field is not None and (field.primary_key or not field.nullable)
    return value.row if required else value


def contradictory(literals: Literals) -> bool:
    """Whether a simple condition and its opposite are both there."""
    said = {_key(each) for each in literals}
    return any(_opposite(each) in said for each in literals)


def keys_of(literals: Literals) -> tuple[frozenset[object], frozenset[object]]:
    """By what simple conditions are known, and by what their opposites are."""
    return frozenset(map(_key, literals)), frozenset(map(_opposite, literals))


def implied(literals: Literals, known: Iterable[Value]) -> Literals:
    """The simple conditions that `known` ones do not already say."""
    said = {_key(each) for each in known}
    return tuple(each for each in literals if _key(each) not in said)


@lru_cache(maxsize=REMEMBERED)
def _key(test: Value) -> object:
    match test:
        case Not(of=of):
            return ("not", _key(of))
        case Truth(of=of):
            return ("truth", same(of))
        case Compare(operator=operator, left=left, right=right):
            return (operator, same(left), same(right))
        case _:
            return id(test)


@lru_cache(maxsize=REMEMBERED)
def _opposite(test: Value) -> object:
    return _key(negate(test))


@lru_cache(maxsize=REMEMBERED)
def same(value: Value) -> object:
    """A key that is equal for values known to be equal."""
    match value:
        case Const(value=inner):
            return ("const", type(inner).__name__, repr(inner))
        case Given(kind=kind, name=name):
            return ("given", kind, name)
        case RowField(row=row, name=name):
            return ("field", id(row), name)
        case Column(record=record, field=field):
            return ("column", record, field)
        case Derived(name=name, of=of):
            return ("derived", name, tuple(same(each) for each in of))
        case Dump(of=of):
            return ("dump", same(of))
        case _:
            return id(value)
