"""Where two branches meet again: what a name stands for then."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import takewhile

from comfrey.reader.following.condition import negate
from comfrey.reader.following.value import (
    All,
    Built,
    Clause,
    Compare,
    Derived,
    Either,
    Items,
    Not,
    Query,
    Sometimes,
    Truth,
    either,
)
from comfrey.source.value import Const, External, Instance, Text, Value

FORMING = ("fmt.Sprintf", "fmt.Sprint", "strings.Join")
"""Functions of packages that give a text."""


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
    if isinstance(first, Items) and isinstance(second, Items):
        longer = _lists(test, first, second)
        if longer is not None:
            return longer
    if isinstance(first, Built) and isinstance(second, Built) and first.verb == second.verb:
        return _built(first, second)
    grown = _grown(test, first, second)
    if grown is not None:
        return grown
    return either(((test, first), (negate(test), second)))


def _lists(test: Value, first: Items, second: Items) -> Items | None:
    """A list to which a branch has added items, or each branch its own; None for lists of different making."""
    pairs = zip(first.items, second.items, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
    if first.each is not second.each or {first.kind, second.kind} != {"list"}:
        return None
    more, others = first.items[shared:], second.items[shared:]
    if not shared and more and others:
        return None
    added = [Sometimes(test, each) for each in more]
    return Items(
        [*first.items[:shared], *added, *(Sometimes(negate(test), each) for each in others)]
    )


def _built(first: Built, second: Built) -> Built:
    """A statement to which either branch has added something: each piece knows under what it is there."""
    more = [each for each in first.pieces if each not in second.pieces]
    return replace(second, pieces=[*second.pieces, *more])


def _grown(test: Value, first: Value, second: Value) -> Value | None:
    """A text that was made longer in one branch, or in each in its own way; None for any other."""
    one, other = _spine(first), _spine(second)
    shared = next((each for each in one if any(each is base for base in other)), None)
    if shared is None or len(one) + len(other) < 3:
        return None
    more, less = _behind(one, shared), _behind(other, shared)
    if not (_is_text(more) and _is_text(less)):
        return None
    return Derived("+", (shared, Either(((test, more), (negate(test), less)))))


def _spine(value: Value) -> list[Value]:
    """A text and what it was before each piece was added to it, the shortest last."""
    found = [value]
    while isinstance(value, Derived) and value.name == "+":
        value = value.of[0]
        found.append(value)
    return found


def _behind(spine: list[Value], shared: Value) -> Value:
    """What was added to a text since it was `shared`."""
    ends: list[Value] = []
    for each in spine:
        if each is shared:
            break
        if isinstance(each, Derived):
            ends.insert(0, each.of[1])
    return reduce(lambda left, right: Derived("+", (left, right)), ends) if ends else Const("")


def _is_text(value: Value) -> bool:
    match value:
        case Const(value=inner):
            return isinstance(inner, str)
        case Derived(name="+", of=of):
            return any(_is_text(each) for each in of)
        case Instance(of=External(name=name)):
            return name in FORMING
        case Either(options=options):
            return any(_is_text(each) for _, each in options)
    return isinstance(value, Text)


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
