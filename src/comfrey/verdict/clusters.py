"""Red tests put together by their common cause: one cluster, one verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable

from comfrey.model.ailment import ANSWERED, BROKEN, CRASHED, TURNED_AWAY, Ailment
from comfrey.model.exchange import Disagreement, Rehearsal, Run
from comfrey.model.place import Because
from comfrey.model.plan import Case, Plan, Variation
from comfrey.verdict.evidence import ailment_of

Key = tuple[object, ...]
HAPPY = "happy"
PANIC = "panic"
SHOWN = re.compile(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"|\([^)]*\)")
"""What differs between two tellings of one error: addresses, numbers, quoted values, details."""


def ailments(run: Run, plan: Plan, rehearsal: Rehearsal) -> tuple[Ailment, ...]:
    """The red tests of the plan as clusters, in the order of their first test."""
    cases = {case.id: case for case in plan.cases}
    played = {(each.case, each.variation): each for each in rehearsal.disagreements}
    met = frozenset(rehearsal.met)
    single = []
    for outcome in run.red:
        case = cases.get(outcome.case)
        if case is not None:
            where = (case.id, outcome.variation)
            disagreement = _still(played.get(where), case)
            found = ailment_of(outcome, case, _variation(case, outcome.variation), disagreement)
            single.append(found.replace(rehearsed=where in met))
    return clustered(_heard(single))


def _heard(single: list[Ailment]) -> list[Ailment]:
    """Flawed requests that are answered as the well-made one is: their flaw was never looked at."""
    away = {(e.subject, e.actual) for e in single if e.symptom == TURNED_AWAY and e.column == HAPPY}
    return [
        each.replace(symptom=TURNED_AWAY)
        if each.symptom == ANSWERED and (each.subject, each.actual) in away
        else each
        for each in single
    ]


def _still(played: Disagreement | None, case: Case) -> Disagreement | None:
    """The disagreement, if it is about the case as it reads now."""
    return played if played is None or played.step in case.steps else None


def _variation(case: Case, name: str) -> Variation | None:
    return next((each for each in case.variations if each.id == name), None)


def clustered(single: Iterable[Ailment]) -> tuple[Ailment, ...]:
    """Ailments of single tests, those of one cause made one."""
    every = tuple(single)
    fallen = {_cause(each) for each in every if _crashes(each) and each.column == HAPPY}
    groups: dict[Key, list[Ailment]] = {}
    for each in every:
        cause = _cause(each) if _crashes(each) else ()
        groups.setdefault(cause if cause in fallen else _key(each), []).append(each)
    return tuple(
        _fallen(group) if key in fallen else _joined(group) for key, group in groups.items()
    )


def _crashes(each: Ailment) -> bool:
    return each.symptom == CRASHED and bool(each.trace)


def _cause(each: Ailment) -> Key:
    """The line that a crash comes from and its error, but for the values that the error shows. Where well-made
    requests crash so, all that crash so do it for the same reason, whatever else is the matter with them."""
    said = (SHOWN.sub("", each.error_class), SHOWN.sub("", each.error))
    return (CRASHED, each.trace[-1], *said)


def _fallen(group: list[Ailment]) -> Ailment:
    """One ailment of what falls with a well-made request, which tells most plainly what is wrong: no service had
    to fail for it."""
    plainest = sorted(group, key=lambda each: each.column != HAPPY)
    return _joined(plainest).replace(service=plainest[0].service, failure=plainest[0].failure)


def _key(each: Ailment) -> Key:
    """A panic is told by its line and its words alone: whatever is asked, the code has that one fault. Another crash is
    told by its deepest frame, error, due answer and refused input, anything else by subject, symptom and what came."""
    if each.symptom == CRASHED and each.trace and each.error_class == PANIC:
        return _cause(each)
    if each.symptom == CRASHED and each.trace:
        inputs = each.fields if each.kind == "validation" else ()
        told = (each.trace[-1], each.error_class, each.expected, inputs)
        return (CRASHED, _changing(each.subject), *told)
    if each.symptom == BROKEN:
        place = each.trace[-1] if each.trace else None
        said = SHOWN.sub("", each.error)[:80] if place is None else ""
        return (BROKEN, place, each.error_class, said)
    what = (each.symptom, each.expected, each.actual, each.fields, each.service, each.failure)
    return (each.subject, each.kind, *what, "" if each.fields else each.cases[0][0])


def _changing(subject: str) -> str:
    """The endpoint, PUT and PATCH of one path as one: their code is the same as a rule."""
    method, _, path = subject.partition(" ")
    return f"PUT {path}" if method == "PATCH" else subject


def _joined(group: list[Ailment]) -> Ailment:
    first = group[0]
    because: dict[Because, None] = dict.fromkeys(b for each in group for b in each.because)
    fields = dict.fromkeys(field for each in group for field in each.fields)
    others = [each for each in dict.fromkeys(e.subject for e in group) if each != first.subject]
    if others:
        because[Because(text=f"the same happens at {_listed(others)}")] = None
    return first.replace(
        tests=tuple(test for each in group for test in each.tests),
        cases=tuple(case for each in group for case in each.cases),
        fields=tuple(fields),
        because=tuple(because),
        service=next((each.service for each in group if each.failure), first.service),
        failure=next((each.failure for each in group if each.failure), ""),
        witnessed=any(each.witnessed for each in group),
        rehearsed=all(each.rehearsed for each in group),
    )


def _listed(subjects: list[str]) -> str:
    """`GET /a, GET /b and GET /c`."""
    *before, last = subjects
    return f"{', '.join(before)} and {last}" if before else last
