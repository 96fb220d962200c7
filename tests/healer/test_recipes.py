"""Plays every `fixes/spec.md` on the shelf: each heading is a faulty app, what was seen, and the patch.

A ```` ```python app/main.py ```` block is a file of the app; the ```` ```yaml ```` block names the recipe and the
ailment (members of `Ailment`; `column_rule` is found by the healer); the ```` ```diff ```` block is the patch that
the recipe must make, without line numbers. An empty diff says that the recipe must leave the app alone.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import yaml

from comfrey import stacks
from comfrey.healer import parses
from comfrey.healer.columns import with_column
from comfrey.healer.recipes import recipes_for
from comfrey.languages.open import open_codebase
from comfrey.model.ailment import Ailment
from comfrey.model.facts import Facts
from comfrey.model.remedy import Edit
from comfrey.reader import read
from comfrey.source.edit import edited
from comfrey.source.tree import open_tree

FENCE = re.compile(r"^```(\w*)[ \t]*(\S*)\n(.*?)^```$", re.M | re.S)
SHELF = Path(stacks.__file__).parent


class Example(NamedTuple):
    files: dict[str, str]
    recipe: str
    ailment: Ailment
    diff: str


def _examples() -> list[Any]:
    return [
        pytest.param(_example(shared, section), id=f"{spec.parents[1].name}: {title}")
        for spec in sorted(SHELF.glob("*/*/fixes/spec.md"))
        for shared, title, section in _sections(spec.read_text(encoding="utf-8"))
    ]


def _sections(text: str) -> list[tuple[str, str, str]]:
    head, *sections = re.split(r"^## ", text, flags=re.M)
    return [(head, each.splitlines()[0].strip(), each) for each in sections]


def _example(shared: str, section: str) -> Example:
    blocks = FENCE.findall(section)
    files = {name: body for _, name, body in FENCE.findall(shared) + blocks if name}
    told = next(yaml.safe_load(body) for language, _, body in blocks if language == "yaml")
    diff = next(body for language, _, body in blocks if language == "diff")
    recipe = told.pop("recipe")
    return Example(files, recipe, msgspec.convert(told, Ailment), diff)


@pytest.mark.parametrize("example", _examples())
def test_the_recipe_makes_the_patch(example: Example, tmp_path: Path) -> None:
    for name, text in example.files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    tree = open_tree(tmp_path)
    project = read(tree).apps[0]
    codebase = open_codebase(tree, project.stack.language)
    recipe = next(each for each in recipes_for(project.stack) if each.name == example.recipe)
    ailment = with_column(example.ailment, project, Facts())
    assert ailment.symptom in recipe.symptoms
    cure = recipe.apply(ailment, project, Facts(), codebase)
    edits = cure.edits if cure else ()
    assert parses(edits, codebase)
    assert _diff(tmp_path, edits) == example.diff


def _diff(root: Path, edits: tuple[Edit, ...]) -> str:
    lines: list[str] = []
    for name in sorted({edit.file for edit in edits}):
        old = (root / name).read_bytes()
        new = edited(old, [each for each in edits if each.file == name])
        lines += _changes(old.decode(), new.decode(), name)
    return "".join(lines)


def _changes(old: str, new: str, name: str) -> list[str]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found = difflib.unified_diff(before, after, name, name, n=1)
    return ["@@\n" if line.startswith("@@") else line for line in found if line[:3] != "---"]


def test_every_recipe_has_an_example() -> None:
    named = {
        f"{spec.parents[1].name}/{example.values[0].recipe.partition('/')[2]}"
        for spec in SHELF.glob("*/*/fixes/spec.md")
        for example in _examples()
        if example.values[0].recipe.startswith(f"{spec.parents[1].name}/")
    }
    modules = {
        f"{file.parents[1].name}/{file.stem}"
        for file in SHELF.glob("*/*/fixes/*.py")
        if file.stem != "__init__"
    }
    assert modules == named
