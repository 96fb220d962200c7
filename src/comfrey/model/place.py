"""Where a fact stands in the user's source, and what to say when it cannot be known."""

from __future__ import annotations

from comfrey.model.noun import Noun


class Place(Noun, frozen=True, kw_only=True):
    """A spot in the tree. `file` is relative to the tree's root with `/`, `line` counts from 1."""

    file: str
    line: int = 0
    end_line: int = 0
    name: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


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
