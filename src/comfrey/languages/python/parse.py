"""Parsing Python with tree-sitter, which reads on after a syntax error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import tree_sitter
import tree_sitter_python

from comfrey.languages.python.lower import Lowering
from comfrey.model.place import Place
from comfrey.source.node import Block, Evaluate, Expression, Module, SourceFile, Span

MAX_ERRORS = 5


@cache
def parser() -> tree_sitter.Parser:
    """The one parser; making it loads the grammar."""
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def parse(source: SourceFile) -> Module:
    """The file as a module whose functions and classes are lowered when asked for."""
    root = parser().parse(source.data).root_node
    lowering = Lowering(source)
    errors = tuple(_errors(root, source.path)) if root.has_error else ()
    return Module(source, Block(lambda: lowering.block(root)), errors[:MAX_ERRORS])


def parse_expression(text: str, at: Span) -> Expression | None:
    """The expression that a string spells (`"list[User]"`), placed where the string stands."""
    data = text.strip().encode()
    root = parser().parse(data).root_node
    if root.has_error or root.named_child_count != 1:
        return None
    origin = SourceFile(at.source.path, data)
    first = next(iter(Lowering(origin, line=at.line).block(root)), None)
    return first.value if isinstance(first, Evaluate) else None


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
