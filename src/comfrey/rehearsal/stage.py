"""What rehearsal asks of a bench: an app to talk to, rows to read, doubles to look into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from comfrey.model.facts import Facts


class Double(Protocol):
    """A stand-in for one external service."""

    @property
    def calls(self) -> Sequence[Any]:
        """Requests so far, oldest first; each has `method path headers body call`."""

    def answer(self, call: str = "", *, status: int = 200, body: Any = None) -> None:
        """Answers that call so from now on."""

    def fail(self, kind: str, *, times: int = 0, call: str = "") -> None:
        """Fails in that way, `times` times (0: always)."""

    def reset(self) -> None:
        """Forgets all requests and all answers."""


class Stage(Protocol):
    """The part of a bench that the interpreter plays on."""

    @property
    def facts(self) -> Facts: ...
    @property
    def folder(self) -> Path:
        """The app's folder in the workbench, as the server's tracebacks name it."""
        ...

    @property
    def base_url(self) -> str: ...
    @property
    def environ(self) -> Mapping[str, str]: ...
    @property
    def doubles(self) -> Mapping[str, Double]: ...

    def sql(self, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a query on a connection of its own; `%s` marks a parameter; commits at once."""

    def documents(self, collection: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The documents of a collection that hold these values, in order of their ids."""

    def keep(self, collection: str, document: dict[str, Any]) -> dict[str, Any]:
        """Stores one document on a connection of its own; the document with its id."""

    def reset(self, tables: Sequence[str] = ()) -> None:
        """Takes the touched tables (or those named) back to the state after migration."""

    def writes(self) -> tuple[tuple[str, str], ...]:
        """(operation, table) of every row written since the last reset, in order."""

    def fail_next(self, table: str, operation: str, nth: int = 1) -> None:
        """The nth such operation on the table is refused, until the next reset."""

    def call(self, module: str, name: str, arguments: Sequence[Any] = ()) -> Any:
        """The result of one of the project's own functions, as JSON; an attribute when not callable."""

    def log_since(self, mark: int) -> str:
        """What the app logged after that mark."""

    def log_mark(self) -> int:
        """The present end of the app's log."""
