"""The ledger: between rounds no promise may go. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.plan import Case, Plan
from comfrey.model.step import Body, Header, Logged, Refused, Row, Rows, Sent, Status, Unchanged

PROMISES = (Status, Header, Body, Row, Rows, Unchanged, Sent, Logged, Refused)


def violations(before: Plan, after: Plan) -> tuple[str, ...]:
    """What `after` no longer promises and `before` did; empty when every promise is kept."""
    return tuple(_lost(before, after))


def _lost(before: Plan, after: Plan) -> Iterator[str]:
    cases = {case.id: case for case in after.cases}
    for case in before.cases:
        if case.id not in cases:
            yield f"the case `{case.title}` is gone"
        else:
            yield from _fewer(case, cases[case.id])


def _fewer(before: Case, after: Case) -> Iterator[str]:
    rows = {row.id for row in after.variations}
    for row in before.variations:
        if row.id not in rows:
            yield f"the row `{row.id}` of `{before.title}` is gone"
    for kind in PROMISES:
        had, has = _count(before, kind), _count(after, kind)
        if has < had:
            yield f"`{before.title}` promises less: {had - has} × {kind.__name__}"


def _count(case: Case, kind: type) -> int:
    return sum(isinstance(step, kind) for step in case.steps)
