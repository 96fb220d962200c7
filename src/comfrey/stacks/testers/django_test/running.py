"""How `manage.py test` is run: the command, and the lines that the carried runner writes meanwhile."""

from __future__ import annotations

import os
import shutil
from pathlib import PurePosixPath

from comfrey.stacks import shelf
from comfrey.stacks.testers.asked import Asked, Command
from comfrey.stacks.testers.django_test import home
from comfrey.stacks.testers.layout import layout
from comfrey.stacks.testers.pytest import coverage

RUNNER = "outcomes_runner"
START = """
import sys; sys.path.pop(0)
from importlib.util import find_spec
if find_spec("coverage") is None:
    import runpy
    sys.argv = sys.argv[sys.argv.index("--") + 1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
else:
    from coverage.cmdline import main
    sys.argv.remove("--")
    sys.exit(main(["run", *sys.argv[1:]]))
"""
"""Without coverage installed the tests still run."""
SETTINGS = "--settings="
TELLING = ("ImproperlyConfigured", "Error", "CommandError")


def command(asked: Asked) -> Command:
    """The command for a run, with its runner laid into the run's folder."""
    carried = shelf.HERE / "testers/django_test/carried" / f"{RUNNER}.py"
    shutil.copy(carried, asked.folder / carried.name)
    told = asked.folder / "outcomes.jsonl"
    manage = asked.project.migrations or "manage.py"
    labels = list(dict.fromkeys(_label(each, asked) for each in asked.targets))
    ours = layout(asked.project).folder
    settings = [f"{SETTINGS}{home.label(ours, asked.project)}.settings"] if _are_ours(asked) else []
    options = ["--noinput", f"--testrunner={RUNNER}.Runner"]
    if asked.bail:
        options.append("--failfast")
    start = [manage]
    if asked.measured:
        start = ["-c", START, *coverage.options(asked.project), "--", manage]
    return Command(
        argv=(str(asked.program), *start, "test", *labels, *settings, *options),
        told=told,
        shown=("python", manage, "test", *labels, *settings),
        environ=_environ(asked, str(told)),
    )


def complaint(text: str) -> str:
    """Django's own last word on why it could not run."""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in said if any(each in line.partition(":")[0] for each in TELLING)]
    return (telling or said or [""])[-1]


def _are_ours(asked: Asked) -> bool:
    """Whether only tests of the written suite are asked for, which bring settings of their own."""
    folder = PurePosixPath(layout(asked.project).folder)
    files = (PurePosixPath(each.partition("::")[0]) for each in asked.targets)
    return bool(asked.targets) and all(each.is_relative_to(folder) for each in files)


def _label(target: str, asked: Asked) -> str:
    """`tests/integration/test_books.py::BooksTests::test_lists[row]` → the dotted name of the method."""
    file, _, rest = target.partition("::")
    path = home.label(file, asked.project)
    method = rest.partition("[")[0].replace("::", ".")
    return ".".join(each for each in (path, method) if each)


def _environ(asked: Asked, told: str) -> dict[str, str]:
    paths = [str(asked.folder), asked.environ.get("PYTHONPATH", "")]
    added = {
        "PYTHONPATH": os.pathsep.join(each for each in paths if each),
        "OUTCOMES_FILE": told,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return added | ({"OUTCOMES_SEED": str(asked.seed)} if asked.seed else {})


covered = coverage.covered
__all__ = ["command", "complaint", "covered"]
