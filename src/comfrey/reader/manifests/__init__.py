"""What a project declares about itself: its dependencies, package manager and tools.

Each language has a module here with the same two functions: `roots(tree)`, the folders that hold a manifest, and
`read(tree, root)`.
"""

from __future__ import annotations

from collections.abc import Callable

from comfrey.reader.manifests import go, javascript, python
from comfrey.reader.manifests.manifest import Manifest, above, join, normal
from comfrey.source.tree import Tree

ROOTS: dict[str, Callable[[Tree], tuple[str, ...]]] = {
    "go": go.roots,
    "python": python.roots,
    "javascript": javascript.roots,
}
READ: dict[str, Callable[[Tree, str], Manifest]] = {
    "go": go.read,
    "python": python.read,
    "javascript": javascript.read,
}


def roots(tree: Tree, language: str = "python") -> tuple[str, ...]:
    """Folders that hold a manifest, shallowest first; "." for the tree itself."""
    found = set(ROOTS[language](tree))
    return tuple(sorted(found, key=lambda root: (root.count("/"), root != ".", root)))


def read_manifest(tree: Tree, root: str, language: str = "python") -> Manifest:
    """The manifest of `root`; tools and the package manager also from the folders above it."""
    return READ[language](tree, root)


__all__ = ["Manifest", "above", "join", "normal", "read_manifest", "roots"]
