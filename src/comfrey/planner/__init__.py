"""Plans the cases that a project deserves: pure, from the source alone or with the bench's facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import Facts
from comfrey.model.place import Unknown
from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.planner import (
    absence,
    auth,
    changes,
    choices,
    conflicts,
    doors,
    farewell,
    freshness,
    garbled,
    happy,
    lifecycle,
    listing,
    looks,
    owed,
    records,
    removal,
    services,
    signatures,
    spelling,
    transactions,
    undeclared,
    validation,
    witnesses,
    writable,
)
from comfrey.planner.builders import builders, personas
from comfrey.planner.cast import NoValue
from comfrey.planner.ground import grounded
from comfrey.planner.order import arranged
from comfrey.planner.scenes import NoScene
from comfrey.planner.tableless import without
from comfrey.planner.world import World, is_tested

PerEndpoint = Callable[[World, Endpoint], list[Case]]
PER_ENDPOINT: tuple[PerEndpoint, ...] = (
    happy.cases,
    listing.cases,
    absence.cases,
    conflicts.cases,
    changes.cases,
    removal.cases,
    freshness.cases,
    doors.cases,
    validation.cases,
    auth.cases,
    farewell.cases,
    signatures.cases,
    spelling.cases,
    witnesses.cases,
    looks.cases,
    writable.cases,
    undeclared.cases,
    transactions.cases,
    services.cases,
)

PER_PROJECT: tuple[Callable[[World], list[Case]], ...] = (
    lifecycle.lives,
    validation.of_paths,
    garbled.cases,
    auth.access,
    records.cases,
)


def plan(project: Project, facts: Facts | None = None) -> Plan:
    """Every case for `project`; with `facts` its records are grounded in the real catalog first."""
    world = World(project=owed.settled(grounded(project, facts)), facts=facts)
    found: list[Case] = []
    skipped: list[Unknown] = []
    for endpoint in world.endpoints:
        for planner in PER_ENDPOINT:
            found += _tried(planner, world, endpoint, skipped)
    for endpoint in world.looks:
        found += _tried(looks.cases, world, endpoint, skipped)
    for whole in PER_PROJECT:
        found += whole(world)
    found, tableless = without(world, found)
    return Plan(
        root=project.root,
        cases=arranged(found),
        builders=builders(world, found),
        personas=personas(world),
        questions=_once(
            [
                *project.questions,
                *witnesses.questions(world),
                *choices.questions(world),
                *owed.questions(project),
            ]
        ),
        departures=project.departures,
        skipped=_once([*skipped, *tableless, *_untested(project, facts)]),
    )


def _tried(
    planner: PerEndpoint, world: World, endpoint: Endpoint, skipped: list[Unknown]
) -> list[Case]:
    try:
        return planner(world, endpoint)
    except (NoScene, NoValue) as problem:
        reason = str(problem)
    except Exception as error:  # noqa: BLE001 - what one rule cannot plan must not cost all others
        rule = planner.__module__.rpartition(".")[2]
        reason = f"could not be planned ({rule}): {type(error).__name__}: {error}"
    skipped.append(Unknown(subject=endpoint.key, reason=reason, place=endpoint.handler.place))
    return []


def _untested(project: Project, facts: Facts | None) -> list[Unknown]:
    reasons = []
    for each in project.endpoints:
        if is_tested(each, facts):
            continue
        why = "its handler lies outside the tree" if each.handler.external else ""
        why = why or (
            "it is no plain HTTP route" if each.kind != "http" else "the app does not serve it"
        )
        reasons.append(Unknown(subject=each.key, reason=why, place=each.handler.place))
    return reasons


def _once(unknowns: Iterable[Unknown]) -> tuple[Unknown, ...]:
    return tuple(dict.fromkeys(unknowns))
