"""Carried into the bench and loaded by pytest there: one JSON line per thing that happens.

Only pytest and the standard library; the project's interpreter may be an old one.
"""

from __future__ import annotations

import json
import logging
import os
import random
import traceback
from typing import Any

import pytest

LONGEST_LOG = 20_000
LONGEST_MESSAGE = 4_000


class Heard(logging.Handler):
    """Keeps the exceptions that are logged while a test runs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self.errors.append(told(error))


def told(error: BaseException) -> dict[str, Any]:
    """An exception as data: class, message, frames (deepest last)."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "message": str(error)[:LONGEST_MESSAGE],
        "frames": [[each.filename, each.lineno, each.name] for each in frames],
    }


class Narrator:
    """Writes what happens to the file that the environment names."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "a", encoding="utf-8")  # noqa: PTH123, SIM115
        self.heard = Heard()

    def say(self, **what: Any) -> None:
        self.file.write(json.dumps(what, default=str) + "\n")
        self.file.flush()

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int, str]) -> None:
        self.heard.errors.clear()
        self.say(what="start", test=nodeid, file=location[0], line=(location[1] or 0) + 1)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        outcome = yield
        report = outcome.get_result()
        error = call.excinfo.value if call.excinfo is not None else None
        self.say(
            what="report",
            test=report.nodeid,
            when=report.when,
            outcome=report.outcome,
            seconds=report.duration,
            raised=told(error) if error is not None else None,
            logged=list(self.heard.errors),
            log=_log(report) if report.failed else "",
        )

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            text = str(report.longrepr)[-LONGEST_MESSAGE:]
            self.say(what="collect", test=report.nodeid, message=text)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        seed = os.environ.get("OUTCOMES_SEED")
        if seed:
            random.Random(int(seed)).shuffle(items)
        self.say(what="collected", count=len(items))

    def pytest_sessionstart(self) -> None:
        logging.getLogger().addHandler(self.heard)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        logging.getLogger().removeHandler(self.heard)
        self.say(what="finish", exit=int(exitstatus))


def _log(report: Any) -> str:
    parts = [text for title, text in report.sections if "log" in title or "stderr" in title]
    return "\n".join(parts)[-LONGEST_LOG:]


def pytest_configure(config: Any) -> None:
    path = os.environ.get("OUTCOMES_FILE")
    if path:
        config.pluginmanager.register(Narrator(path), "outcomes")
