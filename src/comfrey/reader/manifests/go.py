"""`go.mod`: the module's path, what it requires, Go's own version."""

from __future__ import annotations

import re
from posixpath import basename, dirname

from comfrey.model.place import Place
from comfrey.reader.manifests.manifest import Manifest, join, normal
from comfrey.source.tree import Tree

MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.M)
GO = re.compile(r"^go\s+([\d.]+)", re.M)
REQUIRED = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w.-]+/[\w./~-]+)\s+(v[\w.+-]+)", re.M)
VERSION = re.compile(r"/v\d+$|\.v\d+$")


def roots(tree: Tree) -> tuple[str, ...]:
    """Folders that hold a go.mod."""
    return tuple(dirname(f) or "." for f in tree.files if basename(f) == "go.mod")


def read(tree: Tree, root: str) -> Manifest:
    """The go.mod of `root`. A dependency goes by its path; it is also found without its major version."""
    file = join(root, "go.mod")
    text = tree.string(file) if file in tree else ""
    dependencies: dict[str, str] = {}
    places: dict[str, Place] = {}
    for match in REQUIRED.finditer(text):
        line = text.count("\n", 0, match.start(1)) + 1
        dependencies[match[1]] = "==" + match[2].removeprefix("v")
        for name in (match[1], VERSION.sub("", match[1])):
            places.setdefault(normal(name), Place(file=file, line=line, name=match[1]))
    module, version = MODULE.search(text), GO.search(text)
    return Manifest(
        root=root,
        language="go",
        name=VERSION.sub("", module[1]).rpartition("/")[2] if module else "",
        files=(file,) if text else (),
        dependencies=dict(sorted(dependencies.items())),
        places=places,
        tools={"module": module[1] if module else "", "go": version[1] if version else ""},
        manager="go",
    )
