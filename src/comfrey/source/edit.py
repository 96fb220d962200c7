"""Edits to user files: all of a set or none, each file replaced atomically."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from comfrey.model.remedy import Edit


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with the edits of one file made; `ValueError` when they overlap or lie outside."""
    raise NotImplementedError


def apply_edits(root: Path, edits: Iterable[Edit]) -> dict[str, bytes]:
    """Makes the edits in the files under `root` and gives each file's former bytes (for undoing).

    Every new text is made before the first file is touched; files are replaced by rename."""
    raise NotImplementedError


def write_file(path: Path, data: bytes) -> None:
    """Writes a file by rename, keeping an existing file's mode; parents are made."""
    raise NotImplementedError
