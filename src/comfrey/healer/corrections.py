"""Corrections of facts: what a test took for true and is not, put right in the plan. Pure.

Only what makes a test ask its question may be put right: where an answer's list stands, which value a row
of the cast holds. What is expected stays, unless the source itself says something else."""

from __future__ import annotations

import re

from comfrey.model.ailment import BROKEN, Ailment
from comfrey.model.facts import Facts
from comfrey.model.plan import Builder, Plan
from comfrey.model.remedy import Repair, Verdict
from comfrey.model.value import Literal

NOT_NULL = re.compile(r'null value in column "(?P<column>\w+)" of relation "(?P<table>\w+)"')


def correction(verdict: Verdict, ailment: Ailment, plan: Plan, facts: Facts) -> Repair | None:
    """The fact to be put right, when the evidence says which."""
    found = NOT_NULL.search(ailment.error or ailment.said) if ailment.symptom == BROKEN else None
    if found is None or not ailment.record:
        return None
    fact = (("builder", ailment.record), ("field", found["column"]))
    summary = f"rows of {ailment.record} are built with a {found['column']}"
    return Repair(verdict=verdict, recipe="builder", summary=summary, fact=fact)


def corrected(plan: Plan, repair: Repair) -> Plan:
    """The plan with the repair's facts put right."""
    facts = dict(repair.fact)
    if "builder" not in facts:
        return plan
    builders = tuple(_filled(each, facts) for each in plan.builders)
    return plan.replace(builders=builders)


def _filled(builder: Builder, facts: dict[str, str]) -> Builder:
    named = {name for name, _ in builder.defaults} | {name for name, _ in builder.sequences}
    if builder.record != facts["builder"] or facts["field"] in named:
        return builder
    value = Literal(value=facts.get("value", "amber"))
    return builder.replace(defaults=(*builder.defaults, (facts["field"], value)))
