"""Opening the code of one app in its language."""

from __future__ import annotations

from collections.abc import Mapping

from comfrey.languages.go.language import Go
from comfrey.languages.javascript.language import JavaScript
from comfrey.languages.python.language import Python
from comfrey.model.problem import EXIT_NO_PROJECT, Problem
from comfrey.source.codebase import Codebase
from comfrey.source.language import Language
from comfrey.source.tree import Tree

LANGUAGES: dict[str, type[Language]] = {"go": Go, "javascript": JavaScript, "python": Python}


def language_of(name: str) -> Language:
    """A language by name; `Problem` for one that comfrey does not read."""
    kind = LANGUAGES.get(name)
    if kind is None:
        raise Problem(f"comfrey does not read {name} yet", code=EXIT_NO_PROJECT)
    return kind()


def open_codebase(
    tree: Tree,
    language: str = "python",
    root: str = ".",
    roots: tuple[str, ...] = (),
    library: Mapping[str, str] | None = None,
) -> Codebase:
    """The code of the app at `root`, in a language by name; `library` as `Codebase` takes it."""
    return Codebase(tree, language_of(language), root, roots, library)
