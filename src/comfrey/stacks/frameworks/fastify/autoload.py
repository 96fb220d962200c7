"""`@fastify/autoload`: the plug-ins that stand in a folder, with the prefixes that folders' names give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.languages.javascript.strings import pattern_of
from comfrey.source.codebase import Codebase
from comfrey.source.truth import truth
from comfrey.source.value import (
    BoundMethod,
    Const,
    DictValue,
    FunctionValue,
    Text,
    Value,
    plain,
    text_of,
)

SOURCE = re.compile(r"\.(?:[cm]?[jt]s|tsx)$")
INDEX = re.compile(r"^index(?:\.[cm]?[jt]s)$")
HOOKS = re.compile(r"^[_.]?auto_?-?hooks(?:\.[cm]?[jt]s)$", re.IGNORECASE)
ASIDE = re.compile(r"\.(?:test|spec|d)\.[cm]?[jt]s$")


@dataclass(frozen=True)
class Loaded:
    """A plug-in with its options (`config` makes more of them, given the instance); or a folder with hooks,
    whose plug-ins are `below`."""

    plugin: Value | None
    options: DictValue
    config: Value | None = None
    hooks: Value | None = None
    below: tuple[Loaded, ...] = ()


@dataclass(frozen=True)
class Loading:
    """What a registration of autoload says."""

    codebase: Codebase
    options: DictValue
    named: bool
    hooks: bool
    cascade: bool
    parameters: bool
    wanted: Value | None = None
    unwanted: tuple[Value | None, ...] = ()
    root: str = ""


def folder_plugins(codebase: Codebase, said: DictValue) -> Iterator[Loaded]:
    """Everything that one registration of autoload loads, in its order."""
    folder = text_of(said.get("dir"))
    if folder is None or "{" in folder:
        return
    inner = said.get("options")
    options = inner if isinstance(inner, DictValue) else DictValue([])
    loading = Loading(
        codebase,
        options,
        plain(said.get("dirNameRoutePrefix")) is not False,
        plain(said.get("autoHooks")) is True,
        plain(said.get("cascadeHooks")) is True,
        plain(said.get("routeParams")) is True,
        said.get("matchFilter"),
        (said.get("ignoreFilter"), said.get("ignorePattern")),
        folder.strip("/"),
    )
    prefix = text_of(options.get("prefix")) or ""
    yield from _folder(loading, folder.strip("/"), prefix)


def _folder(loading: Loading, folder: str, prefix: str) -> Iterator[Loaded]:
    files, folders = _entries(loading.codebase, folder)
    hooks = next((f for f in files if HOOKS.match(f)), None) if loading.hooks else None
    index = [f for f in files if INDEX.match(f)]
    plain_files = [f for f in files if not HOOKS.match(f)]
    own = [
        each
        for name in (index or plain_files)
        for each in _plugin(loading, f"{folder}/{name}", prefix)
    ]
    below = [
        each
        for name in folders
        for each in _folder(loading, f"{folder}/{name}", prefix + _segment(loading, name))
    ]
    if hooks is None:
        yield from own
        yield from below
        return
    value = _exported(loading.codebase, f"{folder}/{hooks}")
    inside = (*own, *below) if loading.cascade else tuple(own)
    yield Loaded(None, loading.options, hooks=value, below=inside)
    if not loading.cascade:
        yield from below


def _segment(loading: Loading, name: str) -> str:
    """What a folder below adds to the prefix; one whose name adds nothing leaves a slash all the same, which
    plug-ins see (`options.prefix + "users"`)."""
    if not loading.named:
        return "/"
    if loading.parameters:
        name = re.sub(r"^__(\w+)|_(\w+)", lambda m: f":{m[1] or m[2]}", name)
    return f"/{name}"


def _plugin(loading: Loading, file: str, prefix: str) -> Iterator[Loaded]:
    codebase = loading.codebase
    if not _is_wanted(loading, file):
        return
    value = _exported(codebase, file)
    if value is None or plain(_member(codebase, file, "autoload")) is False:
        return
    override = text_of(_member(codebase, file, "prefixOverride"))
    own = text_of(_member(codebase, file, "autoPrefix")) or ""
    config = _member(codebase, file, "autoConfig")
    named = text_of(config.get("prefix")) if isinstance(config, DictValue) else None
    whole = override if override is not None else prefix + (named or own)
    more = config.items if isinstance(config, DictValue) else []
    kept = [(k, v) for k, v in (*loading.options.items, *more) if text_of(k) != "prefix"]
    made = config if isinstance(config, FunctionValue) else None
    yield Loaded(value, DictValue([*kept, (Const("prefix"), Const(whole))]), made)


def _is_wanted(loading: Loading, file: str) -> bool:
    """Whether the filters let a file by; they are asked for its path below the folder."""
    path = "/" + file.removeprefix(loading.root).lstrip("/")
    if loading.wanted is not None and _fits(loading, loading.wanted, path) is False:
        return False
    return not any(_fits(loading, each, path) for each in loading.unwanted if each is not None)


def _fits(loading: Loading, rule: Value, path: str) -> bool | None:
    """Whether a filter (a text, a regular expression or a function) takes a path."""
    pattern = pattern_of(rule)
    if pattern is not None:
        try:
            return re.search(pattern[0], path) is not None
        except re.error:
            return None
    known = plain(rule)
    if isinstance(known, str):
        return known in path
    if isinstance(rule, FunctionValue | BoundMethod):
        return truth(loading.codebase.evaluator.call(rule, (Const(path),)))
    return None


def _exported(codebase: Codebase, file: str) -> Value | None:
    ev = codebase.evaluator
    found = ev.member(file, "default")
    return found if found is not None else codebase.language.exported(ev, file, "")


def _member(codebase: Codebase, file: str, name: str) -> Value | None:
    """An export beside the plug-in; in CommonJS also a property of its function."""
    ev = codebase.evaluator
    found = ev.member(file, name)
    return found if isinstance(found, Const | Text | DictValue | FunctionValue) else None


def _entries(codebase: Codebase, folder: str) -> tuple[list[str], list[str]]:
    start = folder + "/"
    names = [f[len(start) :] for f in codebase.tree.files if f.startswith(start)]
    files = [n for n in names if "/" not in n and SOURCE.search(n) and not ASIDE.search(n)]
    return sorted(files), sorted(
        {n.partition("/")[0] for n in names if "/" in n} - {"node_modules"}
    )
