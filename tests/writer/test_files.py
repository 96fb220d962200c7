"""An app that opens SQLite's files itself is led to others, with the same tables, by the suite alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from comfrey.model.facts import Facts
from comfrey.model.place import Place
from comfrey.model.project import Project, Setting
from comfrey.writer import write
from writer import library

LOOK = """
import sqlite3
import sys

from tests.integration import environment

with sqlite3.connect(sys.argv[1]) as opened:
    opened.execute("INSERT INTO kites (name) VALUES ('Merlin')")
print(*(name for name, in sqlite3.connect(sys.argv[1]).execute("SELECT name FROM kites")))
"""


def _bare(kind: str, settings: tuple[Setting, ...] = ()) -> Project:
    known = library.project(asynchronous=False)
    return known.replace(
        database=None,
        records=(),
        settings=settings,
        stack=known.stack.replace(orm="", orms=(), databases=(kind,)),
        application=known.application.replace(place=Place(file="shop/app.py", line=1)),
    )


def _lay(folder: Path, bare: Project) -> None:
    for file in write(library.plan(library.GREEN), bare, Facts()):
        if file.path.endswith(("environment.py", "integration/__init__.py")):
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text)


@pytest.mark.parametrize("kept", [True, False])
def test_no_row_comes_into_the_file_of_the_project(tmp_path: Path, kept: bool) -> None:
    _lay(tmp_path, _bare("sqlite"))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "schema.sql").write_text("CREATE TABLE kites (name TEXT);")
    own = tmp_path / "kites.db"
    if kept:
        with closing(sqlite3.connect(own)) as made:
            made.executescript(
                "CREATE TABLE kites (id INTEGER PRIMARY KEY, name); INSERT INTO kites (name) VALUES ('Red')"
            )
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(own)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["Merlin"], done.stderr
    assert own.exists() == kept
    if kept:
        with closing(sqlite3.connect(own)) as made:
            assert made.execute("SELECT name FROM kites").fetchall() == [("Red",)]


@pytest.mark.parametrize("name", ["kites_test", "kites"])
def test_what_says_where_a_server_is_leads_to_one_for_tests_or_nowhere(
    tmp_path: Path, name: str
) -> None:
    settings = (
        Setting(name="DB_HOST", purpose="database_host", default="localhost"),
        Setting(name="DB_NAME", purpose="database_name", default="kites"),
    )
    _lay(tmp_path, _bare("postgresql", settings))
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from tests.integration import environment as it; print(it.os.environ['DB_HOST'], it.os.environ['DB_NAME'])",
        ],
        cwd=tmp_path,
        env={"TEST_DATABASE_URL": f"postgresql://one:two@127.0.0.9:5999/{name}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if name == "kites_test":
        assert done.stdout.split() == ["127.0.0.9", "kites_test"], done.stderr
    else:
        assert "its name does not say test" in done.stderr
