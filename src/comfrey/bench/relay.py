"""One way out of the fence: to the test server that the user named, and to nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from comfrey.bench import namespace

Connect = Callable[[], socket.socket]


@contextlib.contextmanager
def lead_out(address: tuple[str, int], path: Path) -> Iterator[Path]:
    """Outside: a process of ours that passes everything sent to the socket at `path` on to `address`."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(64)
    pid = os.fork()
    if pid == 0:
        try:
            if sys.platform.startswith("linux"):
                namespace.prctl(namespace.PR_SET_PDEATHSIG, signal.SIGKILL)
            _serve(listener, lambda: socket.create_connection(address, timeout=10))
        finally:
            os._exit(0)
    listener.close()
    try:
        yield path
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def enter(path: Path) -> tuple[str, int]:
    """Inside: a port of the loopback that leads to the socket at `path`."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(listener, lambda: _open(path)), daemon=True).start()
    host, port = listener.getsockname()
    return str(host), int(port)


def _open(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.connect(str(path))
    return made


def _serve(listener: socket.socket, connect: Connect) -> None:
    while True:
        near, _ = listener.accept()
        threading.Thread(target=_pass_on, args=(near, connect), daemon=True).start()


def _pass_on(near: socket.socket, connect: Connect) -> None:
    try:
        far = connect()
    except OSError:
        near.close()
        return
    far.settimeout(None)
    back = threading.Thread(target=_pump, args=(far, near), daemon=True)
    back.start()
    _pump(near, far)
    back.join()
    near.close()
    far.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
