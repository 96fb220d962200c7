"""Where a fact stands in the user's source, and what to say when it cannot be known."""

from __future__ import annotations

from typing import Any, TypeVar

from comfrey.model.noun import Noun

T = TypeVar("T")


class Place(Noun, frozen=True, kw_only=True):
    """A spot in the tree. `file` is relative to the tree's root with `/`, `line` counts from 1."""

    file: str
    line: int = 0
    end_line: int = 0
    name: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


def seen_from(value: T, folder: str) -> T:
    """A noun (or a tuple of them) whose places are told relative to `folder` of the tree; "." is the tree."""
    return value if folder in ("", ".") else _seen_from(value, folder.rstrip("/") + "/")


def _seen_from(value: Any, start: str) -> Any:
    match value:
        case tuple():
            return tuple(_seen_from(each, start) for each in value)
        case Noun():
            parts = {name: getattr(value, name) for name in value.__struct_fields__}
            seen = {name: _seen_from(part, start) for name, part in parts.items()}
            if isinstance(seen.get("file"), str):
                seen["file"] = seen["file"].removeprefix(start)
            return value.replace(**seen)
        case _:
            return value


class Unknown(Noun, frozen=True, kw_only=True):
    """Something the source does not tell; kept with its reason, never guessed."""

    subject: str
    reason: str
    place: Place | None = None


class Because(Noun, frozen=True, kw_only=True):
    """Why an expected value is expected: one clause and the place that says so.

    `law` is the source of authority, strongest first: `declared` (the project's source),
    `catalog` (the real database), `convention` (the framework's documented behaviour),
    `rest` (the rules of HTTP and REST).
    """

    text: str
    law: str = "declared"
    place: Place | None = None
