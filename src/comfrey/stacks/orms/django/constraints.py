"""`Q` objects as SQL, and what a model's `Meta` promises: unique groups and CHECKs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comfrey.model.record import CheckConstraint
from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.node import Binary, Call, Expression, ListOf, TupleOf, Unary
from comfrey.source.value import (
    ClassValue,
    External,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)

LOOKUPS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
WORDS = {"and": " AND ", "or": " OR ", "&": " AND ", "|": " OR "}


def last(value: Value | None) -> str:
    """The last word of what a value is or was made by."""
    like = class_like(value) if value is not None else None
    if isinstance(like, ClassValue):
        return like.name
    return like.last if isinstance(like, External) else ""


def meta(codebase: Codebase, kind: ClassValue, name: str, own: bool = False) -> Value | None:
    """A name of the inner `Meta`, by default also an ancestor's."""
    inner = codebase.own_member(kind, "Meta") if own else codebase.member(kind, "Meta")
    if inner is None or not isinstance(inner.value, ClassValue):
        return None
    member = codebase.member(inner.value, name)
    return member.value if member is not None else None


def groups(codebase: Codebase, kind: ClassValue) -> Iterator[tuple[str, ...]]:
    """`unique_together`, one group or several, and every `UniqueConstraint` without a condition."""
    together = plain(meta(codebase, kind, "unique_together")) or []
    several = [together] if together and isinstance(together[0], str) else together
    for group in several:
        yield tuple(str(name) for name in group)
    for made in _constraints(codebase, kind):
        if last(made) == "UniqueConstraint" and made.kwarg("condition") is None:
            names = plain(made.kwarg("fields"))
            if names:
                yield tuple(str(name) for name in names)


def _constraints(codebase: Codebase, kind: ClassValue) -> list[Instance]:
    listed = meta(codebase, kind, "constraints")
    items = listed.items if isinstance(listed, ListValue) else []
    return [each for each in items if isinstance(each, Instance)]


def checks(
    codebase: Codebase, kind: ClassValue, columns: dict[str, str]
) -> Iterator[CheckConstraint]:
    """Every `CheckConstraint` whose condition can be told; `columns` are the fields' names in the table."""
    for made in _constraints(codebase, kind):
        if last(made) != "CheckConstraint" or made.call is None:
            continue
        node = made.call.keyword("condition") or made.call.keyword("check")
        if node is None and made.call.positional:
            node = made.call.positional[0]
        text = _sql(codebase, kind, node, columns) if node is not None else ""
        if text:
            named = tuple(f for f, column in columns.items() if column in text)
            name = text_of(made.kwarg("name")) or ""
            yield CheckConstraint(sql=text, name=name, fields=named, place=made.place)


def _sql(codebase: Codebase, kind: ClassValue, node: Expression, columns: dict[str, str]) -> str:
    """`Q(price__gte=1) & ~Q(name="")` as SQL; "" for what has no plain SQL."""
    match node:
        case Binary(operator="&" | "|" as sign, left=left, right=right):
            sides = [_sql(codebase, kind, each, columns) for each in (left, right)]
            return f"({sides[0]}{WORDS[sign]}{sides[1]})" if all(sides) else ""
        case Unary(operator="~", operand=operand):
            inner = _sql(codebase, kind, operand, columns)
            return f"NOT ({inner})" if inner else ""
        case Call() if node.function.text.rpartition(".")[2] == "Q":
            parts = [_condition(codebase, kind, e.name, e.value, columns) for e in node.arguments]
            return " AND ".join(parts) if parts and all(parts) else ""
    return ""


def _condition(
    codebase: Codebase, kind: ClassValue, name: str, node: Expression, columns: dict[str, str]
) -> str:
    """One lookup: `stock__gte=0`."""
    field, _, lookup = name.partition("__")
    column = columns.get(field) or columns.get(f"{field}_id")
    if column is None:
        return ""
    if isinstance(node, Call) and node.function.text.rpartition(".")[2] == "F":
        other = plain(codebase.value(node.positional[0], kind.scope)) if node.positional else None
        right = columns.get(str(other), "")
    else:
        right = _literal(_value(codebase, kind, node))
    return _compared(column, lookup or "exact", right, node, codebase, kind)


def _value(codebase: Codebase, kind: ClassValue, node: Expression) -> Any:
    found = plain(codebase.value(node, codebase.body_of(kind)))
    if found is None and isinstance(node, ListOf | TupleOf):
        return [plain(codebase.value(each, codebase.body_of(kind))) for each in node.items]
    return found


def _compared(
    column: str, lookup: str, right: str, node: Expression, codebase: Codebase, kind: ClassValue
) -> str:
    if lookup in LOOKUPS and right:
        return f"{column} {LOOKUPS[lookup]} {right}"
    if lookup == "isnull":
        return f"{column} IS {'' if right == 'TRUE' else 'NOT '}NULL"
    values = _value(codebase, kind, node)
    several = [_literal(each) for each in values] if isinstance(values, list) else []
    if lookup == "in" and several and all(several):
        return f"{column} IN ({', '.join(several)})"
    if lookup == "range" and len(several) == 2 and all(several):
        return f"({column} >= {several[0]} AND {column} <= {several[1]})"
    return ""


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(value)
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else ""
