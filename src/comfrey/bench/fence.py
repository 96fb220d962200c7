"""The fence: project code runs behind it, sees only the loopback, and dies with its keeper.

Processes: the caller forks a keeper, the keeper an init (pid 1 of the private pid namespace), the
init a worker that does the work. Whoever of them dies takes all that came after along.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from comfrey.bench import namespace, orphans, wire
from comfrey.bench.workbench import scratch_folder
from comfrey.model.problem import EXIT_REFUSED, Problem

T = TypeVar("T")
Tell = Callable[[str], None]
NAMESPACE, WEAK = "namespace", "weak"
HIDDEN = ("/tmp", "/var/tmp", "/run", "/dev/shm", "/dev/mqueue", "/root", "/home", "/mnt", "/media")


def run_fenced(
    work: Callable[[Tell], T],
    *,
    writable: tuple[Path, ...],
    visible: tuple[Path, ...] = (),
    tell: Tell = lambda line: None,
    weak: bool = False,
) -> T:
    """Does `work` behind the fence and returns what it returns, which must be picklable.

    `writable` paths stay writable and `visible` ones readable even where the fence hides what is
    around them; all other files are read-only, the network is a loopback of its own. Progress lines
    and Problems come back as they are raised; any other exception comes back as a Problem. With
    `weak`, or where the system grants no namespaces, only a keeper stands behind the work.
    """
    kind = WEAK if weak else fence_kind()
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with scratch_folder() as files:
        _write_names(files)
        keeper = _Keeper(kind, [_real(path) for path in writable], [*_ours(), *map(_real, visible)])
        pid = keeper.start(work, reader, writer, files)
        os.close(writer)
        patience = 0.0
        try:
            result: T = wire.listen(reader, tell)
            patience = 2.0
            return result
        finally:
            os.close(reader)
            _end(pid, patience)


@cache
def fence_kind() -> str:
    """What this system allows: `namespace` or `weak`. Found out by putting a fence up."""
    if not sys.platform.startswith("linux"):
        return WEAK
    reader, writer = os.pipe()
    with scratch_folder() as files:
        _write_names(files)
        pid = _Keeper(NAMESPACE, [files], _ours()).start(lambda tell: True, reader, writer, files)
        os.close(writer)
        try:
            return NAMESPACE if wire.listen(reader, lambda line: None) else WEAK
        except Problem:
            return WEAK
        finally:
            os.close(reader)
            _end(pid)


def require_trust(trust: bool, what: str) -> None:
    """`Problem` when `what` would run behind the weak fence without the user's word."""
    if fence_kind() == WEAK and not trust:
        raise Problem(
            f"This system grants no private namespaces, so {what} could reach the network and your files",
            next_step="Give --trust if you would run that code anyway.",
            code=EXIT_REFUSED,
        )


class _Keeper:
    """The processes behind one fence."""

    def __init__(self, kind: str, writable: Sequence[Path], visible: Sequence[Path]) -> None:
        self.kind = kind
        self.writable = writable
        self.visible = visible

    def start(self, work: Callable[[Tell], Any], reader: int, writer: int, files: Path) -> int:
        """Forks the keeper and gives its ids their names; returns its pid."""
        asked, answered = os.pipe(), os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            os.close(asked[0])
            os.close(answered[1])
            with _last_word(writer):
                self._keep(work, writer, files, parent, asked[1], answered[0])
        os.close(asked[1])
        os.close(answered[0])
        if os.read(asked[0], 1):
            _map(pid)
            os.write(answered[1], b".")
        os.close(asked[0])
        os.close(answered[1])
        return pid

    def _keep(
        self,
        work: Callable[[Tell], Any],
        writer: int,
        files: Path,
        parent: int,
        ask: int,
        hear: int,
    ) -> None:
        os.setsid()
        _quiet_signals()
        if self.kind == NAMESPACE:
            namespace.unshare()
            os.write(ask, b".")
            os.close(ask)
            os.read(hear, 1)
        os.close(hear)
        if self.kind == NAMESPACE:
            _die_with(parent)
            child = os.fork()
            if child == 0:
                with _last_word(writer):
                    self._init(work, writer, files)
            os.close(writer)
            os.waitpid(child, 0)
        else:
            os.close(ask)
            orphans.guard(lambda: _work(work, writer), writer, parent)

    def _init(self, work: Callable[[Tell], Any], writer: int, files: Path) -> None:
        namespace.prctl(namespace.PR_SET_PDEATHSIG, signal.SIGKILL)
        namespace.loopback_up()
        namespace.open_low_ports()
        namespace.fence_mounts(
            writable=self.writable, visible=self.visible, hidden=_hidden(), files=files
        )
        namespace.drop_capabilities()
        os.chdir(self.writable[0] if self.writable else "/")
        worker = os.fork()
        if worker == 0:
            with _last_word(writer):
                _work(work, writer)
        os.close(writer)
        while os.wait()[0] != worker:
            pass


def _work(work: Callable[[Tell], Any], writer: int) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    result = work(lambda line: wire.send(writer, "tell", line))
    wire.send(writer, "result", result)


@contextlib.contextmanager
def _last_word(writer: int) -> Iterator[None]:
    """Whatever leaves the block ends the process, after saying over the pipe what went wrong."""
    code = 1
    try:
        yield
        code = 0
    except BaseException as error:  # noqa: BLE001 - a forked process must never return to its caller
        wire.send_failure(writer, error)
    finally:
        os._exit(code)


def _end(pid: int, patience: float = 2.0) -> None:
    """Waits for the keeper; one that will not end is ended, and with it everything behind the fence."""
    end = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                _kill(pid)
                os.waitpid(pid, 0)
                return
            time.sleep(0.002)


def _kill(pid: int) -> None:
    """A namespace's init first: when the keeper has reaped it, all of its processes are gone."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    with contextlib.suppress(OSError):
        if _has_own_pids(pid):
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGKILL)
            return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _has_own_pids(pid: int) -> bool:
    mine, theirs = (Path(f"/proc/{who}/ns/pid_for_children").stat() for who in ("self", pid))
    return mine.st_ino != theirs.st_ino


def _map(pid: int) -> None:
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            namespace.map_ids(pid, namespace.id_maps("uid"), namespace.id_maps("gid"))
            return
    uid, gid = os.geteuid(), os.getegid()
    with contextlib.suppress(OSError):
        namespace.map_ids(pid, f"{uid} {uid} 1", f"{gid} {gid} 1")


def _die_with(parent: int) -> None:
    namespace.prctl(namespace.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _quiet_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _write_names(files: Path) -> None:
    (files / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (files / "resolv.conf").write_text("")


def _ours() -> list[Path]:
    """What Python itself needs to go on: its own installation and everything importable."""
    paths = [sys.prefix, sys.base_prefix, *(path for path in sys.path if path)]
    found = [Path(path) for path in (*paths, str(Path(__file__).parents[1]))]
    return [_real(path) for path in found if path.exists() and path != Path("/")]


def _hidden() -> list[Path]:
    """The folders that are empty behind the fence; a home that is the root itself cannot be."""
    folders = [Path(path).resolve() for path in (*HIDDEN, str(Path.home()))]
    return [folder for folder in folders if folder.is_dir() and folder != Path("/")]


def _real(path: Path) -> Path:
    return path.resolve()
