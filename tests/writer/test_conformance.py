"""Every kind of step, written as pytest and run for real: what holds is green, what does not is red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

from comfrey.model.facts import Facts
from comfrey.model.plan import Case
from comfrey.writer import write
from writer import library

OLDER = (("sqlalchemy", "1.3.24"),)
SECRET = (("SECRET_KEY", "a key that is long enough for its algorithm"),)


def _project(
    folder: Path,
    asynchronous: bool,
    cases: tuple[Case, ...],
    hook: tuple[tuple[str, str], ...] = (),
    *,
    overriding: bool = False,
    versions: tuple[tuple[str, str], ...] = (),
) -> None:
    words = ("await ", "async ", "create_async_engine", "async_sessionmaker")
    wait, coroutine, create, maker = (
        words if asynchronous else ("", "", "create_engine", "sessionmaker")
    )
    source = jinja2.Template(library.APP).render(
        sync=not asynchronous, await_=wait, async_=coroutine, create=create, maker=maker
    )
    project = library.project(asynchronous=asynchronous)
    if hook and project.database:
        scheme = "sqlite+aiosqlite" if asynchronous else "sqlite"
        source = source.replace('os.environ["DATABASE_URL"]', f'"{scheme}:///own.db"')
        project = project.replace(database=project.database.replace(**dict(hook)))
    project = project.replace(tests=project.tests.replace(overriding=overriding))
    (folder / "library.py").write_text(source)
    facts = Facts(test_environment=SECRET, versions=versions)
    for file in write(library.plan(cases), project, facts):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)


def _run(folder: Path) -> str:
    command = [sys.executable, "-m", "pytest", "tests/integration", "-q", "-rA", "--tb=no"]
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", "-W", "ignore"]
    done = subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_what_holds_is_green(tmp_path: Path, asynchronous: bool) -> None:
    _project(tmp_path, asynchronous, library.GREEN)
    shown = _run(tmp_path)
    assert "22 passed" in shown, shown
    assert "failed" not in shown
    assert "error" not in shown.lower().replace("refused", "")


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_what_does_not_hold_is_red(tmp_path: Path, asynchronous: bool) -> None:
    _project(tmp_path, asynchronous, library.RED)
    shown = _run(tmp_path)
    assert f"{len(library.RED)} failed" in shown, shown
    assert "passed" not in shown


def test_an_older_sqlalchemy_is_asked_by_queries(tmp_path: Path) -> None:
    _project(tmp_path, False, library.GREEN, versions=OLDER)
    (tmp_path / "red").mkdir()
    _project(tmp_path / "red", False, library.RED, versions=OLDER)
    written = "".join(each.read_text() for each in (tmp_path / "tests").rglob("*.py"))

    assert "db_session.query(" in written
    assert "select(" not in written
    assert "Session]" not in written.replace("Iterator[Session]", "")
    assert "22 passed" in _run(tmp_path)
    assert f"{len(library.RED)} failed" in _run(tmp_path / "red")


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_fixed_address_is_passed_by(tmp_path: Path, asynchronous: bool) -> None:
    hook = (("url_setting", ""), ("session_dependency", "library:session"))
    _project(tmp_path, asynchronous, library.GREEN[:2], hook)

    shown = _run(tmp_path)

    assert "2 passed" in shown, shown
    assert not (tmp_path / "own.db").exists()


def test_an_app_that_cannot_be_led_elsewhere_is_left_alone(tmp_path: Path) -> None:
    _project(tmp_path, False, library.GREEN[:2], (("url_setting", ""),))

    shown = _run(tmp_path)

    assert "The app does not use the test database" in shown, shown
    assert "passed" not in shown
    assert not (tmp_path / "own.db").exists()


def test_the_same_plan_gives_the_same_bytes() -> None:
    project = library.project(asynchronous=True)
    assert write(library.plan(), project, Facts()) == write(library.plan(), project, Facts())


def test_nothing_tells_who_wrote_it() -> None:
    written = write(library.plan(), library.project(asynchronous=True), Facts())
    assert not any("comfrey" in file.text.lower() for file in written)


def test_every_row_of_a_table_is_known_by_the_id_that_pytest_gives_it() -> None:
    written = write(library.plan(), library.project(asynchronous=True), Facts())
    known = {test: (case, row) for file in written for test, case, row in file.tests}
    name = "tests/integration/test_books.py::test_refuses_an_odd_book[empty title]"
    assert known[name] == ("books/refuses-an-odd-book", "empty title")


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_the_suite_is_clean_by_common_rules(tmp_path: Path, asynchronous: bool) -> None:
    _project(tmp_path, asynchronous, library.GREEN)
    rules = "E,F,W,I,UP,B,SIM,C4,PT,RET,PIE,ASYNC,N,A"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    done = subprocess.run(
        [*command, f"--select={rules}", "--line-length=88", "tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_what_other_tests_lay_over_the_app_does_not_reach_ours(
    tmp_path: Path, asynchronous: bool
) -> None:
    _project(tmp_path, asynchronous, library.GREEN, overriding=True)
    (tmp_path / "tests/conftest.py").write_text(
        "def pytest_collection_finish():\n    import library\n\n"
        "    library.app.dependency_overrides[library.session] = lambda: None\n"
    )

    shown = _run(tmp_path)

    assert "22 passed" in shown, shown


@pytest.mark.parametrize(
    ("version", "mark", "own_loop"),
    [("0.21.1", "pytest.mark.asyncio", True), ("0.24.0", 'asyncio(loop_scope="session")', False)],
)
def test_a_suite_speaks_with_pytest_asyncio_as_its_version_does(
    tmp_path: Path, version: str, mark: str, own_loop: bool
) -> None:
    asked = (("pytest-asyncio", version),)
    facts = Facts(test_environment=SECRET, versions=asked, packages=("pytest-asyncio",))
    written = write(library.plan(library.GREEN[:1]), library.project(asynchronous=True), facts)
    texts = {each.path.rpartition("/")[2]: each.text for each in written}

    assert ("def event_loop()" in texts["conftest.py"]) is own_loop
    assert ("loop_scope" in texts["conftest.py"]) is not own_loop
    tests = next(text for name, text in texts.items() if name.startswith("test_"))
    assert mark in tests
    assert ("loop_scope" in tests) is not own_loop
