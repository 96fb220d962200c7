"""Opening the code of one app in its language."""

from __future__ import annotations

from comfrey.source.codebase import Codebase
from comfrey.source.tree import Tree


def open_codebase(
    tree: Tree, language: str = "python", root: str = ".", roots: tuple[str, ...] = ()
) -> Codebase:
    """The code of the app at `root`, in a language by name."""
    raise NotImplementedError
