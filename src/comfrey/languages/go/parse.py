"""Parsing Go with tree-sitter, which reads on after a syntax error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import tree_sitter

from comfrey.languages.go.lower import Lowering
from comfrey.model.place import Place
from comfrey.source.node import Block, Module, SourceFile

MAX_ERRORS = 5


@cache
def parser() -> tree_sitter.Parser:
    """Go's parser; making one loads its grammar."""
    import tree_sitter_go

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_go.language()))


def parse(source: SourceFile) -> Module:
    """The file as a module whose functions and types are lowered when asked for."""
    root = parser().parse(source.data).root_node
    errors = tuple(_errors(root, source.path)) if root.has_error else ()
    return Module(source, Block(lambda: Lowering(source).module(root)), errors[:MAX_ERRORS])


def _errors(node: tree_sitter.Node, file: str) -> Iterator[Place]:
    """Places of syntax errors, entering only what holds one."""
    if node.is_error or node.is_missing:
        yield Place(file=file, line=node.start_point.row + 1, end_line=node.end_point.row + 1)
        return
    for child in node.children:
        if child.has_error or child.is_missing:
            yield from _errors(child, file)
