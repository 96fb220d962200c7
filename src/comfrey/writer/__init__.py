"""Writes a plan as the project's own integration tests."""

from __future__ import annotations

from comfrey.model.facts import Facts
from comfrey.model.history import WrittenFile
from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.planner.world import World
from comfrey.stacks.testers import provided, tester_of
from comfrey.stacks.testers.job import Job
from comfrey.stacks.testers.layout import Layout, layout


def write(plan: Plan, project: Project, facts: Facts) -> tuple[WrittenFile, ...]:
    """The suite's files, by path; the same plan always gives the same bytes."""
    tester = tester_of(project)
    job = Job(
        plan=plan,
        project=project,
        facts=facts,
        layout=layout(project),
        tester=tester.key,
        password=World(project).password,
    )
    written: tuple[WrittenFile, ...] = provided(tester, "write").write(job)
    return tuple(sorted(written, key=lambda each: each.path))


__all__ = ["Layout", "write"]
