"""Conditions taken apart: the ways in which one may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice

from comfrey.reader.following.condition import (
    REMEMBERED,
    Literals,
    contradictory,
    decide_comparison,
    decide_truth,
    found,
    is_none,
    keys_of,
    negate,
)
from comfrey.reader.following.value import All, AnyOf, Compare, Either, Not, Truth
from comfrey.source.value import Const, Value

MOST = 12
"""Alternatives of one condition that are told apart."""
HELD = 8 * MOST
"""How many are held while the parts of a condition are put together."""
Ways = tuple[Literals, ...]


@lru_cache(maxsize=REMEMBERED)
def alternatives(test: Value) -> Ways:
    """The condition as alternatives of simple conditions that hold together; at most `MOST`."""
    return Parting().of(test)


class Parting:
    """Takes one condition apart. Values that depend on others are shared, so each is split only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Ways] = {}
        self._made: list[Value] = []
        """What was made on the way: kept, since it is known by its identity."""

    def of(self, test: Value) -> Ways:
        """The ways in which a condition holds."""
        match test:
            case Not(of=Truth(of=inner) as of):
                return self._once(("untruth", id(inner)), of, self._denied)
            case Not(of=of):
                return self._once(("not", id(of)), of, self._denied)
            case Truth(of=of):
                return self._once(("truth", id(of)), of, self._believed)
            case Compare(operator=operator, left=left, right=right):
                key = (operator, id(left), id(right))
                return self._once(key, test, self._compared)
            case All() | AnyOf():
                return self._once(("all", id(test)), test, self._several)
            case _:
                return ((test,),)

    def _once(self, key: tuple[object, ...], of: Value, part: Callable[[Value], Ways]) -> Ways:
        if key not in self._known:
            self._made.append(of)
            self._known[key] = part(of)
        return self._known[key]

    def _several(self, test: Value) -> Ways:
        match test:
            case All(of=of):
                return _product(self.of(each) for each in of)
            case AnyOf(of=of):
                return tuple(each for part in of for each in self.of(part))[:MOST]
        return ((test,),)

    def _denied(self, of: Value) -> Ways:
        if isinstance(of, All | AnyOf | Compare | Not):
            return self._anew(negate(of))
        if not isinstance(of, Truth):
            return ((Not(of),),)
        inner = of.of
        if isinstance(inner, All | AnyOf | Compare | Not | Truth):
            return self._denied(inner)
        if isinstance(inner, Either):
            return self._split(inner, lambda value: Not(Truth(value)))
        known = decide_truth(inner)
        return () if known is True else ((),) if known is False else ((Not(of),),)

    def _believed(self, of: Value) -> Ways:
        if isinstance(of, All | AnyOf | Compare | Not | Truth):
            return self.of(of)
        if isinstance(of, Either):
            return self._split(of, Truth)
        known = decide_truth(of)
        return ((),) if known is True else () if known is False else ((Truth(of),),)

    def _compared(self, test: Value) -> Ways:
        if not isinstance(test, Compare):
            return ((test,),)
        operator, left, right = test.operator, test.left, test.right
        if isinstance(left, Either):
            return self._split(left, lambda value: Compare(operator, value, right))
        if isinstance(right, Either):
            return self._split(right, lambda value: Compare(operator, left, value))
        if is_none(right) and operator in ("eq", "ne"):
            left = found(left)
            return self._denied(Truth(left)) if operator == "eq" else self._believed(left)
        if isinstance(right, Const) and isinstance(right.value, bool) and operator in ("eq", "ne"):
            wanted = right.value is (operator == "eq")
            return self._believed(left) if wanted else self._denied(Truth(left))
        known = decide_comparison(operator, left, right)
        if known is not None:
            return ((),) if known else ()
        return ((test,),)

    def _split(self, either: Either, test: Callable[[Value], Value]) -> Ways:
        """An option's own test is the reason; where that is decided, how the option came about is."""
        parts: list[Literals] = []
        for condition, value in either.options:
            tested = self._anew(test(value))
            around = self.of(condition)
            for literals in tested:
                if not literals:
                    parts.extend(around)
                elif any(not contradictory((*each, *literals)) for each in around):
                    parts.append(literals)
        return tuple(parts)[:MOST]

    def _anew(self, test: Value) -> Ways:
        """A condition that was made here."""
        self._made.append(test)
        return self.of(test)


def _product(parts: Iterable[Ways]) -> Ways:
    """One way of each part, together; put together part by part, so that what contradicts itself goes early."""
    together: list[Literals] = [()]
    for ways in parts:
        together = list(islice(_joined(together, ways), HELD))
    return tuple(together)[:MOST]


def _joined(together: list[Literals], ways: Ways) -> Iterator[Literals]:
    """Each of the first with each of the others, as far as nothing contradicts itself."""
    known = [(way, *keys_of(way)) for way in ways]
    sound = [(way, denied) for way, said, denied in known if not said & denied]
    for each in together:
        said, _ = keys_of(each)
        for way, denied in sound:
            if not said & denied:
                yield (*each, *way)
