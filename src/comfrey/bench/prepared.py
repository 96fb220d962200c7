"""What is made ready before the fence closes: the copy, the environment, a database's data folder."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from comfrey.bench import compose_file, mariadb, mongod, postgresql, relay, runtimes, workbench
from comfrey.bench.environment import Environment
from comfrey.bench.fence import NAMESPACE, fence_kind
from comfrey.bench.mariadb import Binaries as MysqlBinaries
from comfrey.bench.mongod import Mongod
from comfrey.bench.options import BenchOptions
from comfrey.bench.postgresql import Binaries
from comfrey.bench.wire import Tell
from comfrey.bench.workbench import Workbench
from comfrey.model.problem import Problem
from comfrey.model.project import Project

SPELLINGS = {
    "postgres": "postgresql",
    "asyncpg": "postgresql",
    "psycopg": "postgresql",
    "mysql2": "mysql",
    "mariadb": "mysql",
    "mongo": "mongodb",
    "mongodb+srv": "mongodb",
}
USUAL_PORTS = {"postgresql": 5432, "mysql": 3306, "mongodb": 27017}
EXTENSION = re.compile(r"CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"'\\]*([\w-]+)", re.I)


@dataclass(frozen=True)
class Prepared:
    """All that the bench needs from outside the fence."""

    workbench: Workbench
    environment: Environment
    binaries: Binaries | MysqlBinaries | Mongod | None = None
    source: Path | None = None
    data: Path | None = None
    """A copy of `source`, the initialised data folder in the user's cache."""
    relay: Path | None = None
    """The socket that leads to a test server of the user's, out of the fence."""

    @property
    def writable(self) -> tuple[Path, ...]:
        return (self.workbench.scratch, *self.environment.writes)

    @property
    def visible(self) -> tuple[Path, ...]:
        server = (self.binaries.folder.parent,) if self.binaries else ()
        return (*self.environment.paths, *server)

    def renewed_data(self) -> Path | None:
        """A fresh copy of the database's data folder, after the last one was used."""
        if isinstance(self.binaries, Mongod) and self.data is not None:
            shutil.rmtree(self.data)
            self.data.mkdir()
            return self.data
        if self.binaries is None or self.source is None or self.data is None:
            return None
        shutil.rmtree(self.data)
        if isinstance(self.binaries, MysqlBinaries):
            return mariadb.copy_data(self.source, self.workbench.scratch)
        return postgresql.copy_data(self.source, self.workbench.scratch)


@contextlib.contextmanager
def prepare(
    project: Project, tree_root: Path, options: BenchOptions, tell: Tell
) -> Iterator[Prepared]:
    """Copies the tree, finds or makes the environment, initialises a database; cleans up at the end."""
    options.cache.mkdir(parents=True, exist_ok=True)
    with workbench.lay_out(tree_root.resolve(), keep=options.keep) as bench:
        runtime = runtimes.of(project)
        found = runtime.prepare(project, tree_root.resolve(), options.cache, tell)
        runtime.lay(found, tree_root.resolve(), bench.tree)
        if options.database_url and fence_kind() == NAMESPACE:
            parts = urlsplit(options.database_url)
            usual = USUAL_PORTS.get(plain_dialect(parts.scheme), 5432)
            address = (parts.hostname or "127.0.0.1", parts.port or usual)
            with relay.lead_out(address, bench.scratch / "relay.sock") as socket:
                yield Prepared(bench, found, relay=socket)
            return
        kind = dialect(project)
        if kind == "mongodb":
            server = mongod.choose(options.cache, tell)
            tell(server.title)
            yield Prepared(bench, found, server, data=bench.folder("mongo"))
            return
        if kind not in ("postgresql", "mysql") or options.database_url:
            yield Prepared(bench, found)
            return
        if kind == "mysql":
            chosen = mariadb.choose()
            tell(chosen.title)
            source = mariadb.initialise(chosen, options.cache)
            yield Prepared(bench, found, chosen, source, mariadb.copy_data(source, bench.scratch))
            return
        binaries = postgresql.choose(*_evidence(bench.tree))
        tell(f"PostgreSQL {binaries.version}")
        source = postgresql.initialise(binaries, options.cache)
        data = postgresql.copy_data(source, bench.scratch)
        yield Prepared(bench, found, binaries, source, data)


def dialect(project: Project) -> str:
    """`postgresql`, `sqlite`, another database's name, or "" when the app has none."""
    hook = project.database
    if hook and hook.dialect:
        return plain_dialect(hook.dialect)
    for setting in project.settings:
        if setting.purpose == "database_url" and setting.default and "://" in setting.default:
            return plain_dialect(urlsplit(setting.default).scheme)
    stored = [name for name in project.stack.databases if name not in ("redis", "memcached")]
    if "postgresql" in stored:
        return "postgresql"
    if stored:
        return plain_dialect(stored[0])
    return "postgresql" if any(record.store == "table" for record in project.records) else ""


def require_known(name: str) -> None:
    """`Problem` for a database that the bench cannot stand up yet."""
    if name not in ("", "postgresql", "sqlite", "mysql", "mongodb"):
        raise Problem(
            f"The app stores its data in {name}, which the bench cannot stand up yet",
            next_step="comfrey scan and comfrey plan work without it.",
        )


def plain_dialect(scheme: str) -> str:
    """The database behind a URL scheme: `postgresql+asyncpg` and `postgres` are `postgresql`."""
    name = scheme.split("+")[0].lower()
    return SPELLINGS.get(name, name)


def _evidence(tree: Path) -> tuple[int, tuple[str, ...]]:
    """The major version that a compose file names, and the extensions that migrations create."""
    wanted = set()
    for folder, names, files in os.walk(tree):
        names[:] = [name for name in names if name not in workbench.SKIPPED]
        for name in files:
            file = Path(folder, name)
            if name.endswith(".sql") or (name.endswith(".py") and "version" in folder):
                wanted |= set(EXTENSION.findall(file.read_text(errors="replace")))
    return compose_file.postgres_major(tree), tuple(sorted(wanted - {"plpgsql"}))
