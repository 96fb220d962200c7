"""What to do after the report: the specification's five lines, and what this run calls for."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.history import History
from comfrey.reporter import tally

ALWAYS = (
    "Integration tests passing? Run `/e2e` for full user-flow end-to-end tests.",
    "Run `/unit-test` if unit coverage is still low.",
    "Run `/contract-test` to validate API schemas against consumers.",
    "Run `/load-test` to verify endpoints handle production traffic.",
    "Run `/test-suite` to see overall test health after adding integration tests.",
)


def next_steps(history: History) -> tuple[str, ...]:
    """First what this project needs now, then where to go from here."""
    return (*_now(history), *ALWAYS)


def _now(history: History) -> Iterator[str]:
    if history.unresolved:
        yield "Look at what is unresolved, at the top of this report: those tests stay red on purpose."
    if tally.app_repairs(history):
        yield "Review the fixes to your application with `git diff`; `comfrey undo` takes them back."
    if history.facts and history.facts.added_packages:
        packages = ", ".join(f"`{name}`" for name in history.facts.added_packages)
        yield f"Add to your development dependencies: {packages}."
    stack = history.project.stack
    if stack.framework == "django" and not stack.test_framework_declared:
        yield "Run these tests with `pytest`: `manage.py test` runs your own, and leaves them out."
    if history.carried.conflicts:
        yield "Merge by hand: " + ", ".join(f"`{path}`" for path in history.carried.conflicts) + "."
