"""Conditions that a query builder is told in SQL's words: `where("user.email = :email", { email })`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.record import Record
from comfrey.reader.following.store import matching
from comfrey.reader.following.value import AnyOf, Clause, Column, Compare, Derived, Mapping
from comfrey.source.value import Const, Value

TERM = re.compile(
    r"^\s*\(?\s*[\"'`]?(?:(\w+)[\"'`]?\.)?[\"'`]?(\w+)[\"'`]?\s*"
    r"(=|!=|<>|>=|<=|>|<|LIKE|ILIKE|NOT IN|IN|IS NOT NULL|IS NULL)\s*(?:\(?\s*(?:\.\.\.)?:(?:\.\.\.)?(\w+)\s*\)?)?\s*\)?\s*$",
    re.I,
)
SIGNS = {"=": "eq", "!=": "ne", "<>": "ne", ">=": "ge", "<=": "le", ">": "gt", "<": "lt",
         "IN": "in", "NOT IN": "not_in"}  # fmt: skip
NONE = Const(None)
ALWAYS = re.compile(r"^\s*(1\s*=\s*1|true)\s*$", re.I)


def clauses(record: Record, text: Value | None, given: Value | None) -> Iterator[Clause]:
    """The conditions that a text says, its parameters filled in; what is not understood stays dark."""
    words = text.value if isinstance(text, Const) else None
    if not isinstance(words, str):
        yield Clause(Derived("sql"))
        return
    if ALWAYS.match(words):
        return
    for part in re.split(r"\s+AND\s+", words, flags=re.I):
        either = [_term(record, each, given) for each in re.split(r"\s+OR\s+", part, flags=re.I)]
        yield Clause(either[0] if len(either) == 1 else AnyOf(tuple(either)))


def _term(record: Record, text: str, given: Value | None) -> Value:
    found = TERM.match(text)
    field = _field(record, found[2]) if found else ""
    if found is None or not field:
        return Derived("sql")
    column, sign = Column(record.name, field), " ".join(found[3].upper().split())
    if sign in ("IS NULL", "IS NOT NULL"):
        return Compare("eq" if sign == "IS NULL" else "ne", column, NONE)
    value = given.entries.get(found[4]) if isinstance(given, Mapping) else None
    if value is None:
        return Derived("sql")
    if sign in ("LIKE", "ILIKE"):
        return matching(sign.lower(), column, value)
    return Compare(SIGNS[sign], column, value)


def _field(record: Record, name: str) -> str:
    return next((e.name for e in record.fields if name in (e.name, e.column)), "")


def field(record: Record, dotted: Value | None) -> str:
    """The field that `"book.title"` names."""
    text = dotted.value if isinstance(dotted, Const) else None
    return _field(record, text.rpartition(".")[2]) if isinstance(text, str) else ""
