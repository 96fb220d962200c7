"""The weak fence's keeper: no namespaces, but nothing that was started outlives the work."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from comfrey.bench import namespace, wire


def guard(work: Callable[[], None], writer: int, parent: int) -> None:
    """Forks `work`, waits for it, then kills every process that descends from us."""
    signal.signal(signal.SIGTERM, _finish)
    if sys.platform.startswith("linux"):
        namespace.prctl(namespace.PR_SET_CHILD_SUBREAPER, 1)
        namespace.prctl(namespace.PR_SET_PDEATHSIG, signal.SIGTERM)
    worker = os.fork()
    if worker == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:  # noqa: BLE001 - a forked process must never return
            wire.send_failure(writer, error)
        finally:
            os._exit(code)
    os.close(writer)
    while not _ended(worker):
        if os.getppid() != parent:
            break
        time.sleep(0.02)
    _finish()


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, by their parents' ids in /proc; elsewhere nothing is known."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return sorted(found)


def _finish(sign: int = 0, frame: FrameType | None = None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while found := [pid for pid in descendants(os.getpid()) if not _ended(pid)]:
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    os._exit(0)


def _ended(pid: int) -> bool:
    """Whether our descendant has ended; reaps it if it is our child."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return not Path(f"/proc/{pid}").exists()
