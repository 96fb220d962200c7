"""Where bare specifiers lead: `tsconfig.json` paths, workspaces' packages, `imports` maps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, dirname, join, normpath
from typing import Any

from comfrey.source.tree import Tree

CONFIGS = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json")
CONDITIONS = ("source", "development", "import", "require", "node", "default", "types")
OUTPUT = re.compile(r"(?:^|/)(?:dist|build|lib|out|esm|cjs)/")
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
TRAILING = re.compile(r",(\s*[}\]])")


def read_json(text: str) -> Any:
    """JSON as configuration files have it, with comments and trailing commas; {} for nonsense."""
    plain = COMMENT.sub(lambda m: m[1] or "", text)
    try:
        return json.loads(TRAILING.sub(r"\1", plain))
    except ValueError:
        return {}


class Packages:
    """What the tree's configuration files say about specifiers."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._configs: dict[str, tuple[str, dict[str, list[str]]]] = {}

    def candidates(self, specifier: str, importing: str) -> Iterator[str]:
        """Paths that a bare specifier may mean in a file, the likeliest first."""
        yield from self._mapped(specifier, importing)
        if specifier.startswith("#"):
            yield from self._private(specifier, importing)
        name = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
        folder = self.workspaces.get(name)
        if folder is not None and self._is_shut(folder, importing):
            folder = None
        if folder is not None:
            yield from self._in_package(folder, specifier[len(name) :].strip("/"))
        if specifier.startswith(("@/", "~/")):
            yield from self._guessed(specifier[2:], importing)

    # --- tsconfig ------------------------------------------------------------

    def _is_shut(self, folder: str, importing: str) -> bool:
        """Whether a package means another one by its own name: it has no exports for itself
        (https://nodejs.org/api/packages.html#self-referencing-a-package-using-its-name)."""
        own = folder == "." or importing.startswith(f"{folder}/")
        return own and "exports" not in self.manifest(folder)

    def _mapped(self, specifier: str, importing: str) -> Iterator[str]:
        for folder in _above(importing):
            base, paths = self._config(folder)
            for pattern, targets in paths.items():
                start, star, end = pattern.partition("*")
                if star:
                    if not (specifier.startswith(start) and specifier.endswith(end)):
                        continue
                    rest = specifier[len(start) : len(specifier) - len(end)]
                elif specifier != pattern:
                    continue
                else:
                    rest = ""
                for target in targets:
                    yield _path(base or folder, target.replace("*", rest))
            if base:
                yield _path(base, specifier)

    def aliases(self, folder: str) -> tuple[tuple[str, str], ...]:
        """What a folder's `paths` give names to: (start of a specifier, path), what stands below a base folder too."""
        base, paths = self._config(folder)
        found: dict[str, str] = {}
        for pattern, targets in paths.items():
            name, path = pattern.removesuffix("/*"), (targets or [""])[0].removesuffix("/*")
            if "*" not in name + path and path:
                found[name] = _path(base or folder, path)
        if base:
            start = "" if base == "." else f"{base}/"
            inside = {f[len(start) :] for f in self.tree.under(base) if f.startswith(start)}
            for name in sorted({each.partition("/")[0] for each in inside if "/" in each}):
                if re.search(rf"(?:from|require\()\s*['\"]{re.escape(name)}/", self._text(base)):
                    found.setdefault(name, f"{start}{name}")
        return tuple(sorted(found.items()))

    def option(self, folder: str, name: str) -> Any:
        """A compiler option that holds in a folder, from its `tsconfig.json` or one that this extends; None for none."""
        return self._option(_path(folder, CONFIGS[0]), name, 0)

    def _option(self, file: str, name: str, depth: int) -> Any:
        if file not in self.tree or depth > 5:
            return None
        said = read_json(self.tree.text(file).decode("utf-8", "replace"))
        options = (said.get("compilerOptions") or {}) if isinstance(said, dict) else {}
        if name in options:
            return options[name]
        extended = said.get("extends") if isinstance(said, dict) else None
        parents = [extended] if isinstance(extended, str) else extended or []
        found = (self._extended(dirname(file) or ".", each) for each in reversed(parents))
        told = (self._option(each, name, depth + 1) for each in found if each)
        return next((each for each in told if each is not None), None)

    def _text(self, folder: str) -> str:
        """All of the code below a folder."""
        files = (f for f in self.tree.under(folder) if f.endswith((".ts", ".js", ".mts", ".mjs")))
        return "\n".join(self.tree.text(each).decode("utf-8", "replace") for each in files)

    def _config(self, folder: str) -> tuple[str, dict[str, list[str]]]:
        """The base folder ("" for none) and path patterns that hold in a folder; targets are relative to
        the tree's root when there is no base."""
        if folder not in self._configs:
            self._configs[folder] = ("", {})
            for name in CONFIGS:
                file = _path(folder, name)
                if file in self.tree:
                    self._configs[folder] = self._compiled(file, 0)
                    break
        return self._configs[folder]

    def _compiled(self, file: str, depth: int) -> tuple[str, dict[str, list[str]]]:
        said = read_json(self.tree.text(file).decode("utf-8", "replace"))
        options = (said.get("compilerOptions") or {}) if isinstance(said, dict) else {}
        folder = dirname(file) or "."
        base = ""
        paths: dict[str, list[str]] = {}
        extended = said.get("extends") if isinstance(said, dict) else None
        for parent in [extended] if isinstance(extended, str) else extended or []:
            found = self._extended(folder, parent)
            if found and depth < 5:
                base, paths = self._compiled(found, depth + 1)
        if isinstance(options.get("baseUrl"), str):
            base = _path(folder, options["baseUrl"])
        own = options.get("paths")
        if isinstance(own, dict):
            start = base or folder
            paths = {
                k: [_path(start, each) for each in v if isinstance(each, str)]
                for k, v in own.items()
                if isinstance(v, list)
            }
            return (base, {k: [f"/{each}" for each in v] for k, v in paths.items()})
        return base, paths

    def _extended(self, folder: str, parent: str) -> str:
        path = _path(folder, parent)
        return next((each for each in (path, path + ".json") if each in self.tree), "")

    # --- packages ------------------------------------------------------------

    @cached_property
    def workspaces(self) -> dict[str, str]:
        """Folders of the tree's own packages, by name."""
        found: dict[str, str] = {}
        for file in self.tree.files:
            if basename(file) == "package.json":
                name = self.manifest(dirname(file) or ".").get("name")
                if isinstance(name, str):
                    found.setdefault(name, dirname(file) or ".")
        return found

    def manifest(self, folder: str) -> dict[str, Any]:
        """The package.json of a folder, {} without one."""
        file = _path(folder, "package.json")
        if file not in self.tree:
            return {}
        said = read_json(self.tree.text(file).decode("utf-8", "replace"))
        return said if isinstance(said, dict) else {}

    def _in_package(self, folder: str, below: str) -> Iterator[str]:
        said = self.manifest(folder)
        named = list(_exported(said.get("exports"), f"./{below}" if below else "."))
        if not below:
            named += [
                said[k]
                for k in ("source", "module", "main", "types")
                if isinstance(said.get(k), str)
            ]
        for each in named:
            path = _path(folder, each)
            yield path
            yield from _sources(path)
        if below:
            yield _path(folder, below)
            yield _path(folder, f"src/{below}")
        else:
            yield _path(folder, "src/index")
            yield _path(folder, "index")
            yield _path(folder, "src/main")

    def _private(self, specifier: str, importing: str) -> Iterator[str]:
        """`#db` through the `imports` of the nearest package.json."""
        for folder in _above(importing):
            said = self.manifest(folder).get("imports")
            if isinstance(said, dict):
                for each in _exported(said, specifier):
                    path = _path(folder, each)
                    yield path
                    yield from _sources(path)

    def _guessed(self, rest: str, importing: str) -> Iterator[str]:
        """`@/x` where nothing says what it means: below `src`, or the package itself."""
        for folder in _above(importing):
            if self.manifest(folder):
                yield _path(folder, f"src/{rest}")
                yield _path(folder, rest)


def _exported(said: Any, wanted: str) -> Iterator[str]:
    """The files that an `exports` or `imports` map gives for a name."""
    if isinstance(said, str) and wanted == ".":
        yield said
    if not isinstance(said, dict):
        return
    if wanted == "." and not any(key.startswith(".") for key in said):
        yield from _conditions(said)
    for pattern, target in said.items():
        start, star, end = pattern.partition("*")
        if pattern == wanted:
            yield from _conditions(target)
        elif star and wanted.startswith(start) and wanted.endswith(end):
            rest = wanted[len(start) : len(wanted) - len(end)]
            yield from (each.replace("*", rest) for each in _conditions(target))


def _conditions(target: Any) -> Iterator[str]:
    if isinstance(target, str):
        yield target
    elif isinstance(target, list):
        for each in target:
            yield from _conditions(each)
    elif isinstance(target, dict):
        for key in CONDITIONS:
            yield from _conditions(target.get(key))


def _sources(path: str) -> Iterator[str]:
    """Where the source of a built file may stand."""
    stem = re.sub(r"(?:\.d)?\.[cm]?[jt]sx?$", "", path)
    if OUTPUT.search(stem):
        yield OUTPUT.sub(lambda m: m[0].replace(m[0].strip("/"), "src"), stem, count=1)
        yield OUTPUT.sub(lambda m: "/" if m[0].startswith("/") else "", stem, count=1)


def _above(file: str) -> Iterator[str]:
    """The folders above a file, nearest first, ending with "."."""
    folder = dirname(file)
    while folder:
        yield folder
        folder = dirname(folder)
    yield "."


def _path(folder: str, name: str) -> str:
    """A path from the tree's root; one that begins with `/` already is."""
    return normpath(name.lstrip("/") if name.startswith("/") else join(folder, name))
