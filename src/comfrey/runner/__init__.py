"""Runs written tests, and the project's own, with the project's test command on the bench."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Protocol

from comfrey.bench.process import Finished
from comfrey.model.exchange import Run
from comfrey.model.history import WrittenFile
from comfrey.model.project import Project
from comfrey.stacks.testers import provided, tester_of
from comfrey.stacks.testers.asked import Asked

LIMIT = 900.0
"""Seconds after which a run is stopped, where it has not many tests."""
EACH = 1.0
"""Seconds that each test may take of a run with many."""


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
    bail: bool = False,
    limit: float = LIMIT,
) -> Run:
    """One run of the written suite; `only` names tests as the runner does, `seed` shuffles them;
    `measured` runs them under coverage, for `covered` to tell; `bail` lets it end at the first red test. Where what the project's own tests set up keeps
    every test from running, the suite is run without it, and the Run says so.

    The files are laid into the workbench first. What keeps the tester from running is the Run's
    `problem`, never an exception.
    """
    place(files, bench.root / project.root)
    targets = only or _targets(files, project) or ("tests/integration/",)
    cases = {test: (case, row) for each in files for test, case, row in each.tests}
    words = " ".join(targets) if len(targets) < 4 else f"{len(targets)} tests"
    tell(f"{tester_of(project).key} {words}")
    asked = replace(_asked(targets, project, bench, seed, measured), bail=bail)
    limit = max(limit, EACH * len(only or cases))
    kept = project.stack.language == "python" and not (project.database or project.records)
    done = _run(
        asked, bench, cases, limit, migrated=kept
    )  # no suite makes tables that nobody declares
    above = getattr(_running(project), "above", lambda _: "")(asked)
    if not done.problem or done.outcomes or not above:
        return done
    tell(f"Once more without {above}")
    asked = replace(_asked(targets, project, bench, seed, measured), alone=True, bail=bail)
    alone = _run(asked, bench, cases, limit, migrated=kept)
    return (
        done if alone.problem else alone.replace(aside=f"{above} does not run here: {done.problem}")
    )


def _targets(files: tuple[WrittenFile, ...], project: Project) -> tuple[str, ...]:
    """The folders of the written tests; file by file where tests of the project's own stand in one of them."""
    written = [each.path for each in files if each.tests]
    folders = sorted({str(Path(each).parent) for each in written})
    own = {str(Path(each).parent) for each in project.tests.files if each not in written}
    shared = own.intersection(folders)
    return (
        *(f"{folder}/" for folder in folders if folder not in shared),
        *(path for path in sorted(written) if str(Path(path).parent) in shared),
    )


def run_own(
    project: Project,
    bench: Workplace,
    tell: Callable[[str], None] = lambda _: None,
    *,
    limit: float = LIMIT,
) -> Run:
    """One run of the project's whole suite, its own tests and ours."""
    tell(tester_of(project).key)
    folder = project.tests.folder or "tests"
    targets = (folder,) if (bench.root / project.root / folder).is_dir() else ()
    return _run(_asked(targets, project, bench), bench, {}, limit, migrated=True)


def covered(project: Project, bench: Workplace) -> tuple[tuple[str, float], ...]:
    """(`line` or `branch`, percent) of the last measured run; empty when nothing was measured."""
    asked = _asked((), project, bench, keep=True)

    def ask(argv: list[str]) -> str:
        ended = bench.run(argv, env={}, timeout=60)
        return "" if ended.exit else ended.stdout

    found: tuple[tuple[str, float], ...] = _running(project).covered(asked, ask)
    return found


def formatted(
    files: tuple[WrittenFile, ...], project: Project, bench: Workplace
) -> tuple[WrittenFile, ...]:
    """The files as the project's own formatter leaves them, where it has one that the tester calls; what
    stood in their places on the bench stands there again."""
    formatting = getattr(_running(project), "formatting", None)
    asked = _asked(tuple(each.path for each in files), project, bench, keep=True)
    command = formatting(asked) if formatting else None
    if command is None:
        return files
    places = {each.path: asked.root / each.path for each in files}
    stood = {path: file.read_bytes() for path, file in places.items() if file.is_file()}
    place(files, asked.root)
    bench.run(command, env={}, timeout=120)
    laid = tuple(each.replace(text=places[each.path].read_text("utf-8")) for each in files)
    for path, file in places.items():
        file.unlink()
        if path in stood:
            file.write_bytes(stood[path])
    return laid


def place(files: tuple[WrittenFile, ...], root: Path) -> None:
    """Lays the files under `root`; one that already reads so is left alone."""
    for each in files:
        target = root / each.path
        if target.is_file() and target.read_text(encoding="utf-8") == each.text:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(each.text, encoding="utf-8")


def _asked(
    targets: tuple[str, ...],
    project: Project,
    bench: Workplace,
    seed: int = 0,
    measured: bool = False,
    *,
    keep: bool = False,
) -> Asked:
    folder = bench.root.parent / "suite"
    return Asked(
        targets=targets,
        project=project,
        program=bench.program,
        root=bench.root / project.root,
        folder=folder if keep else _emptied(folder),
        environ=bench.environ,
        seed=seed,
        measured=measured,
    )


def _emptied(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _running(project: Project) -> ModuleType:
    return provided(tester_of(project), "running")


def _run(
    asked: Asked,
    bench: Workplace,
    cases: dict[str, tuple[str, str]],
    limit: float,
    *,
    migrated: bool = False,
) -> Run:
    start = time.monotonic()
    tester = tester_of(asked.project)
    running = provided(tester, "running")
    command = running.command(asked)
    done = bench.run(command.argv, env=command.environ, timeout=limit, migrated=migrated)
    told = provided(tester, "outcome").read(command.lines(), str(asked.root), cases, done.exit)
    problem = told.problem
    complaint = running.complaint(done.text) if problem else ""
    if done.timed_out:
        problem = f"{tester.key} did not end within {limit:.0f} seconds and was stopped"
    elif complaint:
        problem = f"{problem}: {complaint}"
    return Run(
        command=command.shown,
        outcomes=told.outcomes,
        exit_code=done.exit,
        seconds=round(time.monotonic() - start, 2),
        problem=problem,
    )


__all__ = ["LIMIT", "Workplace", "covered", "formatted", "place", "run", "run_own"]
