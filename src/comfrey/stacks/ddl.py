"""What SQL migrations say of tables, for the shelf's folders whose models cannot say it themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import sqlglot
from sqlglot import expressions as sql

from comfrey.model.place import Place
from comfrey.model.record import CheckConstraint, Field

DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite", "sqlserver": "tsql"}
logging.getLogger("sqlglot").setLevel(logging.ERROR)
"""Statements that it only passes on (owners, locks, extensions) concern no reader of ours."""


def statements(text: str, dialect: str) -> Iterator[tuple[int, sql.Expr]]:
    """(line, statement) of a file, in order; what cannot be parsed is passed over."""
    start = 0
    for piece in _pieces(text, DIALECTS.get(dialect, "postgres")):
        at = text.find(piece.strip()[:40], start)
        line = text.count("\n", 0, at) + 1 if at >= 0 else 0
        start = max(start, at + len(piece.strip()))
        try:
            found = sqlglot.parse_one(piece, read=DIALECTS.get(dialect, "postgres"))
        except sqlglot.errors.SqlglotError:
            continue
        yield line, found


def _pieces(text: str, dialect: str) -> list[str]:
    """The statements as text: the tokenizer knows which semicolons part them."""
    try:
        tokens = sqlglot.tokenize(text, read=dialect)
    except sqlglot.errors.SqlglotError:
        return []
    pieces, start = [], 0
    for token in tokens:
        if token.token_type is sqlglot.TokenType.SEMICOLON:
            pieces.append(text[start : token.start])
            start = token.end + 1
    return [each for each in (*pieces, text[start:]) if each.strip()]


def checks(text: str, dialect: str, file: str) -> Iterator[tuple[str, CheckConstraint]]:
    """(table, CHECK) of each one that a file adds, whether with its table, its column or later."""
    for line, statement in statements(text, dialect):
        table = statement.find(sql.Table)
        if table is None or not isinstance(statement, sql.Create | sql.Alter):
            continue
        for node in statement.find_all(sql.CheckColumnConstraint):
            place = Place(file=file, line=line, name=table.name)
            yield (
                table.name,
                CheckConstraint(sql=plain(node.this, dialect), name=name_of(node), place=place),
            )


def dropped(text: str, dialect: str) -> Iterator[tuple[str, str]]:
    """(table, constraint) of each constraint that a file takes away."""
    for _, statement in statements(text, dialect):
        table = statement.find(sql.Table)
        for action in statement.args.get("actions") or ():
            if table is not None and isinstance(action, sql.Drop):
                gone = (*(action.args.get("tables") or ()), action.this)
                yield from ((table.name, each.name) for each in gone if each is not None)


def plain(node: sql.Expr, dialect: str) -> str:
    """The condition without the quotes around plain names."""
    bare = node.copy()
    for each in bare.find_all(sql.Identifier):
        each.set("quoted", each.args.get("quoted") and not each.this.isidentifier())
    return bare.sql(dialect=DIALECTS.get(dialect, "postgres"))


def name_of(node: sql.Expression) -> str:
    parent = node.find_ancestor(sql.Constraint, sql.ColumnConstraint)
    named = parent.args.get("this") or parent.args.get("kind") if parent else None
    return named.name if isinstance(named, sql.Identifier) else ""


def named(check: CheckConstraint, fields: tuple[Field, ...]) -> CheckConstraint:
    """The CHECK with the fields that it names."""
    tree = sqlglot.parse_one(check.sql, read="postgres", error_level=sqlglot.ErrorLevel.IGNORE)
    columns = {each.name for each in tree.find_all(sql.Column)} if tree else set()
    return check.replace(
        fields=tuple(each.name for each in fields if (each.column or each.name) in columns)
    )
