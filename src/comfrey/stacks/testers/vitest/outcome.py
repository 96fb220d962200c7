"""Reads what the carried reporter wrote: an outcome per test, and what kept the tests from running."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

import msgspec

from comfrey.model.exchange import Outcome
from comfrey.model.place import Place
from comfrey.stacks.testers.told import Told

OUTSIDE = ("node_modules", ".venv", ".git")
FRAME = re.compile(
    r"^\s*at (?:async )?(?:(?P<name>[^\s(][^(]*?) \()?(?:file://)?(?P<file>/[^():]+):(?P<line>\d+):\d+\)?$",
    re.MULTILINE,
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STATES = {"passed": "passed", "failed": "failed", "skipped": "skipped", "pending": "skipped"}


def read(
    lines: Iterable[str], root: str, cases: Mapping[str, tuple[str, str]], exit_code: int
) -> Told:
    """The outcomes of one run under `root`; `cases` maps a test's id to (case, variation)."""
    events = [each for line in lines for each in _event(line)]
    hooks = {each["file"]: each for each in events if each["what"] == "hook"}
    loose = {each.get("test", ""): each for each in events if each["what"] == "unhandled"}
    outcomes = tuple(
        _outcome(_explained(each, loose), root, cases, hooks)
        for each in events
        if each["what"] == "test"
    )
    return Told(outcomes, _problem(events, root, exit_code, bool(outcomes)))


def frames(text: str, root: str) -> tuple[Place, ...]:
    """The frames of a stack inside of the tree, deepest last."""
    found = [
        place
        for each in FRAME.finditer(COLOUR.sub("", text))
        if (place := _place(each["file"], int(each["line"]), each["name"] or "", root))
    ]
    return tuple(reversed(found))


def _event(line: str) -> list[dict[str, Any]]:
    """The event of a line; none when a crash cut it short."""
    try:
        return [msgspec.json.decode(line)]
    except msgspec.DecodeError:
        return []


def _explained(event: dict[str, Any], loose: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """A test that waited in vain for an answer failed by the rejection that nobody handled meanwhile."""
    found = loose.get(event["names"][-1])
    waited = any("timed out" in each["message"] for each in event["errors"])
    return {**event, "errors": [found]} if found and waited else event


def _outcome(
    event: dict[str, Any],
    root: str,
    cases: Mapping[str, tuple[str, str]],
    hooks: Mapping[str, dict[str, Any]],
) -> Outcome:
    file = _relative(event["file"], root) or event["file"]
    test = " > ".join([file, *event["names"]])
    case, variation = cases.get(test, ("", ""))
    status = STATES.get(event["state"], "failed")
    hook = hooks.get(event["file"]) if status == "skipped" else None
    raised = (event["errors"] or [hook])[0] if status == "failed" or hook else None
    return Outcome(
        test=test,
        status="error" if hook else status,
        case=case,
        variation=variation,
        seconds=round(event["seconds"], 3),
        error=raised["error"] if raised else "",
        message=COLOUR.sub("", raised["message"]) if raised else "",
        trace=_trace(raised, event["log"], root) if raised else (),
        place=Place(file=file, line=event["line"] or 1),
        log=COLOUR.sub("", event["log"]) if raised else "",
    )


def _trace(raised: dict[str, Any], log: str, root: str) -> tuple[Place, ...]:
    """The frames of what the app logged meanwhile, else of what failed the test."""
    logged = frames(log, root)
    if logged:
        return logged
    told = [_place(file, line, name, root) for file, line, name in reversed(raised["frames"])]
    return tuple(each for each in told if each) or frames(raised["stack"], root)


def _place(file: str, line: int, name: str, root: str) -> Place | None:
    relative = _relative(file, root)
    if not relative or set(OUTSIDE) & set(PurePath(relative).parts):
        return None
    return Place(file=relative, line=line, name=name.removeprefix("async ").strip())


def _relative(file: str, root: str) -> str:
    path = PurePath(file.removeprefix("file://").partition("?")[0])
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def _problem(events: list[dict[str, Any]], root: str, exit_code: int, ran: bool) -> str:
    stuck = [each for each in events if each["what"] == "collect"]
    if stuck:
        file = _relative(stuck[0]["file"], root) or stuck[0]["file"] or "the tests"
        reason = COLOUR.sub("", stuck[0]["message"]).strip().partition("\n")[0]
        return f"{file} could not be loaded: {reason}"
    if ran and not any(each["what"] == "finish" for each in events):
        return f"the run was cut short (exit code {exit_code})"
    stray = [each for each in events if each["what"] == "unhandled"]
    if not ran and stray:
        reason = COLOUR.sub("", stray[0]["message"]).strip().partition("\n")[0]
        return f"the run ended before the first test: {reason}"
    if not ran and exit_code:
        return f"the run ended before the first test (exit code {exit_code})"
    return "" if ran else "no tests were found"
