"""The `.comfrey/` folder: nouns kept between steps, private, and ignored by version control."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from comfrey import __version__
from comfrey.model.noun import N, from_json, to_json

FOLDER = ".comfrey"
CODE = (".py", ".toml", ".scm", ".jinja", ".sql")


class Memory:
    """Keeps one noun per name below `root/.comfrey`. A tree that cannot be written keeps nothing."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def save(self, name: str, key: str, noun: object) -> None:
        """Keeps `noun` as `name`, valid for `key`; replaces what was kept, atomically."""
        with contextlib.suppress(OSError):
            self._open()
            content = b'{"key":' + msgspec.json.encode(key) + b',"noun":' + to_json(noun) + b"}"
            write_atomically(self.folder / f"{name}.json", content)

    def load(self, name: str, key: str, kind: type[N]) -> N | None:
        """What was kept as `name` for this `key`, or None. An empty `key` takes whatever is there."""
        try:
            kept = msgspec.json.decode((self.folder / f"{name}.json").read_bytes(), type=_Kept)
            return from_json(bytes(kept.noun), kind) if key in ("", kept.key) else None
        except (OSError, msgspec.DecodeError):
            return None

    def note(self, file: str, text: str) -> None:
        """Keeps a text for people beside the nouns."""
        with contextlib.suppress(OSError):
            self._open()
            write_atomically(self.folder / file, text.encode())

    def _open(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")


class _Kept(msgspec.Struct):
    key: str
    noun: msgspec.Raw


@cache
def _edition() -> str:
    """The version, and when its code was last changed: what an older one read is read anew."""
    found = (
        Path(folder, name).stat().st_mtime_ns
        for folder, _, names in os.walk(Path(__file__).parent)
        for name in names
        if name.endswith(CODE)
    )
    changed = max(found, default=0)
    return f"{__version__} {changed}"


def tree_key(root: Path, files: Iterable[str], options: str = "") -> str:
    """A hash of this edition of Comfrey, the options, and every file's name, size and time of change."""
    digest = hashlib.blake2b(f"{_edition()}\0{options}".encode(), digest_size=16)
    for file in files:
        with contextlib.suppress(OSError):
            status = (root / file).stat()
            digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """The file has its old content or the new one, never a part; `OSError` when it cannot be."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
