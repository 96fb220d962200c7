"""A Python file as named blocks: what stands before the first function, and each top-level statement."""

from __future__ import annotations

import ast

PREAMBLE = ""
FRAME: tuple[str, ...] = ()


def split(text: str) -> dict[str, str]:
    """Name → source, in order; the preamble is called "". `SyntaxError` when the text does not parse.

    Comments right above a statement belong to it.
    """
    lines = text.splitlines(keepends=True)
    found = {PREAMBLE: ""}
    start, name = 0, PREAMBLE
    for node in ast.parse(text).body:
        if name == PREAMBLE and not _opens(node):
            continue
        first = _first_line(node, lines)
        found[name] = "".join(lines[start:first]).strip("\n")
        start, name = first, _unused(_name(node), found)
    found[name] = "".join(lines[start:]).strip("\n")
    return found


def join(blocks: dict[str, str]) -> str:
    """The file of the blocks, two blank lines between them."""
    texts = [each for each in blocks.values() if each.strip()]
    return "\n\n\n".join(texts) + "\n" if texts else ""


def imports(preamble: str) -> list[str]:
    """The import statements of a preamble, each as it is written."""
    nodes = (
        each for each in ast.parse(preamble).body if isinstance(each, ast.Import | ast.ImportFrom)
    )
    return [ast.get_source_segment(preamble, each) or "" for each in nodes]


def holds(text: str, test: str) -> bool:
    """Whether the function of the test `file::name[row]` stands in the text."""
    return f"def {test.partition('::')[2].partition('[')[0]}(" in text


def _opens(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    decorators = getattr(node, "decorator_list", [])
    first: int = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
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
