"""The app as a running server: started, waited for, its log read."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from comfrey.bench import process, runtimes
from comfrey.bench.probe import Failure
from comfrey.bench.process import Server
from comfrey.bench.site import Site
from comfrey.model.problem import Problem

PATIENCE = 40.0
LAST_LINES = 60
"""How far back from the end of its log we look for what an app died of."""
FRAME = re.compile(
    r"\s*(?:at .*[:)]\d*\)?$|File \".*\", line|goroutine |Node\.js v|[\^~}\])]+[,;]?\s*$)"
)
ERROR = re.compile(r"(?:Error|Exception|panic|FATAL|ERROR)\b|\b(?:error|fatal)\b: ")


class App:
    """The project's application on a port of the loopback. `boot` starts it, or again."""

    def __init__(self, site: Site, logs: Path) -> None:
        self.site = site
        self.project = site.project
        self.root = site.folder
        self.runtime = runtimes.of(site.project)
        self.log = logs / "app.log"
        self.status = logs / "app.status"
        self.port = 0
        self.routes: tuple[tuple[str, str], ...] = ()
        """(method, path) of everything that the booted app serves."""
        self.fixed_port = ""
        """The port that the app insists on, where it is not the one it was told."""
        self._server: Server | None = None

    @property
    def expression(self) -> str:
        """The app as its language names it, "" when nothing says which it is."""
        return self.runtime.expression(self.site)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def boot(self) -> None:
        """Starts the server and waits until it serves; `Problem` says why it does not."""
        self.stop()
        self.status.unlink(missing_ok=True)
        self.port = self.port or process.free_port()
        self._server = process.start(
            self.expression,
            self.runtime.serving(self.site, self.status, self.port),
            cwd=self.root,
            environ=self.site.environ,
            log=self.log,
        )
        try:
            self._await(self._server)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(patience=2)
            self._server = None

    @property
    def alive(self) -> bool:
        return self._server is not None and self._server.alive

    def mark(self) -> int:
        """The present end of the log, in bytes."""
        return self.log.stat().st_size if self.log.exists() else 0

    def since(self, mark: int) -> str:
        """What was logged after `mark`."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(mark)
            return file.read().decode(errors="replace")

    def _await(self, server: Server) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            told = self._told()
            if told.get("stage") == "served" and process.answers(self.port):
                self.routes = tuple((method, path) for method, path in told["routes"])
                insisted = told.get("port", self.port)
                self.fixed_port = str(insisted) if insisted != self.port else ""
                return
            if told and told["stage"] != "served":
                raise self._failed(told)
            if not server.alive:
                raise self._failed(self._told() or {"stage": "ended"})
            time.sleep(0.01)
        raise Problem(
            f"The app {self.expression} did not begin to serve within {PATIENCE:.0f} s",
            place=self.project.application.place,
            next_step="Look for what it waits for while it is imported or in its lifespan.",
        )

    def _told(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(self.status.read_text())
        except (OSError, ValueError):
            return {}
        return told

    def _failed(self, told: dict[str, Any]) -> Problem:
        error = told.get("error")
        tree = self.root
        if isinstance(error, dict):
            failure = Failure(error, tree)
            verb = "cannot be imported" if told["stage"] == "import" else "fails at its start"
            return Problem(
                f"The app {self.expression} {verb}: {failure.sentence}",
                place=failure.place,
                next_step="It must start with the settings that the bench gives it.",
            )
        last = last_word(self._server.tail(LAST_LINES)) if self._server else ""
        return Problem(
            f"The app {self.expression} ended while it started: {last or 'without a word'}"
        )


def last_word(log: str) -> str:
    """What a program said at last before it ended: the error, not the frames of its stack below it."""
    lines = [each.strip() for each in log.splitlines() if each.strip() and not FRAME.match(each)]
    errors = [each for each in lines if ERROR.search(each)]
    return (errors or lines or [""])[-1]
