"""The command by which a project's own papers say that its schema is made: `go run main.go --migrate`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

PAPERS = (
    "Makefile",
    "[Jj]ustfile",
    "Taskfile.y*ml",
    "README*",
    "docker-compose*.y*ml",
    "compose*.y*ml",
    "Dockerfile*",
    "docs/*.md",
    "scripts/*.sh",
)
"""Where projects say so, what is run by machines first."""
RUN = re.compile(
    r"\bgo run +((?:[\w./-]+\.go|\.{1,2}(?:/[\w./-]*)?|[\w-]+/[\w./-]+)(?: +[-\w:=./]+)*)"
)
MIGRATES = re.compile(r"migrat|db:?init|\bsyncdb\b", re.IGNORECASE)
OTHERWISE = re.compile(
    r"\b(?:down|rollback|create|new|make|generate|fresh|refresh|drop|reset|status|version|force|undo|redo|help)\b"
    r"|_test\b",
    re.IGNORECASE,
)
"""What such commands do beside: take the schema back, write a new migration."""


def schema(folder: Path) -> tuple[str, ...]:
    """The words of the command, run in the project's folder; () where no paper says one."""
    for paper in _papers(folder):
        text = paper.read_text(encoding="utf-8", errors="replace")
        for match in RUN.finditer(text):
            said = match[1].strip()
            if MIGRATES.search(said) and not OTHERWISE.search(said) and _is_there(folder, said):
                return ("go", "run", *shlex.split(said))
    return ()


def _papers(folder: Path) -> Iterator[Path]:
    for pattern in PAPERS:
        yield from (each for each in sorted(folder.glob(pattern)) if each.is_file())


def _is_there(folder: Path, said: str) -> bool:
    """Whether the program that is named lies in the folder."""
    return (folder / said.split()[0]).exists()
