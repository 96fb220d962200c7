"""Builds a Go program and starts it: `serve.py STATUS_FILE PORT WORDS`. WORDS is JSON: `go`, `package`, `module`
(its folder), `arguments`, `environ` (how it is told the port; what begins with a dash is a flag, here and in our own environment). A program that listens elsewhere all the same is
reached through a relay on our port. STATUS_FILE gets `{"stage": "served", "routes": [...], "port": N}`, or the
stage (`import` for building, `startup`) at which it failed and the error."""

import json
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

ROUTE = re.compile(rb"\[GIN-debug\] ([A-Z]+)\s+(\S+)\s+-->")
PARAMETER = re.compile(r"[:*](\w+)")
PLACE = re.compile(r"^(?:\./)?([\w./-]+\.go):(\d+):(?:\d+:)? (.*)", re.M)
STACKED = re.compile(r"^\S+\.go:\d+(?: \+0x\w+)?$")
PANIC = re.compile(r"^(?:panic: |fatal error: )(.*)", re.M)
FRAME = re.compile(r"^\t(/\S+\.go):(\d+)", re.M)
PATIENCE = 36.0


def main() -> None:
    status, port, words = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    binary = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"app-{port}")
    built = subprocess.run(
        [words["go"], "build", "-o", binary, words["package"]],
        cwd=words["module"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if built.returncode:
        text = built.stdout.decode(errors="replace")
        print(text, flush=True)
        fail(status, "import", compiled(text, words["module"]))
    for folder in {os.getcwd(), words["module"]}:
        lay(os.path.join(folder, ".env"), words["environ"])
    told = {**os.environ, **words["environ"]}
    flags = [f"{name}={value}" for name, value in told.items() if name.startswith("-")]
    process = subprocess.Popen(
        [binary, *words["arguments"], *flags],
        env={name: value for name, value in told.items() if not name.startswith("-")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    said = Said(process)
    wait(process, said, status, port)
    sys.exit(process.wait())


def lay(file: str, environ: dict[str, str]) -> None:
    """Tells the port in a `.env` too: a program may look nowhere else."""
    if not os.path.isfile(file):
        return
    with open(file) as stream:
        lines = stream.read().splitlines()
    kept = [each for each in lines if each.partition("=")[0].strip() not in environ]
    told = [f"{name}={value}" for name, value in environ.items() if not name.startswith("-")]
    with open(file, "w") as stream:
        stream.write("\n".join([*kept, *told]) + "\n")


class Said(threading.Thread):
    """Passes on what the program writes, and keeps its beginning."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        assert process.stdout is not None
        self.stream = process.stdout
        self.text = b""
        self.start()

    def run(self) -> None:
        for line in self.stream:
            if len(self.text) < 1_000_000:
                self.text += line
            os.write(1, line)


def wait(process: subprocess.Popen[bytes], said: Said, status: str, port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            said.join(1)
            text = said.text.decode(errors="replace")
            fail(status, "startup", started(text, process.returncode))
        ports = listening(process.pid)
        if ports:
            time.sleep(0.05)
            there = port if port in ports else min(ports)
            if there != port:
                relay(port, there)
            tell(status, {"stage": "served", "routes": routes(said.text), "port": there})
            return
        time.sleep(0.02)
    process.kill()
    fail(status, "startup", {"type": "", "message": "it did not begin to listen", "frames": []})


def routes(text: bytes) -> list[list[str]]:
    found = (each.groups() for each in ROUTE.finditer(text))
    return [[m.decode(), PARAMETER.sub(r"{\1}", p.decode())] for m, p in found]


def listening(pid: int) -> set[int]:
    """The TCP ports that a process and its children listen on."""
    sockets = set()
    for each in family(pid):
        try:
            for name in os.listdir(f"/proc/{each}/fd"):
                link = os.readlink(f"/proc/{each}/fd/{name}")
                if link.startswith("socket:["):
                    sockets.add(link[8:-1])
        except OSError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = open(f"/proc/net/{table}").read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            parts = line.split()
            if parts[3] == "0A" and parts[9] in sockets:
                found.add(int(parts[1].rpartition(":")[2], 16))
    return found


def family(pid: int) -> list[int]:
    try:
        children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    except OSError:
        children = []
    return [pid, *(int(each) for each in children)]


def relay(port: int, there: int) -> None:
    server = socket.create_server(("127.0.0.1", port))

    def accept() -> None:
        while True:
            ours, _ = server.accept()
            threading.Thread(target=carry, args=(ours, there), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def carry(ours: socket.socket, there: int) -> None:
    try:
        theirs = socket.create_connection(("127.0.0.1", there))
    except OSError:
        ours.close()
        return
    with selectors.DefaultSelector() as ready, ours, theirs:
        ready.register(ours, selectors.EVENT_READ, theirs)
        ready.register(theirs, selectors.EVENT_READ, ours)
        while True:
            for key, _ in ready.select():
                try:
                    source: Any = key.fileobj
                    data = source.recv(65536)
                    if not data:
                        return
                    key.data.sendall(data)
                except OSError:
                    return


def compiled(text: str, module: str) -> dict[str, Any]:
    found = PLACE.search(text)
    if not found:
        return {"type": "", "message": text.strip()[:400], "frames": []}
    file = os.path.normpath(os.path.join(module, found[1]))
    return {"type": "", "message": found[3], "frames": [[file, int(found[2]), ""]]}


def started(text: str, code: int) -> dict[str, Any]:
    panic = PANIC.search(text)
    frames = [[file, int(line), ""] for file, line in FRAME.findall(text)]
    lines = said([each.strip() for each in text.splitlines() if each.strip()])
    last = next((each for each in reversed(lines) if not each.startswith("exit status")), "")
    message = panic[1] if panic else last or f"it ended with {code}"
    return {"type": "panic" if panic else "", "message": message[:600], "frames": frames[::-1]}


def said(lines: list[str]) -> list[str]:
    """What a program wrote, without the frames of a stack: a function on one line, its place on the next."""
    places = [STACKED.match(each) is not None for each in lines]
    named = [*places, False][1:] if places else []
    return [
        each for each, place, name in zip(lines, places, named, strict=True) if not (place or name)
    ]


def fail(status: str, stage: str, error: dict[str, Any]) -> None:
    tell(status, {"stage": stage, "error": error})
    sys.exit(1)


def tell(status: str, told: dict[str, Any]) -> None:
    with open(f"{status}.part", "w") as file:
        json.dump(told, file)
    os.replace(f"{status}.part", status)


if __name__ == "__main__":
    main()
