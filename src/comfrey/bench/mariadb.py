"""A private MariaDB (or MySQL): the machine's binaries, a cached data folder, a server that is up in a moment."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pymysql

from comfrey.bench import process
from comfrey.bench.process import Server
from comfrey.model.problem import Problem

USER = "comfrey"
SETTINGS = [
    *("--skip-name-resolve", "--skip-log-bin", "--performance-schema=OFF"),
    *("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"),
    *("--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"),
    *("--default-time-zone=+00:00", "--max-connections=200", "--lock-wait-timeout=10"),
]
SWIFT = Path("/usr/lib")
HOMES = ("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


@dataclass(frozen=True)
class Binaries:
    """The server and, for MariaDB, the script that makes its first tables (MySQL's server does it itself)."""

    server: Path
    installer: Path | None
    version: str

    @property
    def folder(self) -> Path:
        return self.server.parent

    @property
    def title(self) -> str:
        """The product that really runs, by its own name."""
        return f"{'MariaDB' if self.installer else 'MySQL'} {self.version}"


@dataclass(frozen=True)
class Running:
    """A server that accepts connections as `comfrey`, who may do everything."""

    server: Server
    port: int

    def connect(self, database: str = "", timeout: float = 10) -> pymysql.Connection:
        """A new connection in autocommit mode that takes "quoted names" as the catalog writes them."""
        return open_connection("127.0.0.1", self.port, USER, USER, database, timeout)

    def stop(self) -> None:
        self.server.stop(signal.SIGTERM)


def open_connection(
    host: str, port: int, user: str, password: str, database: str = "", timeout: float = 10
) -> pymysql.Connection:
    """As `Running.connect`, to any server."""
    return pymysql.connect(
        host=host,
        port=port,
        user=user,
        password=password,
        database=database or None,
        autocommit=True,
        connect_timeout=int(timeout) or 1,
        charset="utf8mb4",
        init_command="SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES'), SESSION lock_wait_timeout = 5",
    )


def choose() -> Binaries:
    """The machine's server; `Problem` when there is none."""
    found = available()
    if not found:
        raise Problem(
            "The app stores its data in MySQL, and no MariaDB or MySQL server was found on this machine",
            next_step="Run `apt-get install mariadb-server-core mariadb-client-core libeatmydata1`,"
            " or give --database-url of a test server.",
        )
    return found[0]


@cache
def available() -> tuple[Binaries, ...]:
    """MariaDB first, for its licence and its speed, then MySQL."""
    found = []
    for name in ("mariadbd", "mysqld"):
        server = _find(name)
        version, is_mariadb = _version(server) if server else ("", False)
        if server and version:
            installer = _find("mariadb-install-db") or _find("mysql_install_db")
            if is_mariadb and installer is None:
                continue
            found.append(Binaries(server, installer if is_mariadb else None, version))
    return tuple(found)


def initialise(binaries: Binaries, cache_folder: Path) -> Path:
    """A fresh data folder for these binaries, made once per user and machine."""
    data = cache_folder / "mysql" / f"{binaries.title.replace(' ', '-').lower()}-1" / "data"
    if (data / "mysql").is_dir():
        return data
    making = data.parent.with_name(f"{data.parent.name}.{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    done = process.run(
        _making(binaries, making / "data"), cwd=making, environ=_environ(making), timeout=180
    )
    if done.exit:
        shutil.rmtree(making, ignore_errors=True)
        raise Problem(f"{binaries.title} could not be initialised: {_last(done.text)}")
    with contextlib.suppress(OSError):
        making.rename(data.parent)
    shutil.rmtree(making, ignore_errors=True)
    return data


def copy_data(data: Path, scratch: Path) -> Path:
    """The cached data folder copied into the scratch."""
    target = scratch / "mysql"
    target.mkdir()
    subprocess.run(["cp", "-R", "-p", str(data), str(target / "data")], check=True)
    return target


def start(binaries: Binaries, folder: Path, log: Path, port: int = 0) -> Running:
    """Starts the server on `port` (0: a free one) over the data in `folder`."""
    port = port if port and process.port_is_free(port) else process.free_port()
    (folder / "init.sql").write_text(
        f"CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{USER}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
    )
    command = [
        str(binaries.server),
        *("--no-defaults", f"--datadir={folder / 'data'}", f"--socket={folder / 's.sock'}"),
        *(f"--pid-file={folder / 'pid'}", f"--init-file={folder / 'init.sql'}", *_as_root()),
        *(f"--port={port}", "--bind-address=127.0.0.1", *SETTINGS),
        *(("--innodb-flush-method=nosync",) if binaries.installer else ()),
        f"--tmpdir={folder}",
    ]
    server = process.start(binaries.title, command, cwd=folder, environ=_environ(folder), log=log)
    running = Running(server, port)
    _await(running, binaries)
    return running


def _making(binaries: Binaries, data: Path) -> list[str]:
    if binaries.installer is None:
        return [
            *(str(binaries.server), "--no-defaults", "--initialize-insecure"),
            *(f"--datadir={data}", *_as_root()),
        ]
    return [
        *(str(binaries.installer), "--no-defaults", f"--datadir={data}"),
        *("--auth-root-authentication-method=normal", "--skip-test-db", *_as_root()),
    ]


def _as_root() -> tuple[str, ...]:
    return ("--user=root",) if os.geteuid() == 0 else ()


def _environ(home: Path) -> dict[str, str]:
    """The durability of a database that dies with its test is nobody's wish: syncs do nothing where we can."""
    environ = {"PATH": process.SYSTEM_PATH, "HOME": str(home), "LC_ALL": "C", "TZ": "UTC"}
    swift = next(iter(sorted(SWIFT.glob("*/libeatmydata.so"))), None)
    return environ | ({"LD_PRELOAD": str(swift)} if swift else {})


def _await(running: Running, binaries: Binaries, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and running.server.alive:
        with contextlib.suppress(Exception):
            running.connect(timeout=2).close()
            return
        time.sleep(0.02)
    running.server.stop(signal.SIGKILL)
    raise Problem(f"The private {binaries.title} did not start: {_last(running.server.tail())}")


def _find(name: str) -> Path | None:
    on_path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *HOMES)))
    return Path(on_path) if on_path else None


def _version(server: Path) -> tuple[str, bool]:
    """(version, whether it is MariaDB)."""
    try:
        said = subprocess.run(
            [server, "--no-defaults", "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return "", False
    match = re.search(r"Ver\s+(\d+(?:\.\d+)+)", said)
    return (match[1] if match else ""), "MariaDB" in said


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
