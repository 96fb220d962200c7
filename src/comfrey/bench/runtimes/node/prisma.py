"""Prisma on the bench: its client generated and its schema built, also where its engines are not at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.database import Database
from comfrey.bench.process import Finished
from comfrey.bench.runtimes.node import engines, manifests
from comfrey.bench.runtimes.node.environment import MODULES
from comfrey.bench.runtimes.node.interpreter import CARRIED, near
from comfrey.bench.site import Site
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import Problem

LIMIT = 120.0
WITHOUT_ENGINES = {
    "PRISMA_QUERY_ENGINE_LIBRARY": "/bin/true",
    "PRISMA_SCHEMA_ENGINE_BINARY": "/bin/true",
}
"""The command line downloads its engines at every call; `generate` does not need them."""


def schema(site: Site) -> Path | None:
    """The project's schema, a file or a folder of files."""
    return engines.schema(manifests.manifest(site.folder, site.folder))


def generate(site: Site, tell: Tell) -> None:
    """Generates the client, also where the project leaves the command line to `npx`; `Problem` when that fails."""
    cli = near(site.folder, "prisma/build/index.js")
    other = near(site.folder, engines.STAND_IN)
    source = schema(site)
    if source is None:
        return
    if not native(site):
        _stand_in(site, tell)
    if other is not None:
        tell("Generating the Prisma client")
        done = _generate_other(site, source, other)
    elif cli is not None:
        tell("Generating the Prisma client")
        done = _cli(site, cli, "generate", "--schema", str(source))
    else:
        return
    if done.exit:
        raise Problem(
            f"prisma generate failed: {_last(done.text)}",
            place=Place(file=source.relative_to(site.folder).as_posix(), line=1),
            next_step="Run it by hand; it must succeed without a network.",
        )


def _generate_other(site: Site, source: Path, other: Path) -> Finished:
    """The client that needs no engine, generated in the place of the project's own."""
    client = near(site.folder, engines.CLIENT)
    cli = site.environment.overlay / MODULES / "prisma-6" / "build" / "index.js"
    assert client is not None
    engines.replace_client(client, other)
    scratch = client.parents[1] / ".prisma" / "schema" / "schema.prisma"
    engines.schema_for(source, scratch)
    done = _cli(site, cli, "generate", "--schema", str(scratch))
    if not done.exit:
        output = engines.said(scratch.read_text(), "output")
        generated = Path(output) if output else client.parents[1] / ".prisma" / "client"
        engines.wrap(generated, source)
        versions = dict(site.environment.versions)
        if int(versions.get("typescript", "5").partition(".")[0]) < 5:
            engines.older(client / "runtime")
            engines.older(generated)
    return done


def _stand_in(site: Site, tell: Tell) -> None:
    """Lays our command line where a suite calls Prisma's, which would only try to download its engines."""
    tree = site.folder.resolve()
    client = near(site.folder, engines.CLIENT)
    places = (near(site.folder, ".bin/prisma"), client and client.parents[1] / ".bin" / "prisma")
    inside = (each for each in places if each and each.parent.resolve().is_relative_to(tree))
    binary = next(inside, None)
    if binary is None:
        return
    tell("Prisma's engines are not installed: its command line is stood in for")
    ours = CARRIED / "prisma_cli.cjs"
    binary.unlink(missing_ok=True)
    binary.parent.mkdir(exist_ok=True)
    binary.write_text(f'#!/bin/sh\nexec {site.program} {ours} "$@"\n')
    binary.chmod(0o755)


def build(site: Site, database: Database, url: str, tell: Tell) -> bool:
    """Applies the migrations' SQL in order; without any, pushes the schema."""
    from comfrey.bench.runtimes.node.migrations import script, succeed

    source = schema(site)
    if source is None:
        return False
    folders = (source / "migrations", source.parent / "migrations")
    files = [file for each in folders for file in sorted(each.glob("*/migration.sql"))]
    if files:
        tell("Applying the project's Prisma migrations")
        for file in files:
            script(database, file, site)
        return True
    tell("Creating the tables from schema.prisma")
    cli = near(site.folder, "prisma/build/index.js")
    if cli is not None and native(site):
        succeed(
            site,
            [site.program, str(cli), "db", "push", "--schema", str(source), "--accept-data-loss"],
        )
        return True
    _push(site, source, url)
    return True


def native(site: Site) -> bool:
    """Whether Prisma's own engines were downloaded."""
    return engines.native(each / MODULES for each in (site.folder, *site.folder.parents))


def _push(site: Site, source: Path, url: str) -> None:
    """Through the schema engine's WebAssembly build."""
    words = json.dumps({"files": [str(file) for file in engines.files(source)], "url": url})
    argv = [site.program, str(CARRIED / "prisma_push.cjs"), words]
    done = process.run(argv, cwd=site.folder, environ=site.environ, timeout=LIMIT)
    if done.exit:
        raise Problem(
            f"schema.prisma could not be pushed: {_last(done.text)}",
            place=Place(file=source.relative_to(site.folder).as_posix(), line=1),
            next_step="Prisma's engines were not installed; run prisma generate with a network once.",
        )


def _cli(site: Site, cli: Path, *words: str) -> Finished:
    engines = {} if native(site) else WITHOUT_ENGINES
    argv = [site.program, str(cli), *words]
    return process.run(argv, cwd=site.folder, environ={**site.environ, **engines}, timeout=LIMIT)


def _last(text: str) -> str:
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in text.splitlines()]
    errors = [line for line in lines if line.startswith(("Error", "error"))]
    return (errors or [line for line in lines if line] or ["no word"])[0][:300]
