"""The project's own suite before anything was written: what is red then is not our doing."""

from __future__ import annotations

import shutil
from pathlib import Path

from comfrey.bench.fence import NAMESPACE
from comfrey.bench.standing import Bench
from comfrey.model.exchange import Outcome
from comfrey.model.facts import Baseline
from comfrey.stacks import shelf
from comfrey.stacks.testers.pytest import outcome

LIMIT = 120.0
PLUGIN = "outcomes_plugin"
UNTRUSTED = (
    "the project's own tests were not run: without private namespaces they could reach the network"
    " and your files (--trust runs them)"
)


def own_suite(bench: Bench, *, trust: bool) -> Baseline:
    """Runs it once, on a migrated database of its own; never an error, at most a reason."""
    if not bench.project.tests.files or bench.project.stack.language != "python":
        return Baseline(reason="the project has no tests of its own")
    if bench.facts.fence != NAMESPACE and not trust:
        return Baseline(reason=UNTRUSTED)
    folder = bench.root.parent / "baseline"
    folder.mkdir(exist_ok=True)
    shutil.copy(shelf.HERE / "testers/pytest/plugin.py", folder / f"{PLUGIN}.py")
    told = folder / "outcomes.jsonl"
    done = bench.run(
        [str(bench.program), "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider"],
        env={
            "PYTHONPATH": f"{folder}:{bench.environ['PYTHONPATH']}",
            "OUTCOMES_FILE": str(told),
        },
        timeout=LIMIT,
        migrated=True,
    )
    return _read(told, str(bench.folder), done.exit, done.timed_out, done.seconds)


def _read(told: Path, root: str, code: int, timed_out: bool, seconds: float) -> Baseline:
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    found = outcome.read(lines, root, {}, code)
    reason = f"stopped after {LIMIT:.0f} s" if timed_out else found.problem
    return Baseline(
        ran=bool(found.outcomes),
        passed=_with(found.outcomes, "passed"),
        failed=_with(found.outcomes, "failed", "error"),
        seconds=round(seconds, 2),
        reason=reason,
    )


def _with(outcomes: tuple[Outcome, ...], *statuses: str) -> tuple[str, ...]:
    return tuple(each.test for each in outcomes if each.status in statuses)
