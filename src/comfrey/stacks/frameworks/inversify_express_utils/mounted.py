"""What Express meets where a server of inversify-express-utils builds its app."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundMethod,
    DictValue,
    External,
    FunctionValue,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks import shelf
from comfrey.stacks.controllers.operations import (
    Operation,
    Served,
    as_function,
    controllers,
    first,
    gives_nothing,
    methods,
    named,
    spelled,
    words_of,
)

EMPTY, FULL = 204, 200
ERRING = 4
"""How many parameters a function takes that answers to errors."""


@cache
def data() -> dict[str, Any]:
    """The tables of the folder's `about.toml`."""
    folder = shelf.folder("frameworks", "inversify_express_utils")
    assert folder is not None
    return folder.about.data


def served(app: Instance, codebase: Codebase) -> Served | None:
    """What a server puts on the app that it builds; None for an app of another make."""
    if not codebase.is_a(app, *data()["servers"]):
        return None
    words = words_of(data())
    options = next((each for each in app.args if isinstance(each, DictValue)), DictValue([]))
    root = text_of(options.get("rootPath")) or ""
    operations = tuple(
        each
        for kind, own in controllers(words, codebase)
        for each in _operations(root, own, kind, codebase)
    )
    return Served(words, operations, tuple(_rescues(app, codebase)))


def _operations(
    root: str, own: tuple[Value, ...], kind: Any, codebase: Codebase
) -> Iterator[Operation]:
    words = words_of(data())
    mark = first(words, own, *words.classes)
    below = (text_of(mark.args[0]) or "") if mark is not None and mark.args else ""
    around = mark.args[1:] if mark is not None else ()
    for verb, path, function, marked in methods(words, codebase, kind):
        route = next((e for e in named(words, marked, *words.methods)), None)
        before = (*around, *(route.args[1:] if route is not None else ()))
        functions = (as_function(each, codebase, "handler") for each in before)
        yield Operation(
            verb,
            spelled(root, below, path),
            kind,
            function,
            (*marked, *own),
            before=tuple(each for each in functions if each is not None),
            validated=False,
            status=EMPTY if _is_left_empty(function) else FULL,
        )


def _is_left_empty(function: FunctionValue) -> bool:
    """Whether a method gives nothing back and does not answer by itself."""
    names = [each.name for each in function.node.parameters[1:]]
    answers = any(f"{name}." in function.node.text for name in names if name.startswith("res"))
    return gives_nothing(function) and not answers


def _rescues(app: Instance, codebase: Codebase) -> Iterator[Value]:
    """`server.setErrorConfig((app) => app.use(handler))`."""
    ev = codebase.evaluator
    for event in ev.on(app):
        if event.name != "setErrorConfig" or not event.args:
            continue
        inner = Instance(External("express"))
        ev.call(event.args[0], (inner,))
        for each in ev.on(inner):
            yield from (one for one in each.args if _answers_errors(one))


def _answers_errors(value: Value) -> bool:
    match value:
        case FunctionValue(node=node):
            return len(node.parameters) == ERRING
        case BoundMethod(function=function):
            return len(function.node.parameters) == ERRING + 1
    return False
