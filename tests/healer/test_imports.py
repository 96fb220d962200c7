"""A repair leaves no import without a use, and touches none that had no use before."""

from __future__ import annotations

from pathlib import Path

from comfrey.healer.imports import unused
from comfrey.languages.open import open_codebase
from comfrey.model.remedy import Edit
from comfrey.source.edit import edited
from comfrey.source.tree import open_tree

TEXT = (
    b"import os\nfrom boats import ferry, Punt as Flat\n\n\ndef go() -> None:\n    Flat(ferry())\n"
)


def _left(tmp_path: Path, old: bytes, new: str) -> bytes:
    (tmp_path / "main.py").write_bytes(TEXT)
    start = TEXT.index(old)
    edits = (Edit(file="main.py", start=start, end=start + len(old), text=new),)
    more = unused(edits, open_codebase(open_tree(tmp_path), "python"))
    return edited(TEXT, (*edits, *more))


def test_a_name_that_lost_its_last_use_goes(tmp_path: Path) -> None:
    left = _left(tmp_path, b"Flat(ferry())", "Flat()")
    assert left.startswith(b"import os\nfrom boats import Punt as Flat\n\n\ndef")


def test_an_import_without_any_name_left_goes_whole(tmp_path: Path) -> None:
    left = _left(tmp_path, b"Flat(ferry())", "pass")
    assert left == b"import os\n\n\ndef go() -> None:\n    pass\n"
