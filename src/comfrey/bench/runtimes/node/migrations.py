"""The schema of the bench's database: the project's own migrations, or what builds it otherwise."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.database import Database, Refused
from comfrey.bench.probe import Failure, Probe, deepest
from comfrey.bench.runtimes.node import manifests, prisma
from comfrey.bench.runtimes.node.interpreter import flags, near
from comfrey.bench.site import Site
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import Problem
from comfrey.source.ignore import FOLDERS
from comfrey.stacks.tables import goes_up, in_order

LIMIT = 180.0
SCRIPTS = re.compile(r"^(db|prisma|drizzle|knex|typeorm|sequelize)?:?(migrate|migration|migrations)(:(up|run|latest|deploy))?$")  # fmt: skip
SEQUELIZE = ("migrations", "db/migrations", "src/migrations", "src/db/migrations", "database/migrations")  # fmt: skip
SCHEMAS = ("schema.sql", "init.sql", "database.sql", "db.sql", "structure.sql", "create_tables.sql")
UUIDS = "uuid_generate_v4("
SOURCE = re.compile(r"\bnew\s+DataSource\s*\(")
FRAME = re.compile(r"at (?:async )?(?:(\S.*?) \()?(?:file://)?(/[^():]+):(\d+)")


def migrate(site: Site, probe: Probe, database: Database, url: str, tell: Tell) -> str:
    """Builds the schema; returns by what, or "" when nothing says how (the app may do it at its start)."""
    prisma.generate(site, tell)
    _extend(site, database, url)
    if site.project.migrate:
        tell(f"Building the schema: {site.project.migrate}")
        succeed(site, shlex.split(site.project.migrate))
        return site.project.migrate
    ways: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("prisma", lambda: prisma.build(site, database, url, tell)),
        ("drizzle", lambda: _drizzle(site, database, tell)),
        ("typeorm", lambda: _typeorm(site, url, tell)),
        ("sequelize", lambda: _sequelize(site, probe, tell)),
        ("knex", lambda: _knex(site, tell)),
        ("node-pg-migrate", lambda: _pg_migrate(site, url, tell)),
        ("script", lambda: _script(site, tell) and bool(database.tables())),
        ("sql", lambda: _plain(site, database, tell)),
    )
    said = manifests.manifest(site.folder, site.folder).declared
    for name, way in ways:
        tools = {"prisma": ("prisma", "@prisma/client"), "drizzle": ("drizzle-orm",)}.get(
            name, (name,)
        )
        if (name in ("script", "sql") or any(each in said for each in tools)) and way():
            return name
    return ""


def _extend(site: Site, database: Database, url: str) -> None:
    """The extension that makes ids, where migrations ask for its function and nobody for itself: TypeORM brings it
    along only when it is given the entities."""
    if not url.startswith("postgres"):
        return
    if any(UUIDS in file.read_text(errors="replace") for file in _code(site)):
        with suppress(Refused):
            database.script('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"')


def script(database: Database, file: Path, site: Site) -> None:
    """Runs a file of SQL; `Problem` names it when the database refuses."""
    try:
        database.script(file.read_text(encoding="utf-8-sig"))
    except Refused as refused:
        raise Problem(
            f"The migrations failed: {refused}",
            place=Place(file=file.relative_to(site.folder).as_posix(), line=1),
            next_step="Run them by hand against an empty database to see the whole error.",
        ) from refused


def succeed(site: Site, argv: list[str], more: Mapping[str, str] | None = None) -> None:
    """Runs a tool of the project; `Problem` when it fails."""
    environ = {**site.environ, **(more or {})}
    done = process.run(argv, cwd=site.folder, environ=environ, timeout=LIMIT)
    if done.timed_out:
        raise Problem(f"The migrations did not end within {LIMIT:.0f} s")
    if done.exit:
        raise Problem(
            f"The migrations failed: {complaint(done.text)}",
            place=place_of(done.text, site.folder),
            next_step="Run them by hand against an empty database to see the whole error.",
        )


def complaint(text: str) -> str:
    """The line of a tool's output that names the error."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in text.splitlines()]
    errors = [
        f"{line} {next((each for each in lines[at + 1 :] if each), '')}"
        if line.endswith(":")
        else line
        for at, line in enumerate(lines)
        if re.match(r"(Uncaught )?(\w*Error\b|ERROR:|error:)", line)
    ]
    return next(iter(errors), next((line for line in reversed(lines) if line), "no word"))[:300]


def place_of(text: str, root: Path) -> Place | None:
    """The topmost frame of the printed stack that lies in the project."""
    frames = [[file, line, name] for name, file, line in FRAME.findall(text)]
    return deepest(frames[::-1], root)


def _drizzle(site: Site, database: Database, tell: Tell) -> bool:
    """Drizzle's SQL files in the order of their journal; without any, those that it would generate."""
    if _journal(site, database):
        tell("Applied the project's Drizzle migrations")
        return True
    kit = near(site.folder, "drizzle-kit/bin.cjs")
    if kit is None or not list(site.folder.glob("drizzle.config.*")):
        return False
    tell("Creating the tables from the project's Drizzle schema")
    succeed(site, [site.program, str(kit), "generate"])
    return _journal(site, database)


def _journal(site: Site, database: Database) -> bool:
    for journal in _found(site, "meta/_journal.json"):
        entries = json.loads(journal.read_text()).get("entries", [])
        for entry in sorted(entries, key=lambda each: int(each["idx"])):
            script(database, journal.parents[1] / f"{entry['tag']}.sql", site)
        if entries:
            return True
    return False


def _typeorm(site: Site, url: str, tell: Tell) -> bool:
    cli = near(site.folder, "typeorm/cli.js")
    sources = [file for file in _code(site) if SOURCE.search(file.read_text(errors="replace"))]
    if (
        cli is not None
        and not sources
        and dict(site.environment.versions).get("typeorm", "").startswith("0.2")
    ):
        return _typeorm_by_variables(site, cli, url, tell)
    if cli is None or not sources:
        return False
    verb = "migration:run" if _has_migrations(site) else "schema:sync"
    tell(f"Building the schema with TypeORM ({verb})")
    succeed(site, [site.program, *flags(site), str(cli), verb, "-d", str(sources[0])])
    return True


def _sources(site: Site) -> list[Path]:
    """Files that make a data source, the one that gives it away first: a module's factory makes one, too."""
    hook = site.project.database
    module = hook.engine.partition(":")[0].removeprefix(f"{site.project.root}/") if hook else ""
    found = [file for file in _code(site) if SOURCE.search(file.read_text(errors="replace"))]
    return sorted(found, key=lambda each: (each != site.folder / module, ".module." in each.name))


def _typeorm_by_variables(site: Site, cli: Path, url: str, tell: Tell) -> bool:
    """The migrations of a TypeORM before 0.3, whose command line is told everything by variables."""
    files = [e for e in _code(site) if "MigrationInterface" in e.read_text(errors="replace")]
    if not files:
        return False
    tell("Building the schema with TypeORM (migration:run)")
    folders = sorted({each.parent.relative_to(site.folder).as_posix() for each in files})
    told = {
        "TYPEORM_CONNECTION": url.partition("://")[0].replace("postgresql", "postgres"),
        "TYPEORM_URL": url,
        "TYPEORM_MIGRATIONS": ",".join(f"{each}/*{files[0].suffix}" for each in folders),
    }
    succeed(site, [site.program, *flags(site), str(cli), "migration:run"], told)
    return True


def _has_migrations(site: Site) -> bool:
    return any("MigrationInterface" in file.read_text(errors="replace") for file in _code(site))


def _sequelize(site: Site, probe: Probe, tell: Tell) -> bool:
    cli = near(site.folder, "sequelize-cli/lib/sequelize")
    folders = [each for each in SEQUELIZE if any((site.folder / each).glob("*.*js"))]
    if cli is not None and (folders or (site.folder / ".sequelizerc").is_file()):
        tell("Running the project's Sequelize migrations")
        where = (
            [] if (site.folder / ".sequelizerc").is_file() else ["--migrations-path", folders[0]]
        )
        url = site.environ.get("DATABASE_URL", "")
        to = [] if _has_configuration(site) or not url else ["--url", url]
        succeed(site, [site.program, *flags(site), str(cli), "db:migrate", *where, *to])
        return True
    hook = site.project.database
    if hook is None or not hook.engine:
        return False
    tell("Creating the tables from the project's models")
    modules = sorted({record.module for record in site.project.records if record.module})
    try:
        probe.ask("sync", expression=hook.engine, modules=modules)
    except Failure as failure:
        raise Problem(
            f"The tables could not be created from the project's models: {failure.sentence}",
            place=failure.place,
        ) from failure
    return True


def _has_configuration(site: Site) -> bool:
    names = (".sequelizerc", "config/config.js", "config/config.json", "config/config.cjs")
    return any((site.folder / each).is_file() for each in names)


def _knex(site: Site, tell: Tell) -> bool:
    cli = near(site.folder, "knex/bin/cli.js")
    files = [
        *_found(site, "knexfile.js"),
        *_found(site, "knexfile.ts"),
        *_found(site, "knexfile.cjs"),
    ]
    if cli is None or not files:
        return False
    tell("Running the project's Knex migrations")
    argv = [site.program, *flags(site), str(cli), "migrate:latest", "--knexfile", str(files[0])]
    succeed(site, argv)
    return True


def _script(site: Site, tell: Tell) -> bool:
    """A script of package.json that is called after migrations."""
    said = manifests.manifest(site.folder, site.folder)
    names = [name for name in said.scripts if SCRIPTS.match(name) and name.strip(":")]
    if not names:
        return False
    tell(f"Building the schema: {said.manager} run {names[0]}")
    succeed(site, ["sh", "-c", said.scripts[names[0]]])
    return True


def _pg_migrate(site: Site, url: str, tell: Tell) -> bool:
    cli = near(site.folder, "node-pg-migrate/bin/node-pg-migrate.js") or near(
        site.folder, "node-pg-migrate/bin/node-pg-migrate"
    )
    if cli is None or not site.project.migrations:
        return False
    tell("Running the project's migrations with node-pg-migrate")
    argv = [site.program, *flags(site), str(cli), "up", "-m", site.project.migrations]
    succeed(site, argv, {"DATABASE_URL": url})
    return True


def _plain(site: Site, database: Database, tell: Tell) -> bool:
    """The files of SQL that the project keeps its tables in, by their numbers; else one by its name."""
    kept = site.folder / site.project.migrations if site.project.migrations else None
    files = [kept] if kept and kept.suffix == ".sql" else sorted(kept.glob("*.sql")) if kept else []
    going = [each for each in files if goes_up(each.as_posix())]
    for file in sorted(going, key=lambda each: in_order(each.name)):
        tell(f"Building the schema from {file.relative_to(site.folder)}")
        script(database, file, site)
    return bool(going) or _by_name(site, database, tell)


def _by_name(site: Site, database: Database, tell: Tell) -> bool:
    for name in SCHEMAS:
        for file in _found(site, name):
            if re.search(r"create\s+table", file.read_text(errors="replace"), re.IGNORECASE):
                tell(f"Building the schema from {file.relative_to(site.folder)}")
                script(database, file, site)
                return True
    return False


def _found(site: Site, name: str) -> list[Path]:
    """The files whose path ends so, nearest first."""
    found = [file for file in _files(site.folder) if file.as_posix().endswith(f"/{name}")]
    return sorted(found, key=lambda file: (len(file.parts), str(file)))


def _code(site: Site) -> list[Path]:
    return [each for each in _files(site.folder) if each.suffix in (".ts", ".js", ".mjs", ".cjs")]


def _files(root: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in FOLDERS and name != "dist")
        found += [Path(folder, name) for name in sorted(files)]
    return found
