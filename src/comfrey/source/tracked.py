"""What git tracks, read from its index: a tracked file is the project's own, whatever `.gitignore` says."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from struct import unpack_from

HEADER, FIXED = 12, 62
EXTENDED = 0x4000
PREFIXED = 4
"""The version of the index whose names leave out what they share with the name before."""


class Tracked:
    """The paths in the index of the repository at `root`, with the folders above them; none without one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        try:
            files = _names((self.root / ".git" / "index").read_bytes())
        except (OSError, ValueError, IndexError):
            return frozenset()
        found = set(files)
        for file in files:
            while (file := file.rpartition("/")[0]) and file not in found:
                found.add(file)
        return frozenset(found)


def _names(index: bytes) -> list[str]:
    """The paths in a git index of version 2, 3 or 4; `ValueError` when it is none."""
    if index[:4] != b"DIRC":
        raise ValueError("no index")
    version, count = unpack_from(">II", index, 4)
    at, name, found = HEADER, b"", []
    for _ in range(count):
        start = at
        extended = unpack_from(">H", index, at + FIXED - 2)[0] & EXTENDED
        at += FIXED + (2 if extended else 0)
        if version == PREFIXED:
            cut, at = _offset(index, at)
            name = name[: len(name) - cut]
        else:
            name = b""
        end = index.index(b"\0", at)
        name += index[at:end]
        at = end + 1 if version == PREFIXED else start + (end - start + 8) // 8 * 8
        found.append(name.decode("utf-8", "replace"))
    return found


def _offset(index: bytes, at: int) -> tuple[int, int]:
    """A number in git's variable-width encoding, and where it ends."""
    byte = index[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = index[at]
        value = (value + 1) << 7 | byte & 0x7F
    return value, at + 1
