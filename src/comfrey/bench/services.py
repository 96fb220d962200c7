"""The servers beside the app: its database and the doubles of its services."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pg8000.dbapi

from comfrey.bench import postgresql
from comfrey.bench.database import Database, require_test_name
from comfrey.bench.doubles import Double
from comfrey.bench.doubles.amqp import AmqpDouble
from comfrey.bench.doubles.http import HttpDouble
from comfrey.bench.doubles.s3 import S3Double
from comfrey.bench.doubles.smtp import SmtpDouble
from comfrey.bench.fence import NAMESPACE, fence_kind
from comfrey.bench.options import BenchOptions
from comfrey.bench.postgres import Postgres
from comfrey.bench.prepared import Prepared, dialect, require_known
from comfrey.bench.sqlite import Sqlite
from comfrey.bench.wire import Tell
from comfrey.model.problem import Problem
from comfrey.model.project import Project
from comfrey.stacks.services import Call, product

USUAL_PORT = 5432


@contextlib.contextmanager
def database(
    project: Project, options: BenchOptions, prepared: Prepared
) -> Iterator[Database | None]:
    """The app's database, real, empty and ours; None for an app without one."""
    kind = dialect(project)
    require_known(kind)
    name = f"comfrey_{short_id(project)}_test"
    if kind == "sqlite":
        yield Sqlite.make(prepared.workbench.folder("sqlite"), name)
    elif kind == "postgresql" and options.database_url:
        yield from _theirs(options.database_url, name)
    elif kind == "postgresql":
        yield from _ours(prepared, name)
    else:
        yield None


@contextlib.contextmanager
def doubles(project: Project, tell: Tell) -> Iterator[dict[str, Double]]:
    """A double per service that speaks a protocol which we speak."""
    found: dict[str, Double] = {}
    with contextlib.ExitStack() as stack:
        for service in project.services:
            made = double(service.name, service.protocol, service.key, _calls(service.calls))
            if made is not None:
                stack.callback(made.stop)
                found[service.name] = made
        yield found


def double(name: str, protocol: str, key: str, calls: tuple[Call, ...] = ()) -> Double | None:
    """A running double, None when we do not speak the protocol."""
    if protocol in ("http", "sdk"):
        return HttpDouble(name, product(key), calls)
    kinds: dict[str, type[SmtpDouble | S3Double | AmqpDouble]] = {
        "smtp": SmtpDouble,
        "s3": S3Double,
        "amqp": AmqpDouble,
    }
    return kinds[protocol](name) if protocol in kinds else None


def short_id(project: Project) -> str:
    """The same few letters for the same app, so that names are stable."""
    return hashlib.blake2b(f"{project.name}\0{project.root}".encode(), digest_size=3).hexdigest()


def _calls(calls: tuple[object, ...]) -> tuple[Call, ...]:
    """Calls that the source itself makes, each with a plain good answer."""
    return ()


def _ours(prepared: Prepared, name: str) -> Iterator[Database]:
    assert prepared.binaries is not None and prepared.data is not None
    port = USUAL_PORT if fence_kind() == NAMESPACE else 0
    log = prepared.workbench.logs / "postgresql.log"
    running = postgresql.start(prepared.binaries, prepared.data, log, port)
    try:
        made = Postgres(
            title=f"PostgreSQL {running.version}",
            name=name,
            host="127.0.0.1",
            port=running.port,
            user=postgresql.USER,
            password=postgresql.USER,
            connect=lambda database: running.connect(database or "postgres"),
        )
        made.make()
        yield made
        made.close()
    finally:
        running.stop()


def _theirs(url: str, name: str) -> Iterator[Database]:
    """A database of our own name on the user's server; nothing else there is touched."""
    require_test_name(url)
    parts = urlsplit(url)
    home = parts.path.strip("/")
    user, password = unquote(parts.username or "postgres"), unquote(parts.password or "")
    host, port = parts.hostname or "127.0.0.1", parts.port or USUAL_PORT

    def connect(database: str) -> pg8000.dbapi.Connection:
        connection = pg8000.dbapi.connect(
            user, host=host, port=port, database=database or home, password=password, timeout=10
        )
        connection.autocommit = True
        return connection

    try:
        probe = connect("")
        cursor = probe.cursor()
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
        probe.close()
    except (pg8000.exceptions.Error, OSError) as error:
        raise Problem(
            f"The test server at {host}:{port} does not answer: {error}",
            next_step="Start it, or leave --database-url away: comfrey brings its own.",
        ) from error
    made = Postgres(f"PostgreSQL {version}", name, host, port, user, password, connect)
    try:
        made.fresh_start()
        yield made
    finally:
        made.close()
