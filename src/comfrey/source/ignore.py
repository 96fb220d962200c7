"""Which paths are not the project's own text: `.gitignore` and what every tool leaves out."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

from pathspec import GitIgnoreSpec

FOLDERS = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "bower_components",
        "jspm_packages",
        "third_party",
        "site-packages",
        "__pycache__",
        "__pypackages__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".cache",
        ".eggs",
        ".next",
        ".nuxt",
        ".svelte-kit",
        ".turbo",
        ".parcel-cache",
        ".yarn",
        ".pnpm-store",
        "htmlcov",
        ".idea",
        ".vscode",
        ".comfrey",
        ".terraform",
        ".gradle",
        ".dart_tool",
        ".bundle",
    ]
)
"""Folders that are never a project's own code, whatever is in them."""

OUTPUT = frozenset({"build", "dist", "target", "out", "coverage", "vendor", "env", "ENV"})
"""Folders that are output or copies unless they are packages of the project."""

FILES = re.compile(
    r".*\.(?:min\.(?:js|css)|bundle\.js|map|pyc|pyo|so|o|a|dll|exe|egg|whl|zip|gz|tgz|png|jpe?g|gif|ico|svg|webp"
    r"|woff2?|ttf|eot|otf|mp[34]|mov|pdf|jar|class|db|sqlite3?|lockb)$|.*_pb2(?:_grpc)?\.pyi?$|.*\.swp$",
    re.IGNORECASE,
)
"""Binary, minified and generated files."""


def is_foreign(folder: Path, name: str) -> bool:
    """Whether a folder holds something other than the project's own text."""
    if name in FOLDERS or name.endswith(".egg-info"):
        return True
    if name in OUTPUT:
        return not (folder / "__init__.py").exists()
    return (folder / "pyvenv.cfg").exists()


class IgnoreFile:
    """One `.gitignore`; paths are relative to its folder."""

    def __init__(self, text: str) -> None:
        lines = [line.rstrip() for line in text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        self._names: re.Pattern[str] | None = None
        self._folders: re.Pattern[str] | None = None
        self._spec: GitIgnoreSpec | None = None
        if any(line.startswith("!") for line in lines):
            self._spec = GitIgnoreSpec.from_lines(lines)
            return
        simple = [line for line in lines if "/" not in line.rstrip("/") and "\\" not in line]
        self._names = _any_of([line for line in simple if not line.endswith("/")])
        self._folders = _any_of([line.rstrip("/") for line in simple if line.endswith("/")])
        anchored = [line for line in lines if line not in simple]
        self._spec = GitIgnoreSpec.from_lines(anchored) if anchored else None

    def matches(self, path: str, name: str, folder: bool) -> bool:
        """Whether the file says to ignore `path` (whose last part is `name`)."""
        if self._names and self._names.match(name):
            return True
        if folder and self._folders and self._folders.match(name):
            return True
        return bool(self._spec and self._spec.match_file(path + "/" if folder else path))


def _any_of(globs: list[str]) -> re.Pattern[str] | None:
    """One pattern for names without a slash: far cheaper than asking pathspec for every file."""
    return re.compile("|".join(fnmatch.translate(each) for each in globs)) if globs else None
