"""What a tester is given to write, and what it says of each test that it wrote."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.model.facts import Facts
from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.stacks.testers.layout import Layout


@dataclass(frozen=True)
class Job:
    """One suite to write. `password` is what every test user's password is."""

    plan: Plan
    project: Project
    facts: Facts
    layout: Layout
    tester: str
    password: str


@dataclass(frozen=True)
class Rendered:
    """One written test and what it needs around it."""

    case: str
    name: str
    text: str
    imports: frozenset[str]
    variations: tuple[tuple[str, str], ...] = ()
    """(the runner's id of a row, the plan's variation id)."""
