"""Whether the app is put into service with Werkzeug's debugger, which shows code to whoever meets an error and runs theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase

STARTED = re.compile(r"(?:Dockerfile(?:\.prod\w*)?|Procfile|app\.yaml|render\.yaml|fly\.toml)$")
"""Files that say how an app is started where others use it."""
BY_FILE = re.compile(rb"""\bpython3?["']?\s*,?\s*(?:["']?-u["']?\s*,?\s*)?["']?([\w./-]+\.py)""")
BY_FLASK = re.compile(rb"\bflask\b[^\n]*--debug\b|\bFLASK_DEBUG[ =:]+[\"']?(?:1|[Tt]rue)\b")
SERVED = re.compile(rb"\.run\([^)]*\bdebug\s*=\s*True")
"""https://flask.palletsprojects.com/en/stable/debugging/#the-built-in-debugger"""


def questions(codebase: Codebase) -> tuple[Unknown, ...]:
    """One for every file that starts the app so."""
    tree, root = codebase.tree, codebase.root
    starters = [each for each in tree.under(root) if STARTED.match(basename(each))]
    return tuple(
        Unknown(
            subject=starter,
            reason=f"it starts the app with the debugger ({place}), which runs code for whoever meets an error",
            place=place,
        )
        for starter in starters
        for place in _debugged(codebase, starter)
    )


def _debugged(codebase: Codebase, starter: str) -> Iterator[Place]:
    """Where it is turned on: in the file that is started, else in what starts it."""
    tree = codebase.tree
    told = tree.text(starter)
    for match in BY_FILE.finditer(told):
        name = match[1].decode().rpartition("/")[2]
        files = [each for each in tree.under(codebase.root, ".py") if basename(each) == name]
        found = SERVED.search(tree.text(files[0])) if len(files) == 1 else None
        if found is not None:
            yield _place(codebase, files[0], found.start())
    flagged = BY_FLASK.search(told)
    if flagged is not None:
        yield _place(codebase, starter, flagged.start())


def _place(codebase: Codebase, file: str, at: int) -> Place:
    return Place(file=file, line=codebase.tree.text(file).count(b"\n", 0, at) + 1)
