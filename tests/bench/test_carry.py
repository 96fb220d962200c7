from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comfrey.bench import carry as carrying
from comfrey.bench.carry import Change, carry, recover, undo
from comfrey.model.problem import EXIT_WRITE, Problem

CHANGES = (
    Change("app/main.py", "old app\n", "new app\n"),
    Change("tests/integration/test_orders.py", None, "def test(): ...\n"),
    Change("tests/old.py", "gone\n", None),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "app/main.py").write_text("old app\n")
    (tmp_path / "tests/old.py").write_text("gone\n")
    (tmp_path / "app/main.py").chmod(0o755)
    return tmp_path


def state(tree: Path) -> dict[str, str]:
    return {
        path.relative_to(tree).as_posix(): path.read_text()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and ".comfrey" not in path.parts
    }


def test_carries_and_takes_back(tree: Path) -> None:
    before = state(tree)

    carried = carry(tree, CHANGES)

    assert carried.created == ("tests/integration/test_orders.py",)
    assert carried.changed == ("app/main.py", "tests/old.py")
    assert (tree / "app/main.py").read_text() == "new app\n"
    assert (tree / "app/main.py").stat().st_mode & 0o777 == 0o755
    assert not (tree / "tests/old.py").exists()
    assert undo(tree) == tuple(sorted(change.path for change in CHANGES))
    assert state(tree) == before
    assert not (tree / "tests/integration").exists()
    assert undo(tree) == ()


def test_a_file_changed_meanwhile_is_a_conflict(tree: Path) -> None:
    (tree / "app/main.py").write_text("by hand\n")

    carried = carry(tree, CHANGES)

    assert carried.conflicts == ("app/main.py",)
    assert (tree / "app/main.py").read_text() == "by hand\n"
    assert (tree / "tests/integration/test_orders.py").exists()


def test_a_file_that_appeared_meanwhile_is_a_conflict(tree: Path) -> None:
    (tree / "tests/integration").mkdir()
    (tree / "tests/integration/test_orders.py").write_text("mine\n")

    assert carry(tree, CHANGES[1:2]).conflicts == ("tests/integration/test_orders.py",)


def test_what_already_reads_so_is_unchanged(tree: Path) -> None:
    carry(tree, CHANGES)

    assert carry(tree, CHANGES).unchanged == tuple(sorted(change.path for change in CHANGES))


def test_undo_leaves_later_hand_edits(tree: Path) -> None:
    carry(tree, CHANGES)
    (tree / "app/main.py").write_text("new app, by hand\n")

    assert "app/main.py" not in undo(tree)
    assert (tree / "app/main.py").read_text() == "new app, by hand\n"
    assert (tree / "tests/old.py").read_text() == "gone\n"


@pytest.mark.parametrize("survived", range(6))
def test_killed_at_any_write_everything_is_old_or_new(
    tree: Path, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, count = state(tree), carrying._put, 0

    def put(*words: Any) -> None:
        nonlocal count
        count += 1
        if count > survived:
            raise SystemExit
        real(*words)

    monkeypatch.setattr(carrying, "_put", put)
    try:
        carry(tree, CHANGES)
    except SystemExit:
        monkeypatch.setattr(carrying, "_put", real)
        recover(tree)
        assert state(tree) == before
    else:
        assert state(tree)["app/main.py"] == "new app\n"


def test_a_write_that_fails_leaves_everything_old(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = state(tree), carrying._put

    def full(file: Path, content: bytes | None, mode: int | None) -> None:
        if file.name == "test_orders.py" and content is not None:
            raise OSError(28, "No space left on device", str(file))
        real(file, content, mode)

    monkeypatch.setattr(carrying, "_put", full)

    with pytest.raises(Problem, match="No space left on device") as caught:
        carry(tree, CHANGES)
    assert caught.value.code == EXIT_WRITE
    assert state(tree) == before


def test_no_file_outside_of_the_tree_is_written(tree: Path, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (tree / "link").symlink_to(outside)

    for path in ("../escaped.py", "link/escaped.py"):
        with pytest.raises(Problem, match="lies outside"):
            carry(tree, [Change(path, None, "x")])
    assert list(outside.iterdir()) == []
