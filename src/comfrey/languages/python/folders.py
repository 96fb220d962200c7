"""Modules found by computed names, and folders that a program lists to find its own parts.

Paths inside the tree are strings that begin with `/`, the tree's root, as `__file__` is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    Const,
    DictValue,
    External,
    Instance,
    ListValue,
    ModuleValue,
    UnknownValue,
    Value,
)

PATH_NAMES = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "anyio.Path")
PATH = External("pathlib.Path")


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`importlib.import_module(…)`, `os.path.join(…)`, `os.listdir(…)`, `pkgutil.iter_modules(…)`."""
    args = arguments[0]
    if name in ("importlib.import_module", "__import__", "importlib.__import__"):
        named = dict(arguments[1])
        return _import(ev, args or (named.get("name", Const(None)),), named.get("package"))
    if name in ("pkgutil.iter_modules", "pkgutil.walk_packages"):
        named = dict(arguments[1])
        path = args[0] if args else named.get("path")
        return _iterated(ev, path, args[1] if len(args) > 1 else named.get("prefix"))
    if name in PATH_NAMES:
        return _path(_joined(args))
    if name == "os.path.join":
        joined = _joined(args)
        return Const(joined) if joined is not None else None
    if name == "os.listdir":
        return _listed(ev, _text(args[0])) if args else None
    if name == "glob.glob":
        return _globbed(ev, _text(args[0]), as_path=False) if args else None
    pure = PURE.get(name)
    text = _text(args[0]) if args else None
    if pure is None or text is None:
        return None
    result = pure(text)
    if isinstance(result, tuple):
        return ListValue([Const(each) for each in result], "tuple")
    return Const(result)


PURE: dict[str, Callable[[str], str | tuple[str, str]]] = {
    "os.path.dirname": posixpath.dirname,
    "os.path.basename": posixpath.basename,
    "os.path.abspath": posixpath.normpath,
    "os.path.realpath": posixpath.normpath,
    "os.path.normpath": posixpath.normpath,
    "os.path.splitext": posixpath.splitext,
    "os.path.split": posixpath.split,
}


def _text(value: Value) -> str | None:
    """A path as text."""
    if isinstance(value, Instance) and value.of is PATH and value.args:
        return _text(value.args[0])
    known = comparable(value)
    return known[0] if known is not None and isinstance(known[0], str) else None


def _joined(args: tuple[Value, ...]) -> str | None:
    texts = [_text(each) for each in args]
    if not texts or None in texts:
        return None
    return posixpath.join(*(each for each in texts if each is not None))


def _path(text: str | None) -> Value | None:
    return None if text is None else Instance(PATH, (Const(text),))


def _import(ev: Evaluator, args: tuple[Value, ...], anchor: Value | None) -> Value | None:
    anchor = args[1] if len(args) > 1 else anchor
    name = comparable(args[0])
    package = comparable(anchor) if anchor is not None else None
    if name is None or not isinstance(name[0], str):
        return UnknownValue("a module of a computed name", None, "module")
    full = name[0]
    if full.startswith(".") and package is not None and isinstance(package[0], str):
        full = ev.language.absolute(full, package[0], True)
    found = ev.graph.canonical(full)
    if found is None:
        return External(full)
    ev.run(found)
    return ModuleValue(found)


def _iterated(ev: Evaluator, path: Value | None, prefix: Value | None) -> Value | None:
    """The modules of a package's folder, as (finder, name, is package) triples."""
    if path is None:
        return None
    folders = path.items if isinstance(path, ListValue) else [path]
    start = _text(prefix) if prefix is not None else ""
    found: list[Value] = []
    for folder in folders:
        text = _text(folder)
        package = ev.graph.module(text.strip("/") + "/__init__.py") if text else None
        if package is None:
            return None
        for module in ev.graph.submodules(package):
            name = Const((start or "") + module.rpartition(".")[2])
            is_package = Const(ev.graph.is_package(module))
            finder = UnknownValue("a finder")
            found.append(ListValue([finder, name, is_package], "tuple"))
    return ListValue(found)


def attribute(ev: Evaluator, of: Value, name: str) -> Value | None:
    """`package.__path__`, a path's parts, a module's fields."""
    if isinstance(of, ModuleValue):
        file = ev.graph.file(of.name)
        if name == "__path__" and file:
            return ListValue([Const("/" + posixpath.dirname(file))])
        if name == "__file__" and file:
            return Const("/" + file)
        if name == "__package__":
            is_package = ev.graph.is_package(of.name)
            return Const(of.name if is_package else of.name.rpartition(".")[0])
        if name == "__dict__":
            names = ev.run(of.name).names
            return DictValue([(Const(k), v) for k, v in names.items()])
        return None
    if isinstance(of, ListValue) and of.kind == "tuple" and len(of.items) == 3:
        return dict(zip(("module_finder", "name", "ispkg"), of.items, strict=True)).get(name)
    text = _text(of) if isinstance(of, Instance) and of.of is PATH else None
    return _path_attribute(text, name) if text is not None else None


def _path_attribute(text: str, name: str) -> Value | None:
    base = posixpath.basename(text)
    if name == "parent":
        return _path(posixpath.dirname(text))
    if name == "parents":
        found: list[Value] = []
        while text not in ("", "/"):
            text = posixpath.dirname(text)
            found.append(Instance(PATH, (Const(text),)))
        return ListValue(found)
    if name == "name":
        return Const(base)
    if name == "stem":
        return Const(base.rpartition(".")[0] or base)
    if name == "suffix":
        return Const(posixpath.splitext(base)[1])
    return None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """`path / "x"`, `path.glob("*.py")`, `path.iterdir()` and their like."""
    if not isinstance(receiver, Instance) or receiver.of is not PATH:
        return None
    text = _text(receiver)
    if text is None:
        return None
    if name in ("resolve", "absolute", "expanduser"):
        return _path(posixpath.normpath(text))
    if name in ("joinpath", "__truediv__"):
        return _path(_joined((receiver, *arguments[0])))
    if name == "iterdir":
        return _globbed(ev, posixpath.join(text, "*"), as_path=True)
    if name in ("glob", "rglob") and arguments[0]:
        pattern = _text(arguments[0][0]) or "*"
        middle = "**" if name == "rglob" else ""
        return _globbed(ev, posixpath.join(text, middle, pattern), as_path=True)
    if name in ("is_file", "is_dir", "exists"):
        return _exists(ev, text, name)
    if name in ("as_posix", "__str__"):
        return Const(text)
    return None


def _exists(ev: Evaluator, text: str, name: str) -> Value | None:
    file = text.strip("/")
    is_file, is_folder = file in ev.codebase.tree, bool(ev.codebase.tree.under(file))
    return Const({"is_file": is_file, "is_dir": is_folder}.get(name, is_file or is_folder))


def _listed(ev: Evaluator, folder: str | None) -> Value | None:
    if folder is None:
        return None
    start = folder.strip("/") + "/"
    names = {f[len(start) :].partition("/")[0] for f in ev.codebase.tree.under(start[:-1])}
    return ListValue([Const(each) for each in sorted(names)])


def _globbed(ev: Evaluator, pattern: str | None, as_path: bool) -> Value | None:
    """Files and folders that match; `**` is any number of folders."""
    if pattern is None:
        return None
    wanted = re.compile(_expression(posixpath.normpath(pattern).strip("/")))
    start = pattern.partition("*")[0].rpartition("/")[0].strip("/")
    found: set[str] = set()
    for file in ev.codebase.tree.under(start):
        parts = file.split("/")
        found.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    paths = [Const("/" + each) for each in sorted(found) if wanted.fullmatch(each)]
    return ListValue([Instance(PATH, (each,)) if as_path else each for each in paths])


def _expression(pattern: str) -> str:
    """A glob as a regular expression; `*` stops at a slash."""
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return "".join(signs.get(piece, re.escape(piece)) for piece in pieces)
