"""A suite below a conftest that imports the app: by itself on its own database, and out of the way of the others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

from comfrey.model.facts import Facts
from comfrey.writer import write
from writer import library

SECRET = (("SECRET_KEY", "a key that is long enough for its algorithm"),)
OWN = """
import os

import pytest

os.environ.setdefault("DATABASE_URL", "sqlite:///own.db")
os.environ.setdefault("SECRET_KEY", "the key that other tests have")

import library


@pytest.fixture(autouse=True)
def tables():
    library.Base.metadata.create_all(library.engine)


@pytest.fixture
def client():
    raise AssertionError("this one is for other tests")
"""


def _lay(folder: Path, early: str, options: tuple[tuple[str, str], ...] = ()) -> None:
    source = jinja2.Template(library.APP).render(
        sync=True, await_="", async_="", create="create_engine", maker="sessionmaker"
    )
    known = library.project(asynchronous=False)
    tests = known.tests.replace(
        folder="tests",
        files=("tests/test_own.py",),
        conftest="tests/conftest.py",
        automatic=("tables",),
        early=early,
        options=options,
    )
    files = {
        "code/library.py" if options else "library.py": source,
        "tests/conftest.py": OWN,
        "tests/test_own.py": (
            "import library\n\n\n"
            "def test_rows_are_stored_where_these_tests_say():\n"
            '    assert library.engine.url.database == "own.db"\n'
        ),
    }
    if options:
        files["pytest.ini"] = "[pytest]\npythonpath = code\naddopts = -W error\n"
    for file in write(
        library.plan(library.GREEN), known.replace(tests=tests), Facts(test_environment=SECRET)
    ):
        files[file.path] = file.text
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def _run(folder: Path, *targets: str) -> str:
    command = [sys.executable, "-m", "pytest", *targets, "-q", "-rA", "--tb=line"]
    options = ["-p", "no:cacheprovider", "-p", "no:randomly"]
    done = subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("options", [(), (("pythonpath", "code"),)], ids=["flat", "on a path"])
def test_it_runs_by_itself_on_its_own_database(
    tmp_path: Path, options: tuple[tuple[str, str], ...]
) -> None:
    _lay(tmp_path, "library", options)

    shown = _run(tmp_path, "tests/integration/")

    assert "22 passed" in shown, shown
    assert "failed" not in shown
    assert not (tmp_path / "own.db").exists()


def test_without_that_it_meets_the_database_of_the_others(tmp_path: Path) -> None:
    _lay(tmp_path, "")

    assert "passed" not in _run(tmp_path, "tests/integration/")


@pytest.mark.parametrize("target", ["tests", "."])
def test_the_others_run_as_before_and_tell_that_it_is_left_out(tmp_path: Path, target: str) -> None:
    _lay(tmp_path, "library")

    shown = _run(tmp_path, target)

    assert "1 passed" in shown, shown
    assert "left out, for they run by themselves: tests/integration" in shown
    assert "error" not in shown.lower()
