"""One pytest process on the bench, and the lines that the carried plugin wrote meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from comfrey.stacks import shelf

if TYPE_CHECKING:
    from comfrey.runner import Workplace

PLUGIN = "outcomes_plugin"
START = "import sys; sys.path.pop(0); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
"""As the `pytest` script does it: the working folder is not importable by itself."""
COVERED = (
    "import sys; sys.path.pop(0); from coverage.cmdline import main; sys.exit(main(sys.argv[1:]))"
)
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
    root: str,
    *,
    seed: int = 0,
    coverage: bool = False,
    limit: float,
) -> Done:
    """Runs the targets from the app's root."""
    folder = Path(tempfile.mkdtemp(prefix="run-"))
    try:
        shutil.copy(shelf.HERE / "testers/pytest/plugin.py", folder / f"{PLUGIN}.py")
        told = folder / "outcomes.jsonl"
        environ = _environ(bench, folder, told, seed)
        ended = bench.run(_command(targets, bench, coverage), env=environ, timeout=limit)
        lines = tuple(told.read_text(encoding="utf-8").splitlines()) if told.exists() else ()
        return Done(ended.exit, lines, _complaint(ended.text), timed_out=ended.timed_out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def covered(bench: Workplace) -> tuple[tuple[str, float], ...]:
    """(`line` or `branch`, percent) of the last run under coverage; empty when there was none."""
    command = [str(bench.python), "-m", "coverage", "json", "-q", "-o", "-"]
    ended = bench.run(command, env={}, timeout=60)
    if ended.exit:
        return ()
    totals = json.loads(ended.stdout[ended.stdout.index("{") :])["totals"]
    lines = 100 * totals["covered_lines"] / max(totals["num_statements"], 1)
    branches = 100 * totals.get("covered_branches", 0) / max(totals.get("num_branches", 0), 1)
    return (("line", round(lines, 1)), ("branch", round(branches, 1)))


def _command(targets: tuple[str, ...], bench: Workplace, coverage: bool) -> list[str]:
    options = ["-v", "--tb=short", "-p", PLUGIN, "-p", "no:cacheprovider"]
    if coverage:
        measured = ["run", "--branch", "--source=.", "--omit=tests/*,migrations/*,*/conftest.py"]
        return [str(bench.python), "-c", COVERED, *measured, "-m", "pytest", *targets, *options]
    return [str(bench.python), "-c", START, *targets, *options]


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
