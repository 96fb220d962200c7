"""The module graph: dotted names, files, imports."""

from __future__ import annotations

from comfrey.source.language import Language
from comfrey.source.node import Import
from comfrey.source.tree import Tree


class Graph:
    """Modules of one app. `roots` are the folders that imports start from, relative to the tree."""

    def __init__(self, tree: Tree, language: Language, roots: tuple[str, ...]) -> None:
        self.tree = tree
        self.language = language
        self.roots = roots
        self.modules: dict[str, str] = {}
        """Dotted name → file, for every module under the roots (packages by their `__init__`)."""

    def file(self, module: str) -> str | None:
        """The module's file, or None when it is outside the tree."""
        raise NotImplementedError

    def module(self, file: str) -> str:
        """The dotted name by which code of the app imports the file."""
        raise NotImplementedError

    def is_package(self, module: str) -> bool:
        """Whether the module is a folder of modules (with or without `__init__`)."""
        raise NotImplementedError

    def target(self, importing: str, statement: Import) -> str:
        """The absolute dotted module that an import statement in module `importing` names."""
        raise NotImplementedError

    def submodules(self, package: str) -> tuple[str, ...]:
        """The modules directly inside a package, sorted."""
        raise NotImplementedError

    def imports(self, module: str) -> tuple[str, ...]:
        """In-tree modules that the module imports anywhere in its text (a cheap byte scan), sorted."""
        raise NotImplementedError

    def reachable(self, modules: tuple[str, ...]) -> frozenset[str]:
        """The modules and all that they import, directly or not, packages' `__init__` included."""
        raise NotImplementedError
