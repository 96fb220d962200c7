"""Rows that belong together by a table between them: who is in a club, what a role may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from comfrey.model.record import Record, Relation
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Clause,
    Column,
    Compare,
    Derived,
    Query,
    Row,
    RowField,
    Shaped,
)
from comfrey.source import node as n
from comfrey.source.value import Const, Instance, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

NONE = Const(None)
PARTS = ("remove", "discard")
STATEMENTS = ("select", "insert", "update", "delete")
SELECT = "select"
"""What gives the rows themselves, for more to be said of them."""


@dataclass(frozen=True)
class Tie:
    """Rows of `parent` that are tied to those of `other`; `own` and `far` are the two keys of the rows between."""

    parent: Row
    other: Record
    between: Record
    own: str
    far: str

    def key(self, name: str, row: Row) -> Value:
        """What a row between holds of one of the two that it ties."""
        field = self.between.field(name)
        return RowField(row, field.references.partition(".")[2] if field else "id")

    def clause(self, name: str, row: Row) -> Clause:
        """The condition by which rows between are those of `row`."""
        return Clause(Compare("eq", Column(self.between.name, name), self.key(name, row)))


def tie(machine: Machine, of: Value) -> Tie | None:
    """The tie of `club.members`; None where no table between is known."""
    if not isinstance(of, Derived) or of.name != "relation":
        return None
    row, parent, name = of.of
    if not isinstance(row, Row) or not isinstance(parent, Row) or not isinstance(name, Const):
        return None
    found = (e for e in parent.record.relations if e.name == name.value)
    relation = next(found, None)
    between = machine.store.between(parent.record, str(name.value))
    keys = ends(between, parent.record, relation) if between and relation else ()
    return Tie(parent, row.record, between, *keys) if between and len(keys) == 2 else None


def ends(between: Record, owner: Record, relation: Relation) -> tuple[str, ...]:
    """The two keys of the rows between, the owner's first."""
    if relation.ends:
        return relation.ends
    keys = [(e.name, e.references.partition(".")[0]) for e in between.fields if e.references]
    if owner.name == relation.to:
        return tuple(name for name, _ in keys)
    own = [name for name, to in keys if to == owner.name]
    far = [name for name, to in keys if to == relation.to]
    return (own[0], far[0]) if len(own) == len(far) == 1 else ()


def contains(machine: Machine, of: Derived, passed: Passed) -> Value | None:
    """The condition of `User.following.contains(user)`: what the row between holds of that user."""
    kind, name = of.of
    record, row = machine.record_of(kind), passed.at(0)
    if record is None or not isinstance(name, Const) or not isinstance(row, Row):
        return None
    tied = Derived("relation", (row, Row(record), name))
    found = tie(machine, tied)
    return found.clause(found.far, row).test if found is not None else None


def statement(machine: Machine, of: Instance, name: str, at: n.Expression | None) -> Query | None:
    """`followers.insert()`, on a table that no class stands for."""
    record = machine.record_of(of)
    if record is None or not record.joins or name not in STATEMENTS:
        return None
    return Query(record, name, place=machine.place(at))


def held(machine: Machine, one: Value, of: Value, at: n.Expression | None) -> Value | None:
    """The row between by which `one` is in `club.members`, or None where that is no such question."""
    found, row = tie(machine, of), one.of if isinstance(one, Shaped) else one
    if found is None or not isinstance(row, Row) or row.record.name != found.other.name:
        return None
    where = (found.clause(found.own, found.parent), found.clause(found.far, row))
    query = Query(found.between, where=where, place=machine.place(at))
    return machine.store.fetched(machine.store.rows(query, at), "one")


def call(
    machine: Machine, of: Derived, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A method of `club.members`: rows come in, go out, or are asked for."""
    found = tie(machine, of)
    if name in PARTS and found is not None:
        return _parted(machine, of, passed, at)
    asks = name == SELECT or name in machine.meaning.verbs["query"]
    if found is None or machine.paired or not asks or (name == "count" and passed.args):
        return None
    where = (found.clause(found.own, found.parent),)
    query = Query(found.other, where=where, joins=(found.between.name,), place=machine.place(at))
    return query if name == SELECT else machine.store.method(query, name, passed, at)


def _parted(machine: Machine, of: Derived, passed: Passed, at: n.Expression | None) -> Value:
    for each in passed.args:
        row = held(machine, each, of, at)
        if isinstance(row, Row):
            machine.store.write("delete", replace(row, certain=True), at)
    return NONE


def narrowed(machine: Machine, query: Query) -> Query:
    """A statement for one of the rows that are tied to another, as one for the row between."""
    record = query.record
    if record is None or record.joins:
        return query
    keys = [each.name for each in record.primary_key]
    for between in (each for each in machine.records.values() if each.joins):
        tests = _equal(query, between.name)
        far = [each.name for each in between.fields if each.references and each.name not in tests]
        own = [test for name, test in _equal(query, record.name).items() if name in keys]
        if tests and len(far) == len(own) == 1:
            tests[far[0]] = Compare("eq", Column(between.name, far[0]), own[0].right)
            far = []
        if len(tests) > 1 and not far:
            return replace(query, record=between, where=tuple(map(Clause, tests.values())))
    return query


def _equal(query: Query, record: str) -> dict[str, Compare]:
    """What each column of a record must be, by the conditions of a statement."""
    return {
        each.test.left.field: each.test
        for each in query.where
        if isinstance(each.test, Compare) and each.test.operator == "eq"
        if isinstance(each.test.left, Column) and each.test.left.record == record
    }


def led(row: Row) -> Iterator[tuple[Row, str]]:
    """The rows and relations through which a row was reached, from the last to the first."""
    while row.by is not None:
        yield row.by
        row = row.by[0]


def of_caller(row: Row) -> str:
    """`roles.permissions` of a row that was reached from the caller's, "" for any other."""
    steps = list(led(row))
    if not steps or not steps[-1][0].caller:
        return ""
    return ".".join(name for _, name in reversed(steps))
