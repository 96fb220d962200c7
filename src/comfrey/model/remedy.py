"""Verdicts on failures and what is done about them."""

from __future__ import annotations

from comfrey.model.noun import Noun
from comfrey.model.place import Because, Place

TEST_BUG = "TEST BUG"
APP_BUG = "APP BUG"
INFRASTRUCTURE = "INFRASTRUCTURE"
UNDECIDED = "UNDECIDED"
SHOWN = 8
"""How many reasons of a verdict a report for people shows."""


class Verdict(Noun, frozen=True, kw_only=True):
    """Who is wrong, for one cluster of failures, and by what evidence.

    `tests` are the red tests' names; `cause` one sentence for people; `place` where the fault is, as far as
    known; `recipe` the fix that may mend it."""

    kind: str
    tests: tuple[str, ...]
    cause: str
    subject: str = ""
    because: tuple[Because, ...] = ()
    place: Place | None = None
    recipe: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """The reasons as lines for people: the first few, and how many more there are."""
        lines = [
            each.text + (f" ({each.place})" if each.place else "") for each in self.because[:SHOWN]
        ]
        more = len(self.because) - SHOWN
        return (*lines, f"and {more} more") if more > 0 else tuple(lines)

    @property
    def sentence(self) -> str:
        """The cause with what it is about, said once."""
        said = not self.subject or self.cause.startswith(self.subject)
        return self.cause if said else f"{self.subject}: {self.cause}"


class Edit(Noun, frozen=True, kw_only=True):
    """Replace the bytes `start:end` of `file` by `text`. Offsets are bytes of UTF-8."""

    file: str
    start: int
    end: int
    text: str


class Repair(Noun, frozen=True, kw_only=True):
    """A change to the application (`edits`), to a fact of the plan (`fact`), or to the bench (`bench`)."""

    verdict: Verdict
    recipe: str
    summary: str
    edits: tuple[Edit, ...] = ()
    fact: tuple[tuple[str, str], ...] = ()
    bench: str = ""


class Remedy(Noun, frozen=True, kw_only=True):
    """What one round of healing decided."""

    verdicts: tuple[Verdict, ...] = ()
    repairs: tuple[Repair, ...] = ()


class Round(Noun, frozen=True, kw_only=True):
    """What became of a round: which repairs were kept, which undone and why."""

    number: int
    verdicts: tuple[Verdict, ...] = ()
    kept: tuple[Repair, ...] = ()
    undone: tuple[tuple[Repair, str], ...] = ()
    fixed: tuple[str, ...] = ()
