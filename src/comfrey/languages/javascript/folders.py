"""`path` and `fs` over the tree: programs that list a folder to find their own parts.

Paths inside the tree are strings that begin with `/`, the tree's root, as `__dirname` is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import Arguments, Const, DictValue, External, Instance, ListValue, Value

LISTERS = ("readdirSync", "readdir")
GLOBS = frozenset(
    [
        "glob.sync",
        "glob.globSync",
        "fast-glob.sync",
        "globby.sync",
        "globby.globbySync",
        "glob.glob",
        "fast-glob",
        "glob",
        "fast-glob.glob",
        "tinyglobby.globSync",
        "globby.globby",
        "tinyglobby.glob",
        "fs.globSync",
    ]
)


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`path.join(…)`, `fs.readdirSync(…)`, `glob.sync(…)`."""
    args = arguments[0]
    package, _, last = name.rpartition(".")
    if package in ("path", "path.posix", "node:path"):
        return _path(last, args)
    if name in ("url.fileURLToPath", "fileURLToPath"):
        said = _texts(args[:1])
        return Const(said[0].removeprefix("file://")) if said else None
    if package in ("fs", "fs.promises", "fs/promises", "fs-extra"):
        return _files(ev, last, args)
    if name in GLOBS and args:
        return _globbed(ev, args)
    return None


def _texts(args: tuple[Value, ...]) -> list[str] | None:
    found = [comparable(each) for each in args]
    texts = [each[0] for each in found if each and isinstance(each[0], str)]
    return texts if len(texts) == len(args) else None


def _path(name: str, args: tuple[Value, ...]) -> Value | None:
    texts = _texts(args)
    if not texts:
        return None
    if name in ("join", "resolve"):
        if name == "join":
            texts = [texts[0], *(each.lstrip("/") for each in texts[1:])]
        return Const(posixpath.normpath(posixpath.join(*texts)))
    if name == "basename" and len(texts) == 2:
        return Const(posixpath.basename(texts[0]).removesuffix(texts[1]))
    pure = PURE.get(name)
    if pure is not None:
        return Const(pure(texts[0]))
    if name == "parse":
        return _parsed(texts[0])
    return None


PURE: dict[str, Callable[[str], str]] = {
    "dirname": posixpath.dirname,
    "basename": posixpath.basename,
    "extname": lambda text: posixpath.splitext(text)[1],
    "normalize": posixpath.normpath,
}


def _parsed(text: str) -> DictValue:
    stem, ending = posixpath.splitext(posixpath.basename(text))
    parts = {"name": stem, "ext": ending, "base": stem + ending, "dir": posixpath.dirname(text)}
    return DictValue([(Const(key), Const(value)) for key, value in parts.items()])


def _files(ev: Evaluator, name: str, args: tuple[Value, ...]) -> Value | None:
    texts = _texts(args[:1])
    if not texts:
        return None
    folder = _inside(texts[0])
    if name in LISTERS:
        entries = _entries(ev, folder)
        if not entries:
            return None
        typed = len(args) > 1 and isinstance(args[1], DictValue) and args[1].get("withFileTypes")
        listed = [_entry(ev, folder, each) if typed else Const(each) for each in entries]
        return _given(ev, name, ListValue(listed), args)
    if name == "existsSync":
        return Const(folder in ev.codebase.tree or bool(_entries(ev, folder)))
    if name in ("statSync", "lstatSync", "stat"):
        return _entry(ev, posixpath.dirname(folder), posixpath.basename(folder))
    return None


def _given(ev: Evaluator, name: str, found: Value, args: tuple[Value, ...]) -> Value:
    """With a callback (`fs.readdir(path, (error, files) => …)`) that is called."""
    last = args[-1] if len(args) > 1 else None
    if name == "readdir" and last is not None and not isinstance(last, Const | DictValue):
        ev.call(last, (Const(None), found))
    return found


def _inside(text: str) -> str:
    """A path from the tree's root."""
    return posixpath.normpath(text.strip("/")) if text.strip("/") else "."


def _entries(ev: Evaluator, folder: str) -> list[str]:
    start = "" if folder == "." else folder + "/"
    names = {
        f[len(start) :].partition("/")[0] for f in ev.codebase.tree.files if f.startswith(start)
    }
    return sorted(names)


def _entry(ev: Evaluator, folder: str, name: str) -> Value:
    """A directory entry: `name`, `isDirectory()`, `isFile()`."""
    path = name if folder in (".", "") else f"{folder}/{name}"
    is_file = path in ev.codebase.tree
    fields: dict[str, Value] = {"name": Const(name)}
    fields["isDirectory"] = Instance(External("constant"), (Const(not is_file),))
    fields["isFile"] = Instance(External("constant"), (Const(is_file),))
    return Instance(External("fs.Dirent"), fields=fields)


def _globbed(ev: Evaluator, args: tuple[Value, ...]) -> Value | None:
    first = args[0]
    patterns = _texts(tuple(first.items) if isinstance(first, ListValue) else (first,))
    if not patterns:
        return None
    options = args[1] if len(args) > 1 else None
    base = comparable(options.get("cwd") or Const("")) if isinstance(options, DictValue) else ("",)
    start = str(base[0]) if base else ""
    rules = [re.compile(_expression(posixpath.join(start, each))) for each in patterns]
    files = [f for f in ev.codebase.tree.files if any(rule.match("/" + f) for rule in rules)]
    shown = [f"/{f}" for f in files]
    if start:
        shown = [each.removeprefix(start.rstrip("/") + "/") for each in shown]
    return ListValue([Const(each) for each in shown])


WILD = re.compile(r"(\*\*/|\*\*|\*|\?|\{[^}]*\}|[@+]\([^)]*\))")
MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _expression(pattern: str) -> str:
    """A glob with `**` and `{a,b}` as a regular expression over paths from the root
    (https://github.com/mrmlnc/fast-glob#pattern-syntax)."""
    parts = WILD.split("/" + posixpath.normpath(pattern).lstrip("/"))
    return "".join(_meaning(e) if i % 2 else re.escape(e) for i, e in enumerate(parts)) + r"\Z"


def _meaning(wild: str) -> str:
    if wild in MEANING:
        return MEANING[wild]
    options = re.split(r"[,|]", wild.strip("@+{}()"))
    return "(?:" + "|".join(map(_alternative, options)) + ")"


def _alternative(text: str) -> str:
    parts = WILD.split(text)
    return "".join(_meaning(e) if i % 2 else re.escape(e) for i, e in enumerate(parts))
