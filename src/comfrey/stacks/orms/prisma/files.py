"""Finds an app's Prisma schema: one file, a folder of files, or another package's of the same tree."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from comfrey.source.tree import Tree
from comfrey.stacks.orms.prisma.schema import Block, parse

CONFIGURED = re.compile(r"""^\s*schema\s*:\s*(?:path\.join\([^)]*?)?["'`]([^"'`]+)["'`]""", re.M)
SUFFIX = ".prisma"


@dataclass(frozen=True)
class Schema:
    """The blocks of all files; `folder` is where its migrations would lie."""

    blocks: tuple[Block, ...]
    folder: str
    tree: Tree

    def of(self, *kinds: str) -> tuple[Block, ...]:
        return tuple(each for each in self.blocks if each.kind in kinds)

    def one(self, kind: str) -> Block | None:
        return next(iter(self.of(kind)), None)

    @property
    def migrations(self) -> tuple[str, ...]:
        """The SQL of all migrations, in the order in which they are applied."""
        found = self.tree.under(f"{self.folder}/migrations" if self.folder else "migrations")
        return tuple(each for each in found if each.endswith("/migration.sql"))


def schema_of(tree: Tree, root: str) -> Schema | None:
    """The schema of the app at `root`; None without one, and where several could be meant."""
    files = _own(tree, root) or _lent(tree, root)
    if not files:
        return None
    blocks = tuple(b for each in files for b in parse(tree.string(each), each))
    return Schema(blocks, _folder(files, blocks), tree)


def _folder(files: tuple[str, ...], blocks: tuple[Block, ...]) -> str:
    """Where the file with the datasource lies; a folder of files may be called `schema` below it."""
    named = next((each.place.file for each in blocks if each.kind == "datasource"), files[0])
    folder = PurePosixPath(named).parent
    if len(files) > 1 and folder.name in ("schema", "models"):
        folder = folder.parent
    return "" if str(folder) == "." else str(folder)


def _own(tree: Tree, root: str) -> tuple[str, ...]:
    files = tree.under(root, SUFFIX)
    if not files:
        return ()
    named = _configured(tree, root)
    if named:
        chosen = tuple(f for f in files if f == named or f.startswith(named.rstrip("/") + "/"))
        if chosen:
            return chosen
    return _beside(tree, _nearest(tree, files), files)


def _nearest(tree: Tree, files: tuple[str, ...]) -> str:
    """The file with the datasource; of several the one called `schema.prisma`, then the least deep."""
    sourced = [each for each in files if b"datasource" in tree.text(each)] or list(files)
    return min(sourced, key=lambda f: (not f.endswith("schema.prisma"), f.count("/"), f))


def _beside(tree: Tree, first: str, files: tuple[str, ...]) -> tuple[str, ...]:
    """The file, and those of its folder that are no schemas of their own."""
    folder = first.rpartition("/")[0]
    more = (
        each
        for each in files
        if each != first
        and each.startswith(f"{folder}/" if folder else "")
        and b"datasource" not in tree.text(each)
    )
    return (first, *more)


def _configured(tree: Tree, root: str) -> str:
    """The path that package.json or prisma.config.ts names, relative to the tree."""
    start = "" if root == "." else f"{root}/"
    said = _package(tree, f"{start}package.json").get("prisma")
    path = said.get("schema", "") if isinstance(said, dict) else ""
    for name in ("prisma.config.ts", "prisma.config.js", "prisma.config.mjs"):
        found = CONFIGURED.search(tree.string(start + name)) if start + name in tree else None
        path = path or (found[1] if found else "")
    return start + str(PurePosixPath(path)) if path else ""


def _package(tree: Tree, file: str) -> dict[str, Any]:
    try:
        found = json.loads(tree.string(file)) if file in tree else {}
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _lent(tree: Tree, root: str) -> tuple[str, ...]:
    """The schema of a workspace package that the app depends on, or else the tree's only one."""
    owners = {
        file.removesuffix("package.json"): _package(tree, file).get("name", "")
        for file in tree.named("package.json")
    }
    start = "" if root == "." else f"{root}/"
    own = _package(tree, f"{start}package.json")
    wanted = {*own.get("dependencies", {}), *own.get("devDependencies", {})}
    found: dict[str, list[str]] = {}
    for file in tree.under(".", SUFFIX):
        owner = max((each for each in owners if file.startswith(each)), key=len, default="")
        found.setdefault(owner, []).append(file)
    named = [each for each in found if owners.get(each) in wanted] or list(found)
    if len(named) != 1:
        return ()
    files = tuple(found[named[0]])
    return _beside(tree, _nearest(tree, files), files)
