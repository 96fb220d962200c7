"""Import paths: versions, the names that a file may use for a package, modules and build constraints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

VERSION = re.compile(
    r"^((?:github|gitlab|bitbucket)\.\w+/[^/]+/[^/]+|[^/]+\.[^/]+/[^/]+)/v(?:[2-9]|\d\d+)(?=/|$)"
)
MAJOR = re.compile(r"/v\d+$")
"""The major version of a package of the standard library: `math/rand/v2` is `rand`."""
SUFFIX = re.compile(r"\.v\d+$")
IMPORTS = re.compile(rb'^\s*import\s*(?:\((.*?)^\s*\)|(?:[\w.]+\s+)?("[^"\n]+"))', re.DOTALL | re.M)
PATH = re.compile(rb'"([^"\n]+)"')
CLAUSE = re.compile(rb"^package\s+(\w+)", re.M)
BUILD = re.compile(rb"^//go:build\s+(.+)$", re.M)
OLD_BUILD = re.compile(rb"^//\s*\+build\s+(.+)$", re.M)
KNOWN_TAGS = frozenset(["linux", "amd64", "unix", "cgo", "gc"])
SYSTEMS = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "illumos",
        "ios",
        "js",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "wasip1",
        "windows",
    ]
)
MACHINES = frozenset(
    ["386", "arm", "arm64", "loong64", "mips", "mips64", "ppc64le", "riscv64", "s390x", "wasm"]
)


@cache
def unversioned(path: str) -> str:
    """An import path without its major version: `github.com/labstack/echo` for `…/echo/v4`."""
    return SUFFIX.sub("", VERSION.sub(r"\1", path))


def local_names(path: str) -> tuple[str, ...]:
    """The names that an import without an alias may bind: the last part of its path, and what packages are
    called whose path only resembles their name (`go-redis` is `redis`)."""
    bare = unversioned(path)
    last = (MAJOR.sub("", bare) or bare).rpartition("/")[2]
    bare = last.removeprefix("go-").removeprefix("go.").removesuffix("-go").removesuffix(".go")
    found = [last, bare, last.replace("-", "_"), last.replace("-", ""), last.rpartition("-")[2]]
    return tuple(dict.fromkeys(each for each in found if each.isidentifier())) or (last,)


def paths(data: bytes) -> Iterator[str]:
    """The import paths of a file, as written."""
    head = data[: data.find(b"\nfunc ")] if b"\nfunc " in data else data
    for match in IMPORTS.finditer(head):
        block = match[1] if match[1] is not None else match[2]
        for each in PATH.finditer(re.sub(rb"//[^\n]*", b"", block)):
            yield each[1].decode("utf-8", "replace")


def clause(data: bytes) -> str:
    """The name of a file's package."""
    found = CLAUSE.search(data)
    return found[1].decode() if found else ""


def is_built(file: str, data: bytes) -> bool:
    """Whether a file belongs to a build for this kind of machine with no tags set."""
    parts = file.rpartition("/")[2].removesuffix(".go").split("_")[1:]
    if any(each in SYSTEMS or each in MACHINES for each in parts[-2:]):
        return False
    head = data[:4096]
    said = BUILD.search(head)
    if said is not None:
        return holds(said[1].decode("utf-8", "replace"))
    old = OLD_BUILD.search(head)
    if old is None:
        return True
    options = old[1].decode("utf-8", "replace").split()
    return any(all(holds(term) for term in each.split(",")) for each in options)


def holds(constraint: str) -> bool:
    """Whether a build constraint (`linux && !cgo`) holds."""
    words = re.findall(r"[\w.]+|&&|\|\||!|\(|\)", constraint)
    spoken = {"&&": "and", "||": "or", "!": "not", "(": "(", ")": ")"}
    text = " ".join(
        spoken.get(w) or str(w in KNOWN_TAGS or re.fullmatch(r"go1\.\d+", w) is not None)
        for w in words
    )
    try:
        return bool(eval(text, {"__builtins__": {}}))
    except SyntaxError:
        return True
