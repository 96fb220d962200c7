"""What happened: an exchange over HTTP, a rehearsal of a plan, the outcome of a written run."""

from __future__ import annotations

from typing import Any

from comfrey.model.noun import Noun
from comfrey.model.place import Place
from comfrey.model.step import Step


class Exchange(Noun, frozen=True, kw_only=True):
    """One request and its answer, secrets redacted. `status` is 0 for a dropped connection."""

    method: str
    path: str
    status: int
    request: Any = None
    response: Any = None
    seconds: float = 0.0
    writes: tuple[tuple[str, str], ...] = ()
    """(operation, table) in order, from the row triggers."""
    log: str = ""
    """What the server wrote meanwhile: the traceback of an unhandled error."""


class Disagreement(Noun, frozen=True, kw_only=True):
    """An expectation that the running app did not meet."""

    case: str
    variation: str
    step: Step
    expected: str
    actual: str
    exchanges: tuple[Exchange, ...] = ()
    trace: tuple[Place, ...] = ()
    """The in-tree frames of the server's traceback, deepest last."""
    error: str = ""


class Settlement(Noun, frozen=True, kw_only=True):
    """A fact that rehearsal settled: `subject` an endpoint key, `kind` `echo` (where a sent value comes back),
    `writes` (tables a route writes), `envelope` (path of the list), `token` (path of the credential)."""

    subject: str
    kind: str
    name: str
    value: Any = None


class Rehearsal(Noun, frozen=True, kw_only=True):
    """The plan played against the running app. `played` and `agreed` count cases (variations each)."""

    played: int = 0
    agreed: int = 0
    skipped: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    met: tuple[tuple[str, str], ...] = ()
    """(case, variation) of every promise that the running app kept."""
    problem: str = ""
    seconds: float = 0.0


class Outcome(Noun, frozen=True, kw_only=True):
    """How one written test ended. `status`: `passed failed error skipped missing`.

    `error` is the exception's class, `message` its text, `trace` its in-tree frames (deepest last),
    `log` what the app logged meanwhile. `case`/`variation` are the plan's ids, "" for the project's own tests."""

    test: str
    status: str
    case: str = ""
    variation: str = ""
    seconds: float = 0.0
    error: str = ""
    message: str = ""
    trace: tuple[Place, ...] = ()
    place: Place | None = None
    log: str = ""


class Run(Noun, frozen=True, kw_only=True):
    """One run of the project's test command. `problem` when it could not run at all, `aside` says what had to be left
    out for it to run."""

    command: tuple[str, ...]
    outcomes: tuple[Outcome, ...] = ()
    exit_code: int = 0
    seconds: float = 0.0
    problem: str = ""
    aside: str = ""

    @property
    def red(self) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.status in ("failed", "error"))

    @property
    def green(self) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.status == "passed")
