"""SQL that code hands to its database: `db.QueryRowContext(ctx, "SELECT … WHERE id = ?", id).Scan(&user.ID)`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from sqlglot import expressions as sql

from comfrey.languages.go.literals import tags
from comfrey.model.record import Record
from comfrey.reader.following.condition import negate
from comfrey.reader.following.golang.chains import Outcome, become
from comfrey.reader.following.golang.conditions import Reading, statement
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.golang.pieces import Arguments, Words, plain, whole, words, worlds
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Aggregate,
    Clause,
    Column,
    Derived,
    Either,
    Failed,
    Items,
    Mapping,
    Query,
    Row,
    RowField,
    Rows,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.classes import Member
from comfrey.source.value import (
    ClassValue,
    Const,
    DictValue,
    Instance,
    Text,
    UnknownValue,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

OPENING = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE", "MERGE")
FIRST = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)\s", re.DOTALL)
"""The first word of a statement, behind what is only said about it (sqlc: `-- name: GetUser :one`)."""
VERBS = ("row", "rows", "run", "into_row", "into_rows")
NONE = Const(None)
SCANS = ("Scan", "StructScan", "MapScan")


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A call that is given SQL, or one on what it gave; None for any other."""
    if isinstance(of, Outcome) and of.found is not None:
        return _on_outcome(machine, of, name, passed)
    if isinstance(of, Prepared):
        return _on_prepared(machine, of, name, passed, at)
    verb = machine.meaning.verb("chain", name)
    if verb == "prepare":
        text = next((each for each in passed.args if _spells(each)), None)
        return Items([Prepared(text), NONE], kind="tuple") if text is not None else None
    if verb not in VERBS:
        return None
    at_text = next((i for i, e in enumerate(passed.args) if _spells(e)), None)
    if at_text is None:
        return None
    said = understood(machine, passed.args[at_text], passed.args[at_text + 1 :])
    target = passed.args[max(at_text - 1, 0)]
    return carried_out(machine, said, verb, target, at) if said is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared(Value):
    """A statement that waits for its arguments: `stmt, err := db.PrepareContext(ctx, query)`."""

    text: Value


def _on_prepared(
    machine: Machine, of: Prepared, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    if name == "Close":
        return NONE
    verb = machine.meaning.verb("chain", name)
    if verb not in VERBS:
        return None
    args = passed.args[1:] if name.endswith("Context") else passed.args
    target, given = (args[0], args[1:]) if verb.startswith("into") and args else (NONE, args)
    said = understood(machine, of.text, given)
    return carried_out(machine, said, verb, target, at) if said is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """SQL without what depends on anything (what writes: with all of it), its text, and its arguments by place."""

    tree: sql.Expr
    text: Words
    slots: dict[str, Value]


def understood(machine: Machine, text: Value, args: tuple[Value, ...]) -> Statement | None:
    """The statement that a text is, with its arguments; None where it cannot be read."""
    given = Arguments(args, partial(_by_name, machine, args))
    spelled = given.settled(words(text))
    tree = statement(plain(spelled)) or statement(whole(spelled))
    if tree is not None and not isinstance(tree, sql.Select | sql.Union):
        tree = statement(whole(spelled)) or tree
    return Statement(tree, spelled, given.slots) if tree is not None else None


def _spells(value: Value) -> bool:
    """Whether an argument is SQL, and no name or number."""
    if not isinstance(value, Const | Text | Derived | Either | Instance):
        return False
    text = plain(words(value)) or whole(words(value))
    first = FIRST.match(text)
    return first is not None and first[1].upper() in OPENING


def _by_name(machine: Machine, args: tuple[Value, ...], name: str) -> Value | None:
    """`:title` of `NamedExec("… VALUES (:title)", &book)`, `@title` of `pgx.NamedArgs{"title": title}`."""
    match args[0] if args else None:
        case Mapping(entries=entries):
            return entries.get(name)
        case DictValue(items=items):
            return next((each for key, each in items if text_of(key) == name), None)
        case Row() as row:
            return machine.attribute(row, name, None)
        case Instance(of=ClassValue() as kind) as made:
            members = machine.codebase.members(kind, inherited=True)
            field = next((e.name for e in members if name in _spelled(e)), None)
            return machine.attribute(made, field, None) if field else None
    return None


def _spelled(member: Member) -> tuple[str, ...]:
    """By what names a statement may mean a field of a struct."""
    marks = (e.value for e in member.decorators if isinstance(e, n.Constant))
    told = [tags(each).get("db", "") for each in marks if isinstance(each, str)]
    return (*told, member.name.lower())


def carried_out(
    machine: Machine, said: Statement, verb: str, target: Value, at: n.Expression | None
) -> Outcome:
    """The statement is sent; how much of its answer is taken says the verb, and `target` what it is put into."""
    start = len(machine.journal.acts)
    tree = said.tree
    record = record_of(machine, tree)
    found = written(machine, said, record, at)
    missing = None
    query = Query(record, place=machine.place(at))
    if found is None and isinstance(tree, sql.Select | sql.Union):
        query = grown(machine, said, selected(machine, said, record, at))
        rows = machine.store.rows(query, at)
        many = verb in ("rows", "into_rows")
        found = rows if many else machine.store.fetched(rows, "one")
        missing = None if many or query.computes else found
        if verb == "into_row" and isinstance(target, Row) and isinstance(found, Row):
            become(target, found)
            found = missing = target
        if verb == "into_rows" and isinstance(target, Items):
            target.items.clear()
            target.each = machine.store.fetched(rows, "many")
    end = len(machine.journal.acts)
    failed = Failed(("Exception",), start, end)
    test = negate(Truth(missing)) if missing is not None else failed
    answer = found or UnknownValue("what SQL answered")
    return Outcome(query, Fault(test, missing, start, end), answer, tells=True)


def record_of(machine: Machine, tree: sql.Expr) -> Record | None:
    """The record of the table that a statement is about."""
    if isinstance(tree, sql.Select):
        source = tree.args.get("from_") or tree.args.get("from")
        table = source.find(sql.Table) if source is not None else None
    else:
        table = tree.find(sql.Table)
    name = table.name if table is not None else ""
    return next((each for each in machine.records.values() if each.table == name), None)


def selected(
    machine: Machine, said: Statement, record: Record | None, at: n.Expression | None
) -> Query:
    """What a SELECT asks for, without what depends on anything."""
    tree, reading = said.tree, Reading(record, (), said.slots)
    chosen = tree.expressions[0] if tree.expressions else None
    counts = chosen is not None and chosen.find(sql.Count) is not None
    sums = chosen is not None and chosen.find(sql.Avg, sql.Sum, sql.Min, sql.Max) is not None
    columns = (Aggregate("count"),) if counts else (Aggregate("sum"),) if sums else ()
    limit, offset = tree.args.get("limit"), tree.args.get("offset")
    return Query(
        record,
        columns=columns,
        where=tuple(_clause(reading, each) for each in _conjuncts(tree)),
        order=_order(reading, tree),
        limit=reading.value(limit.expression) if limit is not None else None,
        offset=reading.value(offset.expression) if offset is not None else None,
        locks=bool(tree.args.get("locks")),
        place=machine.place(at),
    )


def grown(machine: Machine, said: Statement, query: Query) -> Query:
    """The same with the conditions, the order and the page that are there only where something holds."""
    known = {each.sql() for each in _conjuncts(said.tree)}
    reading = Reading(query.record, (), said.slots)
    orders: dict[int, list[tuple[Value, Value]]] = {}
    for world in worlds(said.text):
        tree = statement(world.text)
        if not isinstance(tree, sql.Select | sql.Union):
            continue
        new = [each for each in _conjuncts(tree) if each.sql() not in known]
        known |= {each.sql() for each in new}
        more = tuple(Clause(reading.condition(each), optional=True) for each in new)
        limit, offset = tree.args.get("limit"), tree.args.get("offset")
        query = replace(
            query,
            where=(*query.where, *more),
            limit=query.limit or (reading.value(limit.expression) if limit is not None else None),
            offset=query.offset
            or (reading.value(offset.expression) if offset is not None else None),
        )
        order = Items(list(_order(reading, tree)))
        orders.setdefault(world.at, []).append((world.tests[-1], order))
    return replace(query, order=_chosen(query.order, orders))


def _chosen(
    order: tuple[Value, ...], orders: dict[int, list[tuple[Value, Value]]]
) -> tuple[Value, ...]:
    """The order by what was asked for, where that makes any difference."""
    for options in orders.values():
        if any(isinstance(each, Items) and each.items != list(order) for _, each in options):
            return (Either(tuple(options)),)
    return order


def _conjuncts(tree: sql.Expr) -> list[sql.Expr]:
    """The conditions of a statement that all have to hold, without those that always do (`1 = 1`)."""
    where = tree.args.get("where")
    parts = where.this.flatten() if where is not None and isinstance(where.this, sql.And) else ()
    found = [*parts] if parts else [where.this] if where is not None else []
    return [each for each in found if each.find(sql.Column) is not None]


def _clause(reading: Reading, each: sql.Expr) -> Clause:
    """One of them; `($1 = '' OR status = $1)` counts only where something was asked for."""
    inner = each.unnest()
    parts = list(inner.flatten()) if isinstance(inner, sql.Or) else []
    if len(parts) == 2:
        asked = next((e for e in parts if _is_nothing(e)), None)
        rest = [e for e in parts if e is not asked]
        if asked is not None and len(rest) == 1:
            return Clause(reading.condition(rest[0]), optional=True)
    return Clause(reading.condition(each))


def _is_nothing(test: sql.Expr) -> bool:
    """Whether a condition says that an argument was left out."""
    if not isinstance(test, sql.Is | sql.EQ) or test.find(sql.Column) is not None:
        return False
    zero = test.expression
    return isinstance(zero, sql.Null) or (isinstance(zero, sql.Literal) and zero.this in ("", "0"))


def _order(reading: Reading, tree: sql.Expr) -> tuple[Value, ...]:
    order = tree.args.get("order")
    return tuple(_ordered(reading, each) for each in order.expressions) if order is not None else ()


def _ordered(reading: Reading, each: sql.Expr) -> Value:
    inner = each.this if isinstance(each, sql.Ordered) else each
    found = reading.value(inner)
    descending = isinstance(each, sql.Ordered) and bool(each.args.get("desc"))
    return replace(found, descending=descending) if isinstance(found, Column) else found


def written(
    machine: Machine, said: Statement, record: Record | None, at: n.Expression | None
) -> Value | None:
    """What an INSERT, UPDATE or DELETE does; None for what only reads."""
    tree, reading = said.tree, Reading(record, (), said.slots)
    if record is None:
        return None
    if isinstance(tree, sql.Insert):
        return _inserted(machine, tree, record, reading, at)
    if not isinstance(tree, sql.Update | sql.Delete):
        return None
    verb = "update" if isinstance(tree, sql.Update) else "delete"
    values = Mapping()
    for each in tree.expressions if verb == "update" else ():
        column = reading.value(each.this)
        if isinstance(column, Column):
            values.entries[column.field] = reading.stored(each.expression)
    query = Query(
        record,
        verb,
        where=tuple(Clause(reading.condition(each)) for each in _conjuncts(tree)),
        values=values if verb == "update" else None,
        place=machine.place(at),
    )
    rows = machine.store.rows(query, at)
    machine.store.committed(at)
    return rows


def _inserted(
    machine: Machine, tree: sql.Insert, record: Record, reading: Reading, at: n.Expression | None
) -> Value:
    listed = tree.this.expressions if isinstance(tree.this, sql.Schema) else []
    row = Row(record, created=True)
    given = tree.expression
    values = (
        given.expressions[0].expressions
        if isinstance(given, sql.Values) and given.expressions
        else []
    )
    names = [each.name for each in listed] or [e.column or e.name for e in record.fields]
    for name, value in zip(names, values, strict=False):
        column = reading.column(name)
        if isinstance(column, Column):
            row.fields[column.field] = reading.value(value)
    machine.store.write("add", row, at)
    return row


# --- what was given -------------------------------------------------------------


def _on_outcome(machine: Machine, of: Outcome, name: str, passed: Passed) -> Value | None:
    if name in SCANS:
        return _scanned(machine, of, passed)
    if name == "Next":
        return Truth(Derived("more", (of.found or NONE,)))
    if name == "Err":
        return of.fault
    if name == "Close":
        return NONE
    if name == "RowsAffected":
        found = of.found if isinstance(of.found, Rows | Row) else NONE
        return Items([Derived("count", (found,)), NONE], kind="tuple")
    if name == "LastInsertId" and isinstance(of.found, Row):
        key = next((each.name for each in of.found.record.primary_key), "id")
        return Items([RowField(of.found, key), NONE], kind="tuple")
    return None


def _scanned(machine: Machine, of: Outcome, passed: Passed) -> Value:
    """`row.Scan(&user.ID, &user.Email)`: what the columns are put into is the row that was found."""
    found = of.found
    row = machine.store.fetched(found, "many") if isinstance(found, Rows) else found
    for each in passed.args:
        target = each.row if isinstance(each, RowField) else each
        if (
            isinstance(target, Row)
            and target.created
            and target is not row
            and isinstance(row, Row)
        ):
            if row.created:
                target.fields.update({**row.fields, **target.fields})
                target.saved = True
            else:
                become(target, row)
            row = target
    fill = row if len(passed.args) == 1 and not isinstance(row, Row) else None
    fault = of.fault
    if isinstance(row, Row) and fault.found is not None:
        fault = Fault(negate(Truth(row)), row, fault.start, fault.end)
    return Outcome(of.query, fault, row, fill, tells=True)
