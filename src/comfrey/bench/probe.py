"""A conversation with the project's own program: import, call, ask for a value."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from comfrey.model.place import Place
from comfrey.model.problem import Problem

OUTSIDE = {"site-packages", "node_modules"}


class Failure(Exception):
    """The project's code raised. `type` and `message` are the innermost cause's; `missing` names the
    module of an ImportError; `place` is the deepest frame inside the project."""

    def __init__(self, error: Mapping[str, Any], root: Path) -> None:
        self.type = str(error.get("type", ""))
        self.message = str(error.get("message", ""))
        self.outer = str(error.get("outer", ""))
        self.missing = str(error.get("missing") or "")
        self.place = deepest(error.get("frames", []), root)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """`ModuleNotFoundError: No module named 'jose'`, on one line."""
        said = " ".join(self.message.split())
        return f"{self.type}: {said}" if self.type and said else said or self.type


class Probe:
    """A process that is started at the first question and again after it died."""

    def __init__(
        self,
        command: Sequence[str],
        root: Path,
        environ: Mapping[str, str],
        log: Path,
        patience: float = 60,
    ) -> None:
        self.command = list(command)
        self.root = root
        self.environ = dict(environ)
        self.log = log
        self.patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, do: str, **words: Any) -> Any:
        """The value that the probe's verb gives; `Failure` when the project's code raises."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps({"do": do, **words}).encode() + b"\n")
        process.stdin.flush()
        line = self._line(process, do)
        answer = json.loads(line)
        if not answer["ok"]:
            raise Failure(answer["error"], self.root)
        return answer["value"]

    def close(self) -> None:
        """Ends the process; the next question starts a new one, with the code as it then is."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()
        self._process.wait()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command,
                    cwd=self.root,
                    env=self.environ,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
        return self._process

    def _line(self, process: subprocess.Popen[bytes], do: str) -> bytes:
        assert process.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            if not waiting.select(self.patience):
                self.close()
                raise Problem(
                    f"The project's code did not come back within {self.patience:.0f} s ({do})",
                    next_step="Look for a loop, a prompt or a server started while it is imported.",
                )
        line = process.stdout.readline()
        if not line:
            code = process.wait()
            self.close()
            raise Failure(
                {"type": "SystemExit", "message": f"the process ended with {code}"}, self.root
            )
        return line


def deepest(frames: list[list[Any]], root: Path) -> Place | None:
    """The last of `[file, line, function]` that lies in the project itself."""
    for file, line, name in reversed(frames):
        path = Path(file)
        inside = path.is_relative_to(root) and not OUTSIDE & {*path.parts}
        if inside:
            return Place(file=path.relative_to(root).as_posix(), line=int(line), name=str(name))
    return None
