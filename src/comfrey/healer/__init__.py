"""Healing: a verdict per cluster of failures with its reason, and at most one repair for it; pure."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.healer.columns import with_column, with_record
from comfrey.healer.corrections import callers, corrected, correction
from comfrey.healer.imports import shared, unused
from comfrey.healer.recipes import Recipe, recipes_for
from comfrey.healer.renewal import renewed
from comfrey.languages.open import open_codebase
from comfrey.model.ailment import BROKEN, Ailment, Cure
from comfrey.model.exchange import Outcome, Rehearsal, Run
from comfrey.model.facts import Facts
from comfrey.model.place import Because, seen_from
from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.model.remedy import APP_BUG, TEST_BUG, UNDECIDED, Edit, Remedy, Repair, Verdict
from comfrey.source.codebase import Codebase
from comfrey.source.edit import edited
from comfrey.source.node import SourceFile
from comfrey.source.tree import Tree
from comfrey.verdict.clusters import ailments
from comfrey.verdict.judge import judge

__all__ = ["corrected", "heal", "renewed", "trial"]

Trial = tuple[str, str]
"""(recipe, summary) of a repair."""
Ground = tuple[Project, Facts, Codebase, Plan]


def heal(
    project: Project,
    plan: Plan,
    facts: Facts,
    run: Run,
    rehearsal: Rehearsal,
    tree: Tree,
    tried: frozenset[Trial] = frozenset(),
) -> Remedy:
    """What is wrong in each red test, and how it may be mended. `tree` is the app's own folder, and recipes
    are told places as they are there; `tried` names repairs that did not help, in whose place the next
    recipe is asked."""
    codebase = open_codebase(tree, project.stack.language)
    recipes = recipes_for(project.stack)
    inside = (seen_from(project, project.root), facts, codebase, plan)
    verdicts: list[Verdict] = []
    repairs: list[Repair] = []
    for found in ailments(run, plan, rehearsal):
        ailment = with_record(with_column(found, project, facts), project)
        verdict = judge(ailment, project, facts)
        mended = _repairs(verdict, seen_from(ailment, project.root), inside, recipes, tried)
        verdicts.append(mended[-1].verdict if mended else verdict)
        repairs += mended
    known = {case.id for case in plan.cases}
    verdicts += [_stranger(each) for each in run.red if each.case not in known]
    return Remedy(verdicts=tuple(verdicts), repairs=shared(joined(repairs), codebase))


def trial(repair: Repair) -> Trial:
    """By what a repair is known again in a later round."""
    return repair.recipe, repair.summary


def _repairs(
    verdict: Verdict,
    ailment: Ailment,
    ground: Ground,
    recipes: Iterable[Recipe],
    tried: frozenset[Trial],
) -> list[Repair]:
    """The repair of a cluster: a fact put right, or an edit of the app (with what it makes of the tests)."""
    project, facts, codebase, plan = ground
    if verdict.kind == TEST_BUG:
        repair = correction(verdict, ailment, plan, facts, project)
        return [repair] if repair else []
    for recipe in recipes if verdict.kind == APP_BUG else ():
        cure = _applied(recipe, ailment, project, facts, codebase)
        mended = _mended(verdict, recipe, cure) if cure is not None else None
        if cure is not None and mended is not None and trial(mended) not in tried:
            return [*callers(mended, ailment, cure.caller_like, project, plan), mended]
    return []


def _applied(
    recipe: Recipe, ailment: Ailment, project: Project, facts: Facts, codebase: Codebase
) -> Cure | None:
    """The recipe's cure, if it applies and what it leaves behind still parses."""
    if ailment.symptom not in recipe.symptoms or ailment.symptom == BROKEN:
        return None
    cure = recipe.apply(ailment, project, facts, codebase)
    if cure is None or not cure.edits or any(_is_test(each.file, codebase) for each in cure.edits):
        return None
    if not parses(cure.edits, codebase):
        return None
    return cure.replace(edits=(*cure.edits, *unused(cure.edits, codebase)))


def _is_test(file: str, codebase: Codebase) -> bool:
    """The text of a test has no editor."""
    return codebase.language.is_test(file) or file.startswith("tests/")


def parses(edits: tuple[Edit, ...], codebase: Codebase) -> bool:
    """Whether every edited file of the app's language reads without a syntax error."""
    for file in sorted({edit.file for edit in edits}):
        try:
            text = edited(codebase.tree.text(file), [each for each in edits if each.file == file])
        except ValueError:
            return False
        is_code = file.endswith(codebase.language.suffixes)
        if is_code and codebase.language.parse(SourceFile(file, text)).errors:
            return False
    return True


def _mended(verdict: Verdict, recipe: Recipe, cure: Cure) -> Repair:
    place = cure.place or verdict.place
    because = (Because(text=cure.summary, place=place), *verdict.because)
    known = verdict.replace(recipe=recipe.name, place=place, because=because)
    return Repair(verdict=known, recipe=recipe.name, summary=cure.summary, edits=cure.edits)


def joined(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Repairs with the same edits made one: several clusters may have one cause."""
    found: dict[object, Repair] = {}
    for each in repairs:
        key = (each.edits, each.fact, each.bench)
        found[key] = _both(found[key], each) if key in found else each
    return tuple(found.values())


def _both(one: Repair, other: Repair) -> Repair:
    subjects = dict.fromkeys((*one.verdict.subject.split(", "), other.verdict.subject))
    verdict = one.verdict.replace(
        tests=tuple(dict.fromkeys((*one.verdict.tests, *other.verdict.tests))),
        subject=", ".join(subjects),
    )
    return one.replace(verdict=verdict)


def _stranger(outcome: Outcome) -> Verdict:
    """A red test that is none of the plan's: the project's own."""
    return Verdict(
        kind=UNDECIDED,
        tests=(outcome.test,),
        cause=outcome.message.partition("\n")[0][:200] or outcome.error,
        place=outcome.place,
    )
