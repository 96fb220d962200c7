"""What packages outside the tree do by their own documentation, spelled out by the shelf."""

from __future__ import annotations

import re

from comfrey.source.tree import Tree
from comfrey.stacks import shelf
from comfrey.stacks.shelf import Folder

MODULE = re.compile(r"^## ([\w.]+)\n.*?^```python\n(.*?)^```$", re.M | re.S)


def library(tree: Tree, framework: Folder, root: str) -> dict[str, str]:
    """Dotted name → source, of the framework's `library.md` and of what it makes of this tree."""
    found: dict[str, str] = {}
    kin = [each for each in shelf.folders("frameworks") if each.about.extends == framework.key]
    for folder in (*reversed(shelf.lineage(framework)), *kin):
        found.update(MODULE.findall(folder.text("library.md")))
        if folder.has("overlay.py"):
            found.update(folder.module("overlay").overlay(tree, root))
    return found
