"""The app in the process of its tests: what the file that puts it together says."""

from __future__ import annotations

import re
from typing import Any

from comfrey.stacks.testers.gotest import literals

MARKED = re.compile(r"⟦(\w+)⟧")
OWN = {
    "errors": "errors",
    "fmt": "fmt",
    "http": "net/http",
    "log": "log",
    "os": "os",
    "strings": "strings",
}
"""The packages that the file names by itself."""
GIN = "github.com/gin-gonic/gin"
DECLARED = re.compile(r"^(?:func|var|type|const) (\w+)", re.MULTILINE)
BLOCK = re.compile(r"^(?:var|const) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)

Told = tuple[str, tuple[tuple[str, str, str], ...], str, str]
"""(file of `main`, (name, alias or "", path) of imports, statements, handler), each package's name in ⟦⟧."""


def context(told: Told, taken: set[str], module: str, gin: bool) -> dict[str, Any]:
    """What the template is told; `taken` are the names that the suite declares, `module` is the project's path."""
    file, imports, body, handler = told
    called = {name: _called(name, path, taken) for name, _, path in imports if name}

    def spoken(text: str) -> str:
        return MARKED.sub(lambda found: called[found[1]], text)

    said = {(called.get(name, alias), name, alias, path) for name, alias, path in imports}
    lines = {(path, _line(used, name, alias, path)) for used, name, alias, path in said}
    generated = re.sub(r"⟦\w+⟧", "", body)
    own = ["net/http", "log", "os", "strings"]
    own += [each for each in ("errors", "fmt") if re.search(rf"\b{each}\.", generated)]
    lines |= {(path, f'"{path}"') for path in own}
    if gin:
        lines.add((GIN, f'"{GIN}"'))
    return {
        "file": file,
        "body": spoken(body),
        "handler": spoken(handler),
        "imports": _groups(lines, module),
        "gin": gin,
    }


def declared(texts: list[str]) -> set[str]:
    """The names that Go files declare for their whole package."""
    blocks = [inner for text in texts for inner in BLOCK.findall(text)]
    listed = {name for inner in blocks for name in re.findall(r"^\t(\w+)", inner, re.MULTILINE)}
    return listed | {name for text in texts for name in DECLARED.findall(text)}


def without_port(said: str) -> str:
    """The Go expression of an address as one literal: nothing listens there."""
    parts = re.findall(r'"([^"]*)"|\b(port)\b', said)
    return literals.text("".join("8080" if port else text for text, port in parts))


def _called(name: str, path: str, taken: set[str]) -> str:
    """The name of a package in the file: its own where the suite leaves it free."""
    free = name not in taken and OWN.get(name, path) == path
    return name if free else f"{name}pkg"


def _line(used: str, name: str, alias: str, path: str) -> str:
    """An import line: with a name where it has one, or the path does not say it."""
    told = alias or (used if used != name else "")
    return f'{used if alias and alias != "_" else told} "{path}"' if told else f'"{path}"'


def _groups(lines: set[tuple[str, str]], module: str) -> list[list[str]]:
    """The standard library, what others wrote, the project's own."""
    groups: list[list[str]] = [[], [], []]
    for path, line in sorted(lines):
        inside = path == module or path.startswith(f"{module}/")
        groups[2 if inside else 1 if "." in path.partition("/")[0] else 0].append(line)
    return [each for each in groups if each]
