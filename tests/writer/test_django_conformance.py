"""Every kind of step, written as Django's test cases and run by its runner: what holds is green, what does not is red."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from comfrey.model.exchange import Outcome
from comfrey.model.facts import Facts
from comfrey.model.history import WrittenFile
from comfrey.model.plan import Case
from comfrey.model.project import DatabaseHook
from comfrey.stacks.testers.asked import Asked
from comfrey.stacks.testers.django_test import outcome, running
from comfrey.verdict.evidence import ailment_of
from comfrey.writer import write
from comfrey.writer.blocks import blocks_of
from writer import djangos, library

SECRET = (("SECRET_KEY", "a key that is long enough for its algorithm"),)


def _written(folder: Path, cases: tuple[Case, ...]) -> tuple[WrittenFile, ...]:
    djangos.lay(folder)
    files = write(library.plan(cases), djangos.project(), Facts(test_environment=SECRET))
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    return files


def _run(
    folder: Path, files: tuple[WrittenFile, ...], *targets: str, seed: int = 0
) -> list[Outcome]:
    """The outcomes, as Comfrey itself runs the suite and reads what was told."""
    aside = folder / "aside"
    aside.mkdir(exist_ok=True)
    asked = Asked(
        targets or ("tests/integration/",),
        djangos.project(),
        Path(sys.executable),
        folder,
        aside,
        {},
        seed=seed,
    )
    command = running.command(asked)
    environ = {**os.environ, **command.environ}
    done = subprocess.run(
        command.argv, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    cases = {test: (case, row) for each in files for test, case, row in each.tests}
    told = outcome.read(command.lines(), str(folder), cases, done.returncode)
    assert told.problem == "", done.stderr
    command.told.unlink()
    return list(told.outcomes)


def test_what_holds_is_green(tmp_path: Path) -> None:
    files = _written(tmp_path, library.GREEN)
    found = _run(tmp_path, files, seed=7)

    assert [each.message for each in found if each.status != "passed"] == []
    assert sorted(each.test for each in found) == sorted(t for f in files for t, _, _ in f.tests)
    assert len(found) == 22


def test_what_does_not_hold_is_red_and_says_what_was_asserted(tmp_path: Path) -> None:
    files = _written(tmp_path, library.RED)
    found = {each.case: each for each in _run(tmp_path, files)}

    assert [each.case for each in found.values() if each.status != "failed"] == []
    assert len(found) == len(library.RED)
    status = ailment_of(found["books/status"], library.RED[0], None, None)
    assert (status.actual, status.expected) == (200, (204, 404))
    row = next(each for each in library.RED if each.title == "row")
    assert ailment_of(found["books/row"], row, None, None).fields == ("pages",)
    kept = next(each for each in library.RED if each.title == "unchanged")
    assert ailment_of(found["books/unchanged"], kept, None, None).symptom == "changed"


def test_one_row_of_a_table_is_asked_for_by_its_method(tmp_path: Path) -> None:
    files = _written(tmp_path, library.GREEN)
    named = "tests/integration/test_books.py::BooksTests::test_refuses_an_odd_book[no title]"

    found = _run(tmp_path, files, named)

    assert [each.variation for each in found] == ["no title", "empty title", "long title"]


def test_what_a_transaction_around_it_would_change_commits(tmp_path: Path) -> None:
    tests = next(f for f in _written(tmp_path, library.GREEN) if f.path.endswith("test_books.py"))
    rolled_back, _, committing = tests.text.partition("class BooksCommitTests")

    assert "self.refuse(Book, " in committing
    assert "self.at_once(" in committing
    assert "def test_refuses_an_odd_book(self)" in rolled_back
    assert (
        'with self.assertRaisesRegex(IntegrityError, "title"), transaction.atomic():' in tests.text
    )


def test_a_file_of_test_cases_is_taken_apart_by_method(tmp_path: Path) -> None:
    tests = next(f for f in _written(tmp_path, library.GREEN) if f.path.endswith("test_books.py"))
    blocks = blocks_of(tests.path)
    found = blocks.split(tests.text)

    assert blocks.join(found) == tests.text
    assert all(blocks.holds(tests.text, test) for test, _, _ in tests.tests)
    assert found["class"].startswith("class BooksTests(")
    assert found["test_removes_a_book"].startswith("    def test_removes_a_book(self):")


def test_the_suite_is_clean_by_common_rules(tmp_path: Path) -> None:
    _written(tmp_path, library.GREEN)
    rules = "E,F,W,I,UP,B,SIM,C4,RET,PIE,N,A"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    done = subprocess.run(
        [*command, f"--select={rules}", "--ignore=SIM118", "--line-length=88", "tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_mysql_is_spoken_to_in_its_own_words() -> None:
    project = djangos.project()
    project = project.replace(database=DatabaseHook(dialect="mysql"))
    files = write(library.plan(library.GREEN), project, Facts(test_environment=SECRET))
    texts = {each.path.rpartition("/")[2]: each.text for each in files}

    assert "AUTO_INCREMENT" in texts["database.py"]
    assert "SIGNAL SQLSTATE" in texts["database.py"]
    assert "plpgsql" not in texts["database.py"]
    assert "pg_get_serial_sequence" not in texts["database.py"]
    assert '"django.db.backends.mysql"' in texts["settings.py"]
