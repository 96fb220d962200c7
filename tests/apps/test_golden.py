"""Each sample app gets exactly the files under its `expected/`, and they hold: green in any order, without
Comfrey, leaving no row behind. `COMFREY_UPDATE_GOLDEN=1` writes them anew, for reading."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.faults.planted import copied
from comfrey import reader, runner
from comfrey.bench import Bench, BenchOptions, on_bench
from comfrey.bench.standing import TEST_DATABASE
from comfrey.model.exchange import Run
from comfrey.model.history import WrittenFile
from comfrey.source.tree import open_tree
from tests.conftest import REQUIRED

APPS = Path(__file__).resolve().parents[2] / "apps"
NAMES = sorted(path.parent.name for path in APPS.glob("*/expected"))
UPDATE = os.environ.get("COMFREY_UPDATE_GOLDEN") == "1"
SEEDS = tuple(range(1, int(os.environ.get("COMFREY_ORDERS", "1")) + 1))
"""Orders in which a suite is run beside the written one; COMFREY_ORDERS asks for more than one."""
TOOLS = {"package.json": ("npm",), "go.mod": ("go",)}
SERVERS = {"mysql": ("mariadbd", "mysqld"), "redis": ("redis-server",)}


@dataclass(frozen=True)
class Walked:
    """A walk over a copy of an app: its report, and the copy with the suite in it."""

    name: str
    tree: Path
    report: dict[str, Any]

    @property
    def suite(self) -> Path:
        return self.tree / "tests"


def comfrey(*words: str) -> dict[str, Any]:
    """The JSON that the command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "comfrey.cli", *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def missing(name: str) -> list[str]:
    """The programs that the copy needs and that are not here; of alternatives the first one is named."""
    stack = reader.read(open_tree(APPS / name)).apps[0].stack
    wanted = [words for file, words in TOOLS.items() if (APPS / name / file).is_file()]
    wanted += [words for server, words in SERVERS.items() if server in stack.databases]
    return [words[0] for words in wanted if not any(map(shutil.which, words))]


@pytest.fixture(scope="module", params=NAMES)
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    name = request.param
    if lacking := missing(name):
        give_up = pytest.fail if REQUIRED else pytest.skip
        give_up(f"{name} needs what is not here: {', '.join(lacking)}")
    tree = copied(APPS / name, tmp_path_factory.mktemp("apps") / name)
    return Walked(name, tree, comfrey(str(tree)))


def texts(folder: Path) -> dict[str, str]:
    """Every text file below the folder but the lock and what runs leave."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and "__pycache__" not in path.parts
    }


def test_a_clean_app_ends_green_and_without_a_bug(walked: Walked) -> None:
    history = walked.report["history"]

    assert not history.get("unresolved"), history["unresolved"]
    assert walked.report["summary"]["failed"] == 0
    assert walked.report["summary"]["total"] > 100
    assert not [each for each in history.get("rounds", ()) if each.get("kept")]


def test_the_rehearsal_agrees_with_the_source(walked: Walked) -> None:
    rehearsal = walked.report["history"]["rehearsal"]

    assert not rehearsal.get("disagreements"), rehearsal["disagreements"]


def test_the_files_are_the_golden_ones(walked: Walked) -> None:
    golden = APPS / walked.name / "expected"
    if UPDATE:
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in texts(walked.suite).items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_text(text, encoding="utf-8")

    assert texts(walked.suite) == texts(golden)


def test_a_second_walk_changes_no_byte(walked: Walked) -> None:
    before = {path: path.read_bytes() for path in sorted(walked.suite.rglob("*")) if path.is_file()}

    comfrey("write", str(walked.tree))

    after = {path: path.read_bytes() for path in sorted(walked.suite.rglob("*")) if path.is_file()}
    assert after == before


def of_the_suite(database: Any) -> Any:
    """The database beside the bench's own in which the suite ran, whichever kind it is."""
    name = f"{database.name}_{TEST_DATABASE}"
    fresh = {"_connection": None, "_made": type(getattr(database, "_made", []))()}
    known = {word: value for word, value in fresh.items() if hasattr(database, word)}
    if hasattr(database, "file"):
        known["file"] = database.file.with_name(f"{name}.db")
    return replace(database, name=name, **known)


def left_behind(bench: Bench) -> dict[str, int]:
    """Table → rows, where the database of the last run holds others than migration alone leaves."""
    suite = of_the_suite(bench.database)
    if hasattr(suite, "file") and not suite.file.exists():
        return {}  # A suite on SQLite may make a file for each run and keep none.
    migrated = {each.name: each.rows for each in bench.facts.tables}
    after = {each.name: each.rows for each in suite.tables()}
    assert after.keys() >= migrated.keys()
    return {name: rows for name, rows in after.items() if rows != migrated.get(name, rows)}


def rules(walked: Walked) -> list[list[str]]:
    """The commands by which the app's own tools look at the suite, as far as it has any."""
    if (walked.tree / "package.json").is_file():
        own = json.loads((walked.tree / "package.json").read_text(encoding="utf-8"))
        known = {**own.get("dependencies", {}), **own.get("devDependencies", {})}
        words = ["npx", "--yes", f"prettier@{known.get('prettier', '3')}", "--check"]
        return [[*words, f"{walked.suite}/**/*.{{js,ts}}"]] if "prettier" in known else []
    if (walked.tree / "go.mod").is_file():
        return [["sh", "-c", 'test -z "$(gofmt -l "$0" | tee /dev/stderr)"', str(walked.suite)]]
    ruff = [sys.executable, "-m", "ruff"]
    return [
        [*ruff, *words, "--no-cache", str(walked.suite)]
        for words in (["check"], ["format", "--check"])
    ]


def test_the_suite_is_clean_by_the_apps_own_rules(walked: Walked) -> None:
    for words in rules(walked):
        done = subprocess.run(
            words, cwd=walked.tree, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def without_comfrey(bench: Bench) -> list[str]:
    """What fails where the suite runs, because nothing of Comfrey is there."""
    if bench.project.stack.language == "python":
        return [str(bench.program), "-c", "import comfrey"]
    return ["sh", "-c", "comfrey --version"]


def test_the_suite_holds_in_any_order_without_comfrey(walked: Walked) -> None:
    """The environment of the app holds no Comfrey; the files are run as they stand in the tree."""
    project = reader.read(open_tree(walked.tree)).apps[0]
    files = tuple(WrittenFile(**each) for each in walked.report["history"]["files"])

    def work(bench: Bench, _: object) -> tuple[int, list[Run], dict[str, int]]:
        missing = bench.run(without_comfrey(bench))
        runs = [runner.run(files, project, bench, seed=seed) for seed in SEEDS]
        return missing.exit, runs, left_behind(bench)

    exit_code, runs, left = on_bench(
        project, walked.tree, BenchOptions(baseline=False), print, work
    )

    assert exit_code != 0, "comfrey can be had where the suite runs"
    for run in runs:
        assert not run.problem
        assert not run.red, [(each.test, each.message) for each in run.red]
        assert run.green
    assert not left
