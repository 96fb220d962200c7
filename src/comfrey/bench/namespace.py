"""Linux namespaces by hand: the calls, the maps, the mounts of the fence."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import socket
import stat
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
ALL = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MS_NOATIME, MS_NODIRATIME, MS_RELATIME = 1024, 2048, 1 << 21

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 4, 24, 36
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
KEPT_CAPABILITIES = frozenset({0, 1, 3, 5, 6, 7, 10, 31})
"""chown, dac_override, fowner, kill, setgid, setuid, setfcap: what a root process does with its own
files, and what lets `demote` map it to another user; net_bind_service: an app may listen on port 80."""
PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> None:
    """A function of libc that answers 0; otherwise `OSError` with its errno."""
    if getattr(_libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def unshare(flags: int = ALL) -> None:
    """New namespaces for this process. It must have one thread only."""
    call("unshare", flags)


def prctl(option: int, value: int) -> None:
    call("prctl", option, value, 0, 0, 0)


def id_maps(kind: str) -> str:
    """The identity map over every id that this process itself has: `kind` is `uid` or `gid`."""
    rows = (line.split() for line in Path(f"/proc/self/{kind}_map").read_text().splitlines())
    return "\n".join(f"{inside} {inside} {count}" for inside, _, count in rows)


def map_ids(pid: int, uids: str, gids: str) -> None:
    """Writes the maps of the new user namespace that process `pid` lives in."""
    proc = Path(f"/proc/{pid}")
    if "\n" not in gids and gids.endswith(" 1"):
        (proc / "setgroups").write_text("deny")
    (proc / "uid_map").write_text(uids)
    (proc / "gid_map").write_text(gids)


def loopback_up() -> None:
    """Switches the private network's loopback interface on."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def open_low_ports() -> None:
    """Whoever runs in the private network may listen on its ports below 1024, where the system lets us say so."""
    with contextlib.suppress(OSError):
        PORTS.write_text("0")


def drop_capabilities() -> None:
    """No program started from here can mount, trace or open devices, even as root."""
    for capability in range(LAST_CAPABILITY + 1):
        if capability not in KEPT_CAPABILITIES:
            with contextlib.suppress(OSError):
                prctl(PR_CAPBSET_DROP, capability)


def fence_mounts(
    *, writable: Sequence[Path], visible: Sequence[Path], hidden: Sequence[Path], files: Path
) -> None:
    """Everything read-only but `writable`; `hidden` folders empty but for what lies in `visible`.

    `files` holds `hosts` and `resolv.conf`, which take the place of the system's and stay writable."""
    mount("", "/", "", MS_REC | MS_PRIVATE)
    kept = [(path, os.open(path, os.O_PATH)) for path in _outermost((*writable, *visible))]
    names = [path for name in ("hosts", "resolv.conf") if (path := Path("/etc", name)).exists()]
    for name in names:
        mount(files / name.name, name.resolve(), "", MS_BIND)
    for path in _outermost(writable):
        mount(path, path, "", MS_BIND)
    _everything_read_only(
        except_for=frozenset(map(str, (*writable, *(name.resolve() for name in names))))
    )
    for folder in _outermost(hidden):
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    for path, handle in kept:
        _restore(path, handle, hidden, writable)
        os.close(handle)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def mount(source: object, target: object, kind: str, flags: int, data: str = "") -> None:
    call(
        "mount",
        str(source).encode() or None,
        str(target).encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        data.encode() or None,
    )


def _restore(path: Path, handle: int, hidden: Sequence[Path], writable: Sequence[Path]) -> None:
    """Brings a path back that lay below a folder which is hidden now."""
    if not any(path.is_relative_to(folder) for folder in hidden):
        return
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        path.mkdir(parents=True, exist_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    mount(f"/proc/self/fd/{handle}", path, "", MS_BIND | MS_REC)
    _remount(path, read_only=not any(path.is_relative_to(one) for one in writable))


def _everything_read_only(except_for: frozenset[str]) -> None:
    for point in _mount_points():
        if point not in except_for and Path(point).exists():
            with contextlib.suppress(PermissionError, FileNotFoundError):
                _remount(Path(point), read_only=True)


def _remount(path: Path, *, read_only: bool) -> None:
    flags = os.statvfs(path).f_flag
    kept = 0
    for mine, theirs in (
        (MS_NOSUID, os.ST_NOSUID),
        (MS_NODEV, os.ST_NODEV),
        (MS_NOEXEC, os.ST_NOEXEC),
        (MS_NOATIME, os.ST_NOATIME),
        (MS_NODIRATIME, os.ST_NODIRATIME),
        (MS_RELATIME, os.ST_RELATIME),
    ):
        kept |= mine if flags & theirs else 0
    mount("", path, "", MS_REMOUNT | MS_BIND | kept | (MS_RDONLY if read_only else 0))


def _mount_points() -> Iterator[str]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        yield line.split(" ")[4].encode().decode("unicode_escape")


def _outermost(paths: Sequence[Path]) -> list[Path]:
    """The paths that lie in no other of them."""
    found: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(other) for other in found):
            found.append(path)
    return found
