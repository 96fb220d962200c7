"""Regression on one bench: the suite of a clean tree is run against fault after fault.

It is the suite that stands there, after a walk; in a tree without one, what the planner would write now."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.faults.planted import Fault, lifted, planted

if TYPE_CHECKING:
    from comfrey.bench import Bench
    from comfrey.model.exchange import Run
    from comfrey.model.history import WrittenFile

STARTS = "clean"
MARK = "fault\t"
Heard = Callable[["Caught"], None]


@dataclass(frozen=True)
class Caught:
    """How the suite took one fault: `test` is the first red one, `problem` why nothing could be run.

    Of the clean tree `red` counts the tests that are red already; they are left out afterwards."""

    fault: str
    test: str = ""
    problem: str = ""
    red: int = 0
    green: int = 0
    seconds: float = 0.0


def regression(clean: Path, faults: Sequence[Fault], heard: Heard = lambda _: None) -> list[Caught]:
    """What the suite of the tree `clean` says to each fault; each also goes to `heard` at once."""
    from comfrey import preview
    from comfrey.bench import BenchOptions, on_bench
    from comfrey.options import Options
    from comfrey.screen import Screen

    options = Options(path=str(clean))
    found: list[Caught] = []
    for project in preview.apps(preview.read(options, Screen(quiet=True)), options):

        def work(bench: Bench, tell: Callable[[str], None]) -> list[Caught]:
            return _Standing(bench, tell).all(faults)

        found += on_bench(project, clean, BenchOptions(), _listening(heard), work)
    return found


def _listening(heard: Heard) -> Callable[[str], None]:
    def tell(line: str) -> None:
        if line.startswith(MARK):
            fault, test, problem, red, green, seconds = line.removeprefix(MARK).split("\t")
            heard(Caught(fault, test, problem, int(red), int(green), float(seconds)))

    return tell


class _Standing:
    """The suite on its bench, run with the red tests of the clean tree left out."""

    def __init__(self, bench: Bench, tell: Callable[[str], None]) -> None:
        from comfrey import planner, writer
        from comfrey.home import Home

        self.bench = bench
        self.tell = tell
        plan = planner.plan(bench.project, bench.facts)
        self.files: tuple[WrittenFile, ...] = Home(
            bench.folder, bench.project
        ).standing() or writer.write(plan, bench.project, bench.facts)
        self.left_out: frozenset[str] = frozenset()
        self.started = False
        self.subjects = {case.id: case.subject for case in plan.cases} | {
            f"{case.id}\t{row.id}": row.subject
            for case in plan.cases
            for row in case.variations
            if row.subject
        }

    def all(self, faults: Sequence[Fault]) -> list[Caught]:
        """The clean tree first; then each fault meets the few tests of its subject, and what passes those all."""
        begun = time.monotonic()
        run = self._run()
        red = frozenset(each.test for each in run.red)
        self._leave_out(red)
        start = Caught(STARTS, "", run.problem, len(red), len(run.green), time.monotonic() - begun)
        self._told(start)
        near = {
            each.name: self._told(self._caught(each, self._near(each.subject))) for each in faults
        }
        missed = [
            each for each in faults if not near[each.name].test and not near[each.name].problem
        ]
        far = {each.name: self._told(self._caught(each)) for each in missed}
        return [start, *(near | far).values()]

    def _caught(self, fault: Fault, only: tuple[str, ...] | None = None) -> Caught:
        """How the tests `only` take the fault, or all; of a fault near no test nothing is known yet."""
        begun = time.monotonic()
        if only == ():
            return Caught(fault.name)
        try:
            touched = planted(fault, self.bench.root)
        except RuntimeError as error:
            return Caught(fault.name, problem=str(error))
        try:
            run = self._run(only or ())
        finally:
            lifted(touched, self.bench.root)
        red = [each.test for each in run.red if each.test not in self.left_out]
        first = red[0] if red else ""
        problem = "" if first else run.problem
        seconds = time.monotonic() - begun
        return Caught(fault.name, first, problem, len(red), len(run.green), seconds)

    def _near(self, subject: str) -> tuple[str, ...]:
        tests = [test for each in self.files for test in each.tests]
        return tuple(
            test
            for test, case, row in tests
            if subject
            and test not in self.left_out
            and self.subjects.get(f"{case}\t{row}", self.subjects.get(case, "")) == subject
        )

    def _run(self, only: tuple[str, ...] = ()) -> Run:
        from comfrey import runner

        bail = self.started and not self.left_out
        return runner.run(self.files, self.bench.project, self.bench, only, bail=bail)

    def _leave_out(self, red: frozenset[str]) -> None:
        self.left_out, self.started = red, True

    def _told(self, caught: Caught) -> Caught:
        problem = " ".join(caught.problem.split())[:200]
        told = (caught.fault, caught.test, problem, caught.red, caught.green, caught.seconds)
        self.tell(MARK + "\t".join(map(str, told)))
        return caught


def main(arguments: Sequence[str]) -> int:
    """`python -m benchmarks.faults.standing TREE PATCHES [NAME …]`."""
    from benchmarks.faults.planted import faults_of

    clean, patches, *names = arguments
    faults = [each for each in faults_of(Path(patches)) if not names or each.name in names]
    regression(Path(clean), faults, lambda caught: print(caught, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
