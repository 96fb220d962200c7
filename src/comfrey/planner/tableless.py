"""Records whose table the migrated database lacks: that is one finding, and no test fails on it besides."""

from __future__ import annotations

from comfrey.model.place import Unknown
from comfrey.model.plan import Case
from comfrey.model.step import Status, Step
from comfrey.planner.world import World

SURE = {401, 403}
"""Answers that are given before a table is asked."""


def lacking(world: World) -> dict[str, str]:
    """Record → the table that the catalog does not know."""
    known = {each.name for each in world.facts.tables} if world.facts else set()
    return {
        each.name: each.table
        for each in world.project.records
        if known and each.table and each.store == "table" and each.table not in known
    }


def without(world: World, cases: list[Case]) -> tuple[list[Case], list[Unknown]]:
    """The cases that can hold all the same, and what is not tested for want of a table."""
    gone = lacking(world)
    if not gone:
        return cases, []
    kept, skipped = [], []
    for case in cases:
        table = next((gone[each] for each in sorted(_touched(world, case)) if each in gone), "")
        if not table:
            kept.append(case)
            continue
        skipped.append(Unknown(subject=case.subject, reason=f"the database has no table {table}"))
    return kept, skipped


def _touched(world: World, case: Case) -> set[str]:
    """The records that a case names, and those that its endpoint works on before it answers."""
    named = {each for step in case.steps for each in _records(step)} | {case.subject}
    codes = {code for step in case.steps if isinstance(step, Status) for code in _codes(step)}
    if codes and codes <= SURE:
        return named
    endpoint = next((each for each in world.endpoints if each.key == case.subject), None)
    return named | ({each.record for each in endpoint.effects} if endpoint else set())


def _codes(step: Status) -> tuple[int, ...]:
    return step.codes if isinstance(step.codes, tuple) else ()


def _records(step: Step) -> tuple[str, ...]:
    one = getattr(step, "record", "")
    return (*getattr(step, "records", ()), *((one,) if one else ()))
