"""Python's module names and a cheap scan of import statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\((?:[^)#]|#[^\n]*)*\)|(?:[^\n#;\\]|\\\r?\n)*)"
    rb"|import[ \t]+((?:[^\n#;\\]|\\\r?\n)+))",
    re.MULTILINE,
)
NAMED = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)
COMMENT = re.compile(rb"#[^\n]*")
WORD = re.compile(rb"[\w.]+(?:\s+as\s+\w+)?")
DYNAMIC = (b"import_module", b"pkgutil", b"__import__", b"find_modules", b"load_module")
DOTTED = re.compile(rb"""["']([A-Za-z_][\w.]*)""")

TEST = re.compile(r"(?:^|/)(?:tests?|testing|e2e)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


def is_test(file: str) -> bool:
    """Whether pytest would take the file for a test, or it stands beside one."""
    return TEST.search(file) is not None


def modules(files: tuple[str, ...], root: str) -> dict[str, str]:
    """Dotted name → file for the `.py` files under `root`; a package is its `__init__`."""
    start = "" if root in ("", ".") else root.rstrip("/") + "/"
    found: dict[str, str] = {}
    for file in files:
        if not file.endswith(".py") or not file.startswith(start):
            continue
        name = file[len(start) : -3].replace("/", ".")
        name = name.removesuffix(".__init__") if name != "__init__" else ""
        if name and all(part.isidentifier() for part in name.split(".")):
            found.setdefault(name, file)
    return found


def packages(data: bytes) -> Iterator[str]:
    """Dotted names that a text imports (relative ones left out), and every package above them."""
    for match in NAMED.finditer(data):
        dotted = match[1].decode()
        while dotted:
            yield dotted
            dotted = dotted.rpartition(".")[0]


def imports(data: bytes, module: str, package: bool) -> tuple[str, ...]:
    """Absolute dotted names that a text may import; `from a import b` gives both `a` and `a.b`.

    A text that imports by computed names gives every dotted string in it, and its own package with a
    closing dot: anything below it may be meant."""
    found: set[str] = set()
    for match in IMPORT.finditer(data):
        found.update(_named(match, module, package))
    if any(needle in data for needle in DYNAMIC):
        found.update(m.group(1).decode() + "." for m in DOTTED.finditer(data))
        found.add((module if package else module.rpartition(".")[0]) + ".")
    return tuple(sorted(found))


def _named(match: re.Match[bytes], module: str, package: bool) -> Iterator[str]:
    source, names, plain = match.groups()
    if plain is not None:
        for word in WORD.findall(plain):
            yield word.split()[0].decode("ascii", "replace")
        return
    base = absolute(source.decode("ascii", "replace"), module, package)
    yield base
    for word in WORD.findall(COMMENT.sub(b"", names)):
        name = word.split()[0].decode("ascii", "replace")
        yield f"{base}.{name}" if base else name


def absolute(name: str, module: str, package: bool) -> str:
    """The absolute name of a relative one (`..core` in `app.api.users` is `app.core`)."""
    rest = name.lstrip(".")
    level = len(name) - len(rest)
    if not level:
        return name
    parts = module.split(".")
    kept = parts[: len(parts) - level + (1 if package else 0)]
    return ".".join([*kept, rest] if rest else kept)
