"""The module graph of JavaScript: modules go by their files' paths, imports by specifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath

from comfrey.languages.javascript.packages import Packages
from comfrey.source.graph import Graph
from comfrey.source.language import Language
from comfrey.source.node import Import
from comfrey.source.tree import Tree

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
ENDINGS = (*SUFFIXES, ".json")
COMPILED = {
    ".js": (".ts", ".tsx", ".jsx"),
    ".mjs": (".mts",),
    ".cjs": (".cts",),
    ".jsx": (".tsx",),
}
"""What a specifier may mean that names the compiled file."""
REMOVES = 5
"""How far what imports an app is looked for: barrels stand between."""
SPECIFIER = re.compile(
    rb"""(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bimport\s+)["']([^"'\n]+)["']"""
)
DYNAMIC = (
    b"readdir",
    b"globSync",
    b"glob.sync",
    b"require-all",
    b"requireAll",
    b"autoload",
    b"require-directory",
)
"""Words of a text that loads what stands in a folder."""
LEFT_OUT = re.compile(r"\.d\.[cm]?ts$|(?:^|/)(?:public|static|assets|migrations?|seeders?|seeds)/")


class PathGraph(Graph):
    """Modules of one app and of the packages beside it; a module's name is its file's path."""

    def __init__(self, tree: Tree, language: Language, root: str = ".") -> None:
        self.tree = tree
        self.language = language
        self.root = root.strip("/") or "."
        self.roots = (self.root,)
        self.packages = Packages(tree)
        inside = tree.under(self.root)
        self.modules = {file: file for file in inside if is_source(file)}
        self._resolved: dict[tuple[str, str], str | None] = {}
        self._named: dict[str, tuple[str, ...]] = {}
        self._reverse: dict[str, set[str]] | None = None

    def file(self, module: str, importing: str = "") -> str | None:
        return self.canonical(module, importing)

    def module(self, file: str) -> str:
        self.modules.setdefault(file, file)
        return file

    def canonical(self, module: str, importing: str = "") -> str | None:
        if module in self.modules:
            return module
        if module.endswith(ENDINGS) and module in self.tree:
            return self.module(module)
        return self.resolve(module, importing) if importing else None

    def is_package(self, module: str) -> bool:
        return module.rpartition("/")[2].partition(".")[0] == "index"

    def target(self, importing: str, statement: Import) -> str:
        found = self.resolve(statement.module, importing)
        return found if found is not None else self.outside(statement.module, importing)

    def outside(self, specifier: str, importing: str) -> str:
        """The name of what is not in the tree: a package's, or a path from the tree's root where a file is
        only made by a build."""
        if specifier.startswith("."):
            return normpath(join(dirname(importing), specifier))
        return specifier.removeprefix("node:")

    def resolve(self, specifier: str, importing: str) -> str | None:
        """The file that a specifier means in a file, or None when it is outside the tree."""
        key = (specifier, dirname(importing))
        if key not in self._resolved:
            found = next(filter(None, map(self._at, self._candidates(specifier, importing))), None)
            self._resolved[key] = self.module(found) if found else None
        return self._resolved[key]

    def _candidates(self, specifier: str, importing: str) -> Iterable[str]:
        if specifier.startswith("."):
            yield normpath(join(dirname(importing), specifier))
        elif specifier.startswith("/"):
            yield normpath(specifier).strip("/")
        else:
            yield from self.packages.candidates(specifier, importing)

    def _at(self, path: str) -> str | None:
        """The file at a path as a bundler or Node would find it."""
        if path.endswith(ENDINGS) and path in self.tree:
            return path
        for ending, sources in COMPILED.items():
            if path.endswith(ending):
                stem = path.removesuffix(ending)
                found = next((stem + each for each in sources if stem + each in self.tree), None)
                if found:
                    return found
        base = "" if path == "." else path
        starts = [path, join(base, "index")] if base else ["index"]
        for start in starts:
            for ending in ENDINGS:
                if start + ending in self.tree:
                    return start + ending
        return None

    def submodules(self, package: str) -> tuple[str, ...]:
        start = dirname(package) + "/"
        return tuple(
            sorted(m for m in self.modules if m.startswith(start) and "/" not in m[len(start) :])
        )

    def imports(self, module: str) -> tuple[str, ...]:
        return self.named(module)

    def named(self, module: str) -> tuple[str, ...]:
        if module not in self._named:
            data = self.tree.text(module) if module in self.tree else b""
            said = {m[1].decode("utf-8", "replace") for m in SPECIFIER.finditer(data)}
            found = {self.resolve(each, module) for each in said}
            if any(word in data for word in DYNAMIC):
                start = dirname(module) + "/" if dirname(module) else ""
                found |= {each for each in self.modules if each.startswith(start)}
            self._named[module] = tuple(sorted(each for each in found - {module, None} if each))
        return self._named[module]

    def importers(self, modules: Iterable[str], removes: int = REMOVES) -> frozenset[str]:
        seen = frozenset(modules)
        fresh = set(seen)
        for _ in range(removes):
            fresh = {each for name in fresh for each in self._importing(name)} - seen
            seen |= fresh
        return seen

    def _importing(self, module: str) -> set[str]:
        if self._reverse is None:
            self._reverse = {}
            for each in sorted(self.modules):
                if not self.language.is_test(each):
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


def is_source(file: str) -> bool:
    """Whether a file is code (declarations and what browsers get are not)."""
    return file.endswith(SUFFIXES) and not LEFT_OUT.search(file)
