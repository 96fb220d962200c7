"""The history of one walk: all that the report reads."""

from __future__ import annotations

from comfrey.model.exchange import Rehearsal, Run
from comfrey.model.facts import Facts
from comfrey.model.noun import Noun
from comfrey.model.place import Unknown
from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.model.remedy import Round, Verdict


class WrittenFile(Noun, frozen=True, kw_only=True):
    """A file to be written into the project, `path` relative to the app's root."""

    path: str
    text: str
    tests: tuple[tuple[str, str, str], ...] = ()
    """(test name as the runner says it, case id, variation id)."""


class Phase(Noun, frozen=True, kw_only=True):
    """How long one room took, in wall seconds."""

    name: str
    seconds: float


class Carried(Noun, frozen=True, kw_only=True):
    """What was carried home: created, changed and left alone (kept by hand, in conflict)."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


class History(Noun, frozen=True, kw_only=True):
    """Everything that one walk over one app came to know."""

    project: Project
    plan: Plan | None = None
    facts: Facts | None = None
    rehearsal: Rehearsal | None = None
    files: tuple[WrittenFile, ...] = ()
    runs: tuple[Run, ...] = ()
    rounds: tuple[Round, ...] = ()
    full: Run | None = None
    carried: Carried = Carried()
    phases: tuple[Phase, ...] = ()
    unresolved: tuple[Verdict, ...] = ()
    notes: tuple[Unknown, ...] = ()
    coverage: tuple[tuple[str, float], ...] = ()
    """(`line` or `branch`, percent) of the app's source under the written suite."""
