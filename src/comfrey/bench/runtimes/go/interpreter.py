"""The project's program: which package it is, how it is built and started, and the variables it needs."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from comfrey.bench.environment import Environment
from comfrey.bench.runtimes.go import manifests, migrations, wiring
from comfrey.bench.runtimes.go.environment import version_of
from comfrey.bench.runtimes.go.manifests import Module
from comfrey.bench.site import Site
from comfrey.model.project import Project
from comfrey.model.service import Setting

CARRIED = Path(__file__).parent / "carried"
PORT = re.compile(r"(?:^|[_-])PORT$|^-{0,2}ADDR(?:ESS)?$|(?:SERVER|HTTP|LISTEN|APP|API|BIND|WEB|SERVICE)\w*_(?:ADDR(?:ESS)?|URL|PORT)$", re.I)  # fmt: skip
OTHERS = re.compile(r"DB|DATABASE|POSTGRES|PG|MYSQL|MONGO|REDIS|SMTP|MAIL|AMQP|RABBIT|KAFKA|RPC|METRIC|OTEL|JAEGER|NATS|ELASTIC|DEBUG|PPROF|CACHE", re.I)  # fmt: skip
VERBS = ("serve", "server", "api", "web", "http", "start", "run")
ENV_FILE = re.compile(
    r"\bgodotenv\.(?:Load|Overload|Read)\(|\"github\.com/joho/godotenv/autoload\""
    r"|\.SetConfig(?:File|Name)\(\"(?:\./)?\.env\"\)"
)
COBRA = re.compile(r"\bUse:\s*\"(\w[\w-]*)")


def environ(
    project: Project, environment: Environment, tree: Path, *, weak: bool
) -> dict[str, str]:
    """The variables by which Go finds its modules without a network; its cache is ours."""
    paths = [str(environment.program.parent), *os.defpath.split(os.pathsep), "/usr/local/bin"]
    found = manifests.module(tree / project.root, tree)
    folder = manifests.entry(found, tree / project.root) if found else ""
    return {
        "PATH": os.pathsep.join(dict.fromkeys(paths)),
        "GOPATH": str(environment.overlay.parent),
        "GOMODCACHE": str(environment.overlay),
        "GOCACHE": str(environment.folder),
        "GOPROXY": "off",
        "GOFLAGS": "-modcacherw -buildvcs=false",
        "GOTOOLCHAIN": "auto",
        "GONOSUMDB": "*",
        "GOTELEMETRY": "off",
        **(manifests.experiments(found) if found else {}),
        **({"COMFREY_ENTRY": str(found.folder / folder)} if found and folder else {}),
        **({"COMFREY_PACKAGES": ",".join(_packages(found, folder))} if found and folder else {}),
    }


def _packages(found: Module, folder: str) -> list[str]:
    """The import paths of the module's own packages that the program in a folder is made of, but for its own."""
    reached = manifests.reached(folder, found).items()
    return sorted(f"{found.path}/{each}" for each, texts in reached if texts and each != folder)


def title(environment: Environment) -> str:
    """The project's program by name: `Go 1.26.8`."""
    return f"Go {version_of(environment.program)}"


def expression(site: Site) -> str:
    """The package of the program, `./cmd/api`; "" when none of the tree listens."""
    found = _module(site)
    folder = manifests.entry(found, site.folder) if found else ""
    return ("." if folder == "." else f"./{folder}") if folder else ""


def serving(site: Site, status: Path, port: int) -> list[str]:
    """The command that builds the program and serves it on the port."""
    found = _module(site)
    words = {
        "go": site.program,
        "package": expression(site),
        "module": str(found.folder if found else site.folder),
        "arguments": list(arguments(site)),
        "environ": {name: value.format(port=port) for name, value in ports(site.project)},
    }
    return [sys.executable, "-u", str(CARRIED / "serve.py"), str(status), str(port), json.dumps(words)]  # fmt: skip


def talking(site: Site) -> list[str]:
    """The command that answers questions about the project, by small programs beside it."""
    found = _module(site)
    folder = str(found.folder if found else site.folder)
    return [sys.executable, "-u", str(CARRIED / "probe.py"), site.program, folder]


def learnt(site: Site, port: str = "") -> tuple[tuple[str, Any], ...]:
    """What a written suite must know of how the program is started."""
    found = _module(site)
    folder = manifests.entry(found, site.folder) if found else ""
    glob, style = migrations.files(site)
    told: list[tuple[str, Any]] = [
        ("entry", _relative(found, folder, site)),
        ("ports", tuple((name, _go(value)) for name, value in ports(site.project))),
        ("arguments", arguments(site)),
        ("migrations", (glob, style)),
        ("migrate", migrations.command(site)),
        ("extensions", migrations.extensions(site)),
        ("dump", migrations.is_dump(site, glob)),
        ("go", found.go if found else ""),
        ("module", found.path if found else ""),
        ("reads_env_file", _reads_env_file(found, folder)),
        *wiring.assembly(site).told(),
    ]
    return (*told, ("fixed_port", port)) if port else tuple(told)


def _reads_env_file(found: Module | None, folder: str) -> bool:
    """Whether the program looks for a `.env` where it is started, which a developer's may lie at."""
    texts = manifests.reach(folder, found) if found and folder else []
    return any(ENV_FILE.search(text) for text in texts)


def ports(project: Project) -> tuple[tuple[str, str], ...]:
    """(setting, layout of its value with `{port}`) of every setting that says where the app listens."""
    found = [
        (each.name, _layout(each))
        for each in project.settings
        if PORT.search(each.name)
        and not OTHERS.search(each.name)
        and not each.purpose.startswith(("database", "service"))
    ]
    return tuple(found) or (("PORT", "{port}"),)


def arguments(site: Site) -> tuple[str, ...]:
    """What the program is told on its command line: the verb that serves, where it has verbs."""
    found = _module(site)
    if found is None or "github.com/spf13/cobra" not in found.required:
        return ()
    words = {
        word
        for file in found.folder.rglob("*.go")
        for word in COBRA.findall(file.read_text(errors="replace"))
    }
    return next(((each,) for each in VERBS if each in words), ())


def _layout(setting: Setting) -> str:
    """How the setting spells an address: as its default or example does."""
    said = setting.default or setting.example or ""
    if "://" in said:
        return f"{said.partition('://')[0]}://127.0.0.1:{{port}}"
    if ":" in said:
        return "127.0.0.1:{port}" if said.partition(":")[0] else ":{port}"
    plain = said.isdigit() or setting.name.upper().endswith("PORT")
    return "{port}" if plain else ":{port}"


def _go(layout: str) -> str:
    before, _, after = layout.partition("{port}")
    parts = [f'"{before}"'] * bool(before) + ["port"] + [f'"{after}"'] * bool(after)
    return " + ".join(parts)


def _relative(found: Module | None, folder: str, site: Site) -> str:
    """The program's folder as seen from the app's own."""
    if found is None or not folder:
        return "."
    return Path(os.path.relpath(found.folder / folder, site.folder)).as_posix()


def _module(site: Site) -> Module | None:
    return manifests.module(site.folder, site.folder)
