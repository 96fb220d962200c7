"""The schema of the bench's database: the project's own migrations, or what builds it otherwise."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from comfrey.bench import process
from comfrey.bench.database import Database, Refused
from comfrey.bench.probe import Failure, Probe, deepest
from comfrey.bench.process import Finished
from comfrey.bench.runtimes.python.interpreter import CARRIED
from comfrey.bench.site import Site
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import Problem
from comfrey.model.project import Project
from comfrey.stacks import shelf

LIMIT = 180.0
SCHEMAS = ("schema.sql", "init.sql", "database.sql", "db.sql")
MAKES = re.compile(r"create\s+table", re.IGNORECASE)


def migrate(site: Site, probe: Probe, database: Database, url: str, tell: Tell) -> str:
    """Builds the schema; returns by what: `alembic`, `aerich`, `create_all` or "" when nothing says how."""
    project = site.project
    if project.migrate:
        tell(f"Building the schema: {project.migrate}")
        beside = f"{site.environment.program.parent}{os.pathsep}{site.environ.get('PATH', '')}"
        _command(site, shlex.split(project.migrate), {"PATH": beside})
        return project.migrate
    tool = project.stack.migrations
    through = _through_app(project)
    if through:
        tell("Running the project's migrations through its app")
        told = project.database is not None and project.database.configured
        _command(site, [site.program, str(CARRIED / "tables.py") if told else "-m", *through])
        return tool
    if tool == "alembic" and project.migrations:
        tell("Running the project's Alembic migrations")
        _alembic(site, _folder_of(site.folder, project.migrations, "alembic.ini"))
        return "alembic"
    if tool == "django" and project.migrations:
        tell("Running the project's Django migrations")
        manage = site.folder / project.migrations
        if lacking := unkept(project, site.folder):
            tell(f"Making the migrations that are not kept with the source: {', '.join(lacking)}")
            _command(site, [site.program, str(manage), "makemigrations", *lacking, "--noinput"])
        _command(site, [site.program, str(manage), "migrate", "--noinput", "-v", "0"])
        return "django"
    if tool == "aerich":
        tell("Running the project's Aerich migrations")
        _command(site, [site.program, "-m", "aerich", "upgrade"])
        return "aerich"
    return _create_all(project, url, probe, tell) or _script(site, database, tell)


def unkept(project: Project, root: Path) -> tuple[str, ...]:
    """The Django apps whose models stand in the tree below `root` and have no package of migrations beside them."""
    start = (root / project.migrations).parent
    packages = {
        each.module.partition(".models")[0]
        for each in project.records
        if each.store == "table" and ".models" in each.module and not each.joins
    }
    labels = set()
    for package in packages:
        folder = start / package.replace(".", "/")
        if folder.is_dir() and not any(folder.glob("migrations/0*.py")):
            labels.add(package.rpartition(".")[2])
    return tuple(sorted(labels))


def _through_app(project: Project) -> list[str]:
    """The command of a migration tool that works inside of the app; [] for another tool."""
    folder = shelf.folder("migrations", project.stack.migrations)
    words = folder.about.defaults.get("through_app", ()) if folder and project.migrations else ()
    application = project.application
    called = "()" if application.factory else ""
    app = f"{application.module}:{application.variable}{called}"
    configuration = PurePosixPath(project.migrations)
    where = configuration.parent if configuration.suffix else configuration
    return [str(word).format(app=app, folder=where) for word in words]


def _create_all(project: Project, url: str, probe: Probe, tell: Tell) -> str:
    hook = project.database
    if hook is None or not hook.metadata:
        return ""
    tell("Creating the tables from the project's models")
    modules = sorted({record.module for record in project.records if record.module})
    try:
        probe.ask(
            "create_all",
            metadata=hook.metadata,
            url=url,
            modules=modules,
            first=project.application.module,
        )
    except Failure as failure:
        raise Problem(
            f"The tables could not be created from the project's models: {failure.sentence}",
            place=failure.place,
        ) from failure
    return "create_all"


def _script(site: Site, database: Database, tell: Tell) -> str:
    """The script that makes the tables of an app which speaks with its database itself."""
    if site.project.database or site.project.records or database.tables():
        return ""
    place = site.project.application.place
    beside = os.path.relpath(PurePosixPath(place.file).parent, site.project.root) if place else "."
    for file in (site.folder / folder / name for folder in (".", beside) for name in SCHEMAS):
        text = file.read_text(errors="replace") if file.is_file() else ""
        if not MAKES.search(text):
            continue
        tell(f"Building the schema from {file.name}")
        try:
            database.script(text)
        except Refused:
            return ""  # of another database, or of none that is empty
        return "sql"
    return ""


def _alembic(site: Site, folder: Path) -> None:
    argv = [site.program, "-m", "alembic", "upgrade", "heads"]
    done = process.run(argv, cwd=folder, environ=site.environ, timeout=LIMIT)
    _succeed(done, site.folder)


def _command(site: Site, argv: list[str], more: Mapping[str, str] | None = None) -> None:
    environ = {**site.environ, **(more or {})}
    _succeed(process.run(argv, cwd=site.folder, environ=environ, timeout=LIMIT), site.folder)


def _succeed(done: Finished, root: Path) -> None:
    if done.timed_out:
        raise Problem(f"The migrations did not end within {LIMIT:.0f} s")
    if done.exit:
        raise Problem(
            f"The migrations failed: {complaint(done.text)}",
            place=place_of(done.text, root),
            next_step="Run them by hand against an empty database to see the whole error.",
        )


def complaint(text: str) -> str:
    """The error that a traceback ends with, without SQLAlchemy's pointers, on one line."""
    lines = [
        line for line in text.splitlines() if re.match(r"[\w.]+(Error|Exception|Failed\w*)\b", line)
    ]
    said = (
        lines[-1]
        if lines
        else next((x for x in reversed(text.splitlines()) if x.strip()), "no word")
    )
    return re.sub(r"^(\w+\.)+(?=\w+:)", "", " ".join(said.split()))[:300]


def place_of(text: str, root: Path) -> Place | None:
    """The deepest frame of the printed traceback that lies in the project."""
    frames = re.findall(r'File "(.+?)", line (\d+), in (\S+)', text)
    return deepest([list(frame) for frame in frames], root)


def _folder_of(root: Path, said: str, name: str) -> Path:
    """Where the tool's configuration file is: `said`, a folder or a file, or the nearest above it."""
    start = root / said if said else root
    for folder in (start, *start.parents):
        if (folder / name).is_file():
            return folder
        if folder == root:
            break
    found = sorted(root.glob(f"**/{name}"))
    return found[0].parent if found else root
