"""Runs of pytest on a stand-in bench: what is told of green, red, broken, crashed and absent tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from comfrey import runner
from comfrey.bench import process
from comfrey.bench.process import Finished
from comfrey.model.history import WrittenFile
from comfrey.model.project import Project, Stack
from comfrey.stacks.testers.asked import Asked
from comfrey.stacks.testers.pytest import running as pytest_running
from comfrey.stacks.testers.pytest.running import steady

SHOP = """
import logging

def price(book):
    return book["price"]

def serve(book):
    try:
        return price(book)
    except KeyError:
        logging.getLogger("shop").exception("Unhandled error")
        return 500
"""
TESTS = """
import pytest
from shop import price, serve

def test_green():
    assert price({"price": 3}) == 3

def test_red():
    assert price({"price": 3}) == 4

def test_raises():
    price({})

def test_answers_500():
    assert serve({}) == 200

@pytest.fixture
def broken():
    raise RuntimeError("no database")

def test_setup(broken):
    pass

@pytest.mark.parametrize("size", ["small", "not small"])
def test_table(size):
    assert size == "small"
"""
PATH = "tests/integration/test_shop.py"


class Bench:
    """The least that the runner asks of a bench: a folder and this very interpreter."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.program = Path(sys.executable)
        self.environ: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(root)}

    def run(
        self, argv: Sequence[str], env: Mapping[str, str], timeout: float, *, migrated: bool = False
    ) -> Finished:
        environ = {**self.environ, **env}
        return process.run(argv, cwd=self.root, environ=environ, timeout=timeout)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "shop.py").write_text(SHOP)
    return Bench(tmp_path)


PROJECT = Project(root=".", name="shop", stack=Stack(language="python", framework="fastapi"))


def written(text: str) -> tuple[WrittenFile, ...]:
    tests = ((f"{PATH}::test_red", "shop/red", ""), (f"{PATH}::test_table[not small]", "t", "n"))
    return (WrittenFile(path=PATH, text=text, tests=tests),)


def test_an_outcome_per_test_with_its_case_and_its_evidence(bench: Bench) -> None:
    run = runner.run(written(TESTS), PROJECT, bench)

    outcomes = {each.test.rpartition("::")[2]: each for each in run.outcomes}
    assert {name: each.status for name, each in outcomes.items()} == {
        "test_green": "passed",
        "test_red": "failed",
        "test_raises": "failed",
        "test_answers_500": "failed",
        "test_setup": "error",
        "test_table[small]": "passed",
        "test_table[not small]": "failed",
    }
    assert run.problem == ""
    assert outcomes["test_red"].case == "shop/red"
    assert outcomes["test_red"].error == "AssertionError"
    assert "3 == 4" in outcomes["test_red"].message
    assert outcomes["test_table[not small]"].variation == "n"
    assert str(outcomes["test_raises"].trace[-1]) == "shop.py:5"
    assert outcomes["test_raises"].error == "KeyError"


def test_a_run_that_may_bail_ends_at_its_first_red_test(bench: Bench) -> None:
    run = runner.run(written(TESTS), PROJECT, bench, bail=True)

    assert [each.test.rpartition("::")[2] for each in run.red] == ["test_red"]
    assert run.problem == ""


def test_an_error_that_the_app_logged_leads_into_the_app(bench: Bench) -> None:
    run = runner.run(written(TESTS), PROJECT, bench, only=(f"{PATH}::test_answers_500",))

    (outcome,) = run.outcomes
    assert outcome.trace[-1].name == "price"
    assert "KeyError: 'price'" in outcome.log


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import nothing_like_it", "No module named 'nothing_like_it'"),
        ("x = 1", "pytest found no tests"),
        ("import pytest\npytest.exit('Set the address.', 4)", "Set the address."),
        ("def test_it():\n    import os\n    os._exit(3)", "crashed"),
    ],
)
def test_what_keeps_pytest_from_running_is_said(bench: Bench, text: str, problem: str) -> None:
    run = runner.run(written(text), PROJECT, bench)

    assert problem in run.problem
    assert not run.green


def test_a_run_that_does_not_end_is_stopped(bench: Bench) -> None:
    text = "import time\ndef test_it():\n    time.sleep(60)"

    run = runner.run(written(text), PROJECT, bench, limit=2)

    assert "did not end" in run.problem
    assert not run.green


def test_a_seed_shuffles_and_loses_nothing(bench: Bench) -> None:
    plain = runner.run(written(TESTS), PROJECT, bench)
    orders = [
        [each.test for each in runner.run(written(TESTS), PROJECT, bench, seed=seed).outcomes]
        for seed in (1, 2)
    ]

    assert any(order != [each.test for each in plain.outcomes] for order in orders)
    assert all(sorted(order) == sorted(each.test for each in plain.outcomes) for order in orders)


def test_a_measured_run_tells_the_same_even_where_nothing_can_measure(bench: Bench) -> None:
    plain = runner.run(written(TESTS), PROJECT, bench)

    measured = runner.run(written(TESTS), PROJECT, bench, measured=True)

    assert [(each.test, each.status) for each in measured.outcomes] == [
        (each.test, each.status) for each in plain.outcomes
    ]


@pytest.mark.parametrize(
    ("addopts", "kept"),
    [
        ("-ra --strict-markers", []),
        ("-vv -n auto --cov --cov-report xml --cov-fail-under=100", ["-o", "addopts=-vv"]),
        ("-x --import-mode=importlib", ["-o", "addopts=--import-mode=importlib"]),
        ("--cov=app -p no:randomly", ["-o", "addopts=-p no:randomly"]),
    ],
)
def test_workers_gates_and_early_ends_are_left_out(addopts: str, kept: list[str]) -> None:
    assert steady(addopts) == kept


def test_formatting_leaves_the_bench_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def formatting(asked: Asked) -> list[str]:
        script = "import sys; [open(each, 'a').write('# laid out') for each in sys.argv[1:]]"
        return [sys.executable, "-c", script, *asked.targets]

    monkeypatch.setattr(pytest_running, "formatting", formatting, raising=False)
    other = WrittenFile(path="tests/integration/by_hand.py", text="new\n")
    runner.place((other.replace(text="theirs\n"),), bench.root)

    laid = runner.formatted((*written("x = 1\n"), other), PROJECT, bench)

    assert [each.text for each in laid] == ["x = 1\n# laid out", "new\n# laid out"]
    assert not (bench.root / PATH).exists()
    assert (bench.root / other.path).read_text() == "theirs\n"


@pytest.mark.parametrize(("told", "given"), [({"DJANGO_SETTINGS_MODULE": "ours"}, ""), ({}, None)])
def test_a_suite_brings_its_own_django_settings(
    tmp_path: Path, told: dict[str, str], given: str | None
) -> None:
    project = Project(root=".", name="shop", stack=Stack(language="python", framework="django"))
    asked = Asked(("tests",), project, Path("python"), tmp_path, tmp_path, told)
    found = pytest_running.command(asked)
    assert found.environ.get("DJANGO_SETTINGS_MODULE") == given
    assert ("DJANGO_SETTINGS_MODULE=" in found.argv) is (given == "")


def test_a_conftest_above_that_does_not_start_here_is_left_out_and_told(bench: Bench) -> None:
    above = bench.root / "tests" / "conftest.py"
    above.parent.mkdir()
    above.write_text("def pytest_sessionstart(session):\n    raise OSError('no such server')\n")
    own = PROJECT.replace(tests=PROJECT.tests.replace(conftest="tests/conftest.py"))
    text = "def test_it():\n    pass\n"

    assert runner.run(written(text), PROJECT, bench).problem
    run = runner.run(written(text), own, bench)

    assert [each.status for each in run.outcomes] == ["passed"]
    assert run.aside.startswith("tests/conftest.py does not run here")


def test_tests_of_the_project_in_the_same_folder_are_not_run_as_ours(bench: Bench) -> None:
    own = bench.root / "tests" / "integration" / "test_own.py"
    own.parent.mkdir(parents=True)
    own.write_text("def test_own():\n    raise RuntimeError\n")
    tests = PROJECT.tests.replace(files=("tests/integration/test_own.py",))

    run = runner.run(written(TESTS), PROJECT.replace(tests=tests), bench)

    assert not [each for each in run.outcomes if "test_own" in each.test]
    assert any(each.case == "shop/red" for each in run.outcomes)
