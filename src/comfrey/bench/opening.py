"""Opens the bench: everything is stood up in order, and taken down in the reverse."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from comfrey.bench import (
    baseline,
    catalog,
    findings,
    gates,
    keys,
    runtimes,
    services,
    settings,
)
from comfrey.bench.address import fixed, require_choosable
from comfrey.bench.boot import App
from comfrey.bench.database import Database, require_test_name
from comfrey.bench.doubles import Double
from comfrey.bench.doubles.certificates import Authority
from comfrey.bench.fence import fence_kind, run_fenced
from comfrey.bench.options import BenchOptions
from comfrey.bench.prepared import Prepared, prepare
from comfrey.bench.probe import Probe
from comfrey.bench.site import Site
from comfrey.bench.standing import TEST_DATABASE, Bench
from comfrey.bench.surroundings import base_environ
from comfrey.bench.wire import Tell
from comfrey.model.facts import Facts, ServedRoute
from comfrey.model.problem import EXIT_BENCH, Problem
from comfrey.model.project import Project

T = TypeVar("T")
REPAIRS = 6
SET_FOR_START = "set by the bench, for the app does not start without it"
WRONG_DRIVER = re.compile(
    r"requires an async driver|Can't load plugin|greenlet_spawn has not been called|"
    r"invalid (connection option|dsn)|No module named .(psycopg2?|asyncpg|aiosqlite|MySQLdb)",
    re.IGNORECASE,
)


def on_bench(
    project: Project,
    tree_root: Path,
    options: BenchOptions,
    tell: Tell,
    work: Callable[[Bench, Tell], T],
) -> T:
    """Prepares outside, then does `work` with an open bench behind the fence; returns its (picklable)
    result. A dependency that nobody declared and that we know how to add is added, a setting without which
    the app does not start is set, and all begins anew."""
    if options.database_url:
        require_test_name(options.database_url)
    require_choosable(project)
    with prepare(project, tree_root, options, tell) as prepared:
        while True:
            try:
                return _fenced(project, options, prepared, tell, work)
            except Problem as problem:
                named = settings.named_in(problem.what, project)
                shut = _shut(problem, project, prepared.workbench.tree / project.root)
                if shut:
                    project = gates.turned(project, shut)
                    prepared = _told(prepared, f"{', '.join(shut)}: {SET_FOR_START}")
                elif named:
                    project = settings.requiring(project, named)
                    prepared = _told(prepared, f"{', '.join(named)}: {SET_FOR_START}")
                else:
                    prepared = _repaired(project, prepared, problem, options, tell)


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


def _shut(problem: Problem, project: Project, root: Path) -> tuple[str, ...]:
    """The switches by which the app ended itself."""
    ended = "SystemExit" in problem.what or "process.exit" in problem.what
    return gates.asked_at(problem.place, root, project) if ended else ()


def _told(prepared: Prepared, word: str) -> Prepared:
    found = prepared.environment
    found = replace(found, repairs=(*found.repairs, word))
    return replace(prepared, environment=found, data=prepared.renewed_data())


def _repaired(
    project: Project, prepared: Prepared, problem: Problem, options: BenchOptions, tell: Tell
) -> Prepared:
    """The same with one more repair; the problem itself when we know none for it."""
    found = prepared.environment
    mended = None
    if len(found.repairs) < REPAIRS:
        mended = runtimes.of(project).repair(found, problem.what, options.cache, tell)
    if mended is None:
        for word in found.repairs:
            if runtimes.STANDS_IN in word and problem.code == EXIT_BENCH:
                problem.next_step = f"It may be this: {word}. {problem.next_step}".strip()
        raise problem
    runtimes.of(project).lay(mended, prepared.workbench.origin, prepared.workbench.tree)
    return replace(prepared, environment=mended, data=prepared.renewed_data())


@dataclass(frozen=True)
class _Grounds:
    """What stands before the app is looked at."""

    project: Project
    prepared: Prepared
    database: Database | None
    doubles: dict[str, Double]
    base: dict[str, str]
    keys: dict[str, str]
    """The settings that name a file with a key, and where it lies."""

    @property
    def root(self) -> Path:
        return self.prepared.workbench.tree

    @property
    def folder(self) -> Path:
        return self.root / self.project.root

    def environ(self, scheme: str = "", name: str = "") -> dict[str, str]:
        """The variables that lead to the bench; `name` is another database of it."""
        made = settings.compose(self.project, self.database, self.doubles, scheme, name)
        return made | self.keys

    def site(self, environ: Mapping[str, str]) -> Site:
        return Site(self.project, self.prepared.environment, self.folder, environ)

    def probe(self, site: Site, log: str) -> Probe:
        command = runtimes.of(self.project).talking(site)
        return Probe(command, self.folder, site.environ, self.prepared.workbench.logs / log)


def _stand_up(
    project: Project,
    options: BenchOptions,
    prepared: Prepared,
    tell: Tell,
    stack: contextlib.ExitStack,
) -> Bench:
    grounds = _grounds(project, options, prepared, tell, stack)
    scheme, built = _schema(grounds, tell)
    composed = grounds.environ(scheme)
    settings.write_env_files(prepared.workbench.origin, grounds.root, composed)
    environ = grounds.base | composed
    site = grounds.site(environ)
    probe = grounds.probe(site, "probe.log")
    stack.callback(probe.close)
    app = App(site, prepared.workbench.logs)
    stack.callback(app.stop)
    facts = _known(grounds, composed, built)
    makes = not built or _makes_late(project)
    if built and grounds.database is not None:
        grounds.database.keep_pristine()
        if not makes:
            grounds.database.watch()
    facts = _boot(facts, app, prepared, tell)
    if makes and grounds.database is not None:
        catalog.settled(grounds.database.tables)
        grounds.database.watch()
    facts = facts.replace(tables=grounds.database.tables() if grounds.database else ())
    facts = without_tables(project, facts)
    bench = Bench(
        project=project,
        facts=facts.replace(findings=findings.drift(project, facts)),
        root=grounds.root,
        program=prepared.environment.program,
        environ=environ,
        doubles=grounds.doubles,
        database=grounds.database,
        app=app,
        probe=probe,
        suite_environ=_suite_environ(grounds, environ, scheme),
    )
    if options.baseline and project.tests.files:
        tell("Running the project's own tests first")
        told = baseline.own_suite(bench, trust=options.trust)
        bench.facts = bench.facts.replace(baseline=told)
    return bench


def _makes_late(project: Project) -> bool:
    """Whether the app makes its tables, or makes them anew, while it serves already: Node waits for nothing."""
    hook = project.database
    return project.stack.language == "javascript" and hook is not None and hook.create_all


def _grounds(
    project: Project,
    options: BenchOptions,
    prepared: Prepared,
    tell: Tell,
    stack: contextlib.ExitStack,
) -> _Grounds:
    authority = Authority(prepared.workbench.folder("certificates"))
    base = base_environ(project, prepared) | authority.environ
    address = fixed(project, prepared, base | settings.compose(project, None, {}))
    database = stack.enter_context(services.database(project, options, prepared, address))
    doubles = stack.enter_context(
        services.doubles(project, authority, prepared.workbench.folder("redis"), tell)
    )
    pair = keys.files(project, prepared.workbench.folder("keys"))
    return _Grounds(project, prepared, database, doubles, base, pair)


def _schema(grounds: _Grounds, tell: Tell) -> tuple[str, str]:
    """Builds the schema; the spelling of the address that the app understands, and by what it was built.

    The address is tried in every spelling that the source allows for, until the driver fits."""
    schemes = settings.scheme_of(grounds.project)
    if grounds.database is None:
        return schemes[0], ""
    for scheme in schemes[:-1]:
        try:
            return scheme, _built(grounds, scheme, tell)
        except Problem as problem:
            if not WRONG_DRIVER.search(problem.what):
                raise
    return schemes[-1], _built(grounds, schemes[-1], tell)


def _built(grounds: _Grounds, scheme: str, tell: Tell) -> str:
    assert grounds.database is not None
    composed = grounds.environ(scheme)
    settings.write_env_files(grounds.prepared.workbench.origin, grounds.root, composed)
    site = grounds.site(grounds.base | composed)
    probe = grounds.probe(site, "schema.log")
    try:
        url = grounds.database.url(scheme)
        return runtimes.of(grounds.project).migrate(site, probe, grounds.database, url, tell)
    finally:
        probe.close()


def _known(grounds: _Grounds, composed: dict[str, str], built: str) -> Facts:
    """The facts that do not need the app."""
    found = grounds.prepared.environment
    return Facts(
        fence=fence_kind(),
        runtime=runtimes.of(grounds.project).title(found),
        versions=found.versions,
        database=grounds.database.title if grounds.database else "",
        environment=tuple(sorted(settings.redacted(grounds.project, composed).items())),
        test_environment=tuple(sorted(settings.constants(grounds.project).items())),
        packages=found.packages,
        added_packages=found.added,
        repairs=found.repairs,
        extra=(("schema", built),),
    )


def _boot(facts: Facts, app: App, prepared: Prepared, tell: Tell) -> Facts:
    """Boots the app; one that does not start is a fact, except where a repair may help."""
    if not app.expression:
        return facts.replace(problem="Nothing in the source says which object is the app")
    tell(f"Booting {app.expression}")
    try:
        app.boot()
    except Problem as problem:
        asked = settings.named_in(problem.what, app.project) or _shut(
            problem, app.project, app.root
        )
        if asked or app.runtime.mendable(prepared.environment, problem.what):
            raise
        return facts.replace(problem=str(problem))
    served = tuple(ServedRoute(method=method, path=path) for method, path in app.routes)
    learnt = app.runtime.learnt(app.site, app.fixed_port)
    return facts.replace(booted=True, routes=served, extra=(*facts.extra, *learnt))


def without_tables(project: Project, facts: Facts) -> Facts:
    """An app whose database holds no table at all has nothing to be tested on: that is said once, and instead."""
    kept = [each.name for each in project.records if each.store == "table" and each.table]
    if not kept or facts.tables or not facts.booted or not facts.database:
        return facts
    said = f"{', '.join(kept[:3])}{' and others' if kept[3:] else ''}"
    return facts.replace(
        booted=False,
        problem=f"The database is empty when the app has started: nothing made the tables of {said}. "
        'Say in comfrey.toml what does: migrate = "…"',
    )


def _suite_environ(grounds: _Grounds, environ: dict[str, str], scheme: str) -> dict[str, str]:
    """What a suite gets: a database of its own, also under the name that written suites ask for."""
    database = grounds.database
    if database is None:
        return environ
    name = database.fresh(TEST_DATABASE)
    url = settings.spelled(grounds.project, database.url(scheme, name))
    return {**environ, **grounds.environ(scheme, name), "TEST_DATABASE_URL": url}
