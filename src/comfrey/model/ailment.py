"""Ailments: clusters of red tests as a recipe sees them, and the cure that it may offer."""

from __future__ import annotations

from comfrey.model.noun import Noun
from comfrey.model.place import Because, Place
from comfrey.model.remedy import Edit
from comfrey.model.schema import Schema

CRASHED = "crashed"
LET_IN = "let in"
TURNED_AWAY = "turned away"
REFUSED_AGAIN = "refused again"
"""Turned away by what was taken a moment before."""
ANSWERED = "answered"
STORED = "stored"
CHANGED = "changed"
TOLD = "told"
SENT = "sent"
BROKEN = "broken"


class Ailment(Noun, frozen=True, kw_only=True):
    """One cluster of red tests.

    `symptom`: `crashed` (an unhandled error), `let in` (what had to be refused was accepted), `turned away`
    (what had to be accepted was refused), `answered` (another status than declared), `stored` (a row is not as
    promised), `changed` (rows changed that had to stay), `told` (the answer's content), `sent` (a request to
    a service), `broken` (the test itself, or what it stands on, failed before anything was asserted).
    `kind column title` are the case's. `expected` are the statuses that would have been right, `actual` the one
    that came (0: none, or no status was asserted). `fields` are the members or columns that the tests are
    about. `service` and `failure` name the double that was told to fail. `error` is the exception as
    `Class: text`, `trace` its frames in the tree, deepest last. `said` is the evidence in one line.
    """

    subject: str
    symptom: str
    tests: tuple[str, ...] = ()
    cases: tuple[tuple[str, str], ...] = ()
    """(case id, variation id) of each test."""
    kind: str = ""
    column: str = ""
    title: str = ""
    expected: tuple[int, ...] = ()
    actual: int = 0
    fields: tuple[str, ...] = ()
    record: str = ""
    service: str = ""
    failure: str = ""
    error: str = ""
    trace: tuple[Place, ...] = ()
    because: tuple[Because, ...] = ()
    witnessed: bool = True
    rehearsed: bool = False
    """True when rehearsal met the same promise that the written test says is broken."""
    said: str = ""
    column_rule: Schema | None = None
    """What the column lets in that the first of `fields` is stored in or compared with."""
    column_place: Place | None = None

    @property
    def error_class(self) -> str:
        """The exception's bare class name, "" without one."""
        return self.error.partition(":")[0].rpartition(".")[2].strip()


class Cure(Noun, frozen=True, kw_only=True):
    """What a recipe would change: one sentence for people, the edits, and where the fault is."""

    summary: str
    edits: tuple[Edit, ...]
    place: Place | None = None
    caller_like: str = ""
    """Another endpoint whose callers may now call this one: tests must come as they do."""
