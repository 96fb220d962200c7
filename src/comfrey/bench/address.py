"""The database address that the app really uses, where no setting can change it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from comfrey.bench import names, runtimes
from comfrey.bench.prepared import USUAL_PORTS, Prepared, plain_dialect
from comfrey.bench.probe import Failure, Probe
from comfrey.bench.site import Site
from comfrey.model.problem import EXIT_REFUSED, Problem
from comfrey.model.project import Project
from comfrey.stacks import laying


@dataclass(frozen=True)
class Address:
    """A database's place as the code has it; `file` is SQLite's, "" for one in memory."""

    dialect: str
    host: str = "127.0.0.1"
    port: int = 5432
    user: str = ""
    password: str = ""
    name: str = ""
    file: str = ""


def is_configurable(project: Project) -> bool:
    """Whether a setting says where the database is."""
    hook = project.database
    return bool(hook and (hook.url_setting or hook.url_parts)) or any(
        setting.purpose in ("database_url", "database_host", "database_name")
        for setting in project.settings
    )


def fixed(project: Project, prepared: Prepared, environ: Mapping[str, str]) -> Address | None:
    """What the project's own engine says, for an app whose address stands in its code. None where a setting says it,
    or where ours is laid over it."""
    hook = project.database
    if hook and hook.configured:
        return None
    if hook and hook.file and not is_configurable(project):
        return _in_file(hook.file, prepared.workbench.tree / project.root)
    if hook and hook.address and not is_configurable(project):
        return spelled(hook.address, hook.dialect)
    expression = (hook.engine or hook.url) if hook else ""
    if not expression or ":" not in expression or is_configurable(project):
        return None
    folder = prepared.workbench.tree / project.root
    site = Site(project, prepared.environment, folder, environ)
    command = runtimes.of(project).talking(site)
    probe = Probe(command, folder, environ, prepared.workbench.logs / "url.log")
    try:
        return parse(str(probe.ask("url", expression=expression)), folder)
    except Failure:
        return None
    finally:
        probe.close()


def _in_file(said: str, folder: Path) -> Address:
    """The bench's own file at the place that the code names; what a copy brought of it is no test's."""
    file = folder / said
    if file.is_file() and file.resolve().is_relative_to(folder.resolve()):
        file.unlink()
    return Address("sqlite", file=str(file))


KEYED = re.compile(r"(\w+)\s*=\s*('[^']*'|\S*)")
MYSQL = re.compile(
    r"(?P<user>[^:@/]*)(?::(?P<password>[^@]*))?@(?:\w+)?\((?P<place>[^)]*)\)/(?P<name>[^?]*)"
)


def spelled(said: str, dialect: str) -> Address | None:
    """An address as Go's drivers take it: a URL, `host=… user=…`, `user:password@tcp(host:port)/name`."""
    if "://" in said:
        return parse(said, Path())
    port = USUAL_PORTS.get(dialect, 5432)
    if match := MYSQL.match(said):
        host, _, told = match["place"].partition(":")
        return Address(
            dialect,
            host=host or "127.0.0.1",
            port=int(told) if told.isdigit() else port,
            user=match["user"],
            password=match["password"] or "",
            name=match["name"],
        )
    pairs = {key.lower(): value.strip("'") for key, value in KEYED.findall(said)}
    if not pairs:
        return None
    return Address(
        dialect,
        host=pairs.get("host", "127.0.0.1"),
        port=int(pairs["port"]) if pairs.get("port", "").isdigit() else port,
        user=pairs.get("user", "postgres"),
        password=pairs.get("password", ""),
        name=pairs.get("dbname") or pairs.get("database") or pairs.get("user", "postgres"),
    )


def parse(url: str, folder: Path) -> Address:
    """The parts of a database URL; a relative SQLite file lies in `folder`."""
    parts = urlsplit(url)
    dialect = plain_dialect(parts.scheme)
    if dialect == "sqlite":
        path = unquote(parts.path)[1:]
        memory = path in ("", ":memory:")
        return Address(dialect, file="" if memory else str(folder / path))
    return Address(
        dialect,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or USUAL_PORTS.get(dialect, 5432),
        user=unquote(parts.username or ("root" if dialect == "mysql" else "postgres")),
        password=unquote(parts.password or ""),
        name=parts.path.strip("/") or "postgres",
    )


def require_choosable(project: Project) -> None:
    """`Problem` where the code names the database of a Node app, and nothing is known that would lead bench and
    suite to another one."""
    hook = project.database
    if project.stack.language != "javascript" or not laying.is_written(project):
        return
    if not laying.is_possible(project):
        raise Problem(
            "The code itself names the database, and a suite would write to it and empty it",
            place=hook.place if hook else None,
            next_step="Read its address from the environment (DATABASE_URL), then run comfrey again.",
            code=EXIT_REFUSED,
        )


def meet(address: Address, project: Project) -> None:
    """Makes the address lead to us; `Problem` where only the outside world stands there."""
    if not names.can_redirect():
        place = project.database.place if project.database else None
        raise Problem(
            f"The database address {address.host}:{address.port} stands in the code, and without a"
            " private network it would be the real one",
            place=place,
            next_step="Read it from the environment (DATABASE_URL), then run comfrey again.",
            code=EXIT_REFUSED,
        )
    if address.host not in ("localhost", "127.0.0.1", "::1"):
        names.redirect([address.host])
