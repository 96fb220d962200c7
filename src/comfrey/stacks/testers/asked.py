"""What a tester is asked when tests are to be run, and the command that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from comfrey.model.project import Project


@dataclass(frozen=True)
class Asked:
    """A run of `targets` (files, folders, or tests as the tester names them), from the app's folder `root`.

    `program` runs the project's language; `folder` is the run's own, for whatever the tester must lay there;
    `seed` shuffles, `measured` asks for coverage, `alone` for a run without what the project's own tests set up
    above the suite, `bail` for one that may end at its first red test."""

    targets: tuple[str, ...]
    project: Project
    program: Path
    root: Path
    folder: Path
    environ: Mapping[str, str]
    seed: int = 0
    measured: bool = False
    alone: bool = False
    bail: bool = False


@dataclass(frozen=True)
class Command:
    """`told` is the file whose lines `outcome.read` understands; `shown` the command as a person types it."""

    argv: tuple[str, ...]
    told: Path
    shown: tuple[str, ...]
    environ: dict[str, str] = field(default_factory=dict)

    def lines(self) -> tuple[str, ...]:
        """What the run told, "" when it came to nothing."""
        if not self.told.exists():
            return ()
        return tuple(self.told.read_text(encoding="utf-8", errors="replace").splitlines())
