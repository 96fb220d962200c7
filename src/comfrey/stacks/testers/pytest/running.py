"""How pytest is run: the command, and the lines that the carried plugin writes meanwhile."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import PurePosixPath

from comfrey.stacks import shelf
from comfrey.stacks.testers.asked import Asked, Command
from comfrey.stacks.testers.pytest import coverage

PLUGIN = "outcomes_plugin"
START = "import sys; sys.path.pop(0); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
"""As the `pytest` script does it: the working folder is not importable by itself."""
UNSTEADY = ("-n", "--numprocesses", "--dist", "--maxprocesses", "--cov", "--no-cov", "--maxfail")
TAKES_VALUE = ("-n", "--numprocesses", "--dist", "--maxprocesses", "--cov-report", "--maxfail")
ENDS_EARLY = ("-x", "--exitfirst", "--lf", "--last-failed", "--sw", "--stepwise")
SETTINGS = "DJANGO_SETTINGS_MODULE"
"""By this name pytest-django finds settings, and reads them before a suite can set what they are made of."""
TELLING = ("Exit:", "_pytest.outcomes.Exit", "ERROR:", "E  ")


def command(asked: Asked) -> Command:
    """The command for a run, with its plugin laid into the run's folder."""
    shutil.copy(shelf.HERE / "testers/pytest/plugin.py", asked.folder / f"{PLUGIN}.py")
    told = asked.folder / "outcomes.jsonl"
    options = ["-v", "--tb=short", "-p", PLUGIN, "-p", "no:cacheprovider"]
    options += steady(dict(asked.project.tests.options).get("addopts", ""))
    if SETTINGS in asked.environ:
        options += ["-o", f"{SETTINGS}="]
    if asked.project.tests.early:
        options.append("--rootdir=.")
    if asked.bail:
        options.append("-x")
    if asked.alone:
        options.append(f"--confcutdir={_common(asked.targets)}")
    start = ["-c", START]
    if asked.measured:
        start = ["-c", coverage.START, *coverage.options(asked.project), "-m", "pytest"]
    return Command(
        argv=(str(asked.program), *start, *asked.targets, *options),
        told=told,
        shown=("pytest", *asked.targets, "-v", "--tb=short"),
        environ=_environ(asked, str(told)),
    )


def above(asked: Asked) -> str:
    """What the project's own tests set up for every test below them, and the suite with them: a `conftest.py`."""
    conftest = "" if asked.project.tests.early else asked.project.tests.conftest
    inside = PurePosixPath(_common(asked.targets)).is_relative_to(PurePosixPath(conftest).parent)
    return conftest if conftest and inside else ""


def _common(targets: tuple[str, ...]) -> str:
    """The folder of a suite's files."""
    files = (target.partition("::")[0] for target in targets)
    folders = (each if each.endswith("/") else str(PurePosixPath(each).parent) for each in files)
    return os.path.commonpath(list(folders))


covered = coverage.covered


def steady(addopts: str) -> list[str]:
    """Options that keep the project's own in force, but for workers, coverage gates and early ends.

    Tests that share one database run one after the other."""
    words = shlex.split(addopts)
    kept = []
    skipping = False
    for word in words:
        if skipping and not word.startswith("-"):
            skipping = False
            continue
        skipping = word in TAKES_VALUE
        if word not in TAKES_VALUE and not word.startswith(UNSTEADY) and word not in ENDS_EARLY:
            kept.append(word)
    return [] if kept == words else ["-o", f"addopts={shlex.join(kept)}"]


def complaint(text: str) -> str:
    """pytest's own last word on why it could not run: an exit message, a usage error."""
    said = [line.strip("! ") for line in text.splitlines() if line.strip()]
    telling = [line for line in said if line.startswith(TELLING)]
    return (telling or said or [""])[-1].removeprefix("_pytest.outcomes.Exit: ")


def _environ(asked: Asked, told: str) -> dict[str, str]:
    paths = [str(asked.folder), asked.environ.get("PYTHONPATH", "")]
    added = {
        "PYTHONPATH": os.pathsep.join(each for each in paths if each),
        "OUTCOMES_FILE": told,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if SETTINGS in asked.environ:
        added[SETTINGS] = ""
    return added | ({"OUTCOMES_SEED": str(asked.seed)} if asked.seed else {})
