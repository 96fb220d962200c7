"""The noun of a manifest, and the paths and names that all languages' manifests share."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

import msgspec

from comfrey.model.noun import Noun
from comfrey.model.place import Place


class Manifest(Noun, frozen=True, kw_only=True):
    """Everything declared for one root. `dependencies` are (distribution, specifier) with the place
    of each; `tools` are the `[tool.*]` tables that were found there or above."""

    root: str
    language: str = "python"
    name: str = ""
    files: tuple[str, ...] = ()
    dependencies: dict[str, str] = msgspec.field(default_factory=dict)
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    """By the name that `normal` makes of a distribution's."""
    tools: dict[str, Any] = msgspec.field(default_factory=dict)
    manager: str = ""
    locked: dict[str, str] = msgspec.field(default_factory=dict)
    """The exact versions (`==1.2`) of a lock file."""


def normal(name: str) -> str:
    """A distribution's name as PEP 503 spells it (npm's scoped names keep their `@` and `/`)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def above(root: str) -> tuple[str, ...]:
    """`root` and the folders above it, nearest first, ending with "."."""
    if root == ".":
        return (".",)
    parents = [root, *(str(each) for each in PurePosixPath(root).parents)]
    return tuple(parents)


def join(root: str, name: str) -> str:
    return name if root == "." else f"{root}/{name}"


def line_of(text: str, name: str) -> int:
    index = text.find(name)
    return text.count("\n", 0, index) + 1 if index >= 0 else 0
