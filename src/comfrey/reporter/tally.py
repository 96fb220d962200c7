"""What the tables of a report count: outcomes joined to the cases that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from comfrey.model.endpoint import Endpoint
from comfrey.model.exchange import Outcome, Run
from comfrey.model.history import History
from comfrey.model.place import Because
from comfrey.model.plan import Case
from comfrey.model.remedy import APP_BUG, INFRASTRUCTURE, TEST_BUG, Repair, Round, Verdict
from comfrey.model.step import Fail, Row, Rows, Sent, Stub

ENDPOINT_COLUMNS = ("happy", "validation", "auth", "edge")
RECORD_COLUMNS = ("create", "read", "update", "delete", "constraint", "transaction")
SERVICE_COLUMNS = ("success", "timeout", "error", "rate_limit")


@dataclass(frozen=True)
class Cell:
    """How many tests of one column passed, of how many."""

    passed: int = 0
    total: int = 0

    def __str__(self) -> str:
        if not self.total:
            return "–"
        return f"{self.total} ✓" if self.passed == self.total else f"{self.passed}/{self.total} ✗"


@dataclass(frozen=True)
class Line:
    """One row of a table: what it is about, a cell per column, and how it stands."""

    subject: str
    cells: tuple[Cell, ...]
    status: str


@dataclass
class Count:
    """A growing Cell, while the tally is taken."""

    passed: int = 0
    total: int = 0


@dataclass
class Tally:
    """Outcomes by subject and column."""

    counts: dict[tuple[str, str], Count] = field(default_factory=dict)

    def add(self, subject: str, column: str, *, passed: bool) -> None:
        count = self.counts.setdefault((subject, column), Count())
        count.total += 1
        count.passed += passed

    def cell(self, subject: str, column: str) -> Cell:
        count = self.counts.get((subject, column), Count())
        return Cell(count.passed, count.total)


def final_run(history: History) -> Run | None:
    """The run that the report speaks of: the full one after healing, else the last."""
    return history.full or (history.runs[-1] if history.runs else None)


def tally(history: History) -> Tally:
    """Every outcome of the final run, attributed to its case's subject and column."""
    run, taken = final_run(history), Tally()
    if run is None or history.plan is None:
        return taken
    cases = {case.id: case for case in history.plan.cases}
    for outcome in run.outcomes:
        case = cases.get(outcome.case)
        if case is not None:
            for subject, column in _counted(case, outcome):
                taken.add(subject, column, passed=outcome.status == "passed")
    return taken


def _counted(case: Case, outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """(subject, column) of every table that an outcome counts in. What an endpoint does in a transaction
    or with a service is an edge case of the endpoint, and a case of each record or service it is about."""
    subject = _subject(case, outcome)
    about = _about(case)
    own = "edge" if about else case.column
    return ((subject, own), *((name, case.column) for name in about if name != subject))


def _about(case: Case) -> tuple[str, ...]:
    """The services whose doubles a service case sets or asks; the records whose rows a transaction writes."""
    if case.kind == "service":
        found = [each.service for each in case.steps if isinstance(each, Stub | Sent)]
    elif case.kind == "transaction":
        refused = [each.record for each in case.steps if isinstance(each, Fail)]
        found = refused or [each.record for each in case.steps if isinstance(each, Row | Rows)]
    else:
        found = []
    return tuple(dict.fromkeys(found))


def _subject(case: Case, outcome: Outcome) -> str:
    row = next((row for row in case.variations if row.id == outcome.variation), None)
    return (row.subject if row else "") or case.subject


def endpoint_lines(history: History) -> Iterator[tuple[Endpoint, Line]]:
    """A line per endpoint, in the project's order."""
    taken, fixed = tally(history), _fixed_subjects(history)
    for endpoint in history.project.endpoints:
        yield endpoint, _line(taken, endpoint.key, ENDPOINT_COLUMNS, fixed)


def record_lines(history: History) -> Iterator[Line]:
    """A line per record; a case of an endpoint that names a record counts for its transactions."""
    taken, fixed = tally(history), _fixed_subjects(history)
    for record in history.project.models:
        yield _line(taken, record.name, RECORD_COLUMNS, fixed)


def service_lines(history: History) -> Iterator[Line]:
    """A line per external service."""
    taken, fixed = tally(history), _fixed_subjects(history)
    for service in history.project.services:
        yield _line(taken, service.name, SERVICE_COLUMNS, fixed)


def _line(taken: Tally, subject: str, columns: Iterable[str], fixed: frozenset[str]) -> Line:
    cells = tuple(taken.cell(subject, column) for column in columns)
    total = sum(cell.total for cell in cells)
    passed = sum(cell.passed for cell in cells)
    return Line(subject, cells, _status(passed, total, subject in fixed))


def _status(passed: int, total: int, fixed: bool) -> str:
    if not total:
        return "not tested"
    if passed < total:
        return "FAIL"
    return "PASS (fixed)" if fixed else "PASS"


def _fixed_subjects(history: History) -> frozenset[str]:
    return frozenset(repair.verdict.subject for repair in app_repairs(history))


def app_repairs(history: History) -> tuple[Repair, ...]:
    """The repairs to the application that were kept."""
    kept = (repair for each in history.rounds for repair in each.kept)
    return tuple(repair for repair in kept if repair.verdict.kind == APP_BUG and repair.edits)


def open_bugs(history: History) -> tuple[Verdict, ...]:
    """Application bugs that were found and not fixed."""
    return tuple(verdict for verdict in history.unresolved if verdict.kind == APP_BUG)


def told(history: History) -> tuple[Verdict, ...]:
    """What is unresolved, bugs of the application first; tests of ours at one endpoint that failed for one reason are
    told once."""
    bugs = open_bugs(history)
    groups: dict[tuple[str, str, str], list[Verdict]] = {}
    for each in history.unresolved:
        if each.kind != APP_BUG:
            groups.setdefault((each.kind, each.subject, each.cause), []).append(each)
    return (*bugs, *map(_as_one, groups.values()))


def _as_one(alike: list[Verdict]) -> Verdict:
    first, *others = alike
    if not others:
        return first
    more = Because(text=f"{plural(len(others), 'more test')} for the same reason")
    tests = tuple(test for each in alike for test in each.tests)
    return first.replace(tests=tests, because=(*first.because[:1], more))


@dataclass(frozen=True)
class Summary:
    """The numbers of the report's summary. `unresolved` counts what is told of them, the rest tests."""

    total: int
    passed: int
    failed: int
    unresolved: int


def summary(history: History) -> Summary:
    """Total, passed, failed after healing, and clusters left unresolved."""
    run = final_run(history)
    outcomes = [each for each in run.outcomes if each.case] if run else []
    failed = sum(each.status in ("failed", "error", "missing") for each in outcomes)
    passed = sum(each.status == "passed" for each in outcomes)
    return Summary(len(outcomes), passed, failed, len(told(history)))


def round_sentence(each: Round) -> str:
    """`2 fixed (1 test bug, 1 app bug)`: what one iteration of healing mended."""
    kinds = [repair.verdict.kind for repair in each.kept]
    names = ((TEST_BUG, "test bug"), (APP_BUG, "app bug"), (INFRASTRUCTURE, "infrastructure"))
    parts = [plural(kinds.count(kind), name) for kind, name in names if kind in kinds]
    undone = f"; {len(each.undone)} undone" if each.undone else ""
    return f"{len(each.kept)} fixed ({', '.join(parts) or 'nothing to mend'}){undone}"


def plural(count: int, noun: str) -> str:
    """`1 test bug`, `2 test bugs`, `3 infrastructure`."""
    return f"{count} {noun}" if count == 1 or noun == "infrastructure" else f"{count} {noun}s"
