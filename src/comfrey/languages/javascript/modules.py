"""What modules give each other: `module.exports`, `export default`, `require`, `import()`."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from comfrey.languages.javascript.graph import SPECIFIER, PathGraph
from comfrey.languages.javascript.lower import EXPORTS
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    Const,
    DictValue,
    External,
    ModuleValue,
    UnknownValue,
    Value,
    text_of,
)

LOADERS = ("require", "import")


def names(file: str) -> dict[str, Value]:
    """`module`, `exports`, `__dirname` and `__filename`. Paths are absolute, from the tree's root."""
    exports = DictValue([])
    return {
        EXPORTS: DictValue([]),
        "exports": exports,
        "module": DictValue([(Const("exports"), exports)]),
        "__filename": Const("/" + file),
        "__dirname": Const("/" + dirname(file)),
    }


def packages(data: bytes) -> Iterator[str]:
    """Packages that a text imports: the specifier, then the package that it is part of."""
    for match in SPECIFIER.finditer(data):
        specifier = match[1].decode("utf-8", "replace").removeprefix("node:")
        if specifier.startswith((".", "/")):
            continue
        yield specifier
        yield "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])


def exported(ev: Evaluator, module: str, name: str) -> Value | None:
    """What `import { name }` gives: CommonJS modules are the object (or function) that they export."""
    scope = ev.run(module)
    own = scope.names.get(EXPORTS)
    if name and isinstance(own, DictValue) and (found := own.get(name)) is not None:
        return found
    whole = _whole(scope.names.get("module"))
    if whole is None:
        return None
    if not name:
        return whole
    if isinstance(whole, DictValue):
        found = whole.get(name)
        return whole if found is None and name == "default" else found
    return whole if name == "default" else ev.attribute(whole, name)


def _whole(module: Value | None) -> Value | None:
    """`module.exports` where something was put there."""
    whole = module.get("exports") if isinstance(module, DictValue) else None
    if isinstance(whole, DictValue) and not whole.items:
        return None
    return whole


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`require(path)` and `import(path)` of a computed path."""
    if name not in LOADERS or not arguments[0] or at is None:
        return None
    specifier = comparable(arguments[0][0])
    text = specifier[0] if specifier else text_of(arguments[0][0])
    if not isinstance(text, str) or "{" in text:
        return UnknownValue("a module of a computed name", at.place)
    return load(ev, text, at.span.source.path)


def load(ev: Evaluator, specifier: str, importing: str) -> Value:
    """The module that a specifier means in a file."""
    graph = ev.graph
    found = graph.canonical(specifier, importing)
    if found is None:
        known = graph.outside(specifier, importing) if isinstance(graph, PathGraph) else specifier
        return External(known)
    if not ev.quiet and ev.is_eager(found):
        ev.run(found)
    return exported(ev, found, "") or ModuleValue(found)


def attribute(ev: Evaluator, of: Value, name: str) -> Value | None:
    """`imported.default`, `require.main`, `import.meta.url`."""
    if isinstance(of, External):
        if name == "default" and of.name not in ("process", "console"):
            return of
        if of.name == "import.meta" and name in ("dirname", "filename", "url"):
            return UnknownValue("where this file stands", None, name)
    return None
