"""Tracebacks in a server's log: the frames that lie in the user's tree, and the error's last line."""

from __future__ import annotations

import re

from comfrey.model.place import Place

FRAME = re.compile(
    r'^\s*(?:\|\s*)*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>\S+)', re.M
)
ERROR = re.compile(
    r"^(?:\s*\|\s*)*(?P<error>[A-Za-z_][\w.]*(?:Error|Exception|Warning|Violation|Found|Exit)\b.*)$",
    re.M,
)
OUTSIDE = ("site-packages/", "dist-packages/", "/lib/python", "<frozen", "<string>")


def frames(log: str) -> tuple[Place, ...]:
    """In-tree frames of the last traceback, deepest last; `file` as the log has it, made relative to
    the tree by whoever knows its root."""
    last = log.rpartition("Traceback (most recent call last)")[2] if "Traceback" in log else ""
    found = (
        Place(file=match["file"], line=int(match["line"]), name=match["name"])
        for match in FRAME.finditer(last)
        if not any(part in match["file"] for part in OUTSIDE)
    )
    return tuple(found)


def error_of(log: str) -> str:
    """The last exception line of a log, or ""."""
    found = ERROR.findall(log)
    return str(found[-1]).strip()[:500] if found else ""
