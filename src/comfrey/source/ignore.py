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
    """One `.gitignore`; paths are relative to its folder.

    pathspec tries every pattern on every path. Here the positive patterns are three expressions, and
    pathspec is asked only about what they match, and only where a `!pattern` could take it back.
    """

    def __init__(self, text: str) -> None:
        lines = [line.rstrip() for line in text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        positive = [line for line in lines if not line.startswith("!")]
        simple = [line for line in positive if "/" not in line.rstrip("/") and "\\" not in line]
        self._names = _any_of([fnmatch.translate(g) for g in simple if not g.endswith("/")])
        self._folders = _any_of([fnmatch.translate(g[:-1]) for g in simple if g.endswith("/")])
        anchored = GitIgnoreSpec.from_lines([line for line in positive if line not in simple])
        self._paths = _any_of(
            [GROUP_NAME.sub("(?:", each.regex.pattern) for each in anchored.patterns if each.regex]
        )
        exact = len(positive) == len(lines)
        self._spec = None if exact else GitIgnoreSpec.from_lines(lines)

    def matches(self, path: str, name: str, folder: bool) -> bool:
        """Whether the file says to ignore `path` (whose last part is `name`)."""
        whole = path + "/" if folder else path
        named = bool(self._names and self._names.match(name))
        named = named or bool(folder and self._folders and self._folders.match(name))
        if not (named or (self._paths and self._paths.match(whole))):
            return False
        return self._spec is None or bool(self._spec.match_file(whole))


GROUP_NAME = re.compile(r"\(\?P<\w+>")


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None
