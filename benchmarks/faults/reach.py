"""Which definitions of a Python backend a route can reach, by simple names."""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

ELSEWHERE = (
    "test",
    "tests",
    "migrations",
    "alembic",
    "versions",
    "scripts",
    "node_modules",
    "bugs",
)
VERBS = ("get", "post", "put", "patch", "delete", "api_route")
TOO_COMMON = 4
"""A name that so many definitions bear tells nothing about which of them is meant."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign


@dataclass(frozen=True, eq=False)
class Defined:
    """A function, class or module-level binding; `endpoints` reach it, the nearest first."""

    file: str
    name: str
    node: Definition
    endpoints: list[str] = field(default_factory=list)
    taken: list[bool] = field(default_factory=lambda: [False])
    """Whether it is reached from what a handler takes in (its parameters)."""
    given: list[bool] = field(default_factory=lambda: [False])
    """Whether it is reached from what a handler gives back (its return annotation, `response_model`)."""


def sources(root: Path) -> dict[str, str]:
    """The app's own Python files by path relative to `root`; no tests, migrations or scripts."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") or part in ELSEWHERE for part in parts[:-1])
        if hidden or parts[-1].startswith("test_") or parts[-1] in ("conftest.py", "setup.py"):
            continue
        found["/".join(parts)] = path.read_text(encoding="utf-8")
    return found


def reached(trees: dict[str, ast.Module]) -> list[Defined]:
    """Every definition that a route handler reaches, with the handlers as `file:line:name`."""
    alive = _alive(trees)
    known = [each for file in sorted(alive) for each in _definitions(file, trees[file])]
    named: dict[str, list[Defined]] = {}
    for each in known:
        named.setdefault(each.name, []).append(each)
    distances: dict[Defined, dict[str, int]] = {}
    for handler in known:
        if isinstance(handler.node, ast.FunctionDef | ast.AsyncFunctionDef) and route(handler.node):
            key = f"{handler.file}:{handler.node.lineno}:{handler.name}"
            for each, steps in _from(handler, named).items():
                distances.setdefault(each, {})[key] = steps
            _mark(handler.node, named)
    for each, far in distances.items():
        each.endpoints.extend(sorted(far, key=lambda key, far=far: (far[key], key)))  # type: ignore[misc]
    return [each for each in known if each.endpoints]


def route(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.Call | None:
    """The decorator that makes a function a route handler."""
    for each in node.decorator_list:
        if not isinstance(each, ast.Call) or not isinstance(each.func, ast.Attribute):
            continue
        if each.func.attr in VERBS and each.args:
            return each
    return None


def names(node: ast.AST) -> set[str]:
    """Every name and attribute that stands in `node`, in quoted annotations too."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            found |= {each.value} if each.value.isidentifier() else set()
    return found


def _alive(trees: dict[str, ast.Module]) -> set[str]:
    """Files that hold a route, or whose module's name some import says."""
    said: set[str] = set()
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                said |= {part for each in node.names for part in each.name.split(".")}
            if isinstance(node, ast.ImportFrom):
                said |= set((node.module or "").split("."))
    return {
        file
        for file, tree in trees.items()
        if Path(file).stem in said or file.endswith("__init__.py") or _routes(tree)
    }


def _routes(tree: ast.Module) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, kinds) and route(node) for node in ast.walk(tree))


def _definitions(file: str, tree: ast.Module) -> list[Defined]:
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(Defined(file, node.name, node))
        if isinstance(node, ast.ClassDef):
            found += [
                Defined(file, each.name, each)
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.append(Defined(file, node.targets[0].id, node))
    return found


def _from(start: Defined, named: dict[str, list[Defined]]) -> dict[Defined, int]:
    steps, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for name in sorted(names(here.node)):
            for each in _meant(name, here, named):
                if each not in steps:
                    steps[each] = steps[here] + 1
                    queue.append(each)
    return steps


def _meant(name: str, here: Defined, named: dict[str, list[Defined]]) -> list[Defined]:
    found = named.get(name, [])
    near = [each for each in found if each.file == here.file]
    found = near or (found if len(found) < TOO_COMMON else [])
    return [each for each in found if not _is_route(each)]


def _is_route(each: Defined) -> bool:
    return isinstance(each.node, ast.FunctionDef | ast.AsyncFunctionDef) and bool(route(each.node))


def _mark(handler: ast.FunctionDef | ast.AsyncFunctionDef, named: dict[str, list[Defined]]) -> None:
    decorator = route(handler)
    models = [each.value for each in decorator.keywords if each.arg == "response_model"]  # type: ignore[union-attr]
    taken = set().union(*(names(each) for each in _parameters(handler)))
    given = set().union(*(names(each) for each in [*models, *filter(None, [handler.returns])]))
    for name in taken:
        for each in _closure(name, named):
            each.taken[0] = True
    for name in given:
        for each in _closure(name, named):
            each.given[0] = True


def _parameters(handler: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    found = [*handler.args.posonlyargs, *handler.args.args, *handler.args.kwonlyargs]
    return [each.annotation for each in found if each.annotation]


def _closure(name: str, named: dict[str, list[Defined]]) -> set[Defined]:
    """The classes that an annotation means: itself, its bases, its fields' types."""
    found: set[Defined] = set()
    queue = [name]
    while queue:
        for each in named.get(queue.pop(), []):
            if each in found or isinstance(each.node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            found.add(each)
            if isinstance(each.node, ast.ClassDef):
                fields = [
                    one.annotation for one in each.node.body if isinstance(one, ast.AnnAssign)
                ]
                queue += sorted(set().union(*(names(one) for one in [*each.node.bases, *fields])))
            else:
                queue += sorted(names(each.node.value))
    return found
