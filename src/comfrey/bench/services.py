"""The servers beside the app: its database and the doubles of its services."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pg8000.dbapi
import pymysql

from comfrey.bench import mariadb, mongod, names, postgresql, relay
from comfrey.bench.address import Address, meet
from comfrey.bench.database import Database, require_test_name
from comfrey.bench.doubles import Double, redis
from comfrey.bench.doubles.amqp import AmqpDouble
from comfrey.bench.doubles.certificates import Authority
from comfrey.bench.doubles.http import HttpDouble
from comfrey.bench.doubles.s3 import S3Double
from comfrey.bench.doubles.smtp import SmtpDouble
from comfrey.bench.mongo import Mongo
from comfrey.bench.mongod import Mongod
from comfrey.bench.mysql import Mysql
from comfrey.bench.options import BenchOptions
from comfrey.bench.postgres import Postgres
from comfrey.bench.prepared import USUAL_PORTS, Prepared, dialect, require_known
from comfrey.bench.sqlite import Sqlite
from comfrey.bench.wire import Tell
from comfrey.model.problem import Problem
from comfrey.model.project import Project
from comfrey.model.service import Service
from comfrey.stacks.services import Call, product

UNANSWERED = ("monitoring", "analytics")
"""Kinds whose settings stay unset: an app reports to nobody while it is tested."""


@contextlib.contextmanager
def database(
    project: Project, options: BenchOptions, prepared: Prepared, address: Address | None = None
) -> Iterator[Database | None]:
    """The app's database, real, empty and ours; None for an app without one. `address` is where the
    code looks for it when no setting says so."""
    kind = address.dialect if address else dialect(project)
    require_known(kind)
    name = f"comfrey_{short_id(project)}_test"
    if kind == "sqlite" and address:
        yield Sqlite(Path(address.file), name=name) if address.file else None
    elif kind == "sqlite":
        yield Sqlite.make(prepared.workbench.folder("sqlite"), name)
    elif kind == "mongodb":
        yield from _our_mongo(prepared, name)
    elif kind == "mysql" and options.database_url:
        yield from _their_mysql(options.database_url, prepared, name)
    elif kind == "mysql":
        yield from _our_mysql(prepared, project, name, address)
    elif kind == "postgresql" and options.database_url:
        yield from _theirs(options.database_url, prepared, name)
    elif kind == "postgresql":
        yield from _ours(prepared, project, name, address)
    else:
        yield None


@contextlib.contextmanager
def doubles(
    project: Project, authority: Authority, folder: Path, tell: Tell
) -> Iterator[dict[str, Double]]:
    """A double per service that speaks a protocol which we speak."""
    found: dict[str, Double] = {}
    shared: redis.RedisDouble | None = None
    with contextlib.ExitStack() as stack:
        for number, service in enumerate(project.services, start=2):
            if service.kind in UNANSWERED:
                continue
            if service.protocol == "redis" and redis.is_here():
                shared = shared or redis.RedisDouble(service.name, folder)
                made: Double | None = shared
            else:
                made = _double(service, authority, f"127.0.0.{number}")
            if made is None:
                tell(f"No double speaks {service.protocol}: {service.name} stays unanswered")
                continue
            stack.callback(made.stop)
            found[service.name] = made
        if redis.CACHE_SERVER in project.application.adjusted and redis.is_here():
            found[redis.CACHE_SERVER] = shared = shared or redis.RedisDouble(
                redis.CACHE_SERVER, folder
            )
            stack.callback(shared.stop)
        yield found


def _double(service: Service, authority: Authority, address: str) -> Double | None:
    """A running double, None when we do not speak the protocol."""
    kinds: dict[str, type[SmtpDouble | S3Double | AmqpDouble]] = {
        "smtp": SmtpDouble,
        "s3": S3Double,
        "amqp": AmqpDouble,
    }
    if service.protocol in kinds:
        return kinds[service.protocol](service.name)
    if service.protocol not in ("http", "sdk"):
        return None
    known = product(service.key)
    hosts = hard_coded(service)
    if hosts and names.can_redirect():
        names.redirect(hosts, address)
        context = authority.context(*hosts)
        return HttpDouble(service.name, known, calls_of(service), context, address, 443, hosts[0])
    return HttpDouble(service.name, known, calls_of(service))


def hard_coded(service: Service) -> tuple[str, ...]:
    """The hosts that the code or the client library calls, when no setting says where to."""
    if service.base_url and "://" not in service.base_url:
        return ()
    if service.base_url.startswith("https://"):
        return (urlsplit(service.base_url).hostname or "",)
    known = product(service.key)
    return known.hosts if known and not service.base_url else ()


def calls_of(service: Service) -> tuple[Call, ...]:
    """The requests that the source itself makes, by method and path: each is answered plainly."""
    return tuple(
        Call(name=call.operation or call.path, method=call.method, path=_path(call.path))
        for call in service.calls
        if call.method and call.path
    )


def _path(said: str) -> str:
    path = urlsplit(said).path if "://" in said else said.partition("?")[0]
    return "/" + path.lstrip("/")


def short_id(project: Project) -> str:
    """The same few letters for the same app, so that names are stable."""
    return hashlib.blake2b(f"{project.name}\0{project.root}".encode(), digest_size=3).hexdigest()


def _ours(
    prepared: Prepared, project: Project, name: str, address: Address | None
) -> Iterator[Database]:
    assert isinstance(prepared.binaries, postgresql.Binaries) and prepared.data is not None
    if address:
        meet(address, project)
    port = USUAL_PORTS["postgresql"] if names.can_redirect() else 0
    log = prepared.workbench.logs / "postgresql.log"
    running = postgresql.start(
        prepared.binaries, prepared.data, log, address.port if address else port
    )
    made = Postgres(
        title=f"PostgreSQL {running.version}",
        name=address.name if address else name,
        host=address.host if address else "127.0.0.1",
        port=running.port,
        user=address.user if address else postgresql.USER,
        password=address.password if address else postgresql.USER,
        connect=lambda database: running.connect(database or "template1"),
    )
    try:
        made.make()
        yield made
    finally:
        running.stop()


def _our_mysql(
    prepared: Prepared, project: Project, name: str, address: Address | None
) -> Iterator[Database]:
    assert isinstance(prepared.binaries, mariadb.Binaries) and prepared.data is not None
    if address:
        meet(address, project)
    port = USUAL_PORTS["mysql"] if names.can_redirect() else 0
    log = prepared.workbench.logs / "mysql.log"
    running = mariadb.start(
        prepared.binaries, prepared.data, log, address.port if address else port
    )
    user, password = mariadb.USER, mariadb.USER
    if address:
        user, password = address.user, address.password
        with contextlib.closing(running.connect()) as connection:
            for host in (
                "%",
                "localhost",
                "127.0.0.1",
            ):  # the nearest of them is asked, `root` has its own
                cursor = connection.cursor()
                cursor.execute("CREATE USER IF NOT EXISTS %s@%s", (user, host))
                cursor.execute("ALTER USER %s@%s IDENTIFIED BY %s", (user, host, password))
                cursor.execute("GRANT ALL PRIVILEGES ON *.* TO %s@%s", (user, host))
    made = Mysql(
        title=prepared.binaries.title,
        name=address.name if address else name,
        host=address.host if address else "127.0.0.1",
        port=running.port,
        user=user,
        password=password,
        connect=running.connect,
    )
    try:
        made.make()
        yield made
    finally:
        running.stop()


def _their_mysql(url: str, prepared: Prepared, name: str) -> Iterator[Database]:
    """A database of our own name on the user's server; nothing else there is touched."""
    require_test_name(url)
    parts = urlsplit(url)
    user, password = unquote(parts.username or "root"), unquote(parts.password or "")
    host, port = parts.hostname or "127.0.0.1", parts.port or USUAL_PORTS["mysql"]
    if prepared.relay is not None:
        host, port = relay.enter(prepared.relay)

    def connect(database: str) -> pymysql.Connection:
        return mariadb.open_connection(host, port, user, password, database)

    try:
        probe = connect("")
        version = str(probe.get_server_info())
        probe.close()
    except (pymysql.Error, OSError) as error:
        raise Problem(
            f"The test server at {parts.hostname} does not answer: {error}",
            next_step="Start it, or leave --database-url away: comfrey brings its own.",
        ) from error
    product = "MariaDB" if "MariaDB" in version else "MySQL"
    made = Mysql(f"{product} {version.split('-')[0]}", name, host, port, user, password, connect)
    try:
        made.fresh_start()
        yield made
    finally:
        made.close()


def _our_mongo(prepared: Prepared, name: str) -> Iterator[Database]:
    found = prepared.binaries
    assert isinstance(found, Mongod) and prepared.data is not None
    port = mongod.USUAL_PORT if names.can_redirect() else 0
    running = mongod.start(found, prepared.data, prepared.workbench.logs / "mongo.log", port)
    title = f"{found.title} in place of MongoDB ({mongod.GAPS})" if found.stands_in else found.title
    made = Mongo(
        title, name, "127.0.0.1", running.port, mongod.open_client("127.0.0.1", running.port)
    )
    try:
        yield made
    finally:
        made.client.close()
        running.stop()


def _theirs(url: str, prepared: Prepared, name: str) -> Iterator[Database]:
    """A database of our own name on the user's server; nothing else there is touched."""
    require_test_name(url)
    parts = urlsplit(url)
    home = parts.path.strip("/")
    user, password = unquote(parts.username or "postgres"), unquote(parts.password or "")
    host, port = parts.hostname or "127.0.0.1", parts.port or USUAL_PORTS["postgresql"]
    if prepared.relay is not None:
        host, port = relay.enter(prepared.relay)

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
            f"The test server at {parts.hostname} does not answer: {error}",
            next_step="Start it, or leave --database-url away: comfrey brings its own.",
        ) from error
    made = Postgres(f"PostgreSQL {version}", name, host, port, user, password, connect)
    try:
        made.fresh_start()
        yield made
    finally:
        made.close()
