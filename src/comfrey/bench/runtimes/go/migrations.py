"""The schema of the bench's database: the project's own migrations, or what builds it otherwise."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.database import Database, Refused
from comfrey.bench.probe import Probe
from comfrey.bench.runtimes.go import commands, manifests
from comfrey.bench.runtimes.go.environment import place_of, reason
from comfrey.bench.site import Site
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import Problem
from comfrey.source.ignore import FOLDERS

LIMIT = 180.0
TABLE = re.compile(r"\bcreate\s+table\b", re.IGNORECASE)
GOOSE = re.compile(r"^--\s*\+goose\s+Up\b", re.MULTILINE | re.IGNORECASE)
SQL_MIGRATE = re.compile(r"^--\s*\+migrate\s+Up\b", re.MULTILINE | re.IGNORECASE)
DOWN = re.compile(r"^--\s*\+(?:goose|migrate)\s+Down\b", re.MULTILINE | re.IGNORECASE)
SERVERS = re.compile(
    r"^COPY [^\n]* FROM stdin;\n.*?^\\\.$|^\\[^\n]*$|^(?:CREATE|ALTER|DROP) DATABASE\b[^;]*;|^USE [^;]*;"
    r"|^ALTER [^;\n]* OWNER TO [^;]*;|^(?:GRANT|REVOKE)\b[^;]*;",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
"""What a dump says to a server or to its shell: which database it is, whose, what psql is to do."""
SCHEMAS = ("schema.sql", "init.sql", "database.sql", "db.sql", "structure.sql", "create_tables.sql")
ITSELF = re.compile(
    r"\.AutoMigrate\(|goose\.(?:Up\w*|NewProvider)\(|migrate\.New\w*\(|\.Schema\.Create\(|migrate\.Exec\w*\(|\.CreateTable\("
)
FUNCTIONS = (
    ("uuid-ossp", re.compile(r"\buuid_generate_v[1345]\w*\(")),
    ("pgcrypto", re.compile(r"\bgen_salt\(|\bpgp_sym_encrypt\(")),
    ("citext", re.compile(r"\btype:\s*citext\b|\bCITEXT\b")),
)
"""What tells that a schema needs an extension of PostgreSQL."""
CREATES = re.compile(r"CREATE\s+EXTENSION", re.IGNORECASE)
EMBEDDED = re.compile(r"^//go:embed\s+[^\n]*(?:migration|schema|\.sql)", re.MULTILINE)


def migrate(site: Site, probe: Probe, database: Database, url: str, tell: Tell) -> str:
    """Builds the schema; returns by what, or "" when the program does it at its start, or nothing says how."""
    _extend(site, database, url)
    if site.project.migrate:
        tell(f"Building the schema: {site.project.migrate}")
        _succeed(site, shlex.split(site.project.migrate))
        return site.project.migrate
    glob, style = files(site)
    if not glob:
        return _by_command(site, tell)
    tell(f"Building the schema from {glob}")
    for file in sorted(site.folder.glob(glob)):
        _apply(database, file, site)
    return style


def command(site: Site) -> tuple[str, ...]:
    """The project's own command that builds the schema, where neither files nor settings say how."""
    if site.project.migrate:
        return tuple(shlex.split(site.project.migrate))
    return () if files(site)[0] else commands.schema(site.folder)


def _by_command(site: Site, tell: Tell) -> str:
    """Runs what the project's papers say; where that fails, the program may still do it at its start."""
    argv = command(site)
    if not argv:
        return ""
    said = shlex.join(argv)
    tell(f"Building the schema: {said}")
    try:
        _succeed(site, list(argv))
    except Problem as problem:
        tell(f"{said} failed ({problem.what})")
        return ""
    return said


def extensions(site: Site) -> tuple[str, ...]:
    """The extensions that the schema needs and that nobody in the project creates: someone did so by hand."""
    found = manifests.module(site.folder, site.folder)
    entry = manifests.entry(found, site.folder) if found else ""
    texts = manifests.reach(entry, found) if found and entry else []
    texts = [*texts, *map(_text, _sql(site.folder))]
    if any(CREATES.search(each) for each in texts):
        return ()
    return tuple(name for name, word in FUNCTIONS if any(word.search(text) for text in texts))


def _extend(site: Site, database: Database, url: str) -> None:
    if url.startswith("postgres"):
        for name in extensions(site):
            database.script(f'CREATE EXTENSION IF NOT EXISTS "{name}"')


def files(site: Site) -> tuple[str, str]:
    """(glob, style) of the SQL files that build the schema: `goose`, `migrate` (sql-migrate), `files`; ("", "")
    where the program itself builds it."""
    if builds_itself(site.folder):
        return "", ""
    found = [each for each in _sql(site.folder) if TABLE.search(_text(each))]
    for pattern, style in ((GOOSE, "goose"), (SQL_MIGRATE, "migrate")):
        marked = [each for each in found if pattern.search(_text(each))]
        if marked:
            return _glob(marked[0], site.folder, "*.sql"), style
    up = [each for each in found if each.name.endswith(".up.sql")]
    if up:
        return _glob(up[0], site.folder, "*.up.sql"), "files"
    numbered = [each for each in found if re.match(r"V?\d", each.name)]
    if numbered:
        return _glob(numbered[0], site.folder, "*.sql"), "files"
    named = [each for each in found if each.name in SCHEMAS] or found[:1]
    return (_glob(named[0], site.folder, named[0].name), "files") if named else ("", "")


def is_dump(site: Site, glob: str) -> bool:
    """Whether the files that build the schema speak to a server, too."""
    return any(SERVERS.search(_text(each)) for each in site.folder.glob(glob)) if glob else False


def builds_itself(folder: Path) -> bool:
    """Whether the program's own code builds the schema."""
    found = manifests.module(folder, folder)
    entry = manifests.entry(found, folder) if found else ""
    texts = manifests.reach(entry, found) if found and entry else []
    return any(ITSELF.search(text) or EMBEDDED.search(text) for text in texts)


def _glob(file: Path, root: Path, ending: str) -> str:
    folder = file.parent.relative_to(root).as_posix()
    return ending if folder == "." else f"{folder}/{ending}"


def _apply(database: Database, file: Path, site: Site) -> None:
    text = SERVERS.sub("", DOWN.split(_text(file))[0])
    try:
        database.script(text)
    except Refused as refused:
        raise Problem(
            f"The migrations failed: {refused}",
            place=Place(file=file.relative_to(site.folder).as_posix(), line=1),
            next_step="Run them by hand against an empty database to see the whole error.",
        ) from refused


def _succeed(site: Site, argv: list[str]) -> None:
    done = process.run(argv, cwd=site.folder, environ=dict(site.environ), timeout=LIMIT)
    if done.timed_out:
        raise Problem(f"The migrations did not end within {LIMIT:.0f} s")
    if done.exit:
        raise Problem(
            f"The migrations failed: {reason(done.text)}",
            place=place_of(done.text),
            next_step="Run them by hand against an empty database to see the whole error.",
        )


def _sql(root: Path) -> list[Path]:
    found = [each for each in _files(root) if each.suffix == ".sql"]
    return sorted(found, key=lambda each: (len(each.parts), str(each)))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig", errors="replace")


def _files(root: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(
            name
            for name in names
            if name not in FOLDERS and name not in ("vendor", "testdata", "tests")
        )
        found += [Path(folder, name) for name in sorted(files)]
    return found
