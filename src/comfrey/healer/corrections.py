"""Corrections of facts: what a test took for true and is not, put right in the plan. Pure.

Only what makes a test ask its question may be put right: which value a row of the cast holds, who is calling.
What is expected stays, unless the source itself says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.ailment import BROKEN, CRASHED, Ailment
from comfrey.model.endpoint import Endpoint
from comfrey.model.facts import CatalogColumn, Facts
from comfrey.model.plan import Builder, Case, Persona, Plan
from comfrey.model.project import Project
from comfrey.model.remedy import Repair, Verdict
from comfrey.model.step import Call, Login, Seed, Step
from comfrey.model.value import Literal
from comfrey.planner.stand_ins import stand_in
from comfrey.planner.wording import a, words

NOT_NULL = re.compile(r'null value in column "(?P<column>\w+)" of relation "(?P<table>\w+)"')


def correction(
    verdict: Verdict, ailment: Ailment, plan: Plan, facts: Facts, project: Project
) -> Repair | None:
    """The fact to be put right, when the evidence says which: of the rows of that table, which may be the parents
    of those that the case is about."""
    found = NOT_NULL.search(ailment.error or ailment.said) if ailment.symptom == BROKEN else None
    if found is None or not ailment.record:
        return None
    owners = (each.name for each in project.records if each.table == found["table"])
    record = next(owners, ailment.record)
    fact = (("builder", record), ("field", found["column"]))
    column = _column(facts, found["table"], found["column"])
    kind = (("type", column.type),) if column else ()
    summary = f"rows of {record} are built with {a(words(found['column']))}"
    return Repair(verdict=verdict, recipe="builder", summary=summary, fact=(*fact, *kind))


def callers(
    mended: Repair, ailment: Ailment, like: str, project: Project, plan: Plan
) -> list[Repair]:
    """What a new guard makes of the other tests: they must call as those of `like` do."""
    if not like:
        return []
    refused = ailment.symptom != CRASHED  # what crashed for want of a caller must have one, too
    spared = " ".join(sorted({case for case, _ in ailment.cases})) if refused else ""
    fact: tuple[tuple[str, str], ...] = (
        ("caller", ailment.subject),
        ("like", like),
        ("except", spared),
    )
    user = project.authentication.user if project.authentication else ""
    persona = _persona(project.endpoint(like), plan)
    fact = (*fact, ("user", user), ("persona", persona.name)) if user and persona else fact
    summary = f"the tests call {ailment.subject} as those of {like} do"
    return [Repair(verdict=mended.verdict, recipe="caller", summary=summary, fact=fact)]


def corrected(plan: Plan, repair: Repair) -> Plan:
    """The plan with the repair's facts put right."""
    facts = dict(repair.fact)
    if "builder" in facts:
        return plan.replace(builders=tuple(_filled(each, facts) for each in plan.builders))
    if "caller" in facts:
        return _called_alike(plan, facts)
    return plan


# --- rows -------------------------------------------------------------------------


def _column(facts: Facts, table: str, name: str) -> CatalogColumn | None:
    columns = (each for found in facts.tables if found.name == table for each in found.columns)
    return next((each for each in columns if each.name == name), None)


def _filled(builder: Builder, facts: dict[str, str]) -> Builder:
    """The builder with a value of the column's type, when it had none."""
    named = {name for name, _ in builder.defaults} | {name for name, _ in builder.sequences}
    if builder.record != facts["builder"] or facts["field"] in named:
        return builder
    value = Literal(value=stand_in(facts.get("type", "")))
    return builder.replace(defaults=(*builder.defaults, (facts["field"], value)))


# --- callers ----------------------------------------------------------------------

Arranged = tuple[Seed, Login]


def _called_alike(plan: Plan, facts: dict[str, str]) -> Plan:
    """Every call of the endpoint with the credential with which its sibling's happy case comes."""
    arranged = next(_credentials(plan, facts["like"]), _introduced(plan, facts))
    if arranged is None:
        return plan
    spared = set(facts["except"].split())
    cases = tuple(
        each if each.id in spared or each.kind == "auth" else _as(each, facts["caller"], arranged)
        for each in plan.cases
    )
    return plan.replace(cases=cases)


def _persona(endpoint: Endpoint | None, plan: Plan) -> Persona | None:
    """The kind of caller that the endpoint's guards ask for, else the first."""
    guards = endpoint.guards if endpoint else ()
    asked = {(each.field, each.value) for guard in guards for each in guard.requirements}
    for each in plan.personas:
        held = {(n, value.value) for n, value in each.values if isinstance(value, Literal)}
        if asked and asked <= held:
            return each
    return None if asked else next(iter(plan.personas), None)


def _introduced(plan: Plan, facts: dict[str, str]) -> Arranged | None:
    """A caller of the persona that the sibling asks for."""
    for each in plan.personas:
        through_others = any("." in name for name, _ in each.values)
        if each.name == facts.get("persona") and not through_others:
            seed = Seed(record=facts["user"], name=each.name, values=each.values)
            return seed, Login(name=f"{each.name}_headers", user=each.name)
    return None


def _credentials(plan: Plan, key: str) -> Iterator[Arranged]:
    """(the caller's row, the login) of the sibling's cases that come with a valid credential."""
    for case in plan.cases:
        if case.subject == key and case.kind in ("happy", "validation"):
            seeds = {each.name: each for each in case.steps if isinstance(each, Seed)}
            for each in case.steps:
                if isinstance(each, Login) and each.flaw == "" and each.user in seeds:
                    yield seeds[each.user], each


def _as(case: Case, key: str, arranged: Arranged) -> Case:
    """The case with its calls of `key` made by the arranged caller."""
    login = arranged[1].name
    steps = tuple(
        each.replace(login=login) if isinstance(each, Call) and _calls(case, each, key) else each
        for each in case.steps
    )
    if steps == case.steps:
        return case
    names = {each.name for each in case.steps if isinstance(each, Seed | Login)}
    new: tuple[Step, ...] = tuple(each for each in arranged if each.name not in names)
    return case.replace(steps=(*new, *steps))


def _calls(case: Case, call: Call, key: str) -> bool:
    """Whether it is a call of `key`: by its own words (parameters filled in or not), or a table's whose rows
    name their endpoints."""
    if isinstance(call.path, str):
        method, _, path = key.partition(" ")
        shape = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        return call.method == method and re.fullmatch(shape, call.path) is not None
    return call.login == "" and any(each.subject == key for each in case.variations)
