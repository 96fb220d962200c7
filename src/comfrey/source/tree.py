"""The listing of a source tree: what is the project's own text, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from comfrey.model.place import Place, Unknown

MAX_BYTES = 2_000_000


class Tree:
    """The files of a project after ignore rules. Texts are read once and kept."""

    def __init__(self, root: Path, files: tuple[str, ...], left_out: tuple[Unknown, ...]) -> None:
        self.root = root
        self.files = files
        """Sorted paths relative to `root`, with `/`. Ignored, vendored and generated files are not among them."""
        self.left_out = list(left_out)
        """Files that should have been read and could not be: too large, unreadable, not UTF-8."""
        self._texts: dict[str, bytes] = {}
        self._known = frozenset(files)

    def __contains__(self, file: str) -> bool:
        return file in self._known

    def text(self, file: str) -> bytes:
        """The file's bytes; b"" (and a line in `left_out`) when it cannot be read."""
        raise NotImplementedError

    def string(self, file: str) -> str:
        """The file's text, decoded as UTF-8 with replacement."""
        return self.text(file).decode("utf-8", "replace")

    def exists(self, file: str) -> bool:
        """Whether the path exists at all, ignored or not (`.env`, a lock file)."""
        return (self.root / file).exists()

    def named(self, *names: str) -> tuple[str, ...]:
        """Files with one of these base names, as `pyproject.toml`; `*.suffix` matches by ending."""
        raise NotImplementedError

    def under(self, folder: str, suffix: str = "") -> tuple[str, ...]:
        """Files inside `folder` ("" or "." for all) that end in `suffix`."""
        raise NotImplementedError

    def containing(self, needles: Iterable[bytes], suffix: str = ".py") -> tuple[str, ...]:
        """Files ending in `suffix` that contain at least one of the needles: the byte prefilter."""
        raise NotImplementedError

    def place(self, file: str, start: int, end: int | None = None, name: str = "") -> Place:
        """The place of bytes `start:end` of a file."""
        raise NotImplementedError


def open_tree(path: Path) -> Tree:
    """The tree at `path`. `Problem` (exit 3) when it is no readable folder."""
    raise NotImplementedError
