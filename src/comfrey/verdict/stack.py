"""Stacks of JavaScript errors in a server's log, as V8 prints them: the error, then frames, deepest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from comfrey.model.place import Place

FRAME = re.compile(
    r"^[ \t]+at (?:async )?(?:(?P<name>[^\n(]*?) \()?(?:file://)?(?P<file>/[^\n():]+):(?P<line>\d+)(?::\d+)?\)?$",
    re.M,
)
BLOCK = re.compile(r"(?:^[ \t]+at [^\n]+(?:\n|$))+", re.M)
NAMED = re.compile(
    r"^(?:\[cause\]: |Uncaught )?(?P<kind>[A-Z]\w*(?:Error|Exception)(?=:|$)|[A-Z]\w*(?=: )):? ?"
)
OUTSIDE = ("node_modules", "node:")


def frames(log: str, root: Path) -> tuple[Place, ...]:
    """The frames below `root` of the last stack that has any, deepest last, relative to `root`."""
    for block in reversed(BLOCK.findall(log)):
        inside = tuple(_inside(block, root))
        if inside:
            return inside[::-1]
    return ()


def error_of(log: str) -> str:
    """`Class: text` of the last error that has a stack, or "". The text of a long message is its last line."""
    blocks = list(BLOCK.finditer(log))
    if not blocks:
        return ""
    above = [line.strip() for line in log[: blocks[-1].start()].splitlines()]
    for number in range(len(above) - 1, -1, -1):
        named = NAMED.match(above[number])
        if named:
            said = [line for line in (above[number][named.end() :], *above[number + 1 :]) if line]
            return f"{named['kind']}: {said[-1]}"[:500] if said else named["kind"]
    return ""


def _inside(block: str, root: Path) -> Iterator[Place]:
    for match in FRAME.finditer(block):
        file = Path(unquote(match["file"]))
        if file.is_relative_to(root) and not set(OUTSIDE) & set(file.parts):
            relative = file.relative_to(root).as_posix()
            name = (match["name"] or "").removeprefix("new ")
            yield Place(file=relative, line=int(match["line"]), name=name.rpartition(".")[2])
