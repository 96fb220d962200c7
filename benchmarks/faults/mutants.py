"""Which faults to plant: a seeded choice, spread over operators and endpoints, made before any suite is seen."""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.edits import Source, diff
from benchmarks.faults.operators import OPERATORS
from benchmarks.faults.planted import Fault
from benchmarks.faults.reach import Defined, reached, sources


@dataclass(frozen=True)
class Mutant:
    """One fault that could be planted; `handler` is the nearest route's `file:line:name`."""

    operator: str
    handler: str
    where: str
    patch: str


def mutants(root: Path) -> list[Mutant]:
    """Every fault that the operators know for the app below `root`, in order of operator and place."""
    read = {file: Source(text) for file, text in _readable(sources(root)).items()}
    found = reached({file: source.tree for file, source in read.items()})
    made = [
        mutant
        for name in OPERATORS
        for defined in found
        for mutant in _made(name, read[defined.file], defined)
    ]
    return list({each.patch: each for each in reversed(made)}.values())[::-1]


def chosen(found: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` of them: operators in turns, and of each the least used definition and endpoint."""
    shuffled = random.Random(seed)
    ways: dict[str, list[Mutant]] = {}
    for each in found:
        ways.setdefault(each.operator, []).append(each)
    turns = sorted(ways)
    shuffled.shuffle(turns)
    for name in turns:
        shuffled.shuffle(ways[name])
    taken: list[Mutant] = []
    used: Counter[str] = Counter()
    while len(taken) < count and any(ways.values()):
        for name in turns:
            if ways[name] and len(taken) < count:
                best = min(ways[name], key=lambda each: (used[each.handler], used[each.where]))
                ways[name].remove(best)
                used.update((best.handler, best.where))
                taken.append(best)
    return taken


def kept(taken: list[Mutant], keys: Mapping[str, str], folder: Path) -> tuple[Fault, ...]:
    """Writes the patches and what they break into `folder`; `keys` gives a handler's endpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    faults = []
    for number, each in enumerate(sorted(taken, key=lambda one: (one.handler, one.operator)), 1):
        patch = folder / f"{number:02}-{each.operator}.patch"
        patch.write_text(each.patch, encoding="utf-8")
        subject = keys.get(each.handler, each.handler.rpartition(":")[2])
        patch.with_suffix(".expect").write_text(f"{subject}; {each.where}\n", encoding="utf-8")
        faults.append(Fault(patch.stem, patch, subject, text=each.patch.encode()))
    return tuple(faults)


def endpoints(root: Path) -> dict[str, str]:
    """The endpoint of each handler, as the reader names both."""
    from comfrey import preview
    from comfrey.options import Options
    from comfrey.screen import Screen

    options = Options(path=str(root))
    found = {}
    for app in preview.apps(preview.read(options, Screen(quiet=True)), options):
        for each in app.endpoints:
            found[f"{each.handler.file}:{each.handler.line}:{each.handler.name}"] = (
                f"{each.method} {each.path}"
            )
    return found


def _readable(texts: dict[str, str]) -> dict[str, str]:
    return {file: text for file, text in texts.items() if _parses(text)}


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _made(name: str, source: Source, defined: Defined) -> Iterator[Mutant]:
    for edits in OPERATORS[name](source, defined):
        after = source.edited(edits)
        if _parses(after) and ast.dump(ast.parse(after)) != ast.dump(source.tree):
            patch = diff(defined.file, source.text, after)
            yield Mutant(name, defined.endpoints[0], f"{defined.file}:{defined.name}", patch)
