"""What a `catch` was given, told apart by what was thrown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comfrey.reader.following.journal import REFUSED, Act
from comfrey.reader.following.value import All, AnyOf, Caught
from comfrey.reader.following.within import inside
from comfrey.source.value import Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine


def thrown(machine: Machine, caught: Caught) -> Iterator[Act]:
    """What was thrown where the error comes from, as far as nothing has told it apart so far."""
    for act in machine.journal.acts[caught.start : caught.end]:
        if act.kind == "raise" and act.number not in caught.claimed:
            yield act


def reason(act: Act, mark: int) -> Value:
    """Why an exception was raised, beyond what held before the `try`."""
    inner = [e for e in act.assumptions[mark:] if e.how != REFUSED or is_of_error(e.test)]
    tests = tuple(each.test for each in inner)
    return tests[0] if len(tests) == 1 else All(tests)


def is_of_error(test: Value) -> bool:
    """Whether a condition is about what was caught: it tells the failures apart that are left."""
    parts = test.of if isinstance(test, All | AnyOf) else (test,)
    return any(
        bool(inside(each, (Caught,))) or (isinstance(each, All | AnyOf) and is_of_error(each))
        for each in parts
    )
