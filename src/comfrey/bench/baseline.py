"""The project's own suite before anything was written: what is red then is not our doing."""

from __future__ import annotations

from comfrey.bench.fence import NAMESPACE
from comfrey.bench.standing import Bench
from comfrey.model.exchange import Outcome
from comfrey.model.facts import Baseline
from comfrey.stacks.testers import provided, tester_of
from comfrey.stacks.testers.asked import Asked

LIMIT = 120.0
UNTRUSTED = (
    "the project's own tests were not run: without private namespaces they could reach the network"
    " and your files (--trust runs them)"
)


def own_suite(bench: Bench, *, trust: bool) -> Baseline:
    """Runs it once, on a migrated database of its own; never an error, at most a reason."""
    project = bench.project
    tester = tester_of(project)
    if not project.tests.files:
        return Baseline(reason="the project has no tests of its own")
    if project.tests.framework not in ("", tester.key):
        return Baseline(reason=f"its own tests run on {project.tests.framework}")
    if bench.facts.fence != NAMESPACE and not trust:
        return Baseline(reason=UNTRUSTED)
    folder = bench.root.parent / "baseline"
    folder.mkdir(exist_ok=True)
    asked = Asked((), project, bench.program, bench.folder, folder, bench.environ)
    command = provided(tester, "running").command(asked)
    done = bench.run(command.argv, env=command.environ, timeout=LIMIT, migrated=True)
    outcome = provided(tester, "outcome")
    found = outcome.read(command.lines(), str(bench.folder), {}, done.exit)
    return Baseline(
        ran=bool(found.outcomes),
        passed=_with(found.outcomes, "passed"),
        failed=_with(found.outcomes, "failed", "error"),
        seconds=round(done.seconds, 2),
        reason=f"stopped after {LIMIT:.0f} s" if done.timed_out else found.problem,
    )


def _with(outcomes: tuple[Outcome, ...], *statuses: str) -> tuple[str, ...]:
    return tuple(each.test for each in outcomes if each.status in statuses)
