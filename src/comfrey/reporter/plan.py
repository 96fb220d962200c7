"""The plan for people: every case by file, with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from comfrey.model.place import Because
from comfrey.model.plan import Case, Plan


def plan_text(plan: Plan) -> str:
    """Cases by group; a line per reason; then what got no case and why."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    tests = sum(len(case.variations) or 1 for case in plan.cases)
    yield f"{len(plan.cases)} cases, {tests} tests"
    for group, cases in groupby(plan.cases, key=lambda case: case.group):
        yield f"\n{group}"
        for case in cases:
            yield from _case(case)
    if plan.skipped:
        yield "\nNo case:"
        yield from (f"  {each.subject}: {each.reason}" for each in plan.skipped)
    for name, unknowns in (("Question", plan.questions), ("Departure", plan.departures)):
        yield from (f"{name}: {each.subject}: {each.reason}" for each in unknowns)


def _case(case: Case) -> Iterator[str]:
    rows = f" ({len(case.variations)})" if case.variations else ""
    yield f"  {case.title}{rows}  · {case.subject}"
    yield from (f"      because {_because(each)}" for each in case.because)
    for row in case.variations:
        reasons = "; ".join(map(_because, row.because))
        yield f"      - {row.id}" + (f": because {reasons}" if reasons else "")


def _because(because: Because) -> str:
    where = f" ({because.place})" if because.place else ""
    return f"{because.text} [{because.law}]{where}"
