"""`package.json`, the workspaces above it, and the lock files beside it."""

from __future__ import annotations

from posixpath import basename, dirname
from typing import Any

from comfrey.languages.javascript.packages import Packages, read_json
from comfrey.model.place import Place
from comfrey.reader.manifests.manifest import Manifest, above, join, line_of, normal
from comfrey.source.tree import Tree

MANAGERS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
)
TABLES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
TOOLS = ("jest", "vitest", "mocha", "ava", "prettier", "eslintConfig", "prisma", "_moduleAliases")

METADATA = "emitDecoratorMetadata"
"""The option of TypeScript's by which decorators see at run time of what types they stand on."""


def roots(tree: Tree) -> tuple[str, ...]:
    """Folders that hold a package.json."""
    return tuple(dirname(f) or "." for f in tree.files if basename(f) == "package.json")


def read(tree: Tree, root: str) -> Manifest:
    """The package.json of `root`. What a workspace's root declares holds in its packages too."""
    dependencies: dict[str, str] = {}
    places: dict[str, Place] = {}
    own = _package(tree, root)
    for folder in above(root):
        said = _package(tree, folder)
        if folder != root and not _is_workspace(tree, folder, said):
            continue
        _declare(tree, folder, said, dependencies, places)
    file = join(root, "package.json")
    return Manifest(
        root=root,
        language="javascript",
        name=str(own.get("name") or ""),
        files=(file,) if file in tree else (),
        dependencies=dict(sorted(dependencies.items())),
        places=places,
        tools={name: own[name] for name in (*TOOLS, "scripts", "type") if name in own}
        | ({METADATA: True} if Packages(tree).option(root, METADATA) is True else {}),
        manager=_manager(tree, root, own),
        locked=_locked(tree, root),
    )


def _package(tree: Tree, folder: str) -> dict[str, Any]:
    file = join(folder, "package.json")
    said = read_json(tree.text(file).decode("utf-8", "replace")) if file in tree else {}
    return said if isinstance(said, dict) else {}


def _is_workspace(tree: Tree, folder: str, said: dict[str, Any]) -> bool:
    """Whether a folder is the root of a workspace (npm, yarn, pnpm, Lerna, Nx, Turborepo)."""
    marks = ("pnpm-workspace.yaml", "lerna.json", "nx.json", "turbo.json")
    return "workspaces" in said or any(join(folder, mark) in tree for mark in marks)


def _declare(
    tree: Tree,
    folder: str,
    said: dict[str, Any],
    dependencies: dict[str, str],
    places: dict[str, Place],
) -> None:
    file = join(folder, "package.json")
    text = tree.text(file).decode("utf-8", "replace") if file in tree else ""
    for table in TABLES:
        declared = said.get(table)
        for name, specifier in declared.items() if isinstance(declared, dict) else ():
            dependencies.setdefault(name, specifier if isinstance(specifier, str) else "")
            place = Place(file=file, line=line_of(text, f'"{name}"'), name=name)
            places.setdefault(normal(name), place)


def _manager(tree: Tree, root: str, own: dict[str, Any]) -> str:
    """By the lock file nearest to the app, else by `packageManager`."""
    for folder in above(root):
        for lock, manager in MANAGERS:
            if tree.exists(join(folder, lock)):
                return manager
    said = own.get("packageManager") or _package(tree, ".").get("packageManager")
    return said.partition("@")[0] if isinstance(said, str) else "npm"


def _locked(tree: Tree, root: str) -> dict[str, str]:
    """The exact versions of a package-lock.json."""
    for folder in above(root):
        path = tree.root / folder / "package-lock.json"
        if not tree.exists(join(folder, "package-lock.json")):
            continue
        said = read_json(path.read_text("utf-8", "replace"))
        packages = said.get("packages") if isinstance(said, dict) else None
        return {
            name.removeprefix("node_modules/"): f"=={each['version']}"
            for name, each in (packages or {}).items()
            if name.startswith("node_modules/")
            and name.count("node_modules/") == 1
            and isinstance(each, dict)
            and isinstance(each.get("version"), str)
        }
    return {}
