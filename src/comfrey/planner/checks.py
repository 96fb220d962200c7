"""What a record's columns let in: types, lengths and simple CHECK constraints as a `Schema`."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlglot
from sqlglot import expressions as sql

from comfrey.model.record import Field, Record
from comfrey.model.schema import Schema
from comfrey.stacks import shelf

TYPES: dict[str, tuple[str, str]] = {
    "string": ("string", ""),
    "text": ("string", ""),
    "integer": ("integer", ""),
    "bigint": ("integer", ""),
    "smallint": ("integer", ""),
    "float": ("number", ""),
    "decimal": ("number", "decimal"),
    "boolean": ("boolean", ""),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
    "time": ("string", "time"),
    "interval": ("string", "duration"),
    "uuid": ("string", "uuid"),
    "reference": ("string", "objectid"),
    "enum": ("string", ""),
    "json": ("object", ""),
    "object": ("object", ""),
    "array": ("array", ""),
    "bytes": ("string", "byte"),
}
LARGEST = {"integer": 2**31 - 1, "smallint": 2**15 - 1}
Rules = dict[str, Any]


def is_loose(record: Record) -> bool:
    """Whether nothing declares what a row holds: there is no rule to try."""
    mapper = shelf.folder("orms", record.orm)
    return mapper is not None and bool(mapper.about.data.get("loose"))


def column_schema(record: Record, field: Field, path: str = "") -> Schema:
    """What the column of `field` lets in, CHECK constraints included; the default counts as one. `path` is
    where the field stands, when that is in an embedded document."""
    kind, form = TYPES.get(field.type, ("any", ""))
    constant = field.default is not None and not isinstance(field.default, (dict, list))
    schema = Schema(
        type=kind,
        format=form,
        nullable=field.nullable,
        enum=field.enum,
        max_length=field.length if kind == "string" and not form else None,
        maximum=LARGEST.get(field.type) if record.store == "table" else None,
        has_default=constant,
        default=field.default if constant else None,
        decimal_places=field.scale,
    )
    return schema.replace(**_tightened(schema, bounds(record).get(path or field.name, {})))


def _tightened(schema: Schema, rules: Rules) -> Rules:
    if schema.type not in ("integer", "number"):
        return {
            key: value
            for key, value in rules.items()
            if key in ("enum", "pattern", "min_length", "max_length")
        }
    return {key: value for key, value in rules.items() if key != "pattern"}


def bounds(record: Record) -> dict[str, Rules]:
    """By field (dotted, in embedded documents), the keywords of `Schema` that the record's CHECKs amount to."""
    found: dict[str, Rules] = {}
    columns = {each.column or each.name: each.name for each in record.fields}
    for check in record.checks:
        for column, rules in _read(check.sql):
            name = columns.get(column, column if record.within(column) else "")
            if name:
                found.setdefault(name, {}).update(rules)
    return found


@cache
def _read(text: str) -> tuple[tuple[str, Rules], ...]:
    body = text.strip()
    if body.upper().startswith("CHECK"):
        body = body[5:].strip()
    try:
        tree = sqlglot.parse_one(body, read="postgres")
    except sqlglot.errors.SqlglotError:
        return ()
    return tuple(_rules(tree))


def _rules(node: Any) -> list[tuple[str, Rules]]:
    node = _peeled(node)
    if isinstance(node, sql.And):
        return [*_rules(node.this), *_rules(node.expression)]
    if isinstance(node, sql.Between):
        low, high = _constant(node.args["low"]), _constant(node.args["high"])
        return _on(node.this, {"minimum": low, "maximum": high})
    if isinstance(node, sql.In):
        values = tuple(_constant(each) for each in node.expressions)
        return _on(node.this, {"enum": values}) if None not in values else []
    if isinstance(node, sql.EQ) and isinstance(_peeled(node.expression), sql.Any):
        return _on(node.this, {"enum": _members(node.expression)})
    if isinstance(node, sql.RegexpLike):
        return _on(node.this, {"pattern": _constant(node.expression)})
    return _comparison(node)


def _members(node: sql.Expression) -> tuple[Any, ...]:
    return tuple(each.this for each in node.find_all(sql.Literal) if each.is_string)


def _comparison(node: Any) -> list[tuple[str, Rules]]:
    names: dict[type, str] = {
        sql.GTE: "minimum",
        sql.LTE: "maximum",
        sql.GT: "exclusive_minimum",
        sql.LT: "exclusive_maximum",
    }
    key = names.get(type(node))
    value = _constant(node.expression) if key else None
    if key is None or not isinstance(value, (int, float)):
        return []
    if isinstance(_peeled(node.this), sql.Length):
        rules = {
            "minimum": {"min_length": value},
            "exclusive_minimum": {"min_length": value + 1},
            "maximum": {"max_length": value},
        }.get(key)
        return _on(_peeled(node.this).this, rules) if rules is not None else []
    return _on(node.this, {key: value})


def _on(subject: sql.Expression, rules: Rules) -> list[tuple[str, Rules]]:
    subject = _peeled(subject)
    if not isinstance(subject, sql.Column) or any(each is None for each in rules.values()):
        return []
    return [(subject.name, rules)]


def _peeled(node: Any) -> Any:
    while isinstance(node, (sql.Paren, sql.Cast)):
        node = node.this
    return node


def _constant(node: Any) -> Any:
    node = _peeled(node)
    if isinstance(node, sql.Neg):
        inner = _constant(node.this)
        return -inner if isinstance(inner, (int, float)) else None
    if not isinstance(node, sql.Literal):
        return None
    if node.is_string:
        return node.this
    return float(node.this) if "." in node.this else int(node.this)
