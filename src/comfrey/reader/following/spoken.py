"""SQL that JavaScript hands to its driver: `pool.query("SELECT … WHERE id = $1", [id])`, `db.prepare("…").get(id)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as sql

from comfrey.model.record import Record
from comfrey.reader.following.golang import statements
from comfrey.reader.following.golang.conditions import statement
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    Derived,
    Given,
    Items,
    Mapping,
    Row,
    RowField,
    Rows,
)
from comfrey.source import node as n
from comfrey.source.value import Const, ListValue, Text, Value, text_of

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

SECTION = "spoken"
NONE = Const(None)
PREPARED = "prepared"


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A call that is given SQL, or carries out what was prepared; None for any other."""
    verb = machine.meaning.verb(SECTION, name)
    if not verb or isinstance(of, Row | Rows | Given | Items | Mapping):
        return None
    if isinstance(of, Derived) and of.name == PREPARED:
        return _carried_out(machine, of.of[0], passed.args, verb, at)
    first = passed.at(0)
    if not isinstance(first, Const | Text) or _tree(first) is None:
        return None
    if verb == "prepare":
        return Derived(PREPARED, (first,))
    return _carried_out(machine, first, _arguments(passed), verb, at)


def _tree(said: Value) -> sql.Expr | None:
    """The statement that a text is; its other parts are not looked at."""
    text = text_of(said) or ""
    return statement(text) if " " in text.strip() else None


def _arguments(passed: Passed) -> tuple[Value, ...]:
    given = passed.at(1)
    return tuple(given.items) if isinstance(given, Items | ListValue) else passed.args[1:]


def _carried_out(
    machine: Machine, said: Value, args: tuple[Value, ...], verb: str, at: n.Expression | None
) -> Value:
    if len(args) == 1 and isinstance(args[0], Items):
        args = tuple(args[0].items)
    meant = statements.understood(machine, said, args)
    record = statements.record_of(machine, meant.tree) if meant is not None else None
    if meant is None or record is None:
        return Derived("result", args)
    tree = meant.tree
    found = statements.written(machine, meant, record, at)
    if found is not None:
        return _told(found, record, verb, "returning" in tree.args and tree.args["returning"])
    if not isinstance(tree, sql.Select):
        return Derived("result", args)
    query = statements.selected(machine, meant, record, at)
    rows = machine.store.rows(query, at)
    one = machine.store.fetched(rows, "one" if verb == "one" else "many")
    if query.computes:
        return _computed(one, tree, verb)
    return one if verb == "one" else rows if verb == "many" else _result(rows, rows)


def _computed(found: Value, tree: sql.Select, verb: str) -> Value:
    """What was counted, by its name in the one row of the answer."""
    named = tree.expressions[0].alias_or_name or "count"
    row = Mapping(entries={named: found})
    return row if verb == "one" else Items([row]) if verb == "many" else _result(Items([row]), row)


def _told(found: Value, record: Record, verb: str, gives: object) -> Value:
    """What a driver says of a write."""
    key = next((each.name for each in record.primary_key), "id")
    count = Derived("count", (found,))
    ends = {"affectedRows": count, "changes": count, "rowCount": count}
    made: dict[str, Value] = dict(ends)
    if isinstance(found, Row):
        made |= {"insertId": RowField(found, key), "lastInsertRowid": RowField(found, key)}
    if verb in ("one", "many") and gives:
        return found if verb == "one" else Items([found]) if isinstance(found, Row) else found
    rows = Items([found]) if isinstance(found, Row) else found
    return Mapping(entries={**made, "rows": rows, "0": Mapping(entries=made)})


def _result(rows: Value, first: Value) -> Mapping:
    """`{ rows, rowCount }` as one driver says it, `[rows, fields]` as the other."""
    return Mapping(entries={"rows": rows, "rowCount": Derived("count", (rows,)), "0": rows})
