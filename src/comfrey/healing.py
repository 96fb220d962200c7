"""The rounds of healing: judge, mend, run again; at most three, and nothing is kept that did not help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from comfrey import healer, planner, reader, runner, writer
from comfrey.bench import Bench
from comfrey.bench.carry import Change
from comfrey.healer import ledger, rounds
from comfrey.home import Home
from comfrey.model.exchange import Outcome, Rehearsal, Run
from comfrey.model.history import History, WrittenFile
from comfrey.model.plan import Plan
from comfrey.model.problem import Problem
from comfrey.model.project import Project
from comfrey.model.remedy import INFRASTRUCTURE, TEST_BUG, Edit, Remedy, Repair, Round, Verdict
from comfrey.options import Options
from comfrey.planner.focus import focused
from comfrey.source.edit import edited, write_file
from comfrey.source.tree import open_tree

ROUNDS = 3
OVERLAPPING = "it touches the same lines as another repair of this round"

Kept = tuple[Repair, ...]
Undone = tuple[tuple[Repair, str], ...]


@dataclass
class Healing:
    """Heals one app on its bench. `original` holds application files as they were before any repair."""

    bench: Bench
    home: Home
    options: Options
    tell: Callable[[str], None]
    fresh: tuple[WrittenFile, ...] = ()
    original: dict[str, bytes] = field(default_factory=dict)

    def heal(self, history: History) -> History:
        """The history with its rounds, its last run, and the verdicts on what stays red."""
        for number in range(1, ROUNDS + 1):
            if not history.runs[-1].red:
                break
            remedy = self._remedy(history)
            history = self._round(number, remedy, history)
            if not (history.rounds[-1].kept or self._failed(history.rounds[-1])):
                break
        history = self._renewed(history)
        unresolved = self._unresolved(history)
        return self._withheld(history.replace(unresolved=unresolved))

    def full(self, history: History) -> History:
        """With the project's whole suite run once more: an own test that was green and is red now is a
        regression, and is said so."""
        last = history.runs[-1]
        if not history.project.tests.files or not self.bench.facts.baseline.ran:
            return history.replace(full=last)
        run = runner.run_own(history.project, self.bench, self.tell)
        ours = {test for each in history.files for test, _, _ in each.tests}
        own = tuple(each for each in run.outcomes if each.test not in ours)
        return history.replace(full=last.replace(outcomes=(*last.outcomes, *own)))

    def changes(self) -> tuple[Change, ...]:
        """What is to be carried home: the suite, and the application files that kept repairs have changed."""
        fixes = tuple(
            Change(path=file, old=before.decode(), new=after.decode())
            for file, before in sorted(self.original.items())
            if (after := (self.bench.folder / file).read_bytes()) != before
        )
        return (*self.home.changes(self.fresh), *fixes)

    # --- the mended application, read again

    def _renewed(self, history: History) -> History:
        """With the tests that the repairs deserve: the application is read and planned again, and what it
        promises now on top of what it did is written and run."""
        repaired = any(repair.edits for each in history.rounds for repair in each.kept)
        if not repaired or history.plan is None:
            return history
        project = self._read_again()
        if project is None:
            return history
        fresh = focused(planner.plan(project, self.bench.facts), project, self.options.focus)
        plan, new = healer.renewed(history.plan, fresh)
        if not new or ledger.violations(history.plan, plan):
            return history
        self.fresh = writer.write(plan, project, self.bench.facts)
        files = self.home.files(self.fresh)
        tests = tuple(t for each in files for t, case, row in each.tests if (case, row) in new)
        history = history.replace(plan=plan, files=files)
        run = self._again(files, history.runs[-1], tests) if tests else history.runs[-1]
        return self._with_run(history, run)

    def _read_again(self) -> Project | None:
        """The project with the endpoints and records of its mended source, None if it reads no more."""
        known = self.bench.project
        keys = {each.key for each in known.endpoints}
        if known.root != ".":
            return None
        try:
            apps = reader.read(open_tree(self.bench.folder)).apps
        except Problem:
            return None
        found = next((e for e in apps if {each.key for each in e.endpoints} == keys), None)
        return known.replace(endpoints=found.endpoints, records=found.records) if found else None

    # --- one round

    def _remedy(self, history: History) -> Remedy:
        return healer.heal(
            self.bench.project,
            history.plan or Plan(root="."),
            self.bench.facts,
            history.runs[-1],
            _seen(history),
            open_tree(self.bench.folder),
            self._tried(history),
        )

    def _failed(self, done: Round) -> tuple[Repair, ...]:
        """The repairs of the app that were made and did not help."""
        return tuple(each for each, why in done.undone if each.edits and why != OVERLAPPING)

    def _tried(self, history: History) -> frozenset[tuple[str, str]]:
        """What need not be tried again: nothing of a round whose other repairs were kept, for they may have
        stood in its way."""
        rounds_alone = (each for each in history.rounds if not each.kept)
        return frozenset(healer.trial(r) for each in rounds_alone for r in self._failed(each))

    def _round(self, number: int, remedy: Remedy, history: History) -> History:
        before, planned = history.runs[-1], history.plan or Plan(root=".")
        history, corrected, refused = self._corrected(remedy, history)
        if corrected:
            red = tuple(each.test for each in before.red)
            history = self._with_run(history, self._again(history.files, before, red))
        kept, undone, run = self._mended(remedy, history)
        stay = standing(corrected, undone)
        if stay != corrected:
            history, run = self._retracted(planned, stay, history, run)
        fixed = {each.test for each in before.red} - {each.test for each in run.red}
        done = Round(
            number=number,
            verdicts=remedy.verdicts,
            kept=(*stay, *kept),
            undone=(*refused, *undone),
            fixed=tuple(sorted(fixed)),
        )
        return self._with_run(history, run).replace(rounds=(*history.rounds, done))

    def _with_run(self, history: History, run: Run) -> History:
        return history if run == history.runs[-1] else history.replace(runs=(*history.runs, run))

    def _again(self, files: tuple[WrittenFile, ...], before: Run, only: tuple[str, ...]) -> Run:
        """Another run: of the tests named, laid over the last one, or of all without names."""
        run = runner.run(files, self.bench.project, self.bench, only, self.tell)
        return over(before, run) if only else run

    # --- corrections of the plan

    def _corrected(self, remedy: Remedy, history: History) -> tuple[History, Kept, Undone]:
        """Facts put right and the files written again; refused when the ledger says that a promise would go."""
        plan = history.plan or Plan(root=".")
        kept: list[Repair] = []
        refused: list[tuple[Repair, str]] = []
        for repair in (each for each in remedy.repairs if each.fact):
            better = healer.corrected(plan, repair)
            lost = ledger.violations(plan, better)
            if lost:
                refused.append((repair, "; ".join(lost)))
            elif better != plan:
                plan = better
                kept.append(repair)
        if kept:
            self.fresh = self._written(plan)
            history = history.replace(plan=plan, files=self.home.files(self.fresh))
        return history, tuple(kept), tuple(refused)

    def _retracted(
        self, planned: Plan, stay: Kept, history: History, run: Run
    ) -> tuple[History, Run]:
        """The tests as they were before the round, but for the corrections that stay."""
        plan = planned
        for each in stay:
            plan = healer.corrected(plan, each)
        self.fresh = self._written(plan)
        history = history.replace(plan=plan, files=self.home.files(self.fresh))
        return history, self._again(history.files, run, ())

    def _written(self, plan: Plan) -> tuple[WrittenFile, ...]:
        written = writer.write(plan, self.bench.project, self.bench.facts)
        return runner.formatted(written, self.bench.project, self.bench)

    # --- repairs of the application

    def _mended(self, remedy: Remedy, history: History) -> tuple[Kept, Undone, Run]:
        before = history.runs[-1]
        if not self.options.fix_app:
            return (), (), before
        repairs, undone = fitting(tuple(each for each in remedy.repairs if each.edits))
        if not repairs:
            return (), undone, before
        texts = self._texts(repairs)
        after = self._run_with(repairs, texts, history)
        kept, failed = rounds.decided(before, after, repairs)
        if not failed:
            return kept, undone, after
        kept, failed, after = self._one_by_one(repairs, texts, history)
        self._lay(kept, texts)
        return kept, (*undone, *failed), after

    def _one_by_one(
        self, repairs: Kept, texts: dict[str, bytes], history: History
    ) -> tuple[Kept, Undone, Run]:
        """Which repairs help on top of those that already did; the run after the last good one."""
        kept: Kept = ()
        undone: Undone = ()
        best = history.runs[-1]
        for repair in repairs:
            after = self._run_with((*kept, repair), texts, history)
            good, bad = rounds.decided(best, after, (repair,))
            undone = (*undone, *bad)
            if good:
                kept, best = (*kept, repair), after
        return kept, undone, best

    def _run_with(self, repairs: Kept, texts: dict[str, bytes], history: History) -> Run:
        self._lay(repairs, texts)
        return self._again(history.files, history.runs[-1], ())

    def _texts(self, repairs: Kept) -> dict[str, bytes]:
        """The files that the repairs touch, as they stand now."""
        files = sorted({edit.file for repair in repairs for edit in repair.edits})
        texts = {file: (self.bench.folder / file).read_bytes() for file in files}
        self.original = texts | self.original
        return texts

    def _lay(self, repairs: Kept, texts: dict[str, bytes]) -> None:
        """The files with exactly these repairs made."""
        edits = list(dict.fromkeys(edit for repair in repairs for edit in repair.edits))
        for file, text in texts.items():
            mine = [edit for edit in edits if edit.file == file]
            write_file(self.bench.folder / file, edited(text, mine))

    def _unresolved(self, history: History) -> tuple[Verdict, ...]:
        last = history.runs[-1]
        if last.problem:
            return (
                Verdict(kind=INFRASTRUCTURE, tests=(), cause=last.problem, subject="the suite"),
            )
        return self._remedy(history).verdicts if last.red else ()

    # --- promises that were ours

    def _withheld(self, history: History) -> History:
        """The suite without the tests that the evidence says are wrong themselves: they are reported among
        what is unresolved, and never carried home as red tests."""
        wrong = {t for each in history.unresolved if each.kind == TEST_BUG for t in each.tests}
        last = history.runs[-1]
        cases = {(o.case, o.variation) for o in last.outcomes if o.test in wrong and o.case}
        cases -= _crashed(history.rehearsal)
        if not cases or history.plan is None:
            return history
        gone = {o.test for o in last.outcomes if (o.case, o.variation) in cases}
        plan = without(history.plan, cases)
        self.fresh = self._written(plan)
        rest = tuple(each for each in last.outcomes if each.test not in gone)
        told = tuple(_told(each, gone) for each in history.unresolved)
        run = last.replace(outcomes=rest)
        files = self.home.files(self.fresh)
        history = history.replace(plan=plan, files=files, unresolved=told)
        return self._with_run(history, run)


def standing(corrected: Kept, undone: Undone) -> Kept:
    """The corrections but for those that only hold together with a repair of the app, where that was undone."""
    gone = [repair.verdict for repair, _ in undone if repair.edits]
    return tuple(e for e in corrected if e.recipe != "caller" or e.verdict not in gone)


def without(plan: Plan, cases: set[tuple[str, str]]) -> Plan:
    """The plan without these cases, or without these rows of their tables; (case id, row id or "")."""
    kept = []
    for case in plan.cases:
        rows = tuple(each for each in case.variations if (case.id, each.id) not in cases)
        if (case.id, "") not in cases and (rows or not case.variations):
            kept.append(case.replace(variations=rows) if rows != case.variations else case)
    return plan.replace(cases=tuple(kept))


def _seen(history: History) -> Rehearsal:
    """What rehearsal saw; without its frames once a repair has moved the lines that they name."""
    seen = history.rehearsal or Rehearsal()
    if not any(repair.edits for each in history.rounds for repair in each.kept):
        return seen
    return seen.replace(disagreements=tuple(each.replace(trace=()) for each in seen.disagreements))


def _crashed(rehearsal: Rehearsal | None) -> set[tuple[str, str]]:
    """The promises at which the running app failed by itself: whatever their tests say, they stay."""
    found = rehearsal.disagreements if rehearsal else ()
    return {
        (each.case, each.variation)
        for each in found
        if any(exchange.status == 500 for exchange in each.exchanges[-1:])
    }


def _told(verdict: Verdict, gone: set[str]) -> Verdict:
    """A wrong promise, said to be left out."""
    if verdict.kind != TEST_BUG or not gone.issuperset(verdict.tests):
        return verdict
    return verdict.replace(cause=f"{verdict.cause} (the test is left out of the suite)")


def fitting(repairs: tuple[Repair, ...]) -> tuple[Kept, Undone]:
    """The repairs whose edits do not overlap an earlier one's, and the others with that reason."""
    taken: list[Repair] = []
    left: list[tuple[Repair, str]] = []
    for repair in repairs:
        if any(_overlap(repair, other) for other in taken):
            left.append((repair, OVERLAPPING))
        else:
            taken.append(repair)
    return tuple(taken), tuple(left)


def _overlap(one: Repair, other: Repair) -> bool:
    return any(_collide(a, b) for a in one.edits for b in other.edits)


def _collide(one: Edit, other: Edit) -> bool:
    """Whether two edits cannot both be made: they touch, and are neither the same nor two new imports."""
    if one.file != other.file or one == other:
        return False
    if one.start == one.end == other.start == other.end and _is_import(one) and _is_import(other):
        return False
    return one.start <= other.end and other.start <= one.end


def _is_import(edit: Edit) -> bool:
    return edit.text.lstrip().startswith(("from ", "import ")) and edit.text.endswith("\n")


def over(before: Run, after: Run) -> Run:
    """`before` with the outcomes of a partial run laid over it. What stands beside the tests that were asked is told as
    skipped by some runners."""
    known = {each.test for each in before.outcomes}
    asked = (e for e in after.outcomes if e.status != "skipped" or e.test not in known)
    fresh: dict[str, Outcome] = {each.test: each for each in asked}
    outcomes = tuple(fresh.pop(each.test, each) for each in before.outcomes)
    return after.replace(outcomes=(*outcomes, *fresh.values()))
