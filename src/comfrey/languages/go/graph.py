"""The module graph of Go: a module is a file, a package a folder that goes by its import path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename, dirname

from comfrey.languages.go.packages import clause, is_built, paths, unversioned
from comfrey.source.graph import Graph
from comfrey.source.language import Language
from comfrey.source.node import Import
from comfrey.source.tree import Tree

MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.M)
REPLACE = re.compile(r"^\s*(?:replace\s+)?([^\s()=]+)(?:\s+v\S+)?\s+=>\s+(\.{1,2}/\S*)", re.M)
LEFT_OUT = re.compile(r"(?:^|/)(?:vendor|testdata|node_modules|\.[^/]+)/|_test\.go$")
REMOVES = 12
"""How far what imports an app is looked for, up to the programs."""


class PackageGraph(Graph):
    """Files of one app and of the modules beside it. A package is named by its import path without a version."""

    def __init__(self, tree: Tree, language: Language, root: str = ".") -> None:
        self.tree = tree
        self.language = language
        self.root = root.strip("/") or "."
        self.roots = (self.root,)
        self.bases = _bases(tree)
        files = [f for f in tree.files if f.endswith(".go") and not LEFT_OUT.search(f)]
        self.files: dict[str, list[str]] = {}
        """The files of each folder, in order."""
        for file in files:
            self.files.setdefault(dirname(file) or ".", []).append(file)
        inside = set(tree.under(self.root))
        self.modules = {file: file for file in files if file in inside}
        self.packages = {self.path_of(folder): folder for folder in self.files}
        self._aliases = {unversioned(path): path for path in self.packages}
        self._paths: dict[str, str | None] = {}
        self._named: dict[str, tuple[str, ...]] = {}
        self._built: dict[str, tuple[str, ...]] = {}
        self._reverse: dict[str, set[str]] | None = None

    def path_of(self, folder: str) -> str:
        """The import path of a folder, by the nearest `go.mod` above it."""
        for base, module in self.bases:
            if base == ".":
                return module if folder == "." else f"{module}/{folder}".lstrip("/")
            if folder == base or folder.startswith(base + "/"):
                return module + folder[len(base) :]
        return folder

    def package(self, name: str) -> tuple[str, ...]:
        """The files of a package that belong to a build; the clause of most of them counts."""
        if name not in self._built:
            folder = self.packages.get(name, name)
            files = [f for f in self.files.get(folder, ()) if is_built(f, self.tree.text(f))]
            self._built[name] = tuple(files)
        return self._built[name]

    def package_of(self, file: str) -> str:
        """The package that a file belongs to."""
        return self.path_of(dirname(file) or ".")

    def file(self, module: str, importing: str = "") -> str | None:
        return module if module.endswith(".go") and module in self.tree else None

    def module(self, file: str) -> str:
        return file

    def canonical(self, module: str, importing: str = "") -> str | None:
        if module not in self._paths:
            self._paths[module] = self._of(module)
        return self._paths[module]

    def _of(self, module: str) -> str | None:
        if module.endswith(".go"):
            return module if module in self.tree else None
        path = module if module in self.packages else self._aliases.get(unversioned(module), "")
        if path:
            return path
        path = unversioned(module)
        return self._by_folder(path) if not self._has_base else None

    @property
    def _has_base(self) -> bool:
        return any(module for _, module in self.bases)

    def _by_folder(self, path: str) -> str | None:
        """In a tree without `go.mod`: the longest end of the path that is a folder with sources."""
        parts = path.split("/")
        if len(parts) < 3:
            return None
        ends = ("/".join(parts[start:]) for start in range(1, len(parts)))
        return next((end for end in ends if end in self.packages and "." not in parts[-1]), None)

    def is_package(self, module: str) -> bool:
        return module in self.packages

    def target(self, importing: str, statement: Import) -> str:
        if statement.level:
            return self.package_of(importing)
        return self.canonical(statement.module, importing) or statement.module

    def submodules(self, package: str) -> tuple[str, ...]:
        return self.package(package)

    def clause(self, package: str) -> str:
        """The name by which a package is used where its import gives none."""
        files = self.package(package)
        return clause(self.tree.text(files[0])) if files else basename(package)

    def imports(self, module: str) -> tuple[str, ...]:
        return self.named(module)

    def named(self, module: str) -> tuple[str, ...]:
        if module not in self._named:
            data = self.tree.text(module) if module in self.tree else b""
            found = {self.canonical(each, module) for each in paths(data)}
            files = {file for each in found if each for file in self.package(each)}
            siblings = set(self.package(self.package_of(module)))
            self._named[module] = tuple(sorted((files | siblings) - {module}))
        return self._named[module]

    def importers(self, modules: Iterable[str], removes: int = REMOVES) -> frozenset[str]:
        seen = frozenset(self._whole(modules))
        fresh = set(seen)
        for _ in range(REMOVES):
            fresh = {each for name in fresh for each in self._importing(name)} - seen
            seen |= fresh
        return seen

    def _whole(self, modules: Iterable[str]) -> set[str]:
        """The files, less those of no build."""
        return {each for each in modules if each in self.package(self.package_of(each))}

    def _importing(self, module: str) -> set[str]:
        if self._reverse is None:
            self._reverse = {}
            for each in sorted(self.modules):
                if not self.language.is_test(each) and self._whole([each]):
                    for name in self.named(each):
                        self._reverse.setdefault(name, set()).add(each)
        return self._reverse.get(module, set())

    def reachable(self, modules: Iterable[str]) -> frozenset[str]:
        waiting = [each for each in modules if each in self.modules]
        seen = set(waiting)
        while waiting:
            fresh = set(self.named(waiting.pop())) - seen
            seen |= fresh
            waiting += sorted(fresh)
        return frozenset(seen)


def _bases(tree: Tree) -> tuple[tuple[str, str], ...]:
    """(folder, module path) of every `go.mod`, deepest first; the tree itself without a path at the end. A module
    that another one replaces by a folder goes by the name by which it is imported."""
    found: dict[str, str] = {}
    for file in tree.files:
        if basename(file) == "go.mod":
            said = MODULE.search(tree.string(file))
            if said:
                found[dirname(file) or "."] = unversioned(said[1])
    found.setdefault(".", "")
    return tuple(sorted(found.items(), key=lambda each: (each[0] == ".", -len(each[0]))))
