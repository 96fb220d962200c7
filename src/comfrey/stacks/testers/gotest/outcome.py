"""Reads the account of `go test -json`: an outcome per test, and what kept the tests from running."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath
from typing import Any

import msgspec

from comfrey.model.exchange import Outcome
from comfrey.model.place import Place
from comfrey.stacks.testers.told import Told

SAID = re.compile(r"^\s+(?P<file>[\w.-]+_test\.go):(?P<line>\d+): (?P<text>.*)$")
FRAME = re.compile(r"^\s+(?P<file>/\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$")
LISTED = re.compile(r"^(?P<file>/\S+\.go):(?P<line>\d+) \(0x[0-9a-f]+\)$")
"""A frame as Gin lists what it recovered from: its function stands on the next line."""
INNER = re.compile(r"^\t(?P<name>[^:]+): ")
FUNCTION = re.compile(r"^(?P<name>[\w./*()\[\]-]+)\(.*\)$|^created by (?P<made>\S+)")
UNSPOKEN = re.compile(
    r"(?P<what>(?:insert into|update|delete from) \S+): (?P<why>[^\n]*syntax error[^\n]*)", re.I
)
"""A statement of the suite's own that the database does not understand."""
MARKS = re.compile(r"^\s*(?:=== |--- )")
LOGGED = "the app logged:"
ENDS = {"pass": "passed", "fail": "failed", "skip": "skipped"}


@dataclass
class _Test:
    """What was said of one test."""

    package: str
    name: str
    status: str = ""
    seconds: float = 0.0
    lines: list[str] = field(default_factory=list)


def read(
    lines: Iterable[str], root: str, cases: Mapping[str, tuple[str, str]], exit_code: int
) -> Told:
    """The outcomes of one run under `root`; `cases` maps a test's id to (case, variation)."""
    events = [each for line in lines for each in _event(line)]
    tests: dict[tuple[str, str], _Test] = {}
    loose: list[str] = []
    for event in events:
        _take(event, tests, loose)
    parents = {(each.package, above) for each in tests.values() for above in _above(each.name)}
    files = _files(cases)
    told = [
        _outcome(each, root, cases, files)
        for key, each in tests.items()
        if key not in parents or (each.status == "failed" and not _failing_below(each, tests))
    ]
    return Told(tuple(told), _problem(tests, loose, exit_code))


def frames(text: str, root: str) -> tuple[Place, ...]:
    """The frames of a goroutine's stack inside of the tree, deepest last."""
    found = []
    name = ""
    lines = text.splitlines()
    for line, following in pairwise((*lines, "")):
        function, listed = FUNCTION.match(line.strip()), LISTED.match(line)
        frame = FRAME.match(line) or listed
        if frame:
            inner = INNER.match(following) if listed else None
            of = inner["name"].rpartition(".")[2] if inner else name
            place = _place(frame["file"], int(frame["line"]), of, root)
            found += [place] if place else []
        elif function:
            name = (function["name"] or function["made"] or "").rpartition(".")[2]
    return tuple(reversed(found))


def _event(line: str) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return []
    return [found] if isinstance(found, dict) and "Action" in found else []


def _take(event: dict[str, Any], tests: dict[tuple[str, str], _Test], loose: list[str]) -> None:
    name, package = event.get("Test", ""), event.get("Package", "")
    action = event["Action"]
    if not name:
        if action in ("output", "build-output"):
            loose.append(str(event.get("Output", "")).rstrip("\n"))
        return
    test = tests.setdefault((package, name), _Test(package, name))
    if action == "output":
        test.lines.append(str(event.get("Output", "")).rstrip("\n"))
    elif action in ENDS:
        test.status = ENDS[action]
        test.seconds = float(event.get("Elapsed", 0))


def _above(name: str) -> list[str]:
    """Every test that may have run this one: a sub-test's own name may hold slashes too."""
    return [name[:at] for at, each in enumerate(name) if each == "/"]


def _failing_below(test: _Test, tests: dict[tuple[str, str], _Test]) -> bool:
    start = f"{test.name}/"
    return any(
        each.status == "failed" and each.package == test.package and each.name.startswith(start)
        for each in tests.values()
    )


def _files(cases: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """A test's name → the file it was written into."""
    return {
        test.partition("::")[2].partition("/")[0]: test.partition("::")[0]
        for test in cases
        if "::" in test
    }


def _outcome(
    test: _Test, root: str, cases: Mapping[str, tuple[str, str]], files: Mapping[str, str]
) -> Outcome:
    top = test.name.partition("/")[0]
    file = files.get(top, "")
    known = f"{file}::{test.name}" if file else f"{test.package}::{test.name}"
    case, variation = cases.get(known, ("", ""))
    status = test.status or "error"
    said, log, line = _said(test.lines)
    red = status in ("failed", "error")
    panic = _panic(test.lines)
    unspoken = UNSPOKEN.match(said) if not panic else None
    if unspoken is not None:
        said = f"{unspoken['why']} ({unspoken['what']})"
    kind = "panic" if panic else "SyntaxError" if unspoken is not None else "AssertionError"
    return Outcome(
        test=known,
        status=status,
        case=case,
        variation=variation,
        seconds=round(test.seconds, 3),
        error=kind if red else "",
        message=(panic or said or "\n".join(test.lines)) if red else "",
        trace=_trace(log, test.lines, root) if red else (),
        place=Place(file=file, line=line or 1) if file else None,
        log=log if red else "",
    )


def _said(lines: list[str]) -> tuple[str, str, int]:
    """What the test said, what the app logged meanwhile or wrote past the test, and the line that spoke first."""
    said: list[str] = []
    log: list[str] = []
    first, logging = 0, False
    for line in lines:
        found = SAID.match(line)
        if found:
            logging = found["text"].startswith(LOGGED)
            first = first or (0 if logging else int(found["line"]))
            if not logging:
                said.append(found["text"])
        elif not MARKS.match(line):
            aside = logging or not line.startswith("    ")
            (log if aside else said).append(line.removeprefix("        "))
    return "\n".join(said).strip(), "\n".join(log).strip(), first


def _panic(lines: list[str]) -> str:
    found = next((each for each in lines if each.startswith("panic: ")), "")
    return found.partition(" [recovered]")[0].removeprefix("panic: ")


def _trace(log: str, lines: list[str], root: str) -> tuple[Place, ...]:
    return frames(log, root) or frames("\n".join(lines), root)


def _place(file: str, line: int, name: str, root: str) -> Place | None:
    path = PurePath(file)
    if not path.is_relative_to(root):
        return None
    return Place(file=path.relative_to(root).as_posix(), line=line, name=name.strip("()*"))


def _problem(tests: dict[tuple[str, str], _Test], loose: list[str], exit_code: int) -> str:
    if any(each.status for each in tests.values()):
        return ""
    text = "\n".join(loose)
    if "[build failed]" in text or "[setup failed]" in text:
        wrong = next((each.strip() for each in loose if ".go:" in each), "")
        return f"the tests could not be built: {wrong}" if wrong else "the tests could not be built"
    if exit_code:
        shown = [each for each in loose if each.strip() and not each.startswith(("FAIL", "ok"))]
        return f"the run ended before the first test: {' '.join(shown)[:600]}"
    return "no tests were found"
