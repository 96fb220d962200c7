"""Values for columns of which only the database tells: what a package adds to a model."""

from __future__ import annotations

from typing import Any

from comfrey.model.facts import CatalogColumn

BY_WORD: tuple[tuple[str, Any], ...] = (
    ("int", 1),
    ("num", 1),
    ("double", 1),
    ("real", 1),
    ("bool", False),
    ("json", {}),
    ("date", "2026-01-05"),
    ("time", "2026-01-05T09:00:00+00:00"),
    ("uuid", "7f9c2b1e-4d3a-4c5b-8e6f-0a1b2c3d4e5f"),
)
"""By a word in the column's type, a value that it takes; any other takes a text."""


def stand_in(kind: str) -> Any:
    """A value that a column of this type takes."""
    return next((value for word, value in BY_WORD if word in kind.lower()), "amber")


def is_asked_for(column: CatalogColumn) -> bool:
    """Whether a row cannot be stored without a value for it."""
    return not (column.nullable or column.default or column.identity or column.generated)
