"""Small edits of source: where a statement begins and ends, how it is indented, which function holds a place.

What differs between languages (imports, what a call means) stands in `languages/<name>/mending.py`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from comfrey.model.place import Place
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    ClassDef,
    FunctionDef,
    Module,
    Node,
    SourceFile,
    Span,
    Statement,
    walk,
)

Edits = tuple[Edit, ...]


# --- finding ------------------------------------------------------------------


def module_of(codebase: Codebase, file: str) -> Module | None:
    """The parsed file, None when it is no module of the app."""
    name = codebase.graph.module(file)
    return codebase.parsed(name) if name else None


def functions(module: Module | ClassDef | FunctionDef) -> Iterator[FunctionDef]:
    """Every function and method of a module, nested ones after what holds them."""
    for statement in module.body:
        for each in walk(statement):
            if isinstance(each, FunctionDef):
                yield each
                yield from functions(each)
            elif isinstance(each, ClassDef):
                yield from functions(each)


def classes(module: Module) -> Iterator[ClassDef]:
    """The classes at the top of a module."""
    return (each for each in module.body if isinstance(each, ClassDef))


def function_at(codebase: Codebase, place: Place | None) -> FunctionDef | None:
    """The innermost function that holds a place (a traceback's frame, a handler's definition)."""
    module = module_of(codebase, place.file) if place else None
    if module is None or place is None:
        return None
    holding = [each for each in functions(module) if covers(each, place.line)]
    named = [each for each in holding if each.name == place.name]
    found = named or holding
    return found[-1] if found else None


def class_at(codebase: Codebase, place: Place | None) -> ClassDef | None:
    """The class of a module's top level that holds a place."""
    module = module_of(codebase, place.file) if place else None
    found = (
        (each for each in classes(module) if place and covers(each, place.line)) if module else ()
    )
    return next(iter(found), None)


def covers(node: Node, line: int) -> bool:
    """Whether a line lies inside of the node."""
    return node.span.line <= line <= node.span.end_line


def inside(function: FunctionDef) -> Iterator[Node]:
    """Every node of a function's body, depth first in source order."""
    for statement in function.body:
        yield from walk(statement)


def statements(function: FunctionDef) -> Iterator[Statement]:
    """Every statement of a function's body, outer before inner."""
    return (each for each in inside(function) if isinstance(each, Statement))


def statement_of(function: FunctionDef, node: Node) -> Statement | None:
    """The innermost statement of the function that holds a node."""
    found = None
    for each in statements(function):
        if each.span.start <= node.span.start and node.span.end <= each.span.end:
            found = each
    return found


def statement_at(function: FunctionDef, line: int) -> Statement | None:
    """The innermost statement on a line."""
    found = [each for each in statements(function) if covers(each, line)]
    return found[-1] if found else None


# --- editing ------------------------------------------------------------------


def replaced(node: Node, text: str) -> Edit:
    """The node written differently."""
    return Edit(file=node.span.source.path, start=node.span.start, end=node.span.end, text=text)


def appended(node: Node, text: str) -> Edit:
    """`text` directly behind the node."""
    return appended_to(node.span, text)


def appended_to(span: Span, text: str) -> Edit:
    """`text` directly behind what stands there (a parameter, which is no node)."""
    return Edit(file=span.source.path, start=span.end, end=span.end, text=text)


def before_text(node: Node, text: str) -> Edit:
    """`text` directly before the node."""
    start = node.span.start
    return Edit(file=node.span.source.path, start=start, end=start, text=text)


def indentation(node: Node) -> str:
    """The white space before a statement on its first line."""
    data = node.span.source.data
    start = data.rfind(b"\n", 0, node.span.start) + 1
    line = data[start : node.span.start].decode("utf-8", "replace")
    return line[: len(line) - len(line.lstrip())]


def before(statement: Node, text: str, *, keep: bool = False) -> Edit:
    """Lines before a statement, indented as it is. `text` is written without indentation; empty lines
    at its ends count only with `keep`."""
    at = _line_start(statement.span)
    lines = textwrap.indent(text if keep else text.strip("\n"), indentation(statement))
    return Edit(file=statement.span.source.path, start=at, end=at, text=f"{lines}\n")


def after(statement: Node, text: str, *, keep: bool = False) -> Edit:
    """Lines after a statement, likewise."""
    at = _line_end(statement.span)
    lines = textwrap.indent(text if keep else text.strip("\n"), indentation(statement))
    return Edit(file=statement.span.source.path, start=at, end=at, text=f"{lines}\n")


def removed(statement: Statement) -> Edit:
    """The statement gone, with its lines."""
    start, end = _line_start(statement.span), _line_end(statement.span)
    return Edit(file=statement.span.source.path, start=start, end=end, text="")


def rewritten(first: Statement, last: Statement, text: str) -> Edit:
    """The lines from one statement to another of the same block replaced, indented as the first is."""
    start, end = _line_start(first.span), _line_end(last.span)
    lines = textwrap.indent(text.strip("\n"), indentation(first))
    return Edit(file=first.span.source.path, start=start, end=end, text=f"{lines}\n")


def lines_of(first: Statement, last: Statement | None = None) -> str:
    """The source of one or more statements, without their common indentation."""
    start, end = _line_start(first.span), _line_end((last or first).span)
    return dedented(first.span.source.data[start:end].decode("utf-8", "replace"))


def dedented(lines: str) -> str:
    """Lines without their common indentation, and without a line's end."""
    return textwrap.dedent(lines).rstrip("\n")


def _line_start(span: Span) -> int:
    return span.source.data.rfind(b"\n", 0, span.start) + 1


def _line_end(span: Span) -> int:
    """After the newline that ends the span's last line (a trailing comment included)."""
    end = span.source.data.find(b"\n", span.end)
    return len(span.source.data) if end < 0 else end + 1


def reparsed(codebase: Codebase, file: str, data: bytes) -> Module:
    """A changed text of a file as nodes."""
    return codebase.language.parse(SourceFile(file, data))
