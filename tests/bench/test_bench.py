"""The whole bench on a small app, and on apps that are wrong in every way we could think of."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from comfrey.bench import Bench, BenchOptions, boot, namespace, on_bench, run_fenced
from comfrey.bench.carry import Change, carry
from comfrey.bench.fence import NAMESPACE, fence_kind
from comfrey.bench.runtimes.python import environment
from comfrey.model.place import Place
from comfrey.model.problem import EXIT_WRITE, Problem
from comfrey.model.project import Application, DatabaseHook, Project, Stack
from comfrey.model.record import Field, Record
from comfrey.model.service import Service, Setting

fenced = pytest.mark.skipif(fence_kind() != NAMESPACE, reason="this system grants no namespaces")
MAIN = """
    import os
    import urllib.request
    from contextlib import asynccontextmanager

    from fastapi import FastAPI, HTTPException
    from sqlalchemy import String, create_engine
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

    engine = create_engine(os.environ["DATABASE_URL"])


    class Base(DeclarativeBase):
        pass


    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str] = mapped_column(String(40), unique=True)


    @asynccontextmanager
    async def lifespan(app):
        Base.metadata.create_all(engine)
        yield


    app = FastAPI(lifespan=lifespan)


    @app.post("/notes", status_code=201)
    def add(text: str):
        with Session(engine) as session:
            session.add(Note(text=text))
            session.commit()
        urllib.request.urlopen("https://api.example.com/v1/noted", data=b"{}")
        return {"text": text}


    def shout(text):
        return text.upper()


    class Hasher:
        async def hash(self, text):
            return "hashed " + text
"""
PROJECT = Project(
    root=".",
    name="notes",
    stack=Stack(language="python", framework="fastapi", orm="sqlalchemy"),
    application=Application(module="main", variable="app", place=Place(file="main.py", line=27)),
    database=DatabaseHook(engine="main:engine", dialect="sqlite", url_setting="DATABASE_URL"),
    settings=(Setting(name="DATABASE_URL", required=True, purpose="database_url"),),
    services=(
        Service(kind="http", name="Noted", library="urllib", base_url="https://api.example.com/v1"),
    ),
    records=(
        Record(
            name="Note",
            table="notes",
            place=Place(file="main.py", line=15),
            fields=(
                Field(name="id", type="integer", primary_key=True),
                Field(name="text", type="string", required=True),
                Field(name="color", type="string"),
            ),
        ),
    ),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    root.mkdir()
    (root / "requirements.txt").write_text("fastapi\nsqlalchemy\n")
    (root / "main.py").write_text(textwrap.dedent(MAIN))
    return root


def stand(tree: Path, work: Callable[[Bench], Any], project: Project = PROJECT) -> Any:
    return on_bench(
        project, tree, BenchOptions(), lambda line: None, lambda bench, tell: work(bench)
    )


def facts_of(tree: Path, project: Project = PROJECT) -> Any:
    return stand(tree, lambda bench: bench.facts, project)


@fenced
def test_everything_stands_and_nothing_stays(tree: Path) -> None:
    def work(bench: Bench) -> dict[str, Any]:
        first = httpx.post(f"{bench.base_url}/notes?text=one")
        seen = [(call.method, call.path) for call in bench.doubles["Noted"].calls]
        writes = bench.writes()
        again = httpx.post(f"{bench.base_url}/notes?text=one")
        log = bench.log_since(0)
        rows = bench.sql("SELECT text FROM notes")
        bench.reset()
        return {
            "status": (first.status_code, again.status_code),
            "seen": seen,
            "writes": writes,
            "trace": "UNIQUE constraint failed" in log and "main.py" in log,
            "rows": (rows, bench.sql("SELECT count(*) AS n FROM notes")[0]["n"]),
            "calls": (
                bench.call("main", "shout", ["hey"]),
                bench.call("main", "Hasher.hash", ["pw"]),
            ),
            "suite": bench.run([str(bench.program), "-c", "import os; print(os.environ)"]).stdout,
            "facts": bench.facts,
        }

    found = stand(tree, work)

    assert found["status"] == (201, 500)
    assert found["seen"] == [("POST", "/v1/noted")]
    assert found["writes"] == (("insert", "notes"),)
    assert found["trace"]
    assert found["rows"] == ([{"text": "one"}], 0)
    assert found["calls"] == ("HEY", "hashed pw")
    assert "TEST_DATABASE_URL" in found["suite"]
    facts = found["facts"]
    assert facts.booted
    assert ("POST", "/notes") in [(route.method, route.path) for route in facts.routes]
    assert [table.name for table in facts.tables] == ["notes"]
    assert [finding.kind for finding in facts.findings] == ["column missing"]
    assert sorted(path.name for path in tree.iterdir()) == ["main.py", "requirements.txt"]


@fenced
def test_an_edit_is_live_after_a_restart_and_never_at_home(tree: Path) -> None:
    def work(bench: Bench) -> int:
        source = bench.folder / "main.py"
        source.write_text(source.read_text().replace("status_code=201", "status_code=202"))
        bench.restart()
        return httpx.post(f"{bench.base_url}/notes?text=one").status_code

    assert stand(tree, work) == 202
    assert "status_code=202" not in (tree / "main.py").read_text()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "raise RuntimeError('no licence')",
            r"cannot be imported: RuntimeError: no licence \(main.py:2\)",
        ),
        ("import nowhere_to_be_found", r"No module named 'nowhere_to_be_found' \(main.py:2\)"),
        ("import sys; sys.exit(3)", r"cannot be imported: SystemExit: 3 \(main.py:2\)"),
        ("import os; os._exit(3)", "ended while it started"),
        ("def broken(:", "cannot be imported: SyntaxError"),
        ("import time; time.sleep(600)", "did not begin to serve within 5 s"),
    ],
)
@fenced
def test_an_app_that_does_not_come_up_is_a_fact_in_one_sentence(
    tree: Path, line: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boot, "PATIENCE", 5.0)
    source = tree / "main.py"
    source.write_text(f"\n{line}\n" + source.read_text())

    facts = facts_of(tree)

    assert not facts.booted
    assert re.search(sentence, facts.problem), facts.problem
    assert facts.problem.count("\n") == 0


@fenced
def test_a_lifespan_that_fails_is_said_with_its_place(tree: Path) -> None:
    source = tree / "main.py"
    source.write_text(source.read_text().replace("Base.metadata.create_all(engine)", "1 / 0"))

    facts = facts_of(tree)

    assert "fails at its start: ZeroDivisionError: division by zero (main.py:26)" in facts.problem


@fenced
def test_an_undeclared_dependency_that_we_know_is_added_and_told(tree: Path) -> None:
    source = tree / "main.py"
    source.write_text("import dotenv\n" + source.read_text())

    facts = facts_of(tree)

    assert facts.booted
    assert facts.repairs == (
        "python-dotenv: dotenv is imported, but python-dotenv is not declared",
    )


def test_a_project_that_declares_nothing_is_told_what_to_do(tree: Path) -> None:
    (tree / "requirements.txt").unlink()

    with pytest.raises(Problem, match=r"Nothing here says what the project depends on"):
        facts_of(tree)


@fenced
def test_a_python_that_is_not_here_is_stood_in_for_and_told(tree: Path) -> None:
    (tree / "pyproject.toml").write_text(
        '[project]\nname = "notes"\nrequires-python = ">=3.99"\n'
        'dependencies = ["fastapi", "sqlalchemy"]\n'
    )

    facts = facts_of(tree)

    assert facts.booted
    assert "stands in: the project asks for >=3.99" in facts.repairs[0]


def test_the_environment_of_the_project_is_found_and_never_written(tree: Path) -> None:
    packages = tree / ".venv/lib/python3.11/site-packages"
    (packages / "fastapi-0.100.0.dist-info").mkdir(parents=True)
    (tree / ".venv/bin").mkdir()
    (tree / ".venv/bin/python").symlink_to(sys.executable)

    found = environment.existing(tree, tree, "fastapi")

    assert found is not None
    assert (found.own, found.versions) == (False, (("fastapi", "0.100.0"),))
    assert environment.existing(tree, tree, "flask") is None


def test_a_dangling_environment_is_not_the_projects(tree: Path) -> None:
    packages = tree / ".venv/lib/python3.11/site-packages"
    (packages / "fastapi-0.100.0.dist-info").mkdir(parents=True)
    (tree / ".venv/bin").mkdir()
    (tree / ".venv/bin/python").symlink_to("/nowhere/python")

    assert environment.existing(tree, tree, "fastapi") is None


@fenced
def test_a_read_only_tree_takes_nothing_and_says_so(tree: Path) -> None:
    def work(tell: object) -> None:
        carry(tree, [Change("tests/test_a.py", None, "x")])

    with pytest.raises(Problem, match="Read-only file system") as caught:
        run_fenced(work, writable=(), visible=(tree,))
    assert caught.value.code == EXIT_WRITE
    assert not (tree / "tests").exists()


@fenced
def test_a_full_disk_keeps_every_file_whole(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()

    def work(tell: object) -> tuple[str, list[str], str]:
        namespace.mount("tmpfs", disk, "tmpfs", 0, "size=64k")
        (disk / "main.py").write_text("as it was\n")
        changes = [
            Change("main.py", "as it was\n", "new\n"),
            Change("tests/test_big.py", None, "x" * 100_000),
        ]
        try:
            carry(disk, changes)
        except Problem as problem:
            files = sorted(file.name for file in disk.rglob("*.py"))
            return str(problem), files, (disk / "main.py").read_text()
        return "it fitted", [], ""

    said, files, content = run_fenced(work, writable=(tmp_path,))

    assert "No space left on device" in said
    assert (files, content) == (["main.py"], "as it was\n")


@fenced
def test_the_projects_processes_get_nothing_of_the_users_own(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the user")
    monkeypatch.setenv("DATABASE_URL", "postgresql://prod.example.com/shop")

    environ = stand(tree, lambda bench: bench.environ)

    assert "of the user" not in environ.values()
    assert environ["DATABASE_URL"].startswith("sqlite:///")
    assert environ["HOME"] != os.environ.get("HOME")


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (
            "listening\nError: no such host\n    at connect (net.js:12:3)\n    at next (node:events:1)\n",
            "Error: no such host",
        ),
        (
            "[main] ERROR [Store] refused\n    at Store.open (store.ts:4:1)\n\nNode.js v20.1.0\n",
            "[main] ERROR [Store] refused",
        ),
        ("panic: nil map\n\ngoroutine 1 [running]:\n", "panic: nil map"),
        ("goodbye\n", "goodbye"),
        ("", ""),
    ],
)
def test_what_an_app_says_last_is_its_error_and_no_frame_of_a_stack(log: str, said: str) -> None:
    assert boot.last_word(log) == said
