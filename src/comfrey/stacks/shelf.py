"""Finds the shelf's folders, checks their `about.toml`, hands them out."""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from comfrey.model.noun import Noun

HERE = Path(__file__).parent
KINDS = (
    "frameworks",
    "orms",
    "migrations",
    "validators",
    "auth",
    "databases",
    "services",
    "testers",
    "runtimes",
)
GRADES = ("reads", "writes", "runs", "heals")


class Betrays(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What gives a thing away in a tree: any one of these is evidence.

    `dependencies` are distribution names (lower case, dashes), `imports` dotted module names,
    `files` globs relative to an app's root, `env` globs over variable names, `urls` schemes of
    addresses (`postgresql+asyncpg`), `images` names of container images.
    """

    dependencies: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


class About(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One folder's `about.toml`. `extends` names a sibling folder whose knowledge holds here too.

    `defaults` are the thing's documented conventions (a status, a port, a syntax); `data` holds
    tables that only the folder's own `read.py` understands. A kind that needs more declares its
    own `About` in its package (`stacks/services/__init__.py`).
    """

    name: str
    language: str = ""
    extends: str = ""
    grade: str = "reads"
    rank: int = 0
    """Among several that betray themselves the highest rank is the main one."""
    versions: str = ""
    betrays: Betrays = Betrays()
    defaults: dict[str, Any] = msgspec.field(default_factory=dict)
    data: dict[str, Any] = msgspec.field(default_factory=dict)


class Folder(Noun, frozen=True, kw_only=True):
    """One thing on the shelf: `stacks/<kind>/<key>`."""

    kind: str
    key: str
    about: About

    @property
    def path(self) -> Path:
        return HERE / self.kind / self.key

    def text(self, name: str) -> str:
        """The folder's file `name`, or "" when it has none."""
        file = self.path / name
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def has(self, name: str) -> bool:
        return (self.path / name).is_file()

    def module(self, name: str = "read") -> ModuleType:
        """The folder's Python file `name`; `ModuleNotFoundError` when it has none."""
        return importlib.import_module(f"comfrey.stacks.{self.kind}.{self.key}.{name}")


@cache
def folders(kind: str) -> tuple[Folder, ...]:
    """All folders of a kind, by key; `ValueError` names the file that does not fit its noun."""
    noun = _noun(kind)
    files = sorted((HERE / kind).glob("*/about.toml"))
    return tuple(Folder(kind=kind, key=file.parent.name, about=_load(file, noun)) for file in files)


@cache
def folder(kind: str, key: str) -> Folder | None:
    """The folder `stacks/<kind>/<key>`, or None."""
    return next((each for each in folders(kind) if each.key == key), None)


def lineage(found: Folder) -> tuple[Folder, ...]:
    """The folder and those it extends, nearest first."""
    chain = [found]
    while chain[-1].about.extends:
        parent = folder(found.kind, chain[-1].about.extends)
        if parent is None or parent in chain:
            break
        chain.append(parent)
    return tuple(chain)


def _noun(kind: str) -> type[About]:
    try:
        package = importlib.import_module(f"comfrey.stacks.{kind}")
    except ModuleNotFoundError:
        return About
    noun: type[About] = getattr(package, "About", About)
    return noun


def _load(file: Path, noun: type[About]) -> About:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return msgspec.convert(data, noun, strict=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{file.relative_to(HERE)}: {error}") from error
