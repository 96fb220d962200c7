"""What a mended application promises on top of what it did before: its new cases and rows. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.plan import Case, Plan, Variation

New = frozenset[tuple[str, str]]
"""(case id, row id or "") of every test that is new."""


def renewed(plan: Plan, fresh: Plan) -> tuple[Plan, New]:
    """`plan` with the cases that only `fresh` has, and the rows that its tables have gained.

    What stands already stays as it is: its facts may have been put right meanwhile."""
    known = {case.id: case for case in plan.cases}
    wider = {each.id: _wider(known[each.id], each) for each in fresh.cases if each.id in known}
    added = [each for each in fresh.cases if each.id not in known]
    cases = [wider.get(each.id, each) for each in plan.cases]
    built = {each.record for each in plan.builders}
    called = {each.name for each in plan.personas}
    better = plan.replace(
        cases=(*cases, *added),
        builders=(*plan.builders, *(e for e in fresh.builders if e.record not in built)),
        personas=(*plan.personas, *(e for e in fresh.personas if e.name not in called)),
    )
    return better, frozenset(_new(plan, better))


def _wider(case: Case, fresh: Case) -> Case:
    """A table with the rows that it has gained, where nothing else about it has changed."""
    rows = {each.id for each in case.variations}
    gained = tuple(each for each in fresh.variations if each.id not in rows)
    same = case.steps == fresh.steps and case.columns == fresh.columns and case.variations
    return case.replace(variations=(*case.variations, *gained)) if same and gained else case


def _new(plan: Plan, better: Plan) -> Iterator[tuple[str, str]]:
    before = {where for case in plan.cases for where in _tests(case)}
    for case in better.cases:
        yield from (where for where in _tests(case) if where not in before)


def _tests(case: Case) -> list[tuple[str, str]]:
    rows: list[Variation] = list(case.variations)
    return [(case.id, each.id) for each in rows] or [(case.id, "")]
