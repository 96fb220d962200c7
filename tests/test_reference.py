"""The reference says what the shelf holds, because it is made from it."""

from __future__ import annotations

import runpy
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def test_the_reference_is_what_the_shelf_holds() -> None:
    pages = runpy.run_path(str(REFERENCE / "generate.py"))["pages"]()

    stale = [name for name, text in pages.items() if (REFERENCE / name).read_text() != text]

    assert not stale, "run: python docs/reference/generate.py"
