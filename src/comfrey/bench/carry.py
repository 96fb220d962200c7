"""Carries files home into the user's tree, all or none, and takes them back.

A journal under `.comfrey/` is written before the first file and closed after the last: whoever is killed
in between leaves every file old or new, and the next run puts the old ones back.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from comfrey.model.history import Carried
from comfrey.model.problem import EXIT_WRITE, Problem

JOURNAL = Path(".comfrey") / "carried.json"


class Change(msgspec.Struct, frozen=True):
    """A file of the tree as the work began from it (`old`, None when it was not there) and as it shall be
    (`new`, None when it shall go). `path` is relative with `/`."""

    path: str
    old: str | None
    new: str | None


class _Entry(msgspec.Struct, frozen=True):
    """`before` is base64, None for a file that was not there; `after` the new content's hash, "" for none."""

    path: str
    before: str | None
    after: str
    mode: int | None = None


class _Journal(msgspec.Struct, frozen=True):
    done: bool
    entries: tuple[_Entry, ...] = ()


def carry(root: Path, changes: Iterable[Change]) -> Carried:
    """Writes the changes whose files still stand as the work began from them; the others are conflicts
    and stay untouched. `Problem` (and nothing written) when the tree or the disk will not take them."""
    recover(root)
    fit, unchanged, conflicts = _sorted_out(root, changes)
    if not fit:
        return Carried(unchanged=unchanged, conflicts=conflicts)
    entries = tuple(_entry(root, change) for change in fit)
    try:
        _keep(root, _Journal(done=False, entries=entries))
        for change in fit:
            _put(root / change.path, _bytes(change.new), None)
        _keep(root, _Journal(done=True, entries=entries))
    except OSError as error:
        with contextlib.suppress(OSError):
            _roll_back(root, entries)
        raise Problem(
            f"The tree could not be written ({error.filename or root}): {error.strerror}",
            next_step="Nothing was changed. Make room or give write access, then run again.",
            code=EXIT_WRITE,
        ) from error
    return Carried(
        created=tuple(change.path for change in fit if change.old is None),
        changed=tuple(change.path for change in fit if change.old is not None),
        unchanged=unchanged,
        conflicts=conflicts,
    )


def undo(root: Path) -> tuple[str, ...]:
    """Takes the last carry back and returns the files; those that were edited since are left alone."""
    recover(root)
    journal = _journal(root)
    if journal is None:
        return ()
    try:
        taken = _roll_back(root, journal.entries)
    except OSError as error:
        raise Problem(
            f"The tree could not be written ({error.filename or root}): {error.strerror}",
            code=EXIT_WRITE,
        ) from error
    left = tuple(entry for entry in journal.entries if entry.path not in taken)
    if left:
        _keep(root, _Journal(done=True, entries=left))
    else:
        (root / JOURNAL).unlink(missing_ok=True)
    return taken


def recover(root: Path) -> tuple[str, ...]:
    """Puts back what a killed carry had begun; the files that it put back."""
    journal = _journal(root)
    if journal is None or journal.done:
        return ()
    put_back = _roll_back(root, journal.entries)
    (root / JOURNAL).unlink(missing_ok=True)
    return put_back


def _sorted_out(
    root: Path, changes: Iterable[Change]
) -> tuple[tuple[Change, ...], tuple[str, ...], tuple[str, ...]]:
    fit, unchanged, conflicts = [], [], []
    for change in sorted(changes, key=lambda each: each.path):
        now = _read(_inside(root, change.path))
        if now == _bytes(change.new):
            unchanged.append(change.path)
        elif now == _bytes(change.old):
            fit.append(change)
        else:
            conflicts.append(change.path)
    return tuple(fit), tuple(unchanged), tuple(conflicts)


def _inside(root: Path, path: str) -> Path:
    """The file, refused when a link or `..` leads it out of the tree."""
    target = root / path
    if not target.resolve().is_relative_to(root.resolve()):
        raise Problem(f"{path} lies outside of {root}", code=EXIT_WRITE)
    return target


def _entry(root: Path, change: Change) -> _Entry:
    before = _read(root / change.path)
    after = _bytes(change.new)
    return _Entry(
        path=change.path,
        before=None if before is None else base64.b64encode(before).decode(),
        after="" if after is None else _hash(after),
        mode=None if before is None else (root / change.path).stat().st_mode & 0o7777,
    )


def _roll_back(root: Path, entries: tuple[_Entry, ...]) -> tuple[str, ...]:
    """Restores the entries whose files stand as the carry left them."""
    taken = []
    for entry in entries:
        file = root / entry.path
        now = _read(file)
        if ("" if now is None else _hash(now)) == entry.after:
            before = None if entry.before is None else base64.b64decode(entry.before)
            _put(file, before, entry.mode)
            taken.append(entry.path)
            if before is None:
                _drop_empty(file.parent, root)
    return tuple(taken)


def _put(file: Path, content: bytes | None, mode: int | None) -> None:
    """The file has its old content or the new one, never a part."""
    if content is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        mode = file.stat().st_mode & 0o7777 if file.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _drop_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _keep(root: Path, journal: _Journal) -> None:
    file = root / JOURNAL
    file.parent.mkdir(mode=0o700, exist_ok=True)
    ignore = file.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    _put(file, msgspec.json.encode(journal), 0o600)


def _journal(root: Path) -> _Journal | None:
    try:
        return msgspec.json.decode((root / JOURNAL).read_bytes(), type=_Journal)
    except (OSError, msgspec.DecodeError):
        return None


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _umask() -> int:
    mask = os.umask(0o22)
    os.umask(mask)
    return mask
