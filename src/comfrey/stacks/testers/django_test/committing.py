"""Which cases a transaction around the test would turn into others: they commit for real."""

from __future__ import annotations

from comfrey.model.plan import Case
from comfrey.model.project import Project
from comfrey.model.step import Fail, Seed, Status, Together


def commits(case: Case, project: Project) -> bool:
    """Whether a case needs connections of its own, or a statement that fails outside of the app's own transactions:
    PostgreSQL takes no further one within a transaction that has seen it
    (https://docs.djangoproject.com/en/stable/topics/testing/tools/#transactiontestcase)."""
    return any(isinstance(each, Fail | Together) for each in case.steps) or _collides(case, project)


def _collides(case: Case, project: Project) -> bool:
    """Whether only the database can tell that a value is taken: no validator of the body asks for it."""
    if case.kind != "lifecycle" or any(each.law == "convention" for each in case.because):
        return False
    refused = any(isinstance(each, Status) and _refuses(each) for each in case.steps)
    return refused and any(
        isinstance(each, Seed) and _fills_unique(each, project) for each in case.steps
    )


def _refuses(step: Status) -> bool:
    codes = step.codes if isinstance(step.codes, tuple) else ()
    return bool(codes) and all(400 <= each < 500 and each != 404 for each in codes)


def _fills_unique(seed: Seed, project: Project) -> bool:
    """Whether the case itself says every value of a set that no two rows share."""
    record = project.record(seed.record)
    if record is None:
        return False
    given = {name for name, _ in seed.values}
    single = [(each.name,) for each in record.fields if each.unique and not each.primary_key]
    return any({*names} <= given for names in (*single, *record.unique) if names)
