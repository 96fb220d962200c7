"""Edits of Python source by the positions of its syntax tree, and the smallest diff that tells them."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """The bytes from `start` to `end` give way to `text`."""

    start: int
    end: int
    text: str = ""


class Source:
    """A file's text, and where its nodes begin and end in bytes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw = text.encode()
        self.tree = ast.parse(text)
        self.lines = [0]
        for line in self.raw.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.blocks = {
            id(statement): block
            for node in ast.walk(self.tree)
            for block in _blocks(node)
            for statement in block
        }

    def start(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.lines[node.end_lineno - 1] + node.end_col_offset

    def said(self, node: ast.expr | ast.keyword | ast.stmt) -> str:
        """The node's own spelling."""
        return self.raw[self.start(node) : self.end(node)].decode()

    def replaced(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def dropped(self, node: ast.stmt) -> Edit | None:
        """A statement goes; a lone one leaves `pass`. None where it shares a line or is an `elif`."""
        begin = self.lines[node.lineno - 1]
        if self.raw[begin : self.start(node)].strip() or self.raw[self.start(node) :].startswith(
            b"elif"
        ):
            return None
        if len(self.blocks.get(id(node), ())) == 1:
            return self.replaced(node, "pass")
        assert node.end_lineno is not None
        return Edit(begin, self.lines[node.end_lineno])

    def without(self, call: ast.Call, keyword: ast.keyword) -> Edit:
        """One keyword of a call goes, with its comma."""
        inside: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        inside.sort(key=self.start)
        at = inside.index(keyword)
        if at + 1 < len(inside):
            return Edit(self.start(keyword), self.start(inside[at + 1]))
        if at:
            return Edit(self.end(inside[at - 1]), self.end(keyword))
        tail = self.raw[self.end(keyword) : self.end(call) - 1]
        alone = not tail.strip(b" ,\n")
        return Edit(self.start(keyword), self.end(call) - 1 if alone else self.end(keyword))

    def edited(self, edits: tuple[Edit, ...]) -> str:
        """The text after all edits; they do not overlap."""
        raw = self.raw
        for each in sorted(edits, key=lambda edit: edit.start, reverse=True):
            raw = raw[: each.start] + each.text.encode() + raw[each.end :]
        return raw.decode()


def diff(file: str, before: str, after: str) -> str:
    """A unified diff as `patch -p1` takes it."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file}", f"b/{file}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [block for block in found if isinstance(block, list) and block]
