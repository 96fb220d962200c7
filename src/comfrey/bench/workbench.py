"""The workbench: a private copy of the user's tree, and the scratch folder around it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from comfrey.model.problem import EXIT_WRITE, Problem
from comfrey.source.examples import meant

SKIPPED = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".jj",
        ".comfrey",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
        ".cache",
        ".idea",
        ".vscode",
        ".eggs",
        ".gradle",
        ".terraform",
        ".next",
        ".nuxt",
        ".parcel-cache",
        ".hypothesis",
    ]
)
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_TREE = 2 * 1024 * 1024 * 1024
PREFIX = "comfrey-bench-"


@dataclass(frozen=True)
class Workbench:
    """`scratch` is ours alone; `tree` in it is the copy; `origin` is the user's tree."""

    scratch: Path
    tree: Path
    origin: Path

    @property
    def home(self) -> Path:
        return self.folder("home")

    @property
    def logs(self) -> Path:
        return self.folder("logs")

    def folder(self, name: str) -> Path:
        """A folder of that name in the scratch, made when it is not there."""
        path = self.scratch / name
        path.mkdir(exist_ok=True)
        return path


@contextlib.contextmanager
def lay_out(origin: Path, *, keep: bool = False) -> Iterator[Workbench]:
    """Copies the tree aside and takes everything away at the end, also what a killed run left."""
    sweep(Path(tempfile.gettempdir()))
    with scratch_folder(keep=keep) as scratch:
        tree = scratch / "tree"
        copy_tree(origin, tree)
        yield Workbench(scratch=scratch, tree=tree, origin=origin)


@contextlib.contextmanager
def scratch_folder(*, keep: bool = False) -> Iterator[Path]:
    """A temporary folder that is locked as long as anyone of us lives, so that `sweep` spares it."""
    scratch, lock = _scratch()
    try:
        yield scratch
    finally:
        if not keep:
            shutil.rmtree(scratch, ignore_errors=True)
        os.close(lock)


def copy_tree(origin: Path, target: Path) -> None:
    """Copies what a project consists of: no VCS, environments, caches, `.env*` or giants."""
    try:
        target.mkdir(parents=True)
        size = 0
        for folder, names, files in os.walk(origin):
            here = Path(folder)
            names[:] = sorted(name for name in names if not _left_out(here / name))
            there = target / here.relative_to(origin)
            for name in names:
                (there / name).mkdir()
            size += sum(_copy(here / name, there / name, origin) for name in sorted(files))
            for name in sorted(files):
                if (own := meant(name)) and own not in files:
                    _copy(here / name, there / own, origin)
            if size > LARGEST_TREE:
                raise Problem(
                    f"{origin} holds more than 2 GB beside its caches, too much to copy aside",
                    next_step="Point comfrey at the app's own folder.",
                )
    except OSError as error:
        raise Problem(
            f"The tree could not be copied to {target.parent}: {error.strerror or error}",
            next_step="Free some space there or set TMPDIR to a folder that has it.",
            code=EXIT_WRITE,
        ) from error


def is_env_file(name: str) -> bool:
    """Whether a file holds settings of this machine: `.env`, `.env.local`, but not an example."""
    kinds = ("example", "sample", "template", "dist", "defaults")
    return (name == ".env" or name.startswith(".env.")) and not name.endswith(kinds)


def digest(path: Path) -> str:
    """A hash of the file's bytes; "" when there is none."""
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def sweep(folder: Path) -> None:
    """Removes the scratch folders of runs that were killed: their lock is free."""
    for scratch in sorted(folder.glob(f"{PREFIX}*")):
        with contextlib.suppress(OSError):
            if scratch.stat().st_uid != os.getuid():
                continue
            lock = os.open(scratch / "lock", os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(scratch, ignore_errors=True)
            finally:
                os.close(lock)


def _scratch() -> tuple[Path, int]:
    try:
        scratch = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = os.open(scratch / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise Problem(
            f"No temporary folder could be made in {tempfile.gettempdir()}: {error.strerror}",
            next_step="Set TMPDIR to a folder with space.",
            code=EXIT_WRITE,
        ) from error
    fcntl.flock(lock, fcntl.LOCK_EX)
    return scratch, lock


def _left_out(folder: Path) -> bool:
    return (
        folder.name in SKIPPED
        or folder.name.endswith(".egg-info")
        or folder.is_symlink()
        or (folder / "pyvenv.cfg").is_file()
    )


def _copy(source: Path, target: Path, origin: Path) -> int:
    if is_env_file(source.name):
        return 0
    if source.is_symlink():
        return _copy_link(source, target, origin)
    status = source.stat()
    if not source.is_file() or status.st_size > LARGEST_FILE:
        return 0
    shutil.copy2(source, target)
    return status.st_size


def _copy_link(source: Path, target: Path, origin: Path) -> int:
    """A link inside the tree stays a link; one that leads out is copied, so that no write leaks."""
    try:
        real = source.resolve(strict=True)
    except (OSError, RuntimeError):
        return 0
    if real.is_relative_to(origin.resolve()) and not source.readlink().is_absolute():
        target.symlink_to(source.readlink())
        return 0
    if not real.is_file() or real.stat().st_size > LARGEST_FILE:
        return 0
    shutil.copy2(real, target)
    return real.stat().st_size
