"""The project's own environment where it has one, otherwise one made aside; and what a suite adds."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from comfrey.bench.environment import Environment
from comfrey.bench.runtimes.python import bygone, manifests
from comfrey.bench.runtimes.python.installer import Installer, accepts, interpreter, newer_python
from comfrey.bench.runtimes.python.manifests import Wanted, canonical, requirement_name
from comfrey.bench.wire import Tell
from comfrey.model.place import Place
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Project

FOLDERS = (".venv", "venv", "env", ".env", "virtualenv")
HERE = Path(__file__).parent
OF_THE_DAY = "packages of"
TESTING = re.compile(
    r"pytest|mock|faker|factory|hypothesis|respx|responses|httpx|requests|freezegun|time-machine|testcontainers|aiosqlite"
    r"|fakeredis|moto|vcrpy|polyfactory|dirty-equals|anyio|trio|asgi-lifespan|nest-asyncio|model-bakery|webtest"
)
"""Distributions that a project's own tests import."""


def prepare(project: Project, tree: Path, cache_folder: Path, tell: Tell) -> Environment:
    """Finds or makes the environment of an app and adds what bench and suite need."""
    root = tree / project.root
    wanted = manifests.wanted(root, tree)
    installer = Installer(cache_folder, tell)
    found = named(root, project) or existing(root, tree, project.stack.framework)
    if found is None:
        found = _made(project, wanted, installer)
    else:
        tell(f"Using the project's own environment {found.folder.name}")
    made = _completed(found, project, root, wanted, installer)
    _check(project, made)
    return made


def _check(project: Project, environment: Environment) -> None:
    """`Problem` where a library is too old for what a suite is written in."""
    versions = dict(environment.versions)
    for each in _table("needs.toml", "oldest"):
        name, bound = each["name"], each["takes"]
        if (
            each["when"] in project.stack.orms
            and name in versions
            and not accepts(bound, versions[name])
        ):
            raise Problem(
                f"The project runs on {each['title']} {versions[name]}, and suites are written for {bound.lstrip('>=')} "
                "and later",
                place=Place(file=project.root),
                next_step="comfrey scan and comfrey plan work without a bench; or raise the pin and run again.",
            )


def named(root: Path, project: Project) -> Environment | None:
    """The environment whose interpreter `comfrey.toml` names; `Problem` when there is none."""
    if not project.interpreter:
        return None
    python = root / project.interpreter
    if not os.access(python, os.X_OK):
        raise Problem(
            f"{python} is no interpreter that can be run",
            place=Place(file="comfrey.toml"),
            next_step="Let `python` name the interpreter of the project's environment.",
            code=EXIT_USAGE,
        )
    folder = python.absolute().parents[1]
    return _standing(folder, python)


def existing(root: Path, tree: Path, framework: str) -> Environment | None:
    """The virtual environment that belongs to the project and holds its framework."""
    folders = [root / name for name in FOLDERS] + [tree / name for name in FOLDERS]
    active = os.environ.get("VIRTUAL_ENV", "")
    if active and Path(active).is_relative_to(tree):
        folders.insert(0, Path(active))
    for folder in folders:
        versions = installed(folder)
        if framework in dict(versions) and os.access(interpreter(folder), os.X_OK):
            return _standing(folder, interpreter(folder))
    return None


def _standing(folder: Path, python: Path) -> Environment:
    """An environment that the project has itself."""
    found = installed(folder)
    return Environment(python, folder, False, Path(os.devnull), found, reads=_reads(folder))


def _reads(folder: Path) -> tuple[Path, ...]:
    """The environment, and where the interpreter's own library lies."""
    return (folder, interpreter(folder).resolve().parents[1])


def installed(environment: Path) -> tuple[tuple[str, str], ...]:
    """Distributions and versions of a virtual environment, or of a folder of packages, sorted."""
    folders = [*environment.glob("lib/python*/site-packages"), environment]
    found = {}
    for folder in folders:
        for info in folder.glob("*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").rpartition("-")
            found[canonical(name)] = version
    return tuple(sorted(found.items()))


def repair(
    environment: Environment, error: str, cache_folder: Path, tell: Tell
) -> Environment | None:
    """The environment with what the error asks for, or None when nothing known mends it."""
    installer = Installer(cache_folder, tell)
    known = _repair_for(environment, error)
    if known is not None:
        why = _why(known)
        tell(f"Adding {why}")
        return _with(environment, installer, [known["adds"]], repairs=(why,))
    if environment.bygone and bygone.is_outgrown(error):
        return _turned_back(environment, installer)
    return None


def mendable(environment: Environment, error: str) -> bool:
    """Whether `repair` would know what to do."""
    outgrown = bool(environment.bygone) and bygone.is_outgrown(error)
    return outgrown or _repair_for(environment, error) is not None


def needs(project: Project, versions: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    """(requirement, whether a written suite imports it) for this project in an environment of these versions."""
    libraries = {service.library for service in project.services}
    stack = project.stack
    said = (f"framework:{stack.framework}", f"migrations:{stack.migrations}")
    holds = {*said, *(f"library:{each}" for each in libraries), ""}
    found = {
        requirement_name(need["adds"]): (
            need["adds"],
            bool(need.get("suite")) or need["adds"] == project.stack.test_framework,
        )
        for need in _table("needs.toml", "need")
        if need.get("when", "") in holds
        and need["language"] == project.stack.language
        and (not need.get("beside") or _holds(need["beside"], versions))
    }
    return tuple(found.values())


def _holds(requirement: str, versions: Mapping[str, str]) -> bool:
    """Whether a distribution is there in a version that the requirement takes."""
    name = requirement_name(requirement)
    bound = requirement.removeprefix(name)
    return name in versions and (not bound or accepts(bound, versions[name]))


def _made(project: Project, wanted: Wanted, installer: Installer) -> Environment:
    lines = wanted.required or tuple(project.stack.dependencies)
    if not lines:
        raise Problem(
            "Nothing here says what the project depends on, and it has no virtual environment",
            place=Place(file=project.root),
            next_step="Add a requirements.txt or pyproject.toml, or make .venv yourself.",
        )
    key = _hash(sys.version, wanted.requires_python, *lines, *wanted.development, *wanted.pins)
    folder = installer.cache / "environments" / key
    with _locked(folder):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            installer.tell("Making an environment aside and installing the dependencies")
            try:
                said = _install(installer, folder, wanted, lines)
            except Problem as problem:
                newer = newer_python(str(problem))
                if not newer:
                    raise
                installer.tell(f"The dependencies ask for Python {newer}: once more with that")
                said = _install(installer, folder, replace(wanted, requires_python=newer), lines)
            _keep(folder, (said,) if said else ())
            (folder / "ready").touch()
    return Environment(
        interpreter(folder),
        folder,
        True,
        folder / "overlay",
        installed(folder),
        reads=_reads(folder),
        asked=(*lines, *wanted.development),
    )


def _turned_back(environment: Environment, installer: Installer) -> Environment:
    """The environment with the packages of the day on which the project last said which it wants."""
    word = f"{OF_THE_DAY} {environment.bygone}: newer ones no longer fit what the project is written for"
    installer.tell(f"Turning back to the {word}")
    instead = {need["adds"] for need in _table("needs.toml", "need") if need.get("beside")}
    asked = tuple(each for each in environment.asked if each not in instead)
    with _locked(environment.folder):
        try:
            installer.turn_back(environment.program, asked, environment.bygone)
        except Problem as problem:
            installer.tell(f"Those cannot be had any more ({problem}); today's stay")
            return replace(environment, bygone="")
        here = dict(installed(environment.folder))
        today = [*(each for each in TOOLS if each not in here), *instead & {*environment.asked}]
        installer.install(environment.program, today)
        _keep(environment.folder, (*environment.repairs, word))
    found = installed(environment.folder)
    repairs = (*environment.repairs, word)
    return replace(environment, versions=found, repairs=repairs, bygone="")


TOOLS = ("pytest", "coverage", "pytest-reportlog")
"""What runs a suite knows nothing of the app's packages: where the project asks for none, today's do, for those of a
day gone by may not know this Python."""


def _install(installer: Installer, folder: Path, wanted: Wanted, lines: tuple[str, ...]) -> str:
    """Fills a new environment; what had to give way for it, in words."""
    said = installer.make(folder, wanted.requires_python)
    python = interpreter(folder)
    pins = tuple(_single(wanted.pins))
    for development in dict.fromkeys((wanted.development, _tested(wanted.development))):
        try:
            installer.install(python, (*lines, *development), pins)
        except Problem:
            if not development:
                raise
            installer.tell("Not all development dependencies can be installed; trying with fewer")
        else:
            return said
    installer.install(python, lines, pins)
    return said


def _tested(development: tuple[str, ...]) -> tuple[str, ...]:
    """The development dependencies that tests need, of those that come from a registry: a linter or a site
    generator that cannot be had is no reason to go without pytest's plugins."""
    elsewhere = {requirement_name(each) for each in development if "@" in each}
    names = {each: requirement_name(each) for each in development}
    return tuple(e for e in development if names[e] not in elsewhere and TESTING.search(names[e]))


def _completed(
    environment: Environment, project: Project, root: Path, wanted: Wanted, installer: Installer
) -> Environment:
    """Adds the missing tools and says which of those that a suite imports nobody declared."""
    declared = {requirement_name(line) for line in (*wanted.required, *wanted.development)}
    versions = dict(environment.versions)
    required = needs(project, versions)
    missing = [line for line, _ in required if not _holds(line, versions)]
    if not environment.own:
        declared |= set(environment.packages)
        key = _hash(str(environment.folder), *map(str, environment.versions), *missing)
        environment = replace(environment, overlay=installer.cache / "overlays" / key)
        kept = _kept(environment.overlay)
        environment = replace(environment, repairs=kept.repairs)
        overlaid = dict(installed(environment.overlay))
        missing = [line for line in missing if not _holds(line, overlaid)]
    else:
        environment = replace(environment, repairs=_kept(environment.folder).repairs)
        pinned = bool(wanted.pins) or any(e.startswith(OF_THE_DAY) for e in environment.repairs)
        day = "" if pinned else bygone.last_said(root)
        beside = tuple(line for line in missing if line not in TOOLS)
        instead = {requirement_name(line) for line in beside}
        asked = (each for each in environment.asked if requirement_name(each) not in instead)
        environment = replace(environment, asked=(*asked, *beside), bygone=day)
    added = tuple(
        line for line, suite in required if suite and requirement_name(line) not in declared
    )
    return replace(_with(environment, installer, missing), added=added)


def _with(
    environment: Environment, installer: Installer, lines: list[str], repairs: tuple[str, ...] = ()
) -> Environment:
    """The environment, or its overlay, with more distributions."""
    if environment.own:
        home = environment.folder
        with _locked(home):
            installer.install(environment.program, lines)
    else:
        home = environment.overlay
        with _locked(home):
            home.mkdir(parents=True, exist_ok=True)
            pins = [f"{name}=={version}" for name, version in environment.versions]
            replaced = {requirement_name(line) for line in lines}
            kept = [pin for pin in pins if requirement_name(pin) not in replaced]
            installer.overlay(environment.program, home, lines, kept)
            _prune(home, set(environment.packages) - replaced)
    repairs = (*environment.repairs, *repairs)
    _keep(home, repairs)
    versions = dict(environment.versions) | dict(installed(home))
    return replace(environment, repairs=repairs, versions=tuple(sorted(versions.items())))


class _Kept(msgspec.Struct):
    repairs: tuple[str, ...] = ()


def _keep(folder: Path, repairs: tuple[str, ...]) -> None:
    (folder / "kept.json").write_bytes(msgspec.json.encode(_Kept(repairs=repairs)))


def _kept(folder: Path) -> _Kept:
    try:
        return msgspec.json.decode((folder / "kept.json").read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return _Kept()


def _prune(overlay: Path, present: set[str]) -> None:
    """Removes from the overlay what the environment has itself, so that its version stays in force."""
    for info in sorted(overlay.glob("*.dist-info")):
        name = canonical(info.name.removesuffix(".dist-info").rpartition("-")[0])
        record = info / "RECORD"
        if name in present and record.is_file():
            for line in record.read_text().splitlines():
                file = overlay / line.split(",")[0]
                if file.is_file() and file.resolve().is_relative_to(overlay):
                    file.unlink()
            shutil.rmtree(info, ignore_errors=True)
    for folder in sorted((path for path in overlay.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _single(pins: Iterable[str]) -> Iterator[str]:
    """Pins of distributions that the lock names once: forks under markers are left to the resolver."""
    pins = list(pins)
    names = [requirement_name(pin) for pin in pins]
    return (pin for pin, name in zip(pins, names, strict=True) if names.count(name) == 1)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One comfrey at a time prepares a folder of the cache."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def _table(file: str, name: str) -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((HERE / file).read_text())[name])


def _repair_for(environment: Environment, error: str) -> dict[str, Any] | None:
    versions = dict(environment.versions)
    known = (each for each in _table("repairs.toml", "repair") if re.search(each["error"], error))
    fit = (e for e in known if not e.get("beside") or _holds(e["beside"], versions))
    return next((each for each in fit if _why(each) not in environment.repairs), None)


def _why(known: dict[str, Any]) -> str:
    return f"{known['adds']}: {known['why']}"


def _hash(*words: str) -> str:
    return hashlib.blake2b("\0".join(words).encode(), digest_size=12).hexdigest()
