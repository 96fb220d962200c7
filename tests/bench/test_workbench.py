from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench import workbench
from comfrey.bench.workbench import copy_tree, is_env_file, lay_out, sweep
from comfrey.model.problem import EXIT_WRITE, Problem


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for file in ("app/main.py", ".git/config", "env/pyvenv.cfg", "node_modules/x.js", ".env"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(file)
    (root / ".env.example").write_text("A=1")
    return root


def test_a_copy_has_the_project_and_nothing_of_the_machine(project: Path, tmp_path: Path) -> None:
    copy_tree(project, tmp_path / "copy")

    found = {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")
    }
    assert found == {"app", "app/main.py", ".env.example"}


def test_links_never_lead_out_of_the_copy(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("as it was")
    (project / "inside").symlink_to("app/main.py")
    (project / "outside").symlink_to(outside)
    (project / "loop").symlink_to("loop")
    (project / "up").symlink_to("..")

    copy_tree(project, tmp_path / "copy")

    copy = tmp_path / "copy"
    assert (copy / "inside").readlink() == Path("app/main.py")
    (copy / "outside").write_text("changed")
    assert outside.read_text() == "as it was"
    assert not (copy / "loop").is_symlink()
    assert not (copy / "up").exists()


def test_a_giant_tree_is_refused(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "LARGEST_TREE", 5)

    with pytest.raises(Problem, match="too much to copy aside"):
        copy_tree(project, tmp_path / "copy")


def test_a_full_disk_is_said_in_one_sentence(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Problem, match="could not be copied") as caught:
        copy_tree(project, tmp_path / "file" / "copy")
    assert caught.value.code == EXIT_WRITE


def test_nothing_stays_and_a_killed_run_is_swept(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = tmp_path / f"{workbench.PREFIX}killed"
    killed.mkdir()
    (killed / "lock").touch()

    with lay_out(project) as bench:
        assert not killed.exists()
        sweep(tmp_path)
        assert (bench.tree / "app/main.py").exists()

    assert not bench.scratch.exists()


def test_examples_are_no_env_files() -> None:
    names = (".env", ".env.local", ".env.production", ".env.example", ".env.sample", "x.env")
    assert [name for name in names if is_env_file(name)] == [
        ".env",
        ".env.local",
        ".env.production",
    ]
