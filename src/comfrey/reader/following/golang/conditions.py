"""Conditions in SQL as the code writes them: `"author_id = ? AND stock >= ?"` with its arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from functools import cache, reduce

import sqlglot
from sqlglot import expressions as sql

from comfrey.model.record import Record
from comfrey.reader.following.condition import negate
from comfrey.reader.following.golang.pieces import sought
from comfrey.reader.following.value import (
    All,
    AnyOf,
    Column,
    Compare,
    Derived,
    Items,
    Row,
    RowField,
    Truth,
)
from comfrey.source.value import Const, UnknownValue, Value

OPERATORS: dict[type, str] = {
    sql.EQ: "eq",
    sql.NEQ: "ne",
    sql.GT: "gt",
    sql.GTE: "ge",
    sql.LT: "lt",
    sql.LTE: "le",
    sql.Like: "contains",
    sql.ILike: "icontains",
}


@cache
def parsed(text: str) -> sql.Expr | None:
    """The condition of a WHERE; None for what is none."""
    bare = re.sub(r"@(\w+)", r":\1", text)
    try:
        where = sqlglot.parse_one(f"SELECT 1 WHERE {bare}", read="postgres").args["where"]
        return where.this if isinstance(where.this, sql.Expr) else None
    except (sqlglot.errors.SqlglotError, AttributeError, KeyError):
        return None


ASSIGNING = re.compile(r"\s*INSERT\s+(?:INTO\s+)?(`?\w+`?)\s+SET\s+(.+)", re.IGNORECASE | re.DOTALL)


@cache
def statement(text: str) -> sql.Expr | None:
    """A whole statement; None for what cannot be read."""
    text = _with_values(text)
    for dialect in ("postgres", "mysql"):
        try:
            return sqlglot.parse_one(text, read=dialect)
        except sqlglot.errors.SqlglotError:
            continue
    return None


def _with_values(text: str) -> str:
    """MySQL's `INSERT INTO books SET title = ?` as every database spells it."""
    match = ASSIGNING.match(text)
    if match is None:
        return text
    try:
        tree = sqlglot.parse_one(f"UPDATE {match[1]} SET {match[2]}", read="mysql")
    except sqlglot.errors.SqlglotError:
        return text
    pairs = [each for each in tree.expressions if isinstance(each, sql.EQ)]
    columns = ", ".join(each.this.sql("mysql") for each in pairs)
    values = ", ".join(each.expression.sql("mysql") for each in pairs)
    return f"INSERT INTO {match[1]} ({columns}) VALUES ({values})"


SIGNS = {"add": "+", "sub": "-", "mul": "*"}


class Reading:
    """One condition or statement, its arguments taken in order (`?`), by number (`$1`) or by the name of their place."""

    def __init__(
        self,
        record: Record | None,
        args: tuple[Value, ...],
        slots: Table[str, Value] | None = None,
    ) -> None:
        self.record = record
        self.args = args
        self.slots = slots or {}
        """Arguments by the name of their place."""
        self.next = 0

    def condition(self, node: sql.Expr) -> Value:
        match node:
            case sql.Paren():
                return self.condition(node.this)
            case sql.And():
                return All((self.condition(node.this), self.condition(node.expression)))
            case sql.Or():
                return AnyOf((self.condition(node.this), self.condition(node.expression)))
            case sql.Not():
                return negate(self.condition(node.this))
            case sql.Between():
                column = self.value(node.this)
                low, high = self.value(node.args["low"]), self.value(node.args["high"])
                return All((Compare("ge", column, low), Compare("le", column, high)))
            case sql.In():
                column = self.value(node.this)
                listed = [self.value(each) for each in node.expressions]
                lone = len(listed) == 1 and not isinstance(listed[0], Const)
                return Compare("in", column, listed[0] if lone else Items(listed, kind="tuple"))
            case sql.Escape():
                return self.condition(node.this)
            case sql.Column():
                return Truth(self.column(node.name))
            case sql.Is():
                return Compare("eq", self.value(node.this), self.value(node.expression))
        operator = OPERATORS.get(type(node))
        if operator is not None:
            left, right = self.value(node.this), self.value(node.expression)
            found = sought(right) if isinstance(node, sql.Like | sql.ILike) else None
            if found is not None:
                how, right = found
                operator = operator if how == "contains" else how
            return Compare(operator, left, right)
        return Truth(
            Derived(
                "condition",
                tuple(self.value(e) for e in node.find_all(sql.Placeholder, sql.Parameter)),
            )
        )

    def value(self, node: sql.Expr) -> Value:
        match node:
            case sql.Paren() | sql.Cast() | sql.Datetime():
                return self.value(node.this)
            case sql.Column():
                return self.column(node.name)
            case sql.Literal():
                if node.is_string:
                    return Const(node.this)
                return Const(float(node.this) if "." in node.this else int(node.this))
            case sql.Boolean():
                return Const(bool(node.this))
            case sql.Null():
                return Const(None)
            case sql.Lower() | sql.Upper():
                inner = self.value(node.this)
                name = "lower" if isinstance(node, sql.Lower) else "upper"
                if isinstance(inner, Column):
                    return Column(inner.record, inner.field, (*inner.via, name))
                return Derived(name, (inner,))
            case sql.DPipe():
                return Derived("+", (self.value(node.this), self.value(node.expression)))
            case sql.Concat(expressions=[first, *more]):
                parts = [self.value(each) for each in (first, *more)]
                return reduce(lambda left, right: Derived("+", (left, right)), parts)
            case sql.Parameter():
                return self.numbered(node)
            case sql.Placeholder():
                return self.slots.get(node.name) or self.placed()
            case sql.Binary():
                return Derived(type(node).key, (self.value(node.this), self.value(node.expression)))
        held = [self.value(e) for e in node.find_all(sql.Placeholder, sql.Parameter)]
        return Derived(type(node).key, tuple(held))

    def stored(self, node: sql.Expr) -> Value:
        """What a column is set to, by what its own row holds: `stock = stock + ?`."""
        value = self.value(node)
        if self.record is None or not isinstance(value, Derived) or value.name not in SIGNS:
            return value
        row = Row(self.record, each=True)
        parts = (
            RowField(row, e.field) if isinstance(e, Column) and not e.via else e for e in value.of
        )
        return Derived(SIGNS[value.name], tuple(parts))

    def column(self, name: str) -> Value:
        field = None
        if self.record is not None:
            known = {(f.column or f.name): f for f in self.record.fields}
            field = known.get(name) or {k.lower(): f for k, f in known.items()}.get(name.lower())
        record = self.record.name if self.record is not None else ""
        return Column(record, field.name if field is not None else name)

    def numbered(self, node: sql.Parameter) -> Value:
        text = node.name or (node.this.name if hasattr(node.this, "name") else "")
        if text.isdigit() and 0 < int(text) <= len(self.args):
            return self.args[int(text) - 1]
        return UnknownValue("an argument of a statement")

    def placed(self) -> Value:
        if self.next < len(self.args):
            self.next += 1
            return self.args[self.next - 1]
        return UnknownValue("an argument of a statement")
