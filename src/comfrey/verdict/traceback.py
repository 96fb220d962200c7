"""Tracebacks in a server's log, whichever language printed them: frames of the user's tree, and the error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from comfrey.model.place import Place
from comfrey.verdict import panics, stack

FRAME = re.compile(
    r'^\s*(?:\|\s*)*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>\S+)', re.M
)
ERROR = re.compile(r"^[A-Za-z_][\w.]*(?::.*)?$")
BAR = re.compile(r"^\s*\| ?")
"""What stands before every line of an exception group's member."""
HEAD = "Traceback (most recent call last)"
OUTSIDE = ("site-packages/", "dist-packages/", "/lib/python", "<frozen", "<string>")


def frames(log: str, root: Path) -> tuple[Place, ...]:
    """The frames below `root` of the last traceback that has any, deepest last, relative to `root`."""
    for traceback in reversed(log.split(HEAD)[1:]):
        inside = tuple(
            place for match in FRAME.finditer(traceback) for place in _inside(match, root)
        )
        if inside:
            return inside
    return () if HEAD in log else stack.frames(log, root)


def _inside(match: re.Match[str], root: Path) -> Iterator[Place]:
    file = Path(match["file"])
    if file.is_relative_to(root) and not _is_outside(match):
        relative = file.relative_to(root).as_posix()
        yield Place(file=relative, line=int(match["line"]), name=match["name"])


def _is_outside(match: re.Match[str]) -> bool:
    return any(part in match["file"] for part in OUTSIDE)


def error_of(log: str) -> str:
    """The exception line of the last traceback, as `module.Class: text`, or "". What a package says to itself, with
    no frame of anybody else's, counts only where there is nothing more."""
    if HEAD not in log:
        return panics.error_of(log) or stack.error_of(log)
    tracebacks = log.split(HEAD)[1:]
    telling = (e for e in reversed(tracebacks) if not all(map(_is_outside, FRAME.finditer(e))))
    lines = (BAR.sub("", each) for each in next(telling, tracebacks[-1]).splitlines()[1:])
    found = next((each for each in lines if ERROR.match(each)), "")
    return found.strip()[:500]
