"""A package's files as one program: all of them are read before anything of it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from comfrey.languages.go.graph import PackageGraph
from comfrey.languages.go.packages import paths
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import Const, FunctionValue, Value

Args = tuple[Value, ...]


@dataclass
class Progress:
    """The files of a package that were read to their end, and the functions that run after the last one."""

    read: set[str] = field(default_factory=set)
    waiting: list[Value] = field(default_factory=list)


_progress: WeakKeyDictionary[Evaluator, dict[str, Progress]] = WeakKeyDictionary()


def package(ev: Evaluator, args: Args, at: Call | None) -> Value:
    """Runs the other files of the package, and imports that do something by being imported."""
    graph = ev.graph
    if at is None or not isinstance(graph, PackageGraph):
        return Const(None)
    file = at.span.source.path
    for path in paths(graph.tree.text(file)):
        other = graph.canonical(path, file)
        if other is not None and other != graph.package_of(file):
            texts = [(each, graph.tree.text(each)) for each in graph.package(other)]
            if any(b"\nfunc init()" in text and ev.is_eager(each) for each, text in texts):
                for each, _ in texts:
                    ev.run(each)
    for each in graph.package(graph.package_of(file)):
        if each != file:
            ev.run(each)
    return Const(None)


def started(ev: Evaluator, args: Args, at: Call | None) -> Value:
    """A file is read: its `init` functions and `main` run once every file of the package that was begun is."""
    graph = ev.graph
    if at is None or not isinstance(graph, PackageGraph):
        return Const(None)
    file = at.span.source.path
    name = graph.package_of(file)
    state = _progress.setdefault(ev, {}).setdefault(name, Progress())
    state.read.add(file)
    state.waiting += args
    if all(each in state.read for each in graph.package(name) if ev.ran(each) is not None):
        functions, state.waiting = sorted(state.waiting, key=_is_main), []
        for each in functions:
            ev.call(each)
    return Const(None)


def _is_main(function: Value) -> bool:
    return isinstance(function, FunctionValue) and function.name == "main"


KNOWN: dict[str, Callable[[Evaluator, Args, Call | None], Value]] = {
    "<package>": package,
    "<started>": started,
}
