"""Every wrong input gets one clear sentence and a documented exit code, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMFREY = [sys.executable, "-m", "comfrey.cli"]
APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/ping")
def ping() -> dict[str, str]:
    return {"pong": "yes"}
"""


def comfrey(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMFREY, *words], capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("fastapi\nuvicorn\nhttpx\n")
    (tmp_path / "main.py").write_text(APP)
    return tmp_path


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The last line on standard error, which is the one sentence."""
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("comfrey: "), done.stderr
    return line.removeprefix("comfrey: ")


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    done = comfrey("scan", "./nowhere", cwd=tmp_path)

    assert done.returncode == 3
    assert "nowhere does not exist" in sentence(done)


def test_a_folder_without_a_project(tmp_path: Path) -> None:
    done = comfrey("scan", str(tmp_path))

    assert done.returncode == 3
    assert "root of a backend project" in sentence(done)


def test_a_project_without_a_framework(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "tool"\ndependencies = ["click"]\n')
    (tmp_path / "tool.py").write_text("print('hello')\n")

    done = comfrey(str(tmp_path))

    assert done.returncode == 3
    assert "comfrey.toml" in sentence(done)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".comfrey") == [
        "pyproject.toml",
        "tool.py",
    ]


def test_a_focus_that_names_nothing_lists_the_nearest(project: Path) -> None:
    done = comfrey("scan", str(project), "/pong")

    assert done.returncode == 2
    assert "`/ping`" in sentence(done)


def test_an_unknown_key_in_the_configuration_names_its_line(project: Path) -> None:
    (project / "comfrey.toml").write_text('# ours\nap = "main:app"\n')

    done = comfrey("plan", str(project))

    assert done.returncode == 2
    assert "comfrey.toml:2" in sentence(done)
    assert "app" in sentence(done)


def test_errors_are_json_when_asked(tmp_path: Path) -> None:
    done = comfrey("scan", str(tmp_path), "--json")

    error = json.loads(done.stdout)["error"]
    assert error["code"] == done.returncode == 3
    assert error["what"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.py", b"def broken(:\n  x = \n"),
        ("junk.py", bytes(range(256)) * 64),
        ("huge.py", b"ROWS = [" + b"1, " * 3_400_000 + b"]\n"),
    ],
)
def test_a_file_that_cannot_be_read_costs_only_itself(
    project: Path, name: str, content: bytes
) -> None:
    (project / name).write_bytes(content)

    done = comfrey("scan", str(project), "--json", "--quiet")

    assert done.returncode == 0, done.stderr
    app = json.loads(done.stdout)["apps"][0]
    assert [each["path"] for each in app["endpoints"]] == ["/ping"]


def test_a_loop_of_links_ends(project: Path) -> None:
    (project / "self").symlink_to(project, target_is_directory=True)

    done = comfrey("scan", str(project), "--json", "--quiet")

    assert len(json.loads(done.stdout)["apps"]) == 1


@pytest.mark.parametrize("options", [["-q"], ["--json", "--quiet"]])
def test_an_option_may_stand_before_the_verb(project: Path, options: list[str]) -> None:
    done = comfrey(*options, "scan", str(project))

    assert done.returncode == 0, done.stderr
    assert "/ping" in done.stdout
    assert not (project / "tests").exists()


def test_a_scan_runs_no_project_code(project: Path) -> None:
    (project / "main.py").write_text(f"open({str(project / 'ran')!r}, 'w').close()\n{APP}")

    for verb in ("scan", "plan"):
        assert comfrey(verb, str(project), "--quiet").returncode == 0

    assert not (project / "ran").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("import package_that_nobody_has", "package_that_nobody_has"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("CONFIG = {}['missing']", "KeyError"),
    ],
)
def test_an_app_that_does_not_start_carries_nothing_home(
    project: Path, line: str, told: str
) -> None:
    (project / "main.py").write_text(f"{line}\n{APP}")

    done = comfrey(str(project))

    assert done.returncode == 4, done.stderr
    assert told in sentence(done)
    assert "main.py:1" in sentence(done)
    assert not (project / "tests").exists()


def test_a_database_that_is_not_a_tests_is_refused_before_connecting(project: Path) -> None:
    url = "postgresql://admin:hunter2@db.example.com/shop_production"

    done = comfrey(str(project), "--database-url", url)

    assert done.returncode == 5, done.stderr
    assert "shop_production" in sentence(done)
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_leaves_no_process_and_no_file(project: Path, number: signal.Signals) -> None:
    (project / "main.py").write_text(f"import time; time.sleep(600)  # {project}\n{APP}")
    walk = subprocess.Popen(
        [*COMFREY, str(project)], stderr=subprocess.PIPE, start_new_session=True
    )
    _wait_for(lambda: bool(_sleepers(project)))

    os.kill(walk.pid, number)
    walk.communicate(timeout=180)

    _wait_for(lambda: not _sleepers(project))
    assert not (project / "tests").exists()


def _sleepers(project: Path) -> list[int]:
    """Processes whose working folder is a bench's copy of the project."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            where = (folder / "cwd").readlink()
            if "comfrey-bench-" in str(where) and (where / "main.py").exists():
                text = (where / "main.py").read_text()
                found += [int(folder.name)] if str(project) in text else []
        except OSError:
            continue
    return found


def _wait_for(holds: object, patience: float = 60.0) -> None:
    assert callable(holds)
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)
