"""The recipes of the shelf: every module in a `fixes/` folder of the things that the app is built from.

A recipe is a module with `SYMPTOMS` (those of `model.ailment` that it may cure), `RANK` (lower is tried
first) and `cure(ailment, project, facts, codebase) -> Cure | None`: None when it does not apply, or nothing
in the source says what the right code would be.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from comfrey.model.ailment import Ailment, Cure
from comfrey.model.facts import Facts
from comfrey.model.project import Project, Stack
from comfrey.source.codebase import Codebase
from comfrey.stacks import shelf

Apply = Callable[[Ailment, Project, Facts, Codebase], Cure | None]


@dataclass(frozen=True)
class Recipe:
    """One repair that the shelf knows; `name` is its folder and file (`fastapi/missing_row`)."""

    name: str
    symptoms: tuple[str, ...]
    rank: int
    apply: Apply


def recipes_for(stack: Stack) -> tuple[Recipe, ...]:
    """All recipes of what the app is built from, in the order in which they are tried."""
    folders = [("frameworks", stack.framework)]
    folders += [("orms", name) for name in dict.fromkeys((stack.orm, *stack.orms)) if name]
    folders += [("validators", name) for name in stack.validators]
    folders += [
        (each.kind, each.key)
        for each in shelf.folders("runtimes")
        if each.about.language == stack.language
    ]
    found = {each.name: each for kind, key in folders for each in _of(kind, key)}
    return tuple(sorted(found.values(), key=lambda each: (each.rank, each.name)))


def _of(kind: str, key: str) -> Iterator[Recipe]:
    """A folder's recipes, and those of what it extends."""
    folder = shelf.folder(kind, key)
    for each in shelf.lineage(folder) if folder else ():
        yield from _loaded(each.kind, each.key)


@cache
def _loaded(kind: str, key: str) -> tuple[Recipe, ...]:
    package = f"comfrey.stacks.{kind}.{key}.fixes"
    try:
        paths = importlib.import_module(package).__path__
    except ModuleNotFoundError:
        return ()
    names = sorted(each.name for each in pkgutil.iter_modules(paths))
    modules = {name: importlib.import_module(f"{package}.{name}") for name in names}
    return tuple(
        Recipe(f"{key}/{name}", tuple(module.SYMPTOMS), int(module.RANK), module.cure)
        for name, module in modules.items()
    )
