"""What one red test says about the app: its case, the step that failed, the status and error that came."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model import ailment
from comfrey.model.ailment import Ailment
from comfrey.model.exchange import Disagreement, Outcome
from comfrey.model.place import Place
from comfrey.model.plan import Case, Variation
from comfrey.model.step import (
    Body,
    Call,
    Expect,
    Header,
    Page,
    Remove,
    Row,
    Rows,
    Seed,
    Sent,
    Status,
    Step,
    Stub,
    Unchanged,
)
from comfrey.model.value import Column, Literal, With
from comfrey.verdict.traceback import error_of

ANSWER = re.compile(r"<Response \[(\d{3})\b")
COMPARED = re.compile(r"assert (\d{3}) (?:==|in) (?P<right>[\d(\[{][\d, )\]}]*)")
LEFT = re.compile(r"assert (\d{3}) (?:==|!=|in|not in|<)")
ATTRIBUTE = re.compile(r"where .+ = (?:<\w.*>|\w+(?:\(.*\))?)\.(\w+)$", re.M)
AGAIN = "login"
"""What the answer is called that a second call gets, which signs in by what the first one sent."""
REFUSALS = range(400, 500)
BROKEN = 500
REFUSED = ("IntegrityError", "ForeignKeyViolation", "ForeignKeyViolationError")
ABSENT = ("DoesNotExist", "NoResultFound")
"""How an ORM says that the one row which a test asks for is not there."""
WAITED = re.compile(r"timed? ?out|exceeded timeout|socket hang up|ECONNRESET", re.I)
FOREIGN = re.compile(r"foreign key", re.I)


def ailment_of(
    outcome: Outcome, case: Case, variation: Variation | None, played: Disagreement | None
) -> Ailment:
    """One red test of a case as an ailment of its own; `played` is the same promise in rehearsal."""
    step, expected = _step(outcome, played), _expected(outcome, case, played)
    actual = _actual(outcome, played) if step is Status else 0
    error, trace = _error(outcome, played)
    found = Ailment(
        subject=(variation.subject if variation else "") or case.subject,
        symptom="",
        tests=(outcome.test,),
        cases=((case.id, outcome.variation),),
        kind=case.kind,
        column=case.column,
        title=case.title,
        expected=expected,
        actual=actual,
        fields=_fields(outcome, case, variation, played, step),
        record=case.record or _record(played),
        service=_stub(case, variation)[0],
        failure=_stub(case, variation)[1],
        error=error,
        trace=trace,
        because=(*(variation.because if variation else ()), *case.because),
        witnessed=case.witnessed,
        said=_said(outcome, played),
    )
    if _kept_from_going(case, outcome):
        return found.replace(symptom=ailment.STORED)
    symptom = symptom_of(found, step, outcome)
    after = played is not None and isinstance(played.step, Status) and played.step.of == AGAIN
    if symptom == ailment.TURNED_AWAY and after:
        symptom = ailment.REFUSED_AGAIN
    return found.replace(symptom=symptom)


def _kept_from_going(case: Case, outcome: Outcome) -> bool:
    """Whether the database refused, in the test itself, a deletion that was to take other rows along."""
    removed = {each.record for each in case.steps if isinstance(each, Remove)}
    last = case.steps[-1] if case.steps else None
    takes = isinstance(last, Row) and last.absent and last.record not in removed
    here = bool(outcome.trace) and len({each.file for each in outcome.trace}) == 1
    refused = outcome.error.rpartition(".")[2] in REFUSED and FOREIGN.search(outcome.message)
    return bool(removed) and takes and here and bool(refused)


def symptom_of(found: Ailment, step: type[Step] | None, outcome: Outcome) -> str:
    """The symptom by the kind of the step that failed, and the status that came."""
    if step is Seed or (step is None and outcome.error != "AssertionError"):
        return ailment.BROKEN
    if step is Status:
        return _by_status(found)
    if step in (Unchanged,):
        return ailment.CHANGED
    if step in (Row, Rows, Expect):
        return ailment.STORED
    if step is Sent:
        return ailment.SENT
    return ailment.TOLD


def _by_status(found: Ailment) -> str:
    if found.actual == 500 or (found.actual == 0 and found.error):
        return ailment.CRASHED
    is_refusal = bool(found.expected) and all(each >= 400 for each in found.expected)
    if is_refusal and 200 <= found.actual < 400:
        return ailment.LET_IN
    if not is_refusal and found.actual in REFUSALS:
        return ailment.TURNED_AWAY
    return ailment.ANSWERED


# --- the step that failed -----------------------------------------------------


def _step(outcome: Outcome, played: Disagreement | None) -> type[Step] | None:
    """The kind of the step that failed: as rehearsal saw it, else by how the test's assertion reads."""
    seen = outcome.error in ("AssertionError", "")
    if played is not None and (seen or _misses(outcome, played) or _escapes(outcome, played)):
        return type(played.step)
    return next(_step_by_words(outcome), None)


def _misses(outcome: Outcome, played: Disagreement) -> bool:
    """Whether the test asked for a promised row that rehearsal had not found either."""
    return isinstance(played.step, Row) and outcome.error.rpartition(".")[2] in ABSENT


def _escapes(outcome: Outcome, played: Disagreement) -> bool:
    """Whether nobody answered because an error got out of the handler: rehearsal lost its connection over it, or had
    it answered by a server; a test runner shows it as the test's own, or waits in vain."""
    lost = bool(played.exchanges) and played.exchanges[-1].status in (0, BROKEN)
    dropped = lost and bool(played.error)
    said = outcome.message.strip().partition("\n")[0]
    return dropped and bool(said) and (said in played.error or bool(WAITED.search(said)))


def _step_by_words(outcome: Outcome) -> Iterator[type[Step]]:
    message = outcome.message
    if outcome.status == "error" or outcome.error not in ("AssertionError", "Failed"):
        return
    if ".status_code" in message or LEFT.search(message):
        yield Status
    if "snapshot(" in message:
        yield Unchanged
    if ".calls" in message or ".outbox" in message:
        yield Sent
    if ".templates" in message or ".context" in message:
        yield Page
    if ".headers" in message:
        yield Header
    if "count(" in message:
        yield Rows
    if ".json()" in message:
        yield Body
    if ATTRIBUTE.search(message) or " is None" in message or " is not None" in message:
        yield Row
    yield Body


def _expected(outcome: Outcome, case: Case, played: Disagreement | None) -> tuple[int, ...]:
    found = COMPARED.search(outcome.message)
    if found:
        return tuple(int(each) for each in re.findall(r"\d{3}", found["right"]))
    if played is not None and isinstance(played.step, Status):
        codes = tuple(int(each) for each in re.findall(r"\b[1-5]\d\d\b", played.expected))
        return codes if "not" not in played.expected else ()
    first = next((each for each in reversed(case.steps) if isinstance(each, Status)), None)
    return first.codes if first is not None and isinstance(first.codes, tuple) else ()


def _actual(outcome: Outcome, played: Disagreement | None) -> int:
    found = ANSWER.search(outcome.message) or LEFT.search(outcome.message)
    if found:
        return int(found[1])
    if played is not None and played.exchanges:
        return played.exchanges[-1].status
    return 0


def _error(outcome: Outcome, played: Disagreement | None) -> tuple[str, tuple[Place, ...]]:
    """The app's own error and its frames; the test's assertion is no error of the app."""
    if played is not None and played.error and any(each.line for each in played.trace):
        return played.error, played.trace
    in_app = tuple(each for each in outcome.trace if not _is_test(each.file))
    if in_app:
        named = outcome.error if outcome.error != "AssertionError" else ""
        return error_of(outcome.log) or f"{named}: {outcome.message}".strip(": "), in_app
    if outcome.error in ("AssertionError", ""):
        return error_of(outcome.log), ()
    return f"{outcome.error}: {outcome.message}", outcome.trace


def _is_test(file: str) -> bool:
    return (
        file.startswith("tests/") or "/tests/" in file or file.rpartition("/")[2] == "conftest.py"
    )


# --- what the case was about -----------------------------------------------------


def _fields(
    outcome: Outcome,
    case: Case,
    variation: Variation | None,
    played: Disagreement | None,
    step: type[Step] | None,
) -> tuple[str, ...]:
    """The member that the row of the table varies; else the column that was not as promised."""
    cells = dict(variation.cells) if variation else {}
    named = cells.get("field") or cells.get("name") or cells.get("parameter")
    if isinstance(named, Literal) and isinstance(named.value, str):
        return (named.value,)
    if (member := _member(case)) and step is Status:
        return (member,)
    if step is Row:
        found = re.search(r"\.(\w+) is ", played.expected) if played else None
        found = found or ATTRIBUTE.search(outcome.message)
        return (found[1],) if found else ()
    if step is Body and played is not None and isinstance(played.step, Body) and played.step.path:
        return (".".join(map(str, played.step.path)),)
    return ()


def _member(case: Case) -> str:
    """The one member by which the case's last request differs from an accepted one, or ""."""
    for call in reversed(calls_of(case)):
        for sent in (call.body, call.query_of):
            if isinstance(sent, With) and isinstance(sent.path, Literal):
                return str(sent.path.value)
    return ""


def _record(played: Disagreement | None) -> str:
    step = played.step if played else None
    return step.record if isinstance(step, Row | Rows | Seed) else ""


def _stub(case: Case, variation: Variation | None) -> tuple[str, str]:
    """(service, failure) of the double that was told to fail."""
    cells = dict(variation.cells) if variation else {}
    for each in case.steps:
        if isinstance(each, Stub):
            kind = cells.get(each.kind.name) if isinstance(each.kind, Column) else each.kind
            kind = kind.value if isinstance(kind, Literal) else kind
            if isinstance(kind, str) and kind != "ok":
                return each.service, kind
    return "", ""


def calls_of(case: Case) -> tuple[Call, ...]:
    """The single requests of a case, in order."""
    return tuple(each for each in case.steps if isinstance(each, Call))


def _said(outcome: Outcome, played: Disagreement | None) -> str:
    if played is not None:
        return f"expected {played.expected}, got {played.actual}"[:300]
    lines = [line.strip() for line in outcome.message.splitlines() if line.strip()]
    assertion = next((line for line in lines if line.startswith("assert ")), "")
    return (assertion or (lines[0] if lines else outcome.error))[:300]
