"""Which day's packages a project meant: git tells when its manifests were last said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from comfrey.bench.runtimes.python.bygone import is_outgrown, last_said


def committed(root: Path, file: str, day: str) -> None:
    (root / file).write_text(f"# {day}\n")
    when = f"{day}T12:00:00+00:00"
    environ = os.environ | {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "-q"], ["add", file], [*names, "commit", "-qm", file]):
        subprocess.run(["git", *words], cwd=root, check=True, env=environ, capture_output=True)


def test_the_day_is_the_one_after_the_manifests_were_last_committed(tmp_path: Path) -> None:
    committed(tmp_path, "requirements.txt", "2022-12-08")
    committed(tmp_path, "README.md", "2024-03-26")
    assert last_said(tmp_path) == "2022-12-09"


def test_without_git_or_manifests_there_is_no_day(tmp_path: Path) -> None:
    assert last_said(tmp_path) == ""
    committed(tmp_path, "README.md", "2024-03-26")
    assert last_said(tmp_path) == ""


@pytest.mark.parametrize(
    ("error", "outgrown"),
    [
        ("ImportError: cannot import name '_NoneName' from 'sqlalchemy.sql.base'", True),
        ("PydanticImportError: `BaseSettings` has been moved", True),
        ("TypeError: __init__() got an unexpected keyword argument 'proxies'", True),
        ("KeyError: 'SECRET_KEY'", False),
        ("OperationalError: connection refused", False),
    ],
)
def test_an_error_tells_whether_a_package_moved_on(error: str, outgrown: bool) -> None:
    assert is_outgrown(error) is outgrown
