"""Statements that code puts together on a table's name: `knex("books").where({ id }).first()`.

Such a statement is sent when it is awaited; what each word means says the ORM's `effects.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from comfrey.model.record import Record
from comfrey.reader.following import asking
from comfrey.reader.following.condition import negate
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.store import AUTOMATIC, matching
from comfrey.reader.following.value import (
    Aggregate,
    All,
    AnyOf,
    Clause,
    Closure,
    Column,
    Compare,
    Derived,
    Given,
    Items,
    Mapping,
    Query,
    Row,
    RowField,
    Session,
)
from comfrey.source import node as n
from comfrey.source.value import (
    BoundMethod,
    ClassValue,
    Const,
    FunctionValue,
    ListValue,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

SECTION = "tabled"
NONE = Const(None)
SIGNS = {"=": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le",
         "in": "in", "not in": "not_in"}  # fmt: skip
PATTERNS = ("like", "ilike")
OWN = (FunctionValue, Closure, BoundMethod, ClassValue)
"""What the tree defines: no client of a database."""


@dataclass(slots=True, eq=False)
class Tabled(Value):
    """A statement in the making: every word that it is told changes it in place. `answer` is what it gave."""

    query: Query
    at: n.Expression | None
    one: bool = False
    plucked: str = ""
    returns: bool = False
    answer: Value | None = None


def begun(
    machine: Machine, function: Value, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`knex("books")`, `trx("books as b")`: a statement on that table; None for any other call."""
    if not machine.meaning.verbs[SECTION] or isinstance(function, OWN):
        return None
    record = _by_table(machine, passed.at(0))
    return Tabled(Query(record, place=machine.place(at)), at) if record is not None else None


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """One more word to a statement, or the first one to a client; None where it is no such call."""
    verb = machine.meaning.verb(SECTION, name)
    if isinstance(of, Tabled):
        return _told(machine, of, verb, name, passed, at)
    if not verb or isinstance(of, Row | Given | Query | Mapping | Items):
        return None
    if verb == "source":
        made = begun(machine, of, passed, at)
        if isinstance(made, Tabled) and isinstance(of, Derived):
            _earlier(machine, made, of, at)
        return made
    if verb == "begin" and not passed.args:
        machine.delegates.transactions += 1
        return Session()
    if verb in ("commit", "rollback") and isinstance(of, Session):
        machine.delegates.transactions = max(machine.delegates.transactions - 1, 0)
        machine.journal.note(verb, NONE, machine.place(at))
        return NONE
    return None


def _earlier(machine: Machine, made: Tabled, of: Derived, at: n.Expression | None) -> None:
    """`knex.insert(values).into("books")`: what was said before the table was."""
    verb = machine.meaning.verb(SECTION, of.name)
    if verb in ("insert", "update", "delete", "count"):
        _told(machine, made, verb, of.name, Passed(of.of[1:]), at)


def sent(machine: Machine, of: Tabled) -> Value:
    """What the statement gives once it is awaited."""
    if of.answer is None:
        of.answer = _carried_out(machine, of)
    return of.answer


# --- words -----------------------------------------------------------------------


def _told(
    machine: Machine, of: Tabled, verb: str, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    query, first = of.query, asking.mapped(passed.at(0))
    match verb:
        case "":
            return None
        case "where" | "not" | "or" | "in" | "not_in" | "is_null" | "not_null" | "like" | "ilike":
            of.query = _narrowed(machine, query, verb, passed)
        case "dark" | "dark_or":
            kept = query.where[:-1] if verb == "dark_or" else query.where
            of.query = replace(query, where=(*kept, Clause(Derived("condition", passed.args))))
        case "between":
            bounds = getattr(asking.mapped(passed.at(1)), "items", ())
            column = _column(machine, query, passed.at(0)) or Derived("column")
            signs = zip(("ge", "le"), bounds, strict=False)
            tests = [Compare(sign, column, each) for sign, each in signs]
            of.query = replace(query, where=(*query.where, *map(Clause, tests)))
        case "order":
            of.query = replace(query, order=(*query.order, *_order(machine, query, passed)))
        case "limit" | "offset":
            changes: dict[str, Any] = {verb: first}
            of.query = replace(query, **changes)
        case "lock":
            of.query = replace(query, locks=True)
        case "one":
            of.one = True
        case "pluck":
            of.plucked = text_of(passed.at(0)) or ""
        case "returning":
            of.returns = True
        case "insert" | "update" | "delete":
            values = _values(passed) if verb != "delete" else None
            of.query = replace(query, verb=verb, values=values)
            of.returns = of.returns or (len(passed.args) > 1 and verb != "update")
        case "raise" | "lower":
            values = asking.shifted(query.record, verb, *passed.args[:2]) if query.record else None
            of.query = replace(query, verb="update", values=values)
        case "count" | "aggregate":
            of.query = replace(query, columns=(Aggregate("count" if verb == "count" else name),))
            of.plucked = _alias(passed.at(0), name)
        case "modify" if passed.args:
            machine.call(passed.args[0], (of, *passed.args[1:]), (), at)
    return of


def _values(passed: Passed) -> Value:
    """`update({ title })`, `update("title", title)`."""
    name = text_of(passed.at(0)) if isinstance(passed.at(0), Const) else None
    if name and len(passed.args) > 1:
        return Mapping(entries={name: passed.args[1]})
    return passed.at(0) or NONE


def _alias(value: Value | None, name: str) -> str:
    """By what name a computed column is given: `count("* as total")`, `count({ total: "*" })`."""
    inner = asking.mapped(value)
    if isinstance(inner, Mapping) and inner.entries:
        return str(next(iter(inner.entries)))
    return (text_of(value) or "").lower().rpartition(" as ")[2].strip(" *") or name


# --- conditions --------------------------------------------------------------------


def _narrowed(machine: Machine, query: Query, verb: str, passed: Passed) -> Query:
    if query.record is None:
        return query
    found = tuple(_tests(machine, query, query.record, verb, passed))
    sometimes = machine.delegates._sometimes()
    clauses = tuple(Clause(each, sometimes) for each in found)
    if verb == "or" and query.where and found:
        before, last = query.where[:-1], query.where[-1]
        either = AnyOf((last.test, found[0] if len(found) == 1 else All(found)))
        return replace(query, where=(*before, Clause(either, last.optional)))
    if verb == "not":
        clauses = tuple(Clause(negate(each.test), each.optional) for each in clauses)
    return replace(query, where=(*query.where, *clauses))


def _tests(
    machine: Machine, query: Query, record: Record, verb: str, passed: Passed
) -> list[Value]:
    first = asking.mapped(passed.at(0))
    if isinstance(first, Mapping):
        return [each.test for each in machine.delegates.asking.clauses(record, _bare(first))]
    if isinstance(first, Closure | FunctionValue):
        return _grouped(machine, query, first)
    column, rest = _column(machine, query, passed.at(0)), passed.args[1:]
    if column is None:
        return [Derived("condition", passed.args)]
    if verb in ("is_null", "not_null"):
        return [Compare("eq" if verb == "is_null" else "ne", column, NONE)]
    sign = (text_of(rest[0]) or "").lower() if len(rest) > 1 else ""
    value = rest[-1] if rest else NONE
    if verb in PATTERNS or sign in PATTERNS:
        return [matching(verb if verb in PATTERNS else sign, column, value)]
    operator = verb if verb in ("in", "not_in") else SIGNS.get(sign or "=", "")
    return [Compare(operator, column, value) if operator else Derived("condition", passed.args)]


def _bare(said: Mapping) -> Mapping:
    """Conditions by the fields' own names: `{ "books.id": id }`."""
    return Mapping({key.rpartition(".")[2]: each for key, each in said.entries.items()},
                   said.spreads, said.keys)  # fmt: skip


def _grouped(machine: Machine, query: Query, work: Value) -> list[Value]:
    """`where((q) => q.where(…).orWhere(…))`: all that the function says, together."""
    inner = Tabled(Query(query.record), None)
    machine.call(work, (inner,))
    tests = tuple(each.test for each in inner.query.where)
    return [All(tests)] if len(tests) > 1 else list(tests)


def _column(machine: Machine, query: Query, value: Value | None) -> Column | None:
    """The column that `"title"` or `"books.title"` names."""
    text = text_of(value) if isinstance(value, Const) else None
    table, _, name = (text or "").rpartition(".")
    known = (each for each in machine.records.values() if table and each.table == table)
    record = next(known, query.record)
    field = record.field(name) if record is not None else None
    return Column(record.name, field.name) if record is not None and field is not None else None


def _order(machine: Machine, query: Query, passed: Passed) -> list[Value]:
    """`orderBy("title", "desc")`, `orderBy([{ column: "title", order: "desc" }])`."""
    first = asking.mapped(passed.at(0))
    if isinstance(first, Items | ListValue):
        return [each for item in first.items for each in _order(machine, query, Passed((item,)))]
    way = passed.at(1)
    name: Value | None = passed.at(0)
    if isinstance(first, Mapping):
        name, way = first.entries.get("column"), first.entries.get("order")
    column = _column(machine, query, name)
    known = way is None or isinstance(way, Const)
    if column is None or not known:
        return [Derived("order", tuple(each for each in (name, way) if each is not None))]
    down = (text_of(way) or "").lower() == "desc"
    return [Column(column.record, column.field, (), down)]


# --- sending -----------------------------------------------------------------------


def _carried_out(machine: Machine, of: Tabled) -> Value:
    query = of.query
    if query.record is None:
        return Derived("rows")
    match query.verb:
        case "insert":
            return _inserted(machine, of, query.record)
        case "update" | "delete":
            return _written(machine, of, query)
        case _:
            return _asked(machine, of, query)


def _asked(machine: Machine, of: Tabled, query: Query) -> Value:
    rows = machine.store.rows(query, of.at)
    if query.computes:
        found = machine.store.fetched(rows, "one")
        made = Mapping(entries={of.plucked: found})
        return made if of.one else Items([made])
    if of.one:
        return machine.store.fetched(rows, "one")
    machine.store.fetched(rows, "many")
    return rows


def _inserted(machine: Machine, of: Tabled, record: Record) -> Value:
    from comfrey.reader.following.delegates import Asked  # it asks us first

    roles = {"values": asking.mapped(of.query.values) or NONE}
    made = machine.delegates._create(Asked(record, roles, of.at))
    if of.returns or not isinstance(made, Row):
        return made if isinstance(made, Items) else Items([made])
    key = next((each.name for each in record.primary_key), "id")
    return Items([RowField(made, key)])


def _written(machine: Machine, of: Tabled, query: Query) -> Value:
    if query.verb == "update" and query.record is not None:
        values = machine.delegates.asking.values(query.record, asking.mapped(query.values))
        query = replace(query, values=values)
    rows = machine.store.rows(query, of.at)
    if not machine.delegates.transactions:
        machine.journal.note("commit", NONE, machine.place(of.at), mode=AUTOMATIC)
    return rows if of.returns else Derived("count", (rows,))


def _by_table(machine: Machine, value: Value | None) -> Record | None:
    """The record of the table that `"books"`, `"books as b"` or `{ b: "books" }` names."""
    inner = asking.mapped(value)
    if isinstance(inner, Mapping) and len(inner.entries) == 1 and not inner.spreads:
        value = next(iter(inner.entries.values()))
    text = text_of(value) if isinstance(value, Const) else None
    name = (text or "").partition(" ")[0].rpartition(".")[2]
    return next((each for each in machine.records.values() if name and each.table == name), None)
