"""The project's Node: what it is called, how it runs the source, and the variables it needs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from comfrey.bench.environment import Environment
from comfrey.bench.runtimes.node import manifests
from comfrey.bench.runtimes.node.environment import MODULES, version_of
from comfrey.bench.site import Site
from comfrey.model.project import Project
from comfrey.stacks import laying
from comfrey.stacks.limits import is_limited
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers.vitest.imports import Modules

CARRIED = Path(__file__).parent / "carried"
TSX = "tsx/dist/loader.mjs"


def environ(
    project: Project, environment: Environment, tree: Path, *, weak: bool
) -> dict[str, str]:
    """The variables by which Node and its tools find things, and nothing of the user's."""
    folder = tree / project.root
    bins = [folder / MODULES, tree / MODULES, environment.overlay / MODULES]
    guard = {"NODE_OPTIONS": f"--require {CARRIED / 'guard.cjs'}"} if weak else {}
    decorated = manifests.manifest(folder, tree).decorated
    return {
        "PATH": os.pathsep.join(
            [
                str(environment.program.parent),
                *(str(each / ".bin") for each in dict.fromkeys(bins)),
                os.defpath,
                "/usr/local/bin",
            ]
        ),
        "NODE_PATH": str(environment.overlay / MODULES),
        "NODE_ENV": "test",
        "APP_ROOT_PATH": str(folder),  # app-root-path takes where packages really lie for the app's
        "BENCH_REQUIRES": "1" if decorated else "",
        "TS_NODE_TRANSPILE_ONLY": "1",
        "FASTIFY_AUTOLOAD_TYPESCRIPT": "1",
        "CHECKPOINT_DISABLE": "1",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        "NO_UPDATE_NOTIFIER": "1",
        "npm_config_update_notifier": "false",
        "NO_COLOR": "1",
        **({"BENCH_LAID": _laying(project)} if laying.is_written(project) else {}),
        **guard,
    }


def _laying(project: Project) -> str:
    """What leads the app to the database of `DATABASE_URL`, as a written suite would say it in CommonJS."""
    modules = Modules(typed=False, native=False, ending="")
    said = laying.macros(project, Templates(asynchronous=True, native=False))
    return f"{said.imports(modules.load)}\n{said.lay()}" if said is not None else ""


def title(environment: Environment) -> str:
    """The project's program by name: `Node 20.20.2`."""
    return f"Node {version_of(environment.program)}"


def expression(site: Site) -> str:
    """The file that starts the server, or `module:export`; "" when nothing says which it is."""
    application = site.project.application
    entry = _entry(site)
    if entry or not application.module:
        return entry
    return f"{application.module}:{application.variable or 'default'}{'()' if application.factory else ''}"


def serving(site: Site, status: Path, port: int) -> list[str]:
    """The command that serves the app."""
    application = site.project.application
    words = {
        "entry": _entry(site),
        "module": application.module,
        "variable": application.variable,
        "factory": application.factory,
        "limited": is_limited(site.project),
    }
    argv = [site.program, *flags(site), str(CARRIED / "serve.cjs")]
    return [*argv, str(status), str(port), json.dumps(words)]


def talking(site: Site) -> list[str]:
    """The command that answers questions about the project."""
    return [site.program, *flags(site), str(CARRIED / "probe.cjs")]


def flags(site: Site) -> list[str]:
    """The options with which Node runs the source as it stands."""
    said = manifests.manifest(site.folder, site.folder)
    found = ["--enable-source-maps"]
    if laying.is_written(site.project):
        found += ["--require", str(CARRIED / "laid.cjs")]
    if said.decorated:
        return [*found, "--require", str(CARRIED / "typescript.cjs")]
    if said.compiled and (loader := near(site.folder, TSX)):
        return [*found, "--import", loader.as_uri()]
    return found


def near(folder: Path, name: str) -> Path | None:
    """A file of a package, as Node finds it from the folder."""
    for each in (folder, *folder.parents):
        file = each / MODULES / name
        if file.exists():
            return file
    return None


def _entry(site: Site) -> str:
    """The file that starts the server, by the project's own scripts, else the one that makes the app and listens."""
    said = manifests.manifest(site.folder, site.folder)
    place = site.project.application.place
    file = place.file.removeprefix(f"{site.project.root}/") if place else ""
    makes = site.folder / file
    listening = bool(file) and makes.is_file() and ".listen(" in makes.read_text(errors="replace")
    return next(iter(said.entries()), file if listening else "")


def learnt(site: Site, port: str) -> tuple[tuple[str, Any], ...]:
    """Nothing: a written suite imports the app."""
    return ()
