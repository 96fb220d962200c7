"""A Python file as named blocks: what stands before the first function, and each top-level statement; of a class of
tests its head, and each method."""

from __future__ import annotations

import ast
from collections.abc import Iterator

PREAMBLE = ""
HEAD = "class"
FRAME = (HEAD, f"{HEAD} 2")
"""The heads of a file's classes of tests, which their methods cannot stand without."""


def split(text: str) -> dict[str, str]:
    """Name → source, in order; the preamble is called "". `SyntaxError` when the text does not parse.

    Comments right above a statement belong to it.
    """
    lines = text.splitlines(keepends=True)
    found = {PREAMBLE: ""}
    start, name = 0, PREAMBLE
    for node, called in _statements(ast.parse(text).body):
        if name == PREAMBLE and not _opens(node):
            continue
        first = _first_line(node, lines)
        found[name] = "".join(lines[start:first]).strip("\n")
        start, name = first, _unused(called, found)
    found[name] = "".join(lines[start:]).strip("\n")
    return found


def join(blocks: dict[str, str]) -> str:
    """The file of the blocks, two blank lines between them, one before a method; its class's head stands close."""
    whole = ""
    before = ""
    for name, text in blocks.items():
        if not text.strip():
            continue
        inner = text.startswith((" ", "\t"))
        gap = "\n\n" if inner else "\n\n\n"
        if inner and _is_bare(blocks.get(before, "")):
            gap = "\n"
        whole += (gap if whole else "") + text
        before = name
    return whole + "\n" if whole else ""


def imports(preamble: str) -> list[str]:
    """The import statements of a preamble, each as it is written."""
    nodes = (
        each for each in ast.parse(preamble).body if isinstance(each, ast.Import | ast.ImportFrom)
    )
    return [ast.get_source_segment(preamble, each) or "" for each in nodes]


def holds(text: str, test: str) -> bool:
    """Whether the function of the test `file::name[row]` stands in the text."""
    return f"def {test.partition('[')[0].rpartition('::')[2]}(" in text


def _statements(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Each top-level statement with its name, a class of tests followed by its methods."""
    for node in body:
        methods = _methods(node)
        yield node, HEAD if methods else _name(node)
        for each in methods:
            yield each, each.name


def _methods(node: ast.stmt) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The methods of a class of tests; none of any other statement."""
    inner = node.body if isinstance(node, ast.ClassDef) else []
    found = [each for each in inner if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return found if any(each.name.startswith("test_") for each in found) else []


def _is_bare(head: str) -> bool:
    """Whether nothing stands between a class's first line and its first method."""
    return head.startswith("class ") and head.rstrip().endswith(":")


def _opens(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    decorators = getattr(node, "decorator_list", [])
    first: int = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ast.unparse(node)


def _unused(name: str, taken: dict[str, str]) -> str:
    number, result = 1, name
    while result in taken:
        number += 1
        result = f"{name} {number}"
    return result
