"""Edits to user files: all of a set or none, each file replaced atomically."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from comfrey.model.remedy import Edit


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with the edits of one file made; `ValueError` when they overlap or lie outside."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if not at <= edit.start <= edit.end <= len(data):
            raise ValueError(f"edit {edit.start}:{edit.end} of {edit.file} does not fit")
        pieces += [data[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*pieces, data[at:]])


def apply_edits(root: Path, edits: Iterable[Edit]) -> dict[str, bytes]:
    """Makes the edits in the files under `root` and gives each file's former bytes (for undoing).

    Every new text is made before the first file is touched; files are replaced by rename, and those
    already replaced are put back when a later one cannot be."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.file, []).append(edit)
    former = {file: (root / file).read_bytes() for file in sorted(by_file)}
    changed = {file: edited(data, by_file[file]) for file, data in former.items()}
    done: list[str] = []
    try:
        for file, data in changed.items():
            write_file(root / file, data)
            done.append(file)
    except OSError:
        for file in done:
            write_file(root / file, former[file])
        raise
    return former


def write_file(path: Path, data: bytes) -> None:
    """Writes a file by rename, keeping an existing file's mode; parents are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
