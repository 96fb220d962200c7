"""Who is wrong: the test, the app, or what both stand on. Pure; every verdict has its reason."""

from __future__ import annotations

import re

from comfrey.model import ailment as ail
from comfrey.model.ailment import Ailment
from comfrey.model.facts import Facts
from comfrey.model.place import Because, Place
from comfrey.model.project import Project
from comfrey.model.remedy import APP_BUG, INFRASTRUCTURE, TEST_BUG, UNDECIDED, Verdict
from comfrey.planner.doors import STORED_AS_SENT
from comfrey.verdict.sentence import sentence

INFRASTRUCTURE_ERRORS = (
    "ConnectionRefusedError",
    "ConnectionDoesNotExistError",
    "CannotConnectNowError",
    "InvalidCatalogNameError",
    "InvalidPasswordError",
    "TooManyConnectionsError",
    "UndefinedTableError",
    "ModuleNotFoundError",
    "ImportError",
    "AddressInUse",
    "Crash",
)
INFRASTRUCTURE_WORDS = re.compile(
    r"connection refused|address already in use|no such table|relation \"[\w.]+\" does not exist"
    r"|could not connect|too many connections|no space left|read-only file system"
    r"|failure in name resolution|name or service not known"
    r"|(?-i:ImproperlyConfigured: [^\n]*\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|UndefinedValueError: \w+ not found)",
    re.I,
)
NOT_REACHED = (401, 403, 405, 415, 422)
"""Answers that are given before a handler looks at rows: a test that meets one has not asked its question."""

STRANGERS = (401, 403)
"""Answers that are about the caller, whatever the request holds."""

Judged = tuple[str, str]


def judge(ailment: Ailment, project: Project, facts: Facts) -> Verdict:
    """The verdict on one cluster."""
    kind, reason = _judged(ailment, project, facts)
    place = _place(ailment, project)
    evidence = [Because(text=ailment.said or ailment.error, law="declared", place=place)]
    if ailment.said and ailment.error:
        evidence.append(Because(text=_line(ailment.error), law="declared", place=place))
    return Verdict(
        kind=kind,
        tests=ailment.tests,
        cause=reason,
        subject=ailment.subject,
        because=(*evidence, *ailment.because),
        place=place,
    )


def _judged(ailment: Ailment, project: Project, facts: Facts) -> Judged:
    rulings = (
        _infrastructure,
        _broken,
        _unserved,
        _crashed,
        _forgotten,
        _misread,
        _question,
        _unlawful,
    )
    for ruling in rulings:
        verdict = ruling(ailment, project, facts)
        if verdict is not None:
            return verdict
    return UNDECIDED, f"nothing says who is right: {ailment.said}"


def _infrastructure(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    meant_to_fail = ailment.failure or ailment.symptom not in (ail.BROKEN, ail.CRASHED)
    hit = ailment.error_class in INFRASTRUCTURE_ERRORS or INFRASTRUCTURE_WORDS.search(ailment.error)
    if meant_to_fail or not hit:
        return None
    return INFRASTRUCTURE, f"what the tests stand on failed: {_line(ailment.error)}"


def _broken(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    if ailment.symptom != ail.BROKEN:
        return None
    return TEST_BUG, f"the test's own arrangement failed: {_line(ailment.error or ailment.said)}"


def _unserved(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    """A 404 or 405 on a route that the live app does not list."""
    method, _, path = ailment.subject.partition(" ")
    if ailment.actual not in (404, 405) or not facts.routes or not path:
        return None
    served = {(each.method, _shape(each.path)) for each in facts.routes}
    if (method, _shape(path)) in served:
        return None
    return TEST_BUG, f"the app does not serve {ailment.subject}"


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def _crashed(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    if ailment.symptom != ail.CRASHED:
        return None
    return APP_BUG, sentence(ailment)


def _forgotten(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    """Where whoever has just signed up, or chosen a password, is told that it is the wrong one."""
    known = project.authentication
    door = project.endpoint(known.login.endpoint) if known and known.login else None
    promised = any(each.text == STORED_AS_SENT for each in ailment.because)
    if door is None or not promised or ailment.symptom != ail.REFUSED_AGAIN:
        return None
    wrong = {each.status for each in door.refusals if each.condition == "credentials"}
    further = any(each.condition in ("inactive", "state", "role") for each in door.refusals)
    certain = ailment.actual in wrong and not further and not ailment.rehearsed
    return (APP_BUG, sentence(ailment)) if certain else None


def _misread(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    """Where it is the test that did not ask what it meant to ask."""
    if ailment.rehearsed:
        return TEST_BUG, "the running app kept the same promise when it was rehearsed"
    if ailment.symptom in (ail.TURNED_AWAY, ail.REFUSED_AGAIN):
        return TEST_BUG, f"what we took for valid is answered {ailment.actual}"
    refused = ailment.symptom == ail.ANSWERED and ailment.actual in NOT_REACHED
    unseen = ailment.kind == "validation" and ailment.actual in STRANGERS
    if refused and (unseen or ailment.kind not in ("auth", "validation")):
        return TEST_BUG, f"the request was answered {ailment.actual} before it came to the question"
    if (
        ailment.symptom == ail.TOLD
        and "got nothing there" in ailment.said
        and not _promised(ailment)
    ):
        return TEST_BUG, f"the answer has no such member: {ailment.said}"
    return None


def _promised(ailment: Ailment) -> bool:
    return any(each.place is not None and each.law == "declared" for each in ailment.because)


def _question(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    if ailment.witnessed:
        return None
    return UNDECIDED, f"nothing in the source declares it: {ailment.said}"


def _unlawful(ailment: Ailment, project: Project, facts: Facts) -> Judged | None:
    if not ailment.because:
        return None
    known = (ail.LET_IN, ail.ANSWERED, ail.STORED, ail.CHANGED, ail.TOLD, ail.SENT)
    return (APP_BUG, sentence(ailment)) if ailment.symptom in known else None


# --- where ----------------------------------------------------------------------


def _place(ailment: Ailment, project: Project) -> Place | None:
    """The deepest frame of the app's own code, else the handler, else the record."""
    frames = [each for each in ailment.trace if each.file and not each.file.startswith("/")]
    if ailment.symptom == ail.CRASHED and frames:
        return frames[-1]
    endpoint = project.endpoint(ailment.subject)
    if endpoint is not None:
        return endpoint.handler.place
    record = project.record(ailment.record or ailment.subject)
    if record is not None:
        return record.place
    service = next((each for each in project.services if each.name == ailment.subject), None)
    return service.place if service else None


def _line(text: str, width: int = 160) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= width else f"{line[: width - 1]}…"
