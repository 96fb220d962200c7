"""Conditions that a package's own types spell: `sq.Eq{"id": id}`, `sq.Or{…}`, `sq.Expr("stock > ?", n)`."""

from __future__ import annotations

from functools import reduce

from comfrey.reader.following.value import Derived, Items, Mapping
from comfrey.source.value import (
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    ListValue,
    Value,
    text_of,
)

SIGNS = {
    "Eq": "=",
    "NotEq": "<>",
    "Lt": "<",
    "LtOrEq": "<=",
    "Gt": ">",
    "GtOrEq": ">=",
    "Like": "LIKE",
    "NotLike": "NOT LIKE",
    "ILike": "ILIKE",
    "NotILike": "NOT ILIKE",
}
LISTS = {"And": " AND ", "Or": " OR "}


def compared(value: Value) -> tuple[Value, tuple[Value, ...]] | None:
    """(text, arguments) of such a condition; None for a value of any other kind."""
    word = _word(value)
    if word in SIGNS:
        return _by_sign(SIGNS[word], _pairs(value))
    if word in LISTS:
        return _several(LISTS[word], [compared(each) for each in _items(value)])
    if word == "Expr" and isinstance(value, Instance) and value.args:
        return value.args[0], value.args[1:]
    return None


def _word(value: Value) -> str:
    """The name of a value's type, of those that stand in a package."""
    kind = getattr(value, "named", None) or getattr(value, "of", None)
    while isinstance(kind, Generic):
        kind = kind.of
    name = kind.name if isinstance(kind, External) else ""
    return name.rpartition(".")[2] if "squirrel" in name else ""


def _pairs(value: Value) -> list[tuple[str, Value]]:
    match value:
        case Mapping(entries=entries):
            return list(entries.items())
        case DictValue(items=items):
            return [(text_of(key) or "", each) for key, each in items]
        case Instance(args=args):
            keyed = [
                each.items for each in args if isinstance(each, Items) and each.kind == "keyed"
            ]
            return [(text_of(key) or "", each) for key, each in keyed]
    return []


def _items(value: Value) -> tuple[Value, ...]:
    match value:
        case Items(items=items) | ListValue(items=items):
            return tuple(items)
        case Instance(args=args):
            return args
    return ()


def _by_sign(sign: str, pairs: list[tuple[str, Value]]) -> tuple[Value, tuple[Value, ...]]:
    texts: list[str] = []
    given: list[Value] = []
    for name, value in pairs:
        if isinstance(value, Const) and value.value is None:
            texts.append(f"{name} IS {'NOT ' if sign == '<>' else ''}NULL")
        elif sign in ("=", "<>") and isinstance(value, Items | ListValue):
            texts.append(f"{name} {'NOT ' if sign == '<>' else ''}IN (?)")
            given.append(value)
        else:
            texts.append(f"{name} {sign} ?")
            given.append(value)
    return Const(" AND ".join(texts)), tuple(given)


def _several(
    between: str, found: list[tuple[Value, tuple[Value, ...]] | None]
) -> tuple[Value, tuple[Value, ...]]:
    known = [each for each in found if each is not None]
    texts: list[Value] = [Const("(")]
    for at, (text, _) in enumerate(known):
        texts += [Const(between), text] if at else [text]
    whole = reduce(lambda left, right: Derived("+", (left, right)), [*texts, Const(")")])
    return whole, tuple(arg for _, args in known for arg in args)
