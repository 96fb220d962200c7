"""Reads what the carried plugin wrote: an outcome per test, and what kept pytest from running."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

import msgspec

from comfrey.model.exchange import Outcome
from comfrey.model.place import Place
from comfrey.stacks.testers.told import Told

OUTSIDE = ("site-packages", ".venv", "venv", "node_modules")
WORST = ("error", "failed", "skipped", "passed")


def read(
    lines: Iterable[str], root: str, cases: Mapping[str, tuple[str, str]], exit_code: int
) -> Told:
    """The outcomes of one run under `root`; `cases` maps a test's id to (case, variation)."""
    events = [each for line in lines for each in _event(line)]
    reports: dict[str, list[dict[str, Any]]] = {}
    places: dict[str, Place] = {}
    for event in events:
        if event["what"] == "start":
            reports.setdefault(event["test"], [])
            places[event["test"]] = Place(file=event["file"], line=event["line"])
        elif event["what"] == "report":
            reports.setdefault(event["test"], []).append(event)
    outcomes = tuple(
        _outcome(test, told, root, cases.get(test, ("", "")), places.get(test))
        for test, told in reports.items()
    )
    return Told(outcomes, _problem(events, exit_code, bool(outcomes)))


def _event(line: str) -> list[dict[str, Any]]:
    """The event of a line; none when a crash cut it short."""
    try:
        return [msgspec.json.decode(line)]
    except msgspec.DecodeError:
        return []


def _outcome(
    test: str,
    reports: list[dict[str, Any]],
    root: str,
    case: tuple[str, str],
    place: Place | None,
) -> Outcome:
    if not any(each["when"] == "teardown" for each in reports):
        message = "The run ended before this test did."
        return Outcome(
            test=test, status="error", case=case[0], variation=case[1],
            error="Crash", message=message, place=place,
        )  # fmt: skip
    worst = min(reports, key=lambda each: WORST.index(_status(each)))
    raised = worst["raised"] or {"error": "", "message": "", "frames": []}
    logged = worst["logged"][-1:] if _status(worst) in ("failed", "error") else []
    failed = _status(worst) in ("failed", "error")
    return Outcome(
        test=test,
        status=_status(worst),
        case=case[0],
        variation=case[1],
        seconds=round(sum(each["seconds"] for each in reports), 3),
        error=raised["error"] if failed else "",
        message=raised["message"] if failed or _status(worst) == "skipped" else "",
        trace=_trace((logged or [raised])[0]["frames"], root) if failed else (),
        place=place,
        log=worst["log"],
    )


def _status(report: dict[str, Any]) -> str:
    if report["outcome"] == "failed" and report["when"] != "call":
        return "error"
    return str(report["outcome"])


def _trace(frames: list[Any], root: str) -> tuple[Place, ...]:
    """The frames inside of the tree, by relative path."""
    places = []
    for file, line, name in frames:
        path = PurePath(file)
        if path.is_relative_to(root) and not set(OUTSIDE) & set(path.parts):
            places.append(Place(file=path.relative_to(root).as_posix(), line=line, name=name))
    return tuple(places)


def _problem(events: list[dict[str, Any]], exit_code: int, ran: bool) -> str:
    collection = [each for each in events if each["what"] == "collect"]
    if collection:
        reason = _last_line(collection[0]["message"])
        return f"pytest could not collect {collection[0]['test'] or 'the tests'}: {reason}"
    if ran and not any(each["what"] == "finish" for each in events):
        return f"pytest crashed in the middle of the run (exit code {exit_code})"
    if not ran and exit_code == 5:
        return "pytest found no tests"
    if not ran and exit_code:
        return f"pytest ended before the first test (exit code {exit_code})"
    return ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    return (errors or lines or ["no reason given"])[-1]
