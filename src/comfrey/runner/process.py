"""One pytest process on the bench, and the lines that the carried plugin wrote meanwhile."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from comfrey.model.project import Project
from comfrey.runner import coverage
from comfrey.stacks import shelf

if TYPE_CHECKING:
    from comfrey.runner import Workplace

PLUGIN = "outcomes_plugin"
START = "import sys; sys.path.pop(0); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
"""As the `pytest` script does it: the working folder is not importable by itself."""
UNSTEADY = ("-n", "--numprocesses", "--dist", "--maxprocesses", "--cov", "--no-cov", "--maxfail")
TAKES_VALUE = ("-n", "--numprocesses", "--dist", "--maxprocesses", "--cov-report", "--maxfail")
ENDS_EARLY = ("-x", "--exitfirst", "--lf", "--last-failed", "--sw", "--stepwise")
TELLING = ("Exit:", "_pytest.outcomes.Exit", "ERROR:", "E  ")


@dataclass(frozen=True)
class Done:
    """How the process ended; `complaint` is its last word on why it could not run."""

    exit_code: int
    lines: tuple[str, ...]
    complaint: str
    timed_out: bool = False


def pytest(
    targets: tuple[str, ...],
    bench: Workplace,
    project: Project,
    *,
    seed: int = 0,
    measured: bool = False,
    migrated: bool = False,
    limit: float,
) -> Done:
    """Runs the targets from the app's root."""
    folder = Path(tempfile.mkdtemp(prefix="run-"))
    try:
        shutil.copy(shelf.HERE / "testers/pytest/plugin.py", folder / f"{PLUGIN}.py")
        told = folder / "outcomes.jsonl"
        environ = _environ(bench, folder, told, seed)
        options = steady(dict(project.tests.options).get("addopts", ""))
        command = _command(targets, bench, coverage.options(project) if measured else [], options)
        ended = bench.run(command, env=environ, timeout=limit, migrated=migrated)
        lines = tuple(told.read_text(encoding="utf-8").splitlines()) if told.exists() else ()
        return Done(ended.exit, lines, _complaint(ended.text), timed_out=ended.timed_out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def steady(addopts: str) -> list[str]:
    """Options that keep the project's own in force, but for workers, coverage gates and early ends.

    Tests that share one database run one after the other."""
    words = shlex.split(addopts)
    kept = []
    skipping = False
    for word in words:
        if skipping and not word.startswith("-"):
            skipping = False
            continue
        skipping = word in TAKES_VALUE
        if word not in TAKES_VALUE and not word.startswith(UNSTEADY) and word not in ENDS_EARLY:
            kept.append(word)
    return [] if kept == words else ["-o", f"addopts={shlex.join(kept)}"]


def _command(
    targets: tuple[str, ...], bench: Workplace, measured: list[str], steady: list[str]
) -> list[str]:
    options = ["-v", "--tb=short", "-p", PLUGIN, "-p", "no:cacheprovider", *steady]
    if measured:
        return [
            str(bench.program),
            "-c",
            coverage.START,
            *measured,
            "-m",
            "pytest",
            *targets,
            *options,
        ]
    return [str(bench.program), "-c", START, *targets, *options]


def _environ(bench: Workplace, folder: Path, told: Path, seed: int) -> dict[str, str]:
    paths = [str(folder), dict(bench.environ).get("PYTHONPATH", "")]
    added = {
        "PYTHONPATH": os.pathsep.join(each for each in paths if each),
        "OUTCOMES_FILE": str(told),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return added | ({"OUTCOMES_SEED": str(seed)} if seed else {})


def _complaint(text: str) -> str:
    """pytest's own last word: an exit message, a usage error."""
    said = [line.strip("! ") for line in text.splitlines() if line.strip()]
    telling = [line for line in said if line.startswith(TELLING)]
    return (telling or said or [""])[-1].removeprefix("_pytest.outcomes.Exit: ")
