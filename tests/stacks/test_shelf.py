"""Every folder of the shelf has the shape that its kind asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.stacks import shelf

EVERY = [each for kind in shelf.KINDS for each in shelf.folders(kind)]


@pytest.mark.parametrize("folder", EVERY, ids=lambda each: f"{each.kind}/{each.key}")
def test_a_folder_says_what_betrays_it_and_how_far_it_goes(folder: shelf.Folder) -> None:
    about = folder.about
    assert about.name
    assert about.grade in shelf.GRADES
    assert about.betrays != shelf.Betrays() or folder.kind in ("auth", "testers", "services")
    if about.extends:
        assert shelf.folder(folder.kind, about.extends) is not None


@pytest.mark.parametrize(
    "folder", [each for each in EVERY if each.has("read.py")], ids=lambda each: each.key
)
def test_a_read_module_loads(folder: shelf.Folder) -> None:
    assert folder.module("read").__doc__


@pytest.mark.parametrize("kind", shelf.KINDS)
def test_every_folder_of_a_kind_has_an_about(kind: str) -> None:
    bare = [
        path.name
        for path in sorted((shelf.HERE / kind).glob("*/"))
        if not path.name.startswith("_") and not (path / "about.toml").is_file()
    ]
    assert bare == []


def test_an_unknown_key_is_refused_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "frameworks" / "odd" / "about.toml"
    file.parent.mkdir(parents=True)
    file.write_text('name = "Odd"\ncolour = "blue"\n')
    monkeypatch.setattr(shelf, "HERE", tmp_path)
    shelf.folders.cache_clear()
    with pytest.raises(ValueError, match=r"odd/about\.toml.*colour"):
        shelf.folders("frameworks")
    shelf.folders.cache_clear()


def test_what_a_folder_extends_counts_too() -> None:
    found = shelf.folder("frameworks", "fastapi")
    assert found is not None
    assert shelf.lineage(found) == (found,)


@pytest.mark.parametrize(
    "folder",
    [each for each in EVERY if (each.path / "fixes").is_dir()],
    ids=lambda each: f"{each.kind}/{each.key}",
)
def test_a_folder_with_recipes_heals(folder: shelf.Folder) -> None:
    recipes = [e for e in (folder.path / "fixes").glob("*.py") if not e.name.startswith("_")]
    assert not recipes or folder.about.grade == "heals"
