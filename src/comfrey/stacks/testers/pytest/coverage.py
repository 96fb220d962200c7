"""What a run under coverage measures: the app's own source, lines and branches."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath

from comfrey.model.project import Project
from comfrey.source.codebase import LIBRARY
from comfrey.stacks.testers.asked import Asked

START = """
import sys; sys.path.pop(0)
from importlib.util import find_spec
import pytest
if find_spec("coverage") is None:
    sys.exit(pytest.main(sys.argv[sys.argv.index("pytest") + 1:]))
from coverage.cmdline import main
switches = "thread,greenlet" if find_spec("greenlet") else "thread"
sys.exit(main(["run", "--concurrency=" + switches, *sys.argv[1:]]))
"""
"""Without coverage installed the tests still run. Asynchronous SQLAlchemy switches greenlets inside of
the app's functions (https://coverage.readthedocs.io/en/latest/config.html#run-concurrency)."""


TESTS = (
    "tests/*",
    "*/tests/*",
    "tests.py",
    "*/tests.py",
    "test_*.py",
    "*/test_*.py",
    "*/conftest.py",
)
"""Where the project's own tests lie: they are not what is measured."""


def options(project: Project) -> list[str]:
    """What `coverage run` is told: branches too, of the folders that hold endpoints, records and the app."""
    folders = sources(project)
    source = "." if "" in folders else ",".join(sorted(folders))
    tests = project.tests.folder.rstrip("/") or "tests"
    left_out = {f"{tests}/*", *TESTS, "migrations/*", "*/migrations/*", "alembic/*"}
    if project.migrations:
        left_out.add(f"{PurePosixPath(project.migrations).parent}/*/versions/*")
    return ["--branch", f"--source={source}", f"--omit={','.join(sorted(left_out))}"]


def sources(project: Project) -> set[str]:
    """The topmost folders of the app's own code, relative to its root; "" for the root itself."""
    files = {each.handler.file for each in project.endpoints}
    files |= {each.place.file for each in project.records}
    files |= {project.application.place.file} if project.application.place else set()
    start = "" if project.root == "." else f"{project.root}/"
    own = (each for each in files if each and not each.startswith(LIBRARY))
    inside = (each.removeprefix(start) for each in own if each.startswith(start))
    return {each.partition("/")[0] if "/" in each else "" for each in inside} or {""}


def covered(asked: Asked, ask: Callable[[list[str]], str]) -> tuple[tuple[str, float], ...]:
    """(`line` or `branch`, percent) of the last run under coverage; empty when there was none.

    `ask` runs a command in the app's folder and gives its output."""
    told = ask([str(asked.program), "-m", "coverage", "json", "-q", "--fail-under=0", "-o", "-"])
    if "{" not in told:
        return ()
    totals = json.loads(told[told.index("{") :])["totals"]
    parts = (
        ("line", "covered_lines", "num_statements"),
        ("branch", "covered_branches", "num_branches"),
    )
    return tuple(
        (kind, round(100 * totals[hit] / totals[of], 1))
        for kind, hit, of in parts
        if totals.get(of)
    )
