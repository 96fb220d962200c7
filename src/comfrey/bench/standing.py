"""The bench as it stands: what rehearsal, runner and healer may ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comfrey.bench import process
from comfrey.bench.boot import App
from comfrey.bench.database import Database
from comfrey.bench.doubles import Double
from comfrey.bench.probe import Probe
from comfrey.bench.process import Finished
from comfrey.model.facts import Facts
from comfrey.model.problem import Problem
from comfrey.model.project import Project

TEST_DATABASE = "test"


@dataclass
class Bench:
    """What rehearsal, runner and healer work on.

    `root` is the workbench's tree (an app's own folder is `root / project.root`); `environ` is the whole
    environment of the project's processes; `base_url` where the app listens (when `facts.booted`)."""

    project: Project
    facts: Facts
    root: Path
    program: Path
    environ: dict[str, str]
    doubles: dict[str, Double]
    database: Database | None
    app: App
    probe: Probe
    suite_environ: dict[str, str]

    @property
    def base_url(self) -> str:
        return self.app.base_url

    @property
    def folder(self) -> Path:
        """The app's own folder on the workbench."""
        return self.root / self.project.root

    def sql(self, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a statement on a connection of its own, committed; `%s` marks a parameter."""
        return self._stored().sql(query, params)

    def documents(self, collection: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The documents of a collection that hold these values, in order of their ids."""
        return self._stored().documents(collection, where)

    def keep(self, collection: str, document: dict[str, Any]) -> dict[str, Any]:
        """Stores one document on a connection of its own; the document with its id."""
        return self._stored().keep(collection, document)

    def reset(self, tables: Sequence[str] = ()) -> None:
        """Brings all touched tables (and those named) back to the state after migration, and lets
        doubles and planned failures go; an app that has ended is started again."""
        if self.database is not None:
            self.database.reset(tuple(tables) or None)
        for double in self.doubles.values():
            double.reset()
        if self.facts.booted and not self.app.alive:
            self.restart()

    def writes(self) -> tuple[tuple[str, str], ...]:
        """(operation, table) of every row written since the last `reset` or `writes`, in order."""
        return self.database.writes() if self.database is not None else ()

    def fail_next(self, table: str, operation: str, nth: int = 1) -> None:
        """The nth such operation on the table is refused, until the next `reset`."""
        self._stored().fail_next(table, operation, nth)

    def restart(self) -> None:
        """Boots the app again, with the code as it is now; `Problem` when it does not start."""
        self.probe.close()
        self.app.boot()

    def call(self, module: str, name: str, arguments: Sequence[Any] = ()) -> Any:
        """The result of one of the project's functions as JSON; an attribute when it is not callable.
        `probe.Failure` when it raises."""
        return self.probe.ask(
            "call",
            module=module,
            function=name,
            args=list(arguments),
            app=self.app.expression,
        )

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 600,
        *,
        migrated: bool = False,
    ) -> Finished:
        """A command in the app's folder, on a fresh database for suites: empty, or `migrated` already.
        `env` goes over the bench's environment."""
        if self.app.fixed_port:
            # The suite starts an app of its own, and it insists on the same port.
            self.app.stop()
        if self.database is not None:
            self.database.fresh(TEST_DATABASE, migrated=migrated)
        return process.run(
            argv, cwd=self.folder, environ={**self.suite_environ, **(env or {})}, timeout=timeout
        )

    def log_mark(self) -> int:
        """The present end of the app's log."""
        return self.app.mark()

    def log_since(self, mark: int = 0) -> str:
        """What the app logged after `mark`."""
        return self.app.since(mark)

    def _stored(self) -> Database:
        if self.database is None:
            raise Problem("The app has no database that the bench knows")
        return self.database
