"""A MongoDB server: the machine's own `mongod`, or a wire server that stands in for it, as another process."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from comfrey.bench import process
from comfrey.bench.process import Server
from comfrey.bench.runtimes.python.installer import Installer, interpreter
from comfrey.bench.wire import Tell
from comfrey.model.problem import Problem

STAND_IN = "secantusdb==0.7.0b3"
GAPS = "it has no text indexes, no $text and no replica sets (MongoMemoryReplSet is not supported)"
USUAL_PORT = 27017


@dataclass(frozen=True)
class Mongod:
    """`program` starts a server; `home` is where all of it lies; `title` its own name and version."""

    program: Path
    home: Path
    title: str
    stands_in: bool = False

    @property
    def folder(self) -> Path:
        """As other servers' binaries have it: a folder in the server's home."""
        return self.home / "bin"


@dataclass(frozen=True)
class Running:
    """A server that accepts connections from anybody on the loopback."""

    server: Server
    port: int

    def stop(self) -> None:
        self.server.stop(signal.SIGTERM)


def choose(cache: Path, tell: Tell) -> Mongod:
    """The machine's server, else the stand-in in an environment of its own, made once."""
    found = shutil.which("mongod")
    if found:
        said = process.run([found, "--version"], cwd=Path("/"), environ={}, timeout=20).text
        version = re.search(r"v?(\d+\.\d+\.\d+)", said)
        home = Path(found).resolve().parents[1]
        return Mongod(Path(found), home, f"MongoDB {version[1] if version else ''}".strip())
    home = cache / "servers" / STAND_IN.replace("==", "-")
    program = home / "bin" / "secantusd-py"
    if not program.exists():
        tell(f"Bringing {STAND_IN}, which stands in for MongoDB")
        installer = Installer(cache, tell)
        installer.make(home, f">={sys.version_info[0]}.{sys.version_info[1]}")
        installer.install(interpreter(home), [STAND_IN])
    return Mongod(program, home, f"SecantusDB {STAND_IN.rpartition('=')[2]}", stands_in=True)


def start(mongod: Mongod, folder: Path, log: Path, port: int = 0) -> Running:
    """Starts the server on `port` (0: a free one), its data in `folder`."""
    port = port if port and process.port_is_free(port) else process.free_port()
    where = ["--dbpath", str(folder), "--bind_ip", "127.0.0.1", "--port", str(port)]
    if mongod.stands_in:
        where = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", ":memory:"]
    environ = {"PATH": process.SYSTEM_PATH, "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
    command = [str(mongod.program), *where]
    running = Running(
        process.start(mongod.title, command, cwd=folder, environ=environ, log=log), port
    )
    _await(running, mongod)
    return running


SHIM = """\
#!/bin/bash
# The wire server, called as mongod is called.
host=127.0.0.1 port=27017
while [ $# -gt 0 ]; do
  case "$1" in
    --version) echo "db version v7.0.14"; exit 0 ;;
    --replSet) echo "{name} knows no replica sets" >&2; exit 1 ;;
    --port) port=$2; shift ;;
    --bind_ip) host=${{2%%,*}}; shift ;;
  esac
  shift
done
{program} --host "$host" --port "$port" --storage-path :memory: &
server=$!
trap 'kill $server' TERM INT
until (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; do
  kill -0 $server 2>/dev/null || exit 1
  sleep 0.1
done
echo "waiting for connections on port $port"
wait $server
"""


def memory_server(mongod: Mongod, folder: Path) -> dict[str, str]:
    """The variables by which `mongodb-memory-server` takes this server instead of bringing one; it is asked
    for by the project's own tests, and its replica sets only run on a real `mongod`."""
    program = mongod.program
    if mongod.stands_in:
        program = folder / "mongod"
        program.write_text(SHIM.format(program=mongod.program, name=mongod.title), encoding="utf-8")
        program.chmod(0o755)
    return {
        "MONGOMS_SYSTEM_BINARY": str(program),
        "MONGOMS_SYSTEM_BINARY_VERSION_CHECK": "false",
        "MONGOMS_DISABLE_POSTINSTALL": "1",
    }


def _await(running: Running, mongod: Mongod, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and running.server.alive:
        with contextlib.suppress(PyMongoError):
            with open_client("127.0.0.1", running.port, 500) as client:
                client.admin.command("ping")
            return
        time.sleep(0.02)
    running.server.stop(signal.SIGKILL)
    last = running.server.tail(1)
    raise Problem(f"{mongod.title} did not start: {last or os.strerror(0)}")


def open_client(
    host: str, port: int, milliseconds: int = 5000
) -> pymongo.MongoClient[dict[str, object]]:
    """A client that gives up after so many milliseconds."""
    return pymongo.MongoClient(
        host, port, serverSelectionTimeoutMS=milliseconds, uuidRepresentation="standard"
    )
