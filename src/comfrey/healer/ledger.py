"""The ledger: between rounds no promise may go, and none may be loosened. Pure.

An expected value may change (a fact was put right), but only into one that is as strict: a status list may
not grow, a matcher may not become a weaker one, a row may not be asked for fewer of its fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.plan import Case, Plan
from comfrey.model.step import (
    Body,
    Expect,
    Header,
    Logged,
    Page,
    Refused,
    Row,
    Rows,
    Sent,
    Status,
    Step,
    Unchanged,
)

PROMISES = (Status, Header, Body, Page, Row, Rows, Unchanged, Sent, Logged, Refused, Expect)
STRICT = (
    ("equals", "keys"),
    ("ids", "set", "length", "approximately", "null", "absent"),
    ("names_field", "contains", "matches", "sorted", "not_text", "not_equals"),
    ("type", "not_null"),
    ("present",),
)
"""Matchers from the strictest to the weakest."""


def violations(before: Plan, after: Plan) -> tuple[str, ...]:
    """What `after` no longer promises and `before` did; empty when every promise is kept."""
    return tuple(_lost(before, after))


def _lost(before: Plan, after: Plan) -> Iterator[str]:
    cases = {case.id: case for case in after.cases}
    for case in before.cases:
        if case.id not in cases:
            yield f"the case `{case.title}` is gone"
        else:
            yield from _less(case, cases[case.id])
    told = {each.subject for each in before.skipped}
    for skipped in after.skipped:
        if skipped.subject not in told:
            yield f"`{skipped.subject}` would be skipped"


def _less(before: Case, after: Case) -> Iterator[str]:
    """Promises of one case, compared kind by kind in their order."""
    rows = {row.id for row in after.variations}
    for row in before.variations:
        if row.id not in rows:
            yield f"the row `{row.id}` of `{before.title}` is gone"
    if before.witnessed and not after.witnessed:
        yield f"`{before.title}` would only be a question"
    for kind in PROMISES:
        had, has = _of(before, kind), _of(after, kind)
        if len(has) < len(had):
            yield f"`{before.title}` promises less: {len(had) - len(has)} × {kind.__name__}"
        for old, new in zip(had, has, strict=False):
            yield from (f"`{before.title}`: {reason}" for reason in loosened(old, new))


def _of(case: Case, kind: type[Step]) -> list[Step]:
    return [step for step in case.steps if isinstance(step, kind)]


# --- one promise ---------------------------------------------------------------


def loosened(old: Step, new: Step) -> Iterator[str]:
    """How a promise is weaker than it was; nothing when it is as strict."""
    match old, new:
        case Status(), Status():
            yield from _wider(old, new)
        case Body() | Header() | Expect(), Body() | Header() | Expect():
            if _rank(new.match) > _rank(old.match):
                yield f"`{old.match}` would become `{new.match}`"
        case Row(), Row():
            yield from _vaguer(old, new)
        case Rows(), Rows():
            if old.count != new.count and len(new.where) < len(old.where):
                yield "it would count other rows"
        case Unchanged(), Unchanged():
            if set(new.but) - set(old.but):
                yield "more may change than before"
        case Sent(), Sent():
            yield from _asks_less(old, new)
        case Page(), Page():
            if (old.template and not new.template) or (old.row and not new.row):
                yield "less would be asked of the page"
        case Logged(), Logged():
            if old.text and not new.text:
                yield "any log record would do"
        case Refused(), Refused():
            if old.names and not new.names:
                yield "the refusal need not name its column"


def _wider(old: Status, new: Status) -> Iterator[str]:
    if isinstance(old.codes, tuple) and isinstance(new.codes, tuple):
        is_open = bool(old.codes) and not new.codes
        if is_open or (old.codes and len(new.codes) > len(old.codes)):
            yield f"{_said(new)} would do where {_said(old)} had to be"
        if not old.codes and not new.codes and set(old.other_than) - set(new.other_than):
            yield "statuses that were ruled out would do"


def _said(status: Status) -> str:
    codes = status.codes if isinstance(status.codes, tuple) else ()
    return " or ".join(map(str, codes)) or "any status"


def _rank(matcher: str) -> int:
    return next((rank for rank, names in enumerate(STRICT) if matcher in names), len(STRICT))


def _vaguer(old: Row, new: Row) -> Iterator[str]:
    if old.absent != new.absent:
        yield "a row that had to be gone might stay" if old.absent else "a row might be gone"
    lost = {name for name, _ in old.values} - {name for name, _ in new.values}
    lost -= {name for name, *_ in new.matches}
    for name in sorted(lost):
        yield f"`{old.record}.{name}` would not be looked at"
    if len(new.matches) < len(old.matches):
        yield f"less would be asked of the {old.record} row"
    if len(new.where) < len(old.where):
        yield f"more {old.record} rows would do"


def _asks_less(old: Sent, new: Sent) -> Iterator[str]:
    if old.count is not None and new.count is None:
        yield f"any number of requests to {old.service} would do"
    for part in ("headers", "header_present", "same_header", "body", "path", "method"):
        if len(getattr(new, part) or ()) < len(getattr(old, part) or ()):
            if part in ("path", "method") and getattr(new, part):
                continue
            yield f"less would be asked of the {part} sent to {old.service}"
