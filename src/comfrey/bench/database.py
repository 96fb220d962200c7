"""What the bench needs of a database, whichever it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from comfrey.model.facts import CatalogTable
from comfrey.model.problem import EXIT_REFUSED, Problem

Row = dict[str, Any]
TEST_WORD = re.compile(r"(^|[^a-z])(tests?|testing|ci)([^a-z]|$)", re.IGNORECASE)
SEQUENCE_STEP = 1000
"""Every table's ids start this far from the next table's, so that a swapped id shows."""


class Database(Protocol):
    """A real database that is ours to fill and empty. Placeholders in queries are `%s`."""

    title: str
    """Its own name and version: `PostgreSQL 18.6`."""
    dialect: str
    name: str

    def url(self, scheme: str = "", name: str = "") -> str:
        """The address of database `name` (this one) as `scheme` spells it."""

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Runs one statement on its own connection and commits; the rows that it returns."""

    def script(self, text: str) -> None:
        """Runs many statements, as they stand."""

    def documents(self, collection: str, where: Row) -> list[Row]:
        """The documents that hold these values, in order of their ids; `LookupError` where rows are kept."""

    def keep(self, collection: str, document: Row) -> Row:
        """Stores one document and gives it back with its id; `Refused` when the database will not."""

    def watch(self) -> None:
        """Takes the present rows as the state to return to, and notes every write from now on."""

    def writes(self) -> tuple[tuple[str, str], ...]:
        """(operation, table) of every row written since the last `reset` or `writes`, in order."""

    def reset(self, tables: Sequence[str] | None = None) -> None:
        """Brings the tables (None: all that were touched) back to the state that `watch` saw."""

    def fail_next(self, table: str, operation: str, nth: int) -> None:
        """From now to the next `reset` the `nth` `operation` on a row of the table is refused."""

    def tables(self) -> tuple[CatalogTable, ...]:
        """The catalog read back."""

    def fresh(self, name: str, *, migrated: bool = False) -> str:
        """Makes a database of that name, empty or as `keep_pristine` saw it; returns its full name."""

    def keep_pristine(self) -> None:
        """Remembers schema and rows as they are now, before anything of ours is added."""

    def close(self) -> None:
        """Lets go of connections, and removes what we made."""


class Refused(Exception):
    """The database refused a statement. `kind`: `unique foreign_key not_null check other`."""

    def __init__(self, kind: str, message: str, constraint: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.constraint = constraint


def require_test_name(url: str) -> None:
    """`Problem` unless the name of the database says that it is for tests."""
    parts = urlsplit(url)
    name = parts.path.rsplit("/", 1)[-1]
    if not TEST_WORD.search(name):
        raise Problem(
            f"The database {name!r} on {parts.hostname or 'this machine'} is not called a test database",
            next_step="Give a URL whose database name holds the word test; it was not connected to.",
            code=EXIT_REFUSED,
        )
