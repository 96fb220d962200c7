"""Rehearsal: the plan's HTTP cases played against the running app, before a test is written.

It settles facts and reports disagreements. It never changes an expectation and never has the last word.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import httpx

from comfrey.model.exchange import Disagreement, Rehearsal
from comfrey.model.plan import Case, Plan, Variation
from comfrey.model.project import Project
from comfrey.rehearsal.login import Door, NoCredential
from comfrey.rehearsal.play import Player, Unplayable
from comfrey.rehearsal.rows import Rows
from comfrey.rehearsal.stage import Stage

PATIENCE = 20.0
"""Seconds that one request may take."""


def rehearse(
    plan: Plan, project: Project, stage: Stage, tell: Callable[[str], None] = lambda _: None
) -> Rehearsal:
    """Plays every case that speaks HTTP. `problem` is set when the app is not up."""
    if not stage.facts.booted:
        return Rehearsal(problem=f"Not rehearsed: {stage.facts.problem or 'the app is not up'}")
    start = time.monotonic()
    with httpx.Client(base_url=stage.base_url, timeout=PATIENCE, trust_env=False) as client:
        played = _play(plan, project, stage, client, tell)
    return played.replace(seconds=round(time.monotonic() - start, 2))


def _play(
    plan: Plan,
    project: Project,
    stage: Stage,
    client: httpx.Client,
    tell: Callable[[str], None],
) -> Rehearsal:
    rows = Rows(stage, project, plan)
    rows.hash = _hash(stage, project)
    player = Player(stage, client, rows, Door(stage, project, client))
    met, skipped, disagreements = list[tuple[str, str]](), 0, list[Disagreement]()
    for case, variation in _turns(plan):
        tell(case.title)
        try:
            problem = player.play(case, variation)
        except (Unplayable, NoCredential):
            skipped += 1
        except (LookupError, TypeError, ValueError) as error:
            tell(f"not rehearsed: {case.title}: {error!r}")
            skipped += 1
        else:
            if problem is None:
                met.append((case.id, variation.id if variation else ""))
            else:
                disagreements.append(problem)
        _clean(stage)
        client.cookies.clear()
    return Rehearsal(
        played=len(met) + len(disagreements),
        agreed=len(met),
        skipped=skipped,
        disagreements=tuple(disagreements),
        met=tuple(met),
    )


def _turns(plan: Plan) -> Iterator[tuple[Case, Variation | None]]:
    for case in plan.cases:
        if case.variations:
            yield from ((case, variation) for variation in case.variations)
        else:
            yield case, None


def _clean(stage: Stage) -> None:
    stage.reset()
    for double in stage.doubles.values():
        double.reset()


def _hash(stage: Stage, project: Project) -> Callable[[str], str]:
    """The project's own password hash, asked once per password."""
    function = project.authentication.hash if project.authentication else None
    known: dict[str, str] = {}

    def hashed(password: str) -> str:
        if function is None:
            return password
        if password not in known:
            known[password] = str(
                stage.call(function.module, function.name, [password, *function.constants])
            )
        return known[password]

    return hashed
