"""Edits: all of a set or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfrey.model.remedy import Edit
from comfrey.source.edit import apply_edits, edited, write_file


def edit(start: int, end: int, text: str, file: str = "a.py") -> Edit:
    return Edit(file=file, start=start, end=end, text=text)


@given(st.text(max_size=30), st.data())
def test_edits_replace_exactly_their_bytes(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), min_size=4, max_size=4)))
    edits = [edit(cuts[0], cuts[1], "é"), edit(cuts[2], cuts[3], "")]
    expected = raw[: cuts[0]] + "é".encode() + raw[cuts[1] : cuts[2]] + raw[cuts[3] :]
    assert edited(raw, reversed(edits)) == expected


@pytest.mark.parametrize("edits", [[edit(0, 3, "x"), edit(2, 4, "y")], [edit(2, 9, "x")]])
def test_edits_that_do_not_fit_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        edited(b"abcdef", edits)


def test_a_set_that_fails_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a")
    (tmp_path / "b.py").write_text("b")
    with pytest.raises(ValueError, match="does not fit"):
        apply_edits(tmp_path, [edit(0, 1, "x"), edit(5, 6, "y", "b.py")])
    assert (tmp_path / "a.py").read_text() == "a"


def test_former_bytes_undo_and_modes_stay(tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    script.write_text("old")
    script.chmod(0o755)
    former = apply_edits(tmp_path, [edit(0, 3, "new")])
    assert script.read_text() == "new"
    assert script.stat().st_mode & 0o777 == 0o755
    write_file(script, former["a.py"])
    assert script.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.py"]
