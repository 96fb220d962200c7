"""Every kind of step, written for `go test` and run for real on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from comfrey.bench import postgresql
from comfrey.bench.options import user_cache
from comfrey.model.exchange import Outcome
from comfrey.model.plan import Case
from comfrey.stacks import testers
from comfrey.stacks.testers.asked import Asked
from writer import gophers, library

GO = shutil.which("go")
needs_go = pytest.mark.skipif(GO is None, reason="go, to run what is written for it")
pytestmark = pytest.mark.xdist_group("go")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Running]:
    scratch = tmp_path_factory.mktemp("postgresql")
    binaries = postgresql.choose()
    data = postgresql.initialise(binaries, user_cache())
    running = postgresql.start(binaries, postgresql.copy_data(data, scratch), scratch / "log")
    yield running
    running.stop()


@dataclass(frozen=True)
class Stage:
    """Where suites are laid and run."""

    folder: Path
    url: str

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    def go(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of Go in the tree."""
        return subprocess.run(
            [GO or "go", *words], cwd=self.tree, capture_output=True, text=True, check=False
        )

    def lay(
        self, cases: tuple[Case, ...], inside: bool = False, in_file: bool = False
    ) -> dict[str, tuple[str, str]]:
        """Lays app and suite; returns the plan's ids by test."""
        self.tree.mkdir()
        files = gophers.lay(self.tree, cases, inside=inside, in_file=in_file)
        tidied = self.go("mod", "tidy")
        assert tidied.returncode == 0, tidied.stderr
        return {test: (case, row) for file in files for test, case, row in file.tests}

    def run(
        self,
        cases: tuple[Case, ...],
        seed: int = 0,
        *,
        inside: bool = False,
        in_file: bool = False,
    ) -> tuple[Outcome, ...]:
        """The outcomes of the suite for the cases; its problem is a failure."""
        known = self.lay(cases, inside, in_file)
        project = gophers.project()
        (self.folder / "run").mkdir()
        asked = Asked(
            targets=("tests/integration/",),
            project=project,
            program=Path(GO or "go"),
            root=self.tree,
            folder=self.folder / "run",
            environ={},
            seed=seed,
        )
        command = testers.provided(testers.tester_of(project), "running").command(asked)
        environ = os.environ | command.environ | {"TEST_DATABASE_URL": self.url}
        done = subprocess.run(
            command.argv, cwd=self.tree, env=environ, capture_output=True, text=True, check=False
        )
        told = testers.provided(testers.tester_of(project), "outcome").read(
            command.lines(), str(self.tree), known, done.returncode
        )
        said = "\n".join(command.lines())
        assert not told.problem, f"{told.problem}\n{said[-4000:]}{done.stderr}"
        assert all(each.case for each in told.outcomes), told.outcomes
        return tuple(told.outcomes)


@pytest.fixture
def stage(tmp_path: Path, server: postgresql.Running) -> Stage:
    with server.connect("postgres") as connection:
        connection.autocommit = True
        connection.cursor().execute("DROP DATABASE IF EXISTS gophers_test")
        connection.cursor().execute("CREATE DATABASE gophers_test")
    url = f"postgresql://{postgresql.USER}@127.0.0.1:{server.port}/gophers_test"
    return Stage(tmp_path, url)


@needs_go
@pytest.mark.parametrize("seed", [0, 7])
def test_what_holds_is_green(stage: Stage, seed: int) -> None:
    outcomes = stage.run(library.GREEN, seed)
    assert not [each for each in outcomes if each.status != "passed"]
    assert len(outcomes) == 22


@needs_go
def test_what_does_not_hold_is_red(stage: Stage) -> None:
    outcomes = stage.run(library.RED)
    assert {each.status for each in outcomes} == {"failed"}
    assert len(outcomes) == len(library.RED)
    assert all(each.message and each.error for each in outcomes)


@needs_go
def test_a_suite_that_has_the_app_in_its_own_process_sees_the_same(stage: Stage) -> None:
    outcomes = stage.run((*library.GREEN, *library.RED), inside=True)
    assert {each.case for each in outcomes if each.status == "failed"} == {
        e.id for e in library.RED
    }
    assert {each.status for each in outcomes} == {"passed", "failed"}


@needs_go
def test_an_address_in_a_file_gives_way_to_the_tests_own(stage: Stage) -> None:
    outcomes = stage.run(library.GREEN[:3], in_file=True)
    assert {each.status for each in outcomes} == {"passed"}
    assert gophers.OWN in (stage.tree / "conf" / "app.ini").read_text()


@needs_go
def test_vet_and_gofmt_have_nothing_to_say(stage: Stage) -> None:
    stage.lay(library.GREEN)
    formatting = testers.provided(testers.tester_of(gophers.project()), "running").formatting
    asked = Asked(
        targets=("tests",),
        project=gophers.project(),
        program=Path(GO or "go").resolve(),
        root=stage.tree,
        folder=stage.folder,
        environ={},
    )
    subprocess.run(formatting(asked), cwd=stage.tree, check=True)
    vetted = stage.go("vet", "./...")
    assert vetted.returncode == 0, vetted.stderr
    gofmt = str(Path(GO or "go").resolve().parent / "gofmt")
    done = subprocess.run(
        [gofmt, "-l", "-d", "tests"], cwd=stage.tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr


@needs_go
def test_a_suite_that_signs_in_builds_with_the_app_inside(stage: Stage) -> None:
    stage.tree.mkdir()
    gophers.lay(stage.tree, library.GREEN, inside=True, login=True)
    assert stage.go("mod", "tidy").returncode == 0
    vetted = stage.go("vet", "./...")
    assert vetted.returncode == 0, vetted.stderr


def test_nothing_tells_who_wrote_it(tmp_path: Path) -> None:
    written = gophers.lay(tmp_path, library.GREEN)
    assert not any("comfrey" in file.text.lower() for file in written)


def test_every_row_of_a_table_is_known_by_its_sub_test(tmp_path: Path) -> None:
    written = gophers.lay(tmp_path, library.GREEN)
    known = {test: (case, row) for file in written for test, case, row in file.tests}
    name = "tests/integration/books_test.go::TestRefusesAnOddBook/empty_title"
    assert known[name] == ("books/refuses-an-odd-book", "empty title")
