"""The environment of a project: the program that runs it, and the packages it finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """`program` runs the project; `overlay` holds what we added without touching it.

    `own` when we made it. `versions` are the packages present, `added` those that the suite needs and the
    project does not declare, `repairs` what had to be mended, in words; `reads` the paths that must stay
    readable behind the fence, `writes` those that must stay writable. `asked` are the requirements that it was filled
    by, `bygone` the day to whose packages it can be turned back, "" where that would change nothing."""

    program: Path
    folder: Path
    own: bool
    overlay: Path
    versions: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    asked: tuple[str, ...] = ()
    bygone: str = ""

    @property
    def packages(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.versions)

    @property
    def paths(self) -> tuple[Path, ...]:
        """What must stay readable behind the fence."""
        ours = (self.folder,) if self.own else ()
        return tuple(path for path in (*ours, self.overlay, *self.reads) if path.exists())
