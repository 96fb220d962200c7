"""SQL that code hands to its database: `db.QueryRowContext(ctx, "SELECT … WHERE id = ?", id).Scan(&user.ID)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as sql

from comfrey.model.record import Record
from comfrey.reader.following.condition import negate
from comfrey.reader.following.golang.chains import Outcome, become
from comfrey.reader.following.golang.conditions import Reading, statement
from comfrey.reader.following.golang.faults import Fault
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Aggregate,
    Clause,
    Column,
    Derived,
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
from comfrey.source.value import Const, Text, UnknownValue, Value, text_of

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

VERBS = ("row", "rows", "run", "into_row", "into_rows")
NONE = Const(None)
SCANS = ("Scan", "StructScan", "MapScan")


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A call that is given SQL, or one on what it gave; None for any other."""
    if isinstance(of, Outcome) and of.found is not None:
        return _on_outcome(machine, of, name, passed)
    verb = machine.meaning.verb("chain", name)
    if verb not in VERBS:
        return None
    at_text = next((i for i, e in enumerate(passed.args) if _spells(e)), None)
    if at_text is None:
        return None
    tree = statement(text_of(passed.args[at_text]) or "")
    args = passed.args[at_text + 1 :]
    if tree is None:
        return None
    return _carried_out(machine, tree, args, verb, passed.args[0], at)


def _spells(value: Value) -> bool:
    text = text_of(value) if isinstance(value, Const | Text) else None
    return text is not None and " " in text.strip() and len(text) > 8


def _carried_out(
    machine: Machine,
    tree: sql.Expr,
    args: tuple[Value, ...],
    verb: str,
    target: Value,
    at: n.Expression | None,
) -> Value:
    start = len(machine.journal.acts)
    record = record_of(machine, tree)
    found = written(machine, tree, record, args, at)
    missing = None
    query = Query(record, place=machine.place(at))
    if found is None and isinstance(tree, sql.Select | sql.Union):
        query = selected(tree, record, args, at, machine)
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
    return Outcome(
        query, Fault(test, missing, start, end), found or UnknownValue("what SQL answered")
    )


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
    tree: sql.Expr,
    record: Record | None,
    args: tuple[Value, ...],
    at: n.Expression | None,
    machine: Machine,
) -> Query:
    """What a SELECT asks for."""
    reading = Reading(record, args)
    chosen = tree.expressions[0] if tree.expressions else None
    counts = chosen is not None and chosen.find(sql.Count) is not None
    sums = chosen is not None and chosen.find(sql.Avg, sql.Sum, sql.Min, sql.Max) is not None
    columns = (Aggregate("count"),) if counts else (Aggregate("sum"),) if sums else ()
    where = tree.args.get("where")
    clauses = (Clause(reading.condition(where.this)),) if where is not None else ()
    order = tree.args.get("order")
    limit, offset = tree.args.get("limit"), tree.args.get("offset")
    return Query(
        record,
        columns=columns,
        where=clauses,
        order=tuple(_ordered(reading, each) for each in order.expressions)
        if order is not None
        else (),
        limit=reading.value(limit.expression) if limit is not None else None,
        offset=reading.value(offset.expression) if offset is not None else None,
        locks=bool(tree.args.get("locks")),
        place=machine.place(at),
    )


def _ordered(reading: Reading, each: sql.Expr) -> Value:
    inner = each.this if isinstance(each, sql.Ordered) else each
    found = reading.value(inner)
    descending = isinstance(each, sql.Ordered) and bool(each.args.get("desc"))
    return replace(found, descending=descending) if isinstance(found, Column) else found


def written(
    machine: Machine,
    tree: sql.Expr,
    record: Record | None,
    args: tuple[Value, ...],
    at: n.Expression | None,
) -> Value | None:
    """What an INSERT, UPDATE or DELETE does; None for what only reads."""
    reading = Reading(record, args)
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
    where = tree.args.get("where")
    clauses = (Clause(reading.condition(where.this)),) if where is not None else ()
    query = Query(
        record,
        verb,
        where=clauses,
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
    for name, value in zip(listed, values, strict=False):
        column = reading.column(name.name)
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
    return Outcome(of.query, fault, row, fill)
