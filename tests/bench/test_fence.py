from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from comfrey.bench.fence import NAMESPACE, fence_kind, run_fenced
from comfrey.model.place import Place
from comfrey.model.problem import Problem

fenced = pytest.mark.skipif(fence_kind() != NAMESPACE, reason="this system grants no namespaces")
KINDS = [pytest.param(False, marks=fenced, id="namespace"), pytest.param(True, id="weak")]


def attempt(what: Callable[[], object]) -> str:
    try:
        return f"did it: {what()}"
    except OSError as error:
        return type(error).__name__


def names(folder: str | Path) -> list[str]:
    """What can be seen in the folder; nothing where the fence hides it altogether."""
    if not Path(folder).is_dir():
        return []
    return sorted(path.name for path in Path(folder).iterdir())


@fenced
def test_the_network_outside_is_out_of_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as host_server:
        address = host_server.getsockname()

        def escape(tell: object) -> list[str]:
            return [
                attempt(lambda: socket.create_connection(("192.0.2.1", 80), timeout=2)),
                attempt(lambda: socket.create_connection(address, timeout=2)),
                attempt(lambda: socket.getaddrinfo("example.com", 80)),
            ]

        assert run_fenced(escape, writable=(tmp_path,)) == [
            "OSError",
            "ConnectionRefusedError",
            "gaierror",
        ]


@fenced
def test_a_program_may_listen_on_a_low_port(tmp_path: Path) -> None:
    listen = "import socket; print(socket.create_server(('127.0.0.1', 80)).getsockname()[1])"

    def start(tell: object) -> str:
        return subprocess.run([sys.executable, "-c", listen], capture_output=True, text=True).stdout

    assert run_fenced(start, writable=(tmp_path,)) == "80\n"


@fenced
def test_only_the_writable_folder_takes_files(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()

    def escape(tell: object) -> list[str]:
        remount = subprocess.run(["mount", "-o", "remount,bind,rw", "/etc"], capture_output=True)
        return [
            attempt(lambda: Path("/etc/escaped").write_text("x")),
            attempt(lambda: (theirs / "escaped").write_text("x")),
            attempt(lambda: Path.home().joinpath("escaped").write_text("x")),
            attempt(lambda: (ours / "kept").write_text("x")),
            f"remount {remount.returncode != 0}",
        ]

    said = run_fenced(escape, writable=(ours,), visible=(theirs,))

    assert said[:2] == ["OSError", "OSError"]
    assert said[3:] == ["did it: 1", "remount True"]
    assert not Path.home().joinpath("escaped").exists()
    assert (ours / "kept").read_text() == "x"


@fenced
def test_processes_and_sockets_of_the_host_are_invisible(tmp_path: Path) -> None:
    host_pid = os.getpid()

    def look(tell: object) -> tuple[bool, list[str], list[str]]:
        ids = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        return host_pid in ids, names("/run"), names(Path.home())

    seen, sockets, home = run_fenced(look, writable=(tmp_path,))

    assert not seen
    assert sockets == []
    assert not {".ssh", ".bashrc", ".config"} & set(home)


@pytest.mark.parametrize("weak", KINDS)
def test_a_daemon_dies_with_the_work(weak: bool, tmp_path: Path) -> None:
    mark = f"{tmp_path}/daemon"

    def leave(tell: object) -> None:
        program = f"import time, pathlib; pathlib.Path({mark!r}).touch(); time.sleep(600)"
        subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
        while not Path(mark).exists():
            time.sleep(0.01)

    run_fenced(leave, writable=(tmp_path,), weak=weak)

    assert _commands_with(mark) == []


@pytest.mark.parametrize("weak", KINDS)
def test_killing_the_caller_leaves_nothing_running(weak: bool, tmp_path: Path) -> None:
    mark = f"{tmp_path}/server"
    child = f"import time, pathlib; pathlib.Path({mark!r}).touch(); time.sleep(600)"
    program = (
        "import subprocess, sys, time, pathlib\n"
        "from comfrey.bench.fence import run_fenced\n"
        f"child = {child!r}\n"
        "def work(tell):\n"
        "    subprocess.Popen([sys.executable, '-c', child], start_new_session=True)\n"
        "    time.sleep(600)\n"
        f"run_fenced(work, writable=(pathlib.Path({str(tmp_path)!r}),), weak={weak})\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", program])
    _until(Path(mark).exists)

    caller.send_signal(signal.SIGKILL)
    caller.wait()

    _until(lambda: not _commands_with(mark))


@pytest.mark.parametrize("weak", KINDS)
def test_results_progress_and_problems_come_back(weak: bool, tmp_path: Path) -> None:
    lines: list[str] = []

    def work(tell: Callable[[str], None]) -> dict[str, int]:
        tell("half way")
        return {"answer": 42}

    def fail(tell: object) -> None:
        raise Problem("No way", next_step="Turn back.", place=Place(file="a.py", line=3), code=5)

    assert run_fenced(work, writable=(tmp_path,), tell=lines.append, weak=weak) == {"answer": 42}
    assert lines == ["half way"]
    with pytest.raises(Problem, match=r"No way \(a.py:3\). Turn back.") as caught:
        run_fenced(fail, writable=(tmp_path,), weak=weak)
    assert caught.value.code == 5


@pytest.mark.parametrize("weak", KINDS)
def test_any_other_error_becomes_one_problem(weak: bool, tmp_path: Path) -> None:
    def fail(tell: object) -> None:
        raise ZeroDivisionError("by zero")

    with pytest.raises(Problem, match="The bench broke: ZeroDivisionError: by zero"):
        run_fenced(fail, writable=(tmp_path,), weak=weak)


def test_the_weak_guard_refuses_what_is_not_the_loopback(tmp_path: Path) -> None:
    from comfrey.bench.runtimes.python.interpreter import CARRIED

    program = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "def attempt(connect, address):\n"
        "    try: connect(address)\n"
        "    except OSError as error: print(error)\n"
        "attempt(socket.socket().connect, ('192.0.2.1', 80))\n"
        "attempt(socket.create_connection, ('example.com', 80))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(CARRIED / "guard"), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "no way to ('192.0.2.1', 80)" in said
    assert "no double for example.com" in said


def _commands_with(text: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if text in command and "run_fenced" not in command:
            found.append(command)
    return found


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came to that")
