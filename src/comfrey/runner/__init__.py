"""Runs written tests, and the project's own, with the project's test command on the bench."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from comfrey.bench.process import Finished
from comfrey.model.exchange import Run
from comfrey.model.history import WrittenFile
from comfrey.model.project import Project
from comfrey.runner import process
from comfrey.runner.coverage import covered
from comfrey.stacks.testers.pytest import outcome

LIMIT = 900.0
"""Seconds after which a run is stopped."""


class Workplace(Protocol):
    """What the runner asks of a bench."""

    @property
    def root(self) -> Path: ...
    @property
    def program(self) -> Path: ...
    @property
    def environ(self) -> Mapping[str, str]: ...
    def run(
        self, argv: Sequence[str], env: Mapping[str, str], timeout: float, *, migrated: bool = False
    ) -> Finished:
        """The command in the app's root, `env` over `environ`, on a fresh database for suites."""


def run(
    files: tuple[WrittenFile, ...],
    project: Project,
    bench: Workplace,
    only: tuple[str, ...] = (),
    tell: Callable[[str], None] = lambda _: None,
    *,
    seed: int = 0,
    measured: bool = False,
    limit: float = LIMIT,
) -> Run:
    """One run of the written suite; `only` names tests as the runner does, `seed` shuffles them;
    `measured` runs them under coverage, for `covered` to tell.

    The files are laid into the workbench first. What keeps pytest from running is the Run's
    `problem`, never an exception.
    """
    place(files, bench.root / project.root)
    folders = sorted({str(Path(each.path).parent) for each in files if each.tests})
    targets = only or tuple(f"{folder}/" for folder in folders) or ("tests/integration/",)
    cases = {test: (case, row) for each in files for test, case, row in each.tests}
    tell(f"pytest {' '.join(targets) if len(targets) < 4 else f'{len(targets)} tests'}")
    return _run(targets, project, bench, cases, seed, measured, limit)


def run_own(
    project: Project,
    bench: Workplace,
    tell: Callable[[str], None] = lambda _: None,
    *,
    limit: float = LIMIT,
) -> Run:
    """One run of the project's whole suite, its own tests and ours."""
    tell("pytest")
    folder = project.tests.folder or "tests"
    targets = (folder,) if (bench.root / project.root / folder).is_dir() else ()
    return _run(targets, project, bench, {}, 0, False, limit, migrated=True)


def place(files: tuple[WrittenFile, ...], root: Path) -> None:
    """Lays the files under `root`; one that already reads so is left alone."""
    for each in files:
        target = root / each.path
        if target.is_file() and target.read_text(encoding="utf-8") == each.text:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(each.text, encoding="utf-8")


def _run(
    targets: tuple[str, ...],
    project: Project,
    bench: Workplace,
    cases: dict[str, tuple[str, str]],
    seed: int,
    measured: bool,
    limit: float,
    *,
    migrated: bool = False,
) -> Run:
    start = time.monotonic()
    done = process.pytest(
        targets, bench, project, seed=seed, measured=measured, migrated=migrated, limit=limit
    )
    told = outcome.read(done.lines, str(bench.root / project.root), cases, done.exit_code)
    problem = told.problem
    if done.timed_out:
        problem = f"pytest did not end within {limit:.0f} seconds and was stopped"
    elif problem and done.complaint:
        problem = f"{problem}: {done.complaint}"
    return Run(
        command=("pytest", *targets, "-v", "--tb=short"),
        outcomes=told.outcomes,
        exit_code=done.exit_code,
        seconds=round(time.monotonic() - start, 2),
        problem=problem,
    )


__all__ = ["LIMIT", "Workplace", "covered", "place", "run", "run_own"]
