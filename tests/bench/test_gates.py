"""An app that ends itself names the switch by which it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.gates import asked_at, turned
from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.service import Setting

SWITCH = Setting(
    name="ACCEPT_TERMS", type="boolean", default="false", attribute="shop.config:Settings.accept"
)
PROJECT = Project(
    root=".",
    name="shop",
    stack=Stack(language="python", framework="flask"),
    settings=(
        SWITCH,
        Setting(name="TITLE", default="Shop", attribute="shop.config:Settings.title"),
    ),
)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("if not settings.accept:", ("ACCEPT_TERMS",)),
        ("if os.environ['ACCEPT_TERMS'] != 'yes':", ("ACCEPT_TERMS",)),
        ("if settings.title == 'Shop':", ()),
        ("def main():", ()),
    ],
)
def test_the_switch_is_named_in_the_condition(
    tmp_path: Path, condition: str, found: tuple[str, ...]
) -> None:
    (tmp_path / "main.py").write_text(f"{condition}\n    log('no')\n\n    sys.exit(3)\n")
    assert asked_at(Place(file="main.py", line=4), tmp_path, PROJECT) == found


def test_a_switch_is_turned_and_nothing_else() -> None:
    switch, title = turned(PROJECT, ("ACCEPT_TERMS",)).settings
    assert (switch.required, switch.example) == (True, "true")
    assert title == PROJECT.settings[1]
    assert not asked_at(None, Path(), PROJECT)
