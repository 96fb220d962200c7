"""The bench as it stands: environment, database, doubles and the app, and all that can be asked of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from comfrey.bench import environment, findings, migrations, process, services, settings
from comfrey.bench.address import fixed
from comfrey.bench.boot import App
from comfrey.bench.database import Database
from comfrey.bench.doubles import Double
from comfrey.bench.doubles.certificates import Authority
from comfrey.bench.fence import WEAK, fence_kind, run_fenced
from comfrey.bench.options import BenchOptions
from comfrey.bench.prepared import Prepared, prepare
from comfrey.bench.probe import CARRIED, Probe
from comfrey.bench.process import Finished
from comfrey.bench.wire import Tell
from comfrey.model.facts import CatalogTable, Facts, ServedRoute
from comfrey.model.problem import Problem
from comfrey.model.project import Project

T = TypeVar("T")
REPAIRS = 6
TEST_DATABASE = "test"


@dataclass
class Bench:
    """What rehearsal, runner and healer work on.

    `root` is the workbench's tree (an app's own folder is `root / project.root`); `environ` is the whole
    environment of the project's processes; `base_url` where the app listens (when `facts.booted`)."""

    project: Project
    facts: Facts
    root: Path
    python: Path
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

    def reset(self, tables: Sequence[str] = ()) -> None:
        """Brings all touched tables (and those named) back to the state after migration, and lets
        doubles and planned failures go."""
        if self.database is not None:
            self.database.reset(tuple(tables) or None)
        for double in self.doubles.values():
            double.reset()

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
        return self.probe.ask("call", module=module, function=name, args=list(arguments))

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


def on_bench(
    project: Project,
    tree_root: Path,
    options: BenchOptions,
    tell: Tell,
    work: Callable[[Bench, Tell], T],
) -> T:
    """Prepares outside, then does `work` with an open bench behind the fence; returns its (picklable)
    result. A dependency that nobody declared and that we know how to add is added, and all begins anew."""
    with prepare(project, tree_root, options, tell) as prepared:
        while True:
            try:
                return _fenced(project, options, prepared, tell, work)
            except Problem as problem:
                prepared = _repaired(prepared, problem, options, tell)


def _fenced(
    project: Project,
    options: BenchOptions,
    prepared: Prepared,
    tell: Tell,
    work: Callable[[Bench, Tell], T],
) -> T:
    def within(told: Tell) -> T:
        with open_bench(project, prepared.workbench.origin, options, told, prepared) as bench:
            return work(bench, told)

    return run_fenced(within, writable=prepared.writable, visible=prepared.visible, tell=tell)


def _repaired(prepared: Prepared, problem: Problem, options: BenchOptions, tell: Tell) -> Prepared:
    if len(prepared.environment.repairs) >= REPAIRS:
        raise problem
    mended = environment.repair(prepared.environment, problem.what, options.cache, tell)
    if mended is None:
        raise problem
    return Prepared(prepared.workbench, mended, prepared.binaries, prepared.data)


@contextlib.contextmanager
def open_bench(
    project: Project,
    tree_root: Path,
    options: BenchOptions,
    tell: Tell,
    prepared: Prepared | None = None,
) -> Iterator[Bench]:
    """Stands everything up and takes it down again. Behind the fence `prepared` is given; without it
    the bench prepares itself and stands unfenced."""
    with contextlib.ExitStack() as stack:
        if prepared is None:
            prepared = stack.enter_context(prepare(project, tree_root, options, tell))
        yield _stand_up(project, options, prepared, tell, stack)


def _stand_up(
    project: Project,
    options: BenchOptions,
    prepared: Prepared,
    tell: Tell,
    stack: contextlib.ExitStack,
) -> Bench:
    root = prepared.workbench.tree
    folder = root / project.root
    authority = Authority(prepared.workbench.folder("certificates"))
    base = base_environ(project, prepared) | authority.environ
    address = fixed(project, prepared, base | settings.compose(project, None, {}))
    database = stack.enter_context(services.database(project, options, prepared, address))
    doubles = stack.enter_context(services.doubles(project, authority, tell))
    composed = settings.compose(project, database, doubles)
    environ = base | composed
    settings.write_env_files(prepared.workbench.origin, root, composed)
    python = prepared.environment.python
    probe = Probe(python, folder, environ, prepared.workbench.logs / "probe.log")
    stack.callback(probe.close)
    app = App(project, folder, python, environ, prepared.workbench.logs)
    stack.callback(app.stop)
    url = database.url(settings.scheme_of(project)[0]) if database else ""
    built = (
        migrations.migrate(project, folder, python, environ, probe, url, tell) if database else ""
    )
    facts = Facts(
        fence=fence_kind(),
        runtime=runtime(prepared),
        versions=prepared.environment.versions,
        database=database.title if database else "",
        environment=tuple(sorted(settings.redacted(project, composed).items())),
        test_environment=tuple(sorted(settings.constants(project).items())),
        packages=prepared.environment.packages,
        added_packages=prepared.environment.added,
        repairs=prepared.environment.repairs,
        extra=(("schema", built),),
    )
    if built and database is not None:
        database.keep_pristine()
        database.watch()
    facts = _boot(facts, app, project, tell)
    if not built and database is not None:
        database.watch()
    tables: tuple[CatalogTable, ...] = database.tables() if database else ()
    suite = dict(environ)
    if database is not None:
        name = database.fresh(TEST_DATABASE)
        suite |= settings.compose(project, database, doubles, name=name)
        suite["TEST_DATABASE_URL"] = database.url(settings.scheme_of(project)[0], name)
    facts = facts.replace(tables=tables)
    facts = facts.replace(findings=findings.drift(project, facts))
    return Bench(project, facts, root, python, environ, dict(doubles), database, app, probe, suite)


def _boot(facts: Facts, app: App, project: Project, tell: Tell) -> Facts:
    """Boots the app; one that does not start is a fact, except where a repair may help."""
    if not project.application.module:
        return facts.replace(problem="Nothing in the source says which object is the app")
    tell(f"Booting {app.expression}")
    try:
        app.boot()
    except Problem as problem:
        return facts.replace(problem=str(problem))
    served = tuple(ServedRoute(method=method, path=path) for method, path in app.routes)
    return facts.replace(booted=True, routes=served)


def base_environ(project: Project, prepared: Prepared) -> dict[str, str]:
    """What every process of the project gets, whatever its settings are: nothing of the user's own."""
    tree = prepared.workbench.tree
    folder = tree / project.root
    weak = fence_kind() == WEAK
    paths = [CARRIED / "guard"] if weak else []
    paths += [folder, folder / "src", tree, prepared.environment.overlay]
    home = prepared.workbench.home
    return {
        "PATH": os.pathsep.join(
            [str(prepared.environment.folder / "bin"), os.defpath, "/usr/local/bin"]
        ),
        "HOME": str(home),
        "TMPDIR": str(prepared.workbench.folder("tmp")),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "VIRTUAL_ENV": str(prepared.environment.folder),
        "PYTHONPATH": os.pathsep.join(str(path) for path in dict.fromkeys(paths) if path.is_dir()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONHASHSEED": "0",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


def runtime(prepared: Prepared) -> str:
    """The project's interpreter by name: `Python 3.11.7`."""
    config = prepared.environment.folder / "pyvenv.cfg"
    lines: dict[str, str] = {}
    for line in config.read_text().splitlines():
        name, _, value = line.partition("=")
        lines[name.strip()] = value.strip()
    return f"Python {lines.get('version_info') or lines.get('version') or ''}".strip()
