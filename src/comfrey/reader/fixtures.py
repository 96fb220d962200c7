"""The fixtures of the project's own tests: what its conftests define, import, and take from plugins of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from comfrey.source.tree import Tree

FIXTURE = re.compile(
    rb"^@(?:pytest(?:_asyncio)?\.)?(?:yield_)?fixture\b[^\n]*(?:\n(?:[ \t)][^\n]*|@[^\n]*))*?\n(?:async[ \t]+)?def[ \t]+(\w+)",
    re.M,
)
AUTOMATIC = re.compile(rb"\bautouse\s*=\s*True\b")
RENAMED = re.compile(rb"\bname\s*=\s*[\"'](\w+)[\"']")
PLUGINS = re.compile(rb"^pytest_plugins\b[^=\n]*=\s*([\[(][^\])]*|[^\n]*)", re.M)
IMPORTED = re.compile(rb"^from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)", re.M)
WORD = re.compile(rb"[\"']([\w.]+)[\"']")
EVERYTHING = "*"


def offered(tree: Tree, conftests: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """The names of all fixtures, in the order in which they are met; `own` are the root's Python files."""
    return tuple(dict.fromkeys(name for name, _ in _fixtures(tree, conftests, tuple(own))))


def automatic(tree: Tree, conftests: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """The names of those that every test below the conftests gets unasked."""
    found = _fixtures(tree, conftests, tuple(own))
    return tuple(dict.fromkeys(name for name, unasked in found if unasked))


def _fixtures(
    tree: Tree, conftests: Iterable[str], own: tuple[str, ...]
) -> Iterator[tuple[str, bool]]:
    """(name, whether every test gets it) of each fixture."""
    for conftest in conftests:
        for file, names in _sources(tree, conftest, own):
            for match in FIXTURE.finditer(tree.text(file)):
                called, renamed = match[1].decode(), RENAMED.search(match[0])
                if EVERYTHING in names or called in names:
                    name = renamed[1].decode() if renamed else called
                    yield name, AUTOMATIC.search(match[0]) is not None


def _sources(
    tree: Tree, conftest: str, own: tuple[str, ...]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Each file whose fixtures a conftest brings, and the names that it takes of them."""
    everything = frozenset((EVERYTHING,))
    text = tree.text(conftest)
    yield conftest, everything
    for module in plugins(text):
        yield from ((file, everything) for file in _files(module, conftest, own))
    for module, names in IMPORTED.findall(text):
        taken = frozenset(re.findall(r"[\w*]+", names.decode()))
        yield from ((file, taken) for file in _files(module.decode(), conftest, own))


def plugins(text: bytes) -> list[str]:
    """The modules that a conftest names as plugins of its own (`pytest_plugins`)."""
    return [word.decode() for told in PLUGINS.findall(text) for word in WORD.findall(told)]


def _files(module: str, conftest: str, own: tuple[str, ...]) -> Iterator[str]:
    """The files of a module as a conftest names it."""
    bare = module.lstrip(".")
    path = bare.replace(".", "/")
    ups = len(module) - len(bare)
    if ups:
        here = PurePosixPath(conftest).parents[min(ups, len(PurePosixPath(conftest).parents)) - 1]
        path = str(here / path)
    wanted = (f"{path}.py", f"{path}/__init__.py")
    for file in own:
        if file in wanted or (not ups and file.endswith(tuple(f"/{each}" for each in wanted))):
            yield file
