"""Packages of the project's own that a generator makes and nobody commits: an empty one stands for each.

`swag init` writes `docs`, others embed files: a fresh clone does not compile without, though no endpoint needs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from comfrey.bench.runtimes.go import manifests
from comfrey.bench.runtimes.go.manifests import Module

NAME = "generated.go"
SPECIFICATION = """
// SwaggerInfo is what swag init fills in.
var SwaggerInfo = &struct {
	Version, Host, BasePath, Title, Description, InfoInstanceName string
	Schemes                                                       []string
}{}
"""


def missing(found: Module, root: Path) -> dict[Path, str]:
    """Files of the module to be laid, with their texts: for each package that the program imports and that is not
    there, and of which it needs no more than that it is there."""
    entry = manifests.entry(found, root)
    texts = manifests.reach(entry, found) if entry else []
    laid: dict[Path, str] = {}
    for path in sorted({p for text in texts for p in manifests.IMPORT.findall(text)}):
        folder = found.folder / path.removeprefix(f"{found.path}/")
        if not path.startswith(f"{found.path}/") or any(folder.glob("*.go")):
            continue
        name = re.sub(r"\W", "", path.rpartition("/")[2])
        used = {word for text in texts for word in re.findall(rf"\b{name}\.([A-Z]\w*)", text)}
        if used <= {"SwaggerInfo"}:
            laid[folder / NAME] = f"package {name}\n{SPECIFICATION if used else ''}"
    return laid


def overlay(found: Module, root: Path, folder: Path) -> list[str]:
    """The words that have Go compile with these packages, without a file of the user's tree being written."""
    laid = missing(found, root)
    if not laid:
        return []
    replaced = {}
    for number, (file, text) in enumerate(laid.items()):
        stand_in = folder / f"generated-{number}.go"
        stand_in.write_text(text, encoding="utf-8")
        replaced[str(file)] = str(stand_in)
    listed = folder / "overlay.json"
    listed.write_text(json.dumps({"Replace": replaced}), encoding="utf-8")
    return ["-overlay", str(listed)]


def lay(tree: Path) -> None:
    """Puts the packages into a copy of the tree."""
    for file in sorted(tree.rglob("go.mod")):
        found = manifests.module(file.parent, tree)
        if found is None or "vendor" in file.parts:
            continue
        for each, text in missing(found, file.parent).items():
            each.parent.mkdir(parents=True, exist_ok=True)
            each.write_text(text, encoding="utf-8")
