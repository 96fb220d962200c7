"""Methods that take a function and carry it out on each item: `rows.map(toJson)`, `items.reduce(…)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.reader.following.condition import truth
from comfrey.reader.following.element import element_of, literal_items
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Closure,
    Compare,
    Derived,
    Given,
    Items,
    Mapping,
    Rows,
)
from comfrey.source import node as n
from comfrey.source.value import BoundMethod, Const, External, FunctionValue, ListValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
SAME = ("toSorted", "sort", "reverse", "toReversed", "filter", "slice", "concat", "flat")
TESTS = ("some", "every", "find", "findIndex", "findLast")


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`of.name(function)`; None when it is no collection, or the method takes no function."""
    if not _is_collection(of):
        return None
    function = passed.at(0)
    if name in ("map", "flatMap", "forEach") and _is_function(function) and function:
        return _each(machine, of, function, name)
    if name == "reduce" and _is_function(function) and function:
        return _reduced(machine, of, function, passed)
    if name in TESTS and _is_function(function) and function:
        return _tested(machine, of, function, name)
    if name in SAME and (_is_function(function) or not passed.args):
        return of
    if name == "push" and isinstance(of, Items):
        of.items.extend(passed.args)
        return NONE
    if name == "includes" and function is not None:
        known = literal_items(of)
        return Compare("in", function, of) if known else Derived("includes", (of, function))
    return None


def _is_collection(of: Value) -> bool:
    listed = isinstance(of, Derived) and of.name == "relation"
    sent = isinstance(of, Given) and of.schema is not None and of.schema.type == "array"
    return listed or sent or isinstance(of, Items | Rows | ListValue)


def _is_function(value: Value | None) -> bool:
    return isinstance(value, Closure | FunctionValue | BoundMethod | External)


def _each(machine: Machine, of: Value, function: Value, name: str) -> Value:
    known = literal_items(of)
    if known is not None:
        return Items([machine.call(function, (each,)) for each in known])
    machine.journal.loops += 1
    made = machine.call(function, (element_of(machine, of),))
    machine.journal.loops -= 1
    return NONE if name == "forEach" else Items(each=made)


def _reduced(machine: Machine, of: Value, function: Value, passed: Passed) -> Value:
    start = passed.at(1) or NONE
    listed = literal_items(of)
    if listed and isinstance(start, Mapping) and all(isinstance(e, Const) for e in listed):
        for each in listed:
            start = machine.call(function, (start, each))
        return start
    machine.journal.loops += 1
    made = machine.call(function, (start, element_of(machine, of)))
    machine.journal.loops -= 1
    return Derived("sum", (made,)) if not isinstance(made, Items) else made


def _tested(machine: Machine, of: Value, function: Value, name: str) -> Value:
    item = element_of(machine, of)
    machine.journal.loops += 1
    found = machine.call(function, (item,))
    machine.journal.loops -= 1
    if name in ("some", "every"):
        return truth(found)
    return Derived("element", (item,))
