"""What a view's docstring says of its body after three dashes, as flasgger and apispec read it. It is a document, which
nothing enforces.

Source: https://github.com/flasgger/flasgger#using-docstrings-as-specification
"""

from __future__ import annotations

from typing import Any

import yaml

from comfrey.model.schema import Property, Schema
from comfrey.source.value import FunctionValue

DASHES = "---\n"
JSON = "application/json"
MAX_DEPTH = 6


def documented(function: FunctionValue) -> Schema | None:
    """The shape of the JSON body that the docstring describes; None where it describes none."""
    _, dashes, text = _docstring(function).partition(DASHES)
    try:
        said = yaml.safe_load(text) if dashes else None
    except yaml.YAMLError:
        return None
    found = _body(said) if isinstance(said, dict) else None
    definitions = said.get("definitions") if isinstance(said, dict) else None
    return _schema(found, definitions or {}) if isinstance(found, dict) else None


def _docstring(function: FunctionValue) -> str:
    """The text, without the indentation of its lines."""
    lines = str(getattr(function.node, "docstring", "") or "").splitlines(keepends=True)
    after = [each for each in lines[1:] if each.strip()]
    margin = min((len(each) - len(each.lstrip()) for each in after), default=0)
    return "".join([*lines[:1], *(each[margin:] or "\n" for each in lines[1:])]) + "\n"


def _body(said: dict[str, Any]) -> object:
    listed = said.get("parameters")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("in") == "body":
            return each.get("schema")
    content = (said.get("requestBody") or {}).get("content") or {}
    return (content.get(JSON) or {}).get("schema")


def _schema(said: object, definitions: dict[str, Any], depth: int = 0) -> Schema:
    if not isinstance(said, dict) or depth > MAX_DEPTH:
        return Schema()
    named = str(said.get("$ref", "")).rpartition("/")[2]
    if named:
        return _schema(definitions.get(named), definitions, depth + 1)
    members, needed = said.get("properties"), said.get("required")
    wanted = needed if isinstance(needed, list) else []
    inside = said.get("items")
    return Schema(
        type=str(said.get("type") or ("object" if members else "any")),
        format=str(said.get("format") or ""),
        enum=tuple(said.get("enum") or ()),
        items=_schema(inside, definitions, depth + 1) if inside else None,
        properties=tuple(
            Property(
                name=str(name),
                schema=_schema(each, definitions, depth + 1),
                required=name in wanted,
            )
            for name, each in (members.items() if isinstance(members, dict) else ())
        ),
    )
