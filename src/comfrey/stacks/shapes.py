"""How shelf folders ask each other for the shape of a type, without knowing each other."""

from __future__ import annotations

from typing import Protocol

from comfrey.model.schema import Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import Value


class Shapes(Protocol):
    """Offers a type to every validator and ORM of the language; `reader/link.py` carries it out.

    A folder that understands types has in its `read.py` a function
    `shape(type: Value, shapes: Shapes) -> Schema | None`, None for what is not its own.
    """

    codebase: Codebase
    answer: bool
    """True when shapes are of what is sent out, False of what is taken in."""

    def of(self, type: Value) -> Schema:  # noqa: A002
        """The shape of values of that type; `Schema(type="any")` when nobody knows it."""
        ...

    def narrowed(self, schema: Schema, by: Value) -> Schema:
        """The schema under further rules: a `Query(ge=1)`, a `Field(...)`, a `Len(1, 5)`."""
        ...

    def declared(self, distribution: str) -> str:
        """The version specifier that the project declares for a distribution, "" for none."""
        ...
