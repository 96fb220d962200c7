"""What a project declares about itself: its dependencies, package manager and tools.

Each language has a module here with the same two functions: `roots(tree)`, the folders that hold a manifest, and
`read(tree, root)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


def lenders(manifest: Manifest, among: Iterable[Manifest]) -> tuple[Manifest, ...]:
    """The manifests of one repository's other packages that one depends on, nearest first, each once."""
    known = {normal(each.name): each for each in among if each.name and each is not manifest}
    found: dict[str, Manifest] = {}
    waiting = [manifest]
    while waiting:
        for name in waiting.pop(0).places:
            if name in known and name not in found:
                found[name] = known[name]
                waiting.append(known[name])
    return tuple(found.values())


__all__ = ["Manifest", "above", "join", "lenders", "normal", "read_manifest", "roots"]
