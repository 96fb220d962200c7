"""Where the project's code runs on the bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from comfrey.bench.environment import Environment
from comfrey.model.project import Project


@dataclass(frozen=True)
class Site:
    """`folder` is the app's own on the workbench; `environ` all variables of its processes."""

    project: Project
    environment: Environment
    folder: Path
    environ: Mapping[str, str]

    @property
    def program(self) -> str:
        return str(self.environment.program)
