"""The project's own `node_modules` where it has them, otherwise some made aside; and what a suite adds."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from comfrey.bench import process
from comfrey.bench.environment import Environment
from comfrey.bench.runtimes import STANDS_IN
from comfrey.bench.runtimes.node import engines, manifests, undeclared
from comfrey.bench.runtimes.node.installer import Installer
from comfrey.bench.runtimes.node.manifests import Manifest
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Project
from comfrey.source.ignore import FOLDERS
from comfrey.stacks.testers import tester_of

HERE = Path(__file__).parent
MODULES = "node_modules"
WRITTEN_INTO = (".prisma", "@prisma/client")
"""Packages that tools write into: the bench has them for itself."""
DEEPEST = 4
MANY = 8


def prepare(project: Project, tree: Path, cache_folder: Path, tell: Tell) -> Environment:
    """Finds or makes the packages of an app and adds what bench and suite need."""
    root = tree / project.root
    said = manifests.manifest(root, tree)
    installer = Installer(cache_folder, tell)
    program = _program(project, root)
    found = existing(said, tree, program)
    if found is None:
        found = _made(said, program, installer)
    else:
        tell("Using the project's own node_modules")
    found = replace(found, repairs=(*found.repairs, *_other_version(said, program)))
    return _completed(found, project, said, installer)


def existing(said: Manifest, tree: Path, program: Path) -> Environment | None:
    """The packages that are installed in the project; None when one that it requires is not."""
    versions = _versions((said.folder, said.top, tree))
    if not said.required or not set(said.required) <= set(versions):
        return None
    reads = (*module_folders(tree), _home(program))
    found = tuple(sorted(versions.items()))
    return Environment(program, tree, False, Path(os.devnull), found, reads=reads)


def repair(
    environment: Environment, error: str, cache_folder: Path, tell: Tell
) -> Environment | None:
    """The environment with the package that the error misses, None when it misses none."""
    name = undeclared.named_in(error)
    if not name or name in environment.packages:
        return None
    installer = Installer(cache_folder, tell)
    known = _versions((environment.overlay,))
    folder = _overlaid(environment, {**known, name: "latest"}, installer)
    found = _version_of(folder / MODULES / name)
    versions = tuple(sorted({**dict(environment.versions), name: found}.items()))
    word = f"{name} {found}, which nobody declared, was added on the bench"
    return replace(
        environment, overlay=folder, versions=versions, repairs=(*environment.repairs, word)
    )


def mendable(environment: Environment, error: str) -> bool:
    """Whether `repair` would know what to do."""
    name = undeclared.named_in(error)
    return bool(name) and name not in environment.packages


def lay(environment: Environment, origin: Path, tree: Path) -> None:
    """Links the packages into the tree, one by one, so that what is written stays on the bench; what a
    suite adds lies beside the tree, where Node looks next."""
    for folder in module_folders(environment.folder):
        target = tree / folder.relative_to(environment.folder)
        if target.parent.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            _link_all(folder, target, environment.folder, tree)
    added = environment.overlay / MODULES
    if added.is_dir():
        beside = tree.parent / MODULES
        beside.unlink(missing_ok=True)
        beside.symlink_to(added)
        _lay_with_peers(added, tree / MODULES)


def module_folders(top: Path) -> tuple[Path, ...]:
    """All `node_modules` of a tree that lie in no other one."""
    found = []
    for folder, names, _ in os.walk(top):
        if MODULES in names:
            found.append(Path(folder) / MODULES)
        deep = len(Path(folder).relative_to(top).parts) >= DEEPEST
        names[:] = [] if deep else sorted(name for name in names if name not in FOLDERS)
    return tuple(found)


def needs(project: Project, said: Manifest, without: bool = False) -> tuple[dict[str, Any], ...]:
    """The rows of `needs.toml` that hold for this project, whose Prisma may be `without` engines."""
    holds = {"", f"tester:{tester_of(project).key}", f"framework:{project.stack.framework}"}
    if not project.stack.test_framework_declared:
        holds.add(f"added:{tester_of(project).key}")
    holds |= (
        {"http"} if any(each.protocol in ("http", "sdk") for each in project.services) else set()
    )
    if project.authentication is not None and project.authentication.secret:
        holds.add("signed")
    if said.compiled:
        holds.add("decorated" if said.decorated else "compiled")
    if without:
        holds |= {"engineless", *(f"engineless:{each}" for each in project.stack.databases)}
    elif "prisma" in said.declared and not any(said.folder.glob("**/migrations/*/migration.sql")):
        holds.add("pushed")
    if "sequelize" in said.declared and (said.folder / ".sequelizerc").is_file():
        holds.add("migrated:sequelize")
    return tuple(need for need in _table() if holds & set(_conditions(need.get("when", ""))))


def _conditions(when: str) -> list[str]:
    kind, colon, names = when.partition(":")
    return [f"{kind}{colon}{name}" for name in names.split(",")] if colon else [when]


def _made(said: Manifest, program: Path, installer: Installer) -> Environment:
    if not said.data:
        raise Problem(
            "Nothing here says what the project depends on: it has no package.json",
            place=Place(file=said.folder.name),
            next_step="Add a package.json, or install node_modules yourself.",
        )
    files = [*manifests.members(said.top), said.folder / "package.json"]
    extra = [said.top / name for name in (said.lock, ".npmrc", "pnpm-workspace.yaml") if name]
    files = [each for each in dict.fromkeys([*files, *extra]) if each.is_file()]
    key = _hash(str(program), *(each.read_text(errors="replace") for each in files))
    folder = installer.cache / "environments" / f"node-{key}"
    with _locked(folder):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            for each in files:
                target = folder / each.relative_to(said.top)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(each, target)
            installer.tell(f"Installing the packages aside ({said.manager})")
            words = installer.install(folder, said.manager, said.lock)
            (folder / "ready").write_text(json.dumps(words))
    words = tuple(json.loads((folder / "ready").read_text()))
    within = folder / said.folder.relative_to(said.top)
    versions = tuple(sorted(_versions((within, folder)).items()))
    nothing = Path(os.devnull)
    return Environment(
        program, folder, True, nothing, versions, repairs=words, reads=(_home(program),)
    )


def _completed(
    environment: Environment, project: Project, said: Manifest, installer: Installer
) -> Environment:
    """Adds the missing tools and says which of those that a suite imports nobody declared."""
    versions = dict(environment.versions)
    without = engines.engineless(said, versions, module_folders(environment.folder))
    wanted = needs(project, said, without)
    missing = {
        need["adds"]: _version(need, versions) for need in wanted if need["adds"] not in versions
    }
    declared = {**said.declared, **manifests.manifest(said.top, said.top).declared}
    added = tuple(
        need["adds"] for need in wanted if need.get("suite") and need["adds"] not in declared
    )
    if not missing:
        return replace(environment, added=added)
    folder = _overlaid(environment, missing, installer)
    repairs = environment.repairs
    if without:
        other = _version_of(folder / MODULES / engines.STAND_IN)
        repairs = (*repairs, engines.word(versions[engines.CLIENT], other))
    versions |= {name: found for name in missing if (found := _version_of(folder / MODULES / name))}
    return replace(
        environment,
        overlay=folder,
        versions=tuple(sorted(versions.items())),
        added=added,
        repairs=repairs,
    )


def _overlaid(environment: Environment, wanted: dict[str, str], installer: Installer) -> Path:
    """A folder of the cache with these packages (name → version)."""
    key = _hash(str(environment.program), *map(str, sorted(wanted.items())))
    folder = installer.cache / "overlays" / f"node-{key}"
    with _locked(folder):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            installer.tell(f"Adding {_shown(wanted)}")
            installer.overlay(folder, wanted)
            (folder / "ready").touch()
    return folder


def _shown(wanted: dict[str, str]) -> str:
    names = sorted(wanted)
    return ", ".join(names[:MANY]) + (", …" if len(names) > MANY else "")


def _version(need: dict[str, Any], versions: dict[str, str]) -> str:
    """The version to add: that of the package that it must be like, else our own pin, which may be another under
    an old package."""
    under = need.get("under", {})
    major = versions.get(under.get("package", ""), "").split(".")[0]
    if major.isdigit() and int(major) < under["before"]:
        return str(under["version"])
    like = versions.get(need.get("like", ""), "")
    return (like.split(".")[0] if need.get("major") else like) or need.get("version", "latest")


def _link_all(source: Path, target: Path, top: Path, tree: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir()):
        name = entry.relative_to(next(each for each in entry.parents if each.name == MODULES))
        if (entry.name.startswith("@") or entry.name == ".bin") and not entry.is_symlink():
            _link_all(entry, target / entry.name, top, tree)
        elif name.as_posix() in WRITTEN_INTO:
            shutil.copytree(entry.resolve(), target / entry.name, symlinks=True)
        else:
            (target / entry.name).symlink_to(_counterpart(entry, top, tree))


def _counterpart(entry: Path, top: Path, tree: Path) -> Path:
    """A member of the workspace is the one on the bench, any other package is itself."""
    real = entry.resolve()
    if entry.is_symlink() and real.is_relative_to(top):
        relative = real.relative_to(top)
        if MODULES not in relative.parts and (tree / relative).is_dir():
            return tree / relative
    return entry


def _lay_with_peers(added: Path, target: Path) -> None:
    """Copies what must share a package with the project to the project's packages."""
    for file in sorted([*added.glob("*/package.json"), *added.glob("@*/*/package.json")]):
        peers = _json(file).get("peerDependencies") or {}
        name = file.parent.relative_to(added)
        theirs = [each for each in peers if (target / each).exists()]
        if theirs and not (target / name).exists():
            shutil.copytree(file.parent, target / name, symlinks=True)


def _program(project: Project, root: Path) -> Path:
    """The Node that runs the project: as `comfrey.toml` names it, else the one on the PATH."""
    if project.interpreter:
        named = root / project.interpreter
        if not os.access(named, os.X_OK):
            raise Problem(
                f"{named} is no program that can be run",
                place=Place(file="comfrey.toml"),
                next_step="Let `python` name the Node that runs the project.",
                code=EXIT_USAGE,
            )
        return named.absolute()
    found = shutil.which("node")
    if found is None:
        raise Problem("node was not found", next_step="Install Node.js, version 18 or later.")
    return Path(found)


@cache
def version_of(program: Path) -> str:
    """The version of a Node: `20.20.2`."""
    done = process.run([str(program), "--version"], cwd=Path("/"), environ={}, timeout=20)
    return done.stdout.strip().removeprefix("v")


def _other_version(said: Manifest, program: Path) -> tuple[str, ...]:
    """A word where the project asks for another Node."""
    wanted = str((said.data.get("engines") or {}).get("node") or "")
    least = re.match(r"\s*(>=|\^|~)?\s*v?(\d+)", wanted)
    mine = version_of(program)
    major = int(mine.split(".")[0] or 0)
    if least is None or (major >= int(least[2]) if least[1] == ">=" else major == int(least[2])):
        return ()
    others = [int(each) for each in re.findall(r"(?:^|\|\|)\s*\^?~?v?(\d+)", wanted)]
    return () if major in others else (f"Node {mine} {STANDS_IN} {wanted}, which is not here",)


def _home(program: Path) -> Path:
    """Where the program's own files lie."""
    return program.resolve().parents[1] if program.resolve().parent.name == "bin" else program


def _versions(folders: tuple[Path, ...]) -> dict[str, str]:
    """The packages that an app in the first folder finds, and their versions."""
    found: dict[str, str] = {}
    for folder in dict.fromkeys(reversed(folders)):
        modules = folder / MODULES
        for file in [*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]:
            found[file.parent.relative_to(modules).as_posix()] = str(_json(file).get("version", ""))
    return found


def _version_of(package: Path) -> str:
    return str(_json(package / "package.json").get("version", ""))


def _json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, OSError):
        return {}
    return data if isinstance(data, dict) else {}


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One comfrey at a time prepares a folder of the cache."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def _table() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((HERE / "needs.toml").read_text())["need"])


def _hash(*words: str) -> str:
    return hashlib.blake2b("\0".join(words).encode(), digest_size=12).hexdigest()
