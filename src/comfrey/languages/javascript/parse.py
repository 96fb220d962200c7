"""Parsing JavaScript and TypeScript with tree-sitter, which reads on after a syntax error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import tree_sitter

from comfrey.languages.javascript.lower import Lowering
from comfrey.model.place import Place
from comfrey.source.node import Assign, Attribute, Block, Module, Name, SourceFile, Statement

MAX_ERRORS = 5
TYPED = (".ts", ".mts", ".cts")


@cache
def parser(grammar: str) -> tree_sitter.Parser:
    """The parser of `javascript typescript tsx`; making one loads its grammar."""
    if grammar == "javascript":
        import tree_sitter_javascript

        return tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
    import tree_sitter_typescript

    spoken = getattr(tree_sitter_typescript, f"language_{grammar}")
    return tree_sitter.Parser(tree_sitter.Language(spoken()))


def grammar_of(file: str) -> str:
    """The grammar that reads a file, by its ending."""
    if file.endswith(TYPED):
        return "typescript"
    return "tsx" if file.endswith(".tsx") else "javascript"


def parse(source: SourceFile) -> Module:
    """The file as a module whose functions and classes are lowered when asked for."""
    if source.path.endswith(".json"):
        return _data(source)
    root = parser(grammar_of(source.path)).parse(source.data).root_node
    lowering = Lowering(source)
    errors = tuple(_errors(root, source.path)) if root.has_error else ()
    return Module(source, Block(lambda: lowering.module(root)), errors[:MAX_ERRORS])


def _data(source: SourceFile) -> Module:
    """A JSON file that is imported: its value is what the module exports."""
    root = parser("javascript").parse(b"(" + source.data + b"\n)").root_node
    shifted = SourceFile(source.path, b"(" + source.data + b"\n)")

    def body() -> tuple[Statement, ...]:
        lowering = Lowering(shifted)
        span = lowering.span(root)
        value = lowering.only_expression(root)
        target = Attribute(span, Name(span, "module"), "exports")
        return (Assign(span, (target,), value),)

    return Module(source, Block(body))


def _errors(node: tree_sitter.Node, file: str) -> Iterator[Place]:
    """Places of syntax errors, entering only what holds one."""
    if node.is_error or node.is_missing:
        yield Place(
            file=file, line=node.start_point.row + 1, end_line=max(node.end_point.row, 0) + 1
        )
        return
    for child in node.children:
        if child.has_error or child.is_missing:
            yield from _errors(child, file)
