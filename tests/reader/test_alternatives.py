"""Conditions taken apart: shared parts cost once, and what contradicts itself goes."""

from __future__ import annotations

from comfrey.reader.following.alternatives import MOST, alternatives
from comfrey.reader.following.condition import negate
from comfrey.reader.following.value import All, AnyOf, Compare, Either, Given, Truth, either
from comfrey.source.value import Const, Value


def _given(name: str) -> Given:
    return Given("body", name)


def test_a_value_that_hangs_on_another_many_times_over_is_split_once() -> None:
    """Each value is one of two, by a test of the one before: as a tree there would be 2^60 ways down."""
    value: Value = Either(((Truth(_given("a")), Const(1)), (negate(Truth(_given("a"))), Const(0))))
    for _ in range(60):
        test = Compare("eq", value, Const(1))
        value = either(((test, Const(1)), (negate(test), Const(0))))
    found = alternatives(Compare("eq", value, Const(1)))
    assert found
    assert len(found) <= MOST


def test_parts_that_contradict_each_other_leave_no_way() -> None:
    first = Truth(_given("first"))
    many = [AnyOf((Truth(_given(f"x{i}")), Truth(_given(f"y{i}")))) for i in range(30)]
    assert alternatives(All((first, negate(first), *many))) == ()
    assert len(alternatives(All((first, *many)))) == MOST
