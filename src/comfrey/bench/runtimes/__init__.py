"""What differs between languages on the bench: a folder each, with the same few functions."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Protocol, cast

from comfrey.bench.database import Database
from comfrey.bench.environment import Environment
from comfrey.bench.probe import Probe
from comfrey.bench.site import Site
from comfrey.bench.wire import Tell
from comfrey.model.problem import Problem
from comfrey.model.project import Project

STANDS_IN = "stands in: the project asks for"
"""The words by which a repair says that another version of the language runs the project."""
FOLDERS = {"python": "python", "javascript": "node", "typescript": "node", "go": "go"}


class Runtime(Protocol):
    """The functions that every folder here has."""

    def prepare(self, project: Project, tree: Path, cache: Path, tell: Tell) -> Environment:
        """Finds or makes the environment, outside of the fence, and adds what bench and suite need."""

    def repair(
        self, environment: Environment, error: str, cache: Path, tell: Tell
    ) -> Environment | None:
        """The environment with what the error asks for, None when nothing known mends it."""

    def mendable(self, environment: Environment, error: str) -> bool:
        """Whether `repair` would know what to do."""

    def lay(self, environment: Environment, origin: Path, tree: Path) -> None:
        """Puts into the workbench's tree what the program looks for there."""

    def environ(
        self, project: Project, environment: Environment, tree: Path, *, weak: bool
    ) -> dict[str, str]:
        """The variables by which the program finds the project and its packages; `weak` adds the
        language's own guard against the network."""

    def title(self, environment: Environment) -> str:
        """The program by name and version: `Python 3.11.7`."""

    def expression(self, site: Site) -> str:
        """The app, as its language would name it; "" when the source does not say which it is."""

    def serving(self, site: Site, status: Path, port: int) -> list[str]:
        """The command that serves the app on the port; it writes JSON to `status`: `stage` is `served`
        (with `routes`), or `import` or `startup` (with the `error`)."""

    def talking(self, site: Site) -> list[str]:
        """The command that answers a Probe's questions."""

    def learnt(self, site: Site, port: str) -> tuple[tuple[str, Any], ...]:
        """What a written suite must know of how the booted app is started; `port` is one that the app
        insists on, or ""."""

    def migrate(self, site: Site, probe: Probe, database: Database, url: str, tell: Tell) -> str:
        """Builds the schema; returns by what, or "" when nothing says how."""


def of(project: Project) -> Runtime:
    """The runtime of the project's language; `Problem` for one that cannot run on the bench yet."""
    name = FOLDERS.get(project.stack.language)
    if name is None:
        raise Problem(
            f"comfrey cannot run {project.stack.language} yet",
            next_step="comfrey scan and comfrey plan work without it.",
        )
    return cast(Runtime, importlib.import_module(f"comfrey.bench.runtimes.{name}"))
