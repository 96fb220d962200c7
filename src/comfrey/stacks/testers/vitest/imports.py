"""Imports of a written file, as the project writes its own: ES modules or CommonJS."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import relpath

from comfrey.model.project import Project
from comfrey.stacks.testers.job import Job
from comfrey.stacks.testers.layout import Layout

HELPERS = "helpers"
BUILT_IN = "node:"
KNOWS_BUILT_IN = 27
"""The first Jest that finds Node's own modules by their prefix."""
SUFFIXES = (".d.ts", ".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".tsx", ".jsx")


@dataclass(frozen=True)
class Modules:
    """`typed` for TypeScript, `native` for ES modules' `import`, `ending` that of an imported file;
    `prefixed` where Node's own modules may be called `node:fs`."""

    typed: bool
    native: bool
    ending: str
    prefixed: bool = True
    interop: bool = True
    """Whether the default of a package in CommonJS is all of it."""

    @property
    def suffix(self) -> str:
        """That of a written file."""
        return "ts" if self.typed else "js"

    def project(self, module: str, folder: str) -> str:
        """A module of the project as a file in `folder` imports it."""
        path = relpath(bare(module), folder)
        if path.endswith("/index") and not self.ending:
            path = path.removesuffix("/index")
        shown = path if path.startswith(".") else f"./{path}"
        return shown + self.ending

    def load(self, module: str, exported: str, local: str = "") -> str:
        """The statement that brings `exported` (`default`, `*`, a name, or "" for nothing) of a module in."""
        name = local or exported
        module = module if self.prefixed else module.removeprefix(BUILT_IN)
        if not exported:
            return f"import '{module}';" if self.native else f"require('{module}');"
        if exported == "*":
            if self.native:
                return f"import * as {name} from '{module}';"
            return f"const {name} = require('{module}');"
        if exported == "default":
            if self.native and not self.interop and not module.startswith("."):
                return f"import * as {name} from '{module}';"
            if self.native:
                return f"import {name} from '{module}';"
            return f"const {name} = require('{module}');"
        if self.native:
            shown = exported if name == exported else f"{exported} as {name}"
            return f"import {{ {shown} }} from '{module}';"
        shown = exported if name == exported else f"{exported}: {name}"
        return f"const {{ {shown} }} = require('{module}');"


def modules_of(project: Project, tester: str) -> Modules:
    """How the project's code is written; Vitest itself can only be imported."""
    prefixed = not is_older(project, tester, KNOWS_BUILT_IN)
    if is_typed(project):
        ending = ".js" if project.stack.modules == "esm" else ""
        interop = project.stack.interop or tester == "vitest"
        return Modules(True, True, ending, prefixed, interop)
    native = project.stack.modules != "commonjs" or tester == "vitest"
    return Modules(typed=False, native=native, ending=".js" if native else "", prefixed=prefixed)


def spoken_by(job: Job) -> str:
    """The package that `describe` and its like are imported from; "" where they are globals."""
    if job.tester == "vitest":
        return "vitest"
    return "@jest/globals" if job.project.tests.imported else ""


def is_older(project: Project, tester: str, major: int) -> bool:
    """Whether the project asks for Jest before a major version."""
    asked = re.search(r"\d+", dict(project.stack.versions).get("jest", ""))
    return tester == "jest" and asked is not None and int(asked[0]) < major


INLINE = re.compile(r"^import \{ type (\w+)(?:, ([^}]+))? \} from (.+)$", re.M)
ASSIGNED = re.compile(r"^( *)(\w+) \?\?= ", re.M)


def plainer(text: str, project: Project) -> str:
    """The text in words that the project's TypeScript knows: no types among values before 4.5, no `??=` before 4.0."""
    known = typescript_of(project)
    if known < (4, 5):
        text = INLINE.sub(_parted, text)
    return ASSIGNED.sub(r"\1\2 = \2 ?? ", text) if known < (4, 0) else text


def typescript_of(project: Project) -> tuple[int, int]:
    """The version of TypeScript that the project asks for at least."""
    found = re.search(r"(\d+)(?:\.(\d+))?", dict(project.stack.versions).get("typescript", ""))
    return (int(found[1]), int(found[2] or 0)) if found else (5, 0)


def _parted(found: re.Match[str]) -> str:
    """Types and values of a module, each in a statement of its own."""
    typed = f"import type {{ {found[1]} }} from {found[3]}"
    return f"{typed}\nimport {{ {found[2]} }} from {found[3]}" if found[2] else typed


def is_typed(project: Project) -> bool:
    """Whether the app is written in TypeScript."""
    places = [project.application.place, *(each.handler for each in project.endpoints)]
    return any(each is not None and each.file.endswith(("ts", "tsx")) for each in places)


def bare(module: str) -> str:
    """A module's path without its ending."""
    for suffix in SUFFIXES:
        if module.endswith(suffix):
            return module.removesuffix(suffix)
    return module


def statements(needs: frozenset[str] | set[str], modules: Modules, layout: Layout) -> list[str]:
    """The import lines of a test file: packages, then the project's own, then helpers."""
    named: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for need in needs:
        kind, _, rest = need.partition(":")
        if kind == "package":
            module, exported, local = rest.split(":")
            named[module].add((exported, local))
        elif kind == "project":
            module, exported, local = rest.rsplit(":", 2)
            named[modules.project(module, layout.folder)].add((exported, local))
        else:
            named[f"./{HELPERS}/{kind}{modules.ending}"].add((rest, rest))
    return [
        line
        for module in sorted(named, key=_order)
        for line in joined(module, named[module], modules)
    ]


def joined(module: str, names: set[tuple[str, str]], modules: Modules) -> list[str]:
    """The statements for the names of one module."""
    lines = [
        modules.load(module, *each) for each in sorted(names) if each[0] in ("default", "*", "")
    ]
    plain = sorted((each for each in names if each[0] not in ("default", "*", "")), key=_by_name)
    if not plain:
        return lines
    word = " as " if modules.native else ": "
    shown = ", ".join(a if a == b else f"{a}{word}{b}" for a, b in plain)
    if modules.native:
        return [*lines, f"import {{ {shown} }} from '{module}';"]
    return [*lines, f"const {{ {shown} }} = require('{module}');"]


def parent(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _by_name(names: tuple[str, str]) -> tuple[str, str]:
    return names[0].lower(), names[0]


def _order(module: str) -> tuple[int, str]:
    if not module.startswith("."):
        return 0, module
    return (1 if module.startswith("..") else 2), module
