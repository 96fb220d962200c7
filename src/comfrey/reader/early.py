"""What a conftest above a suite imports, and reads with it before that suite can say what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from comfrey.model.project import Project
from comfrey.model.service import Setting
from comfrey.reader.fixtures import plugins
from comfrey.reader.manifests import join
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Catch,
    ClassDef,
    FunctionDef,
    If,
    Import,
    Module,
    Node,
    Statement,
    children,
)

CONFTEST = "conftest.py"
SET_UP = re.compile(rb"\bdjango\.setup\(|\bsettings\.configure\(")
DJANGO = "django"
KEEPER = "pytest-django"
"""Reads Django's settings by the project's ini, and a suite knows how to read them anew."""


def read(codebase: Codebase, project: Project) -> Project:
    """With the module that conftests above the suite import too early, if there is one."""
    if project.stack.language != "python" or project.tests.framework != "pytest":
        return project
    conftests = _above(codebase, project)
    early = _settled(codebase, project, conftests) or _imported_early(codebase, project, conftests)
    return project.replace(tests=project.tests.replace(early=early)) if early else project


def _above(codebase: Codebase, project: Project) -> tuple[str, ...]:
    """The modules that pytest loads before a suite in the folder of tests: conftests, and what they name as plugins."""
    folder = PurePosixPath(project.tests.folder or ".")
    paths = (join(project.root, str(each / CONFTEST)) for each in (folder, *folder.parents))
    found = [codebase.graph.module(each) for each in dict.fromkeys(paths) if each in codebase.tree]
    named = [each for module in found for each in plugins(_text(codebase, module))]
    return (*found, *(each for each in named if codebase.graph.file(each)))


def _settled(codebase: Codebase, project: Project, conftests: tuple[str, ...]) -> str:
    """Django itself, where a conftest settles by hand which settings it has."""
    if project.stack.framework != DJANGO or KEEPER in project.stack.dependencies:
        return ""
    settled = any(SET_UP.search(_text(codebase, each)) for each in conftests)
    return project.application.settings if settled else ""


def _imported_early(codebase: Codebase, project: Project, conftests: tuple[str, ...]) -> str:
    """The first module, as imports go, that reads as it is imported what a suite sets for the app."""
    telling = [each for each in project.settings if _is_set(each, project)]
    application = project.application
    for module in _reached(codebase, conftests):
        if module == application.module and not application.factory and telling:
            return module
        if any(_is_read_by(codebase, module, each) for each in telling):
            return module
    return ""


def _is_set(setting: Setting, project: Project) -> bool:
    """Whether a suite sets the variable: where things stand, and what must not be the real one."""
    of_services = {name for each in project.services for name in each.settings}
    told = setting.purpose not in ("", "environment")
    return told or setting.required or setting.secret or setting.name in of_services


def _is_read_by(codebase: Codebase, module: str, setting: Setting) -> bool:
    """Whether importing the module reads the variable: outside of functions, or by an object that it makes."""
    if setting.holder:
        return setting.holder.partition(":")[0] == module
    place = setting.place
    if place is None or codebase.graph.module(place.file) != module:
        return False
    parsed = codebase.parsed(module)
    statements = _run(parsed) if parsed else ()
    functions = [each.place for each in statements if isinstance(each, FunctionDef)]
    return not any(each.line <= place.line <= each.end_line for each in functions)


def _reached(codebase: Codebase, starts: tuple[str, ...]) -> Iterator[str]:
    """The modules that importing the first ones runs, without these, in the order of imports."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        module = waiting.pop(0)
        if module not in starts:
            yield module
        fresh = [each for each in _imports(codebase, module) if each not in seen]
        seen.update(fresh)
        waiting += dict.fromkeys(fresh)


def _imports(codebase: Codebase, module: str) -> Iterator[str]:
    """The modules of the tree that a module's own statements import, packages on the way included."""
    graph, parsed = codebase.graph, codebase.parsed(module)
    importing = graph.file(module) or ""
    for each in _run(parsed) if parsed else ():
        if isinstance(each, Import):
            target = graph.target(module, each)
            names = [f"{target}.{name}".lstrip(".") for name, _ in each.names]
            for name in (target, *names):
                parts = name.split(".")
                known = (
                    graph.canonical(".".join(parts[:count]), importing)
                    for count in range(1, len(parts) + 1)
                )
                yield from (found for found in known if found in graph.modules)


def _run(module: Module) -> Iterator[Node]:
    """What importing a file runs, statement by statement; of functions the heads alone."""
    waiting: list[Node] = list(module.body.statements)
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, If) and "TYPE_CHECKING" in each.test.text:
            continue
        yield each
        inner = each.body.statements if isinstance(each, ClassDef) else children(each)
        waiting[:0] = [found for found in inner if isinstance(found, Statement | Catch)]


def _text(codebase: Codebase, module: str) -> bytes:
    file = codebase.graph.file(module)
    return codebase.tree.text(file) if file else b""
