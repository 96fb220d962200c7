"""The telemetry entry of the specification, appended only where its memory folder already exists."""

from __future__ import annotations

import datetime
from pathlib import Path

from comfrey.model.history import History
from comfrey.reporter.tally import final_run, summary

FILE = "skill-telemetry.md"


def entry(history: History, day: datetime.date) -> str:
    """Six lines of Markdown for one walk."""
    healed = [repair.summary for each in history.rounds for repair in each.kept]
    worst = max(history.phases, key=lambda phase: phase.seconds, default=None)
    return "\n".join(
        (
            f"### /integration-test — {day.isoformat()}",
            f"- Outcome: {_outcome(history)}",
            f"- Self-healed: {'yes — ' + '; '.join(healed) if healed else 'no'}",
            f"- Iterations used: {len(history.rounds)} / 3",
            f"- Bottleneck: {worst.name if worst else 'none'}",
            f"- Suggestion: {_suggestion(history)}",
            "",
        )
    )


def _outcome(history: History) -> str:
    numbers = summary(history)
    if final_run(history) is None or not numbers.total:
        return "FAILED"
    return "PARTIAL" if numbers.failed or history.unresolved else "SUCCESS"


def _suggestion(history: History) -> str:
    if history.plan and history.plan.skipped:
        return f"{len(history.plan.skipped)} promises had no case; first: {history.plan.skipped[0].reason}"
    return "none"


def memory_folder(project: Path, home: Path) -> Path | None:
    """The project's folder below `~/.claude/projects`, or None; its name is the path with dashes."""
    projects = home / ".claude" / "projects"
    name = str(project.resolve()).replace("/", "-")
    folder = projects / name / "memory"
    if folder.is_dir():
        return folder
    return projects / name if (projects / name).is_dir() else None


def append(history: History, project: Path, home: Path, day: datetime.date) -> bool:
    """Appends the entry when the memory folder exists; says whether it did."""
    folder = memory_folder(project, home)
    if folder is None:
        return False
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(entry(history, day) + "\n")
    return True
