"""Where two branches meet again: what a name stands for then."""

from __future__ import annotations

from comfrey.reader.following.condition import negate
from comfrey.reader.following.value import (
    All,
    Clause,
    Compare,
    Either,
    Items,
    Not,
    Query,
    Truth,
    either,
)
from comfrey.source.value import Const, Value


def merge_names(test: Value, first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    """Names after `if test: first else: second`."""
    merged = dict(second)
    for name, value in first.items():
        merged[name] = merge(test, value, second[name]) if name in second else value
    return merged


def merge(test: Value, first: Value, second: Value) -> Value:
    """One value for both: queries grow together, all else stays an either-or."""
    if first is second:
        return first
    if isinstance(first, Const) and isinstance(second, Const) and first.value == second.value:
        return first
    if isinstance(first, Query) and isinstance(second, Query) and _alike(first, second):
        return _queries(test, first, second)
    return either(((test, first), (negate(test), second)))


def _alike(first: Query, second: Query) -> bool:
    return first.record is second.record and first.verb == second.verb


def _queries(test: Value, first: Query, second: Query) -> Query:
    return Query(
        record=second.record,
        verb=second.verb,
        columns=second.columns or first.columns,
        where=_clauses(first.where, second.where),
        order=_order(test, first.order, second.order),
        limit=_part(test, first.limit, second.limit),
        offset=_part(test, first.offset, second.offset),
        values=second.values or first.values,
        locks=first.locks and second.locks,
        joins=tuple(dict.fromkeys((*second.joins, *first.joins))),
        place=second.place,
    )


def _clauses(first: tuple[Clause, ...], second: tuple[Clause, ...]) -> tuple[Clause, ...]:
    both = [each for each in second if each in first]
    only = [each for each in (*second, *first) if each not in both]
    return (*both, *(Clause(each.test, True) for each in only))


def _order(test: Value, first: tuple[Value, ...], second: tuple[Value, ...]) -> tuple[Value, ...]:
    if len(first) == len(second) and all(a is b for a, b in zip(first, second, strict=True)):
        return first
    return (either(((test, Items(list(first))), (negate(test), Items(list(second))))),)


def _part(test: Value, first: Value | None, second: Value | None) -> Value | None:
    if first is second or first is None or second is None:
        return first or second
    return merge(test, first, second)


def only(value: Value) -> Value:
    """The one thing that an either-or is when it is not None or False."""
    if not isinstance(value, Either):
        return value
    solid = [
        each
        for test, each in value.options
        if not (isinstance(each, Const) and not each.value) and not _denies(test, each)
    ]
    return only(solid[0]) if len(solid) == 1 else value


def _denies(test: Value, value: Value) -> bool:
    """Whether an option is there only because it is nothing: `a` in `a && b`."""
    match test:
        case Not(of=Truth(of=of)):
            return of is value
        case All(of=of):
            return any(_denies(each, value) for each in of)
        case _:
            return False


def narrow(names: dict[str, Value], test: Value) -> None:
    """Names of an either-or that a condition shows to be there lose their None."""
    found = _present(test)
    if found is not None:
        inner = only(found)
        for name, value in names.items():
            if value is found:
                names[name] = inner


def _present(test: Value) -> Value | None:
    match test:
        case Truth(of=of):
            return of
        case Compare(operator="ne", left=left, right=Const(value=None)):
            return left
        case All(of=of):
            return next((each for each in (_present(inner) for inner in of) if each), None)
        case _:
            return None
