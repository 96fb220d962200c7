"""Runs a program that refuses root: `python demote.py OWNED_FOLDER PROGRAM ARGUMENTS…`.

As root the program sees itself as `nobody`: by a user namespace that maps root to it (files keep
their owner), or where the system forbids that by really becoming `nobody`, owner of OWNED_FOLDER.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def main(owned: Path, argv: list[str]) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        if not _appear_as(nobody.pw_uid, nobody.pw_gid):
            _become(nobody.pw_uid, nobody.pw_gid, owned)
    os.execv(argv[0], argv)


def _appear_as(uid: int, gid: int) -> bool:
    """A new user namespace in which we are `uid`; False where none may be made."""
    group = os.getegid()
    if not sys.platform.startswith("linux") or ctypes.CDLL(None).unshare(CLONE_NEWUSER):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {group} 1")
    return True


def _become(uid: int, gid: int, owned: Path) -> None:
    for path in (owned, *owned.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
