"""A written Go file as named blocks: its package and imports, and each top-level declaration."""

from __future__ import annotations

import re

PREAMBLE = ""
FRAME: tuple[str, ...] = ()
DECLARED = re.compile(
    r"^(?:func (?:\(\w+ \*?(?P<of>\w+)\) )?(?P<name>\w+)|(?:var|type|const) (?:(?P<single>\w+)|\())",
    re.MULTILINE,
)
LITERAL = re.compile(r'//[^\n]*|`[^`]*`|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')


def split(text: str) -> dict[str, str]:
    """Name → source, in order; the package's line and the imports are called "". `SyntaxError` when the
    brackets do not match."""
    found = {PREAMBLE: ""}
    for block in _pieces(text):
        if re.match(r"//go:build |(?://[^\n]*\n)*(?:package|import)\b", block):
            found[PREAMBLE] = "\n\n".join(filter(None, [found[PREAMBLE], block]))
        else:
            found[_unused(_name(block), found)] = block
    return found


def join(blocks: dict[str, str]) -> str:
    """The file of the blocks, a blank line between them."""
    texts = [text for text in blocks.values() if text.strip()]
    return "\n\n".join(texts) + "\n" if texts else ""


def imports(preamble: str) -> list[str]:
    """The import lines of a preamble, each by itself; the package's line is the first."""
    lines = re.findall(r'^\t(?:[\w.]+ )?"[^"]+"$', preamble, re.MULTILINE)
    return [each.strip() for each in lines]


def holds(text: str, test: str) -> bool:
    """Whether the test `file::TestName/row` still stands in the text."""
    name, _, row = test.partition("::")[2].partition("/")
    start = re.search(rf"^func {re.escape(name)}\(", text, re.MULTILINE)
    if start is None:
        return False
    body = text[start.start() :].partition("\n}\n")[0]
    shown = re.sub(r"\s", "_", body)
    return not row or row in shown or _plain(row) in _plain(shown)


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def _pieces(text: str) -> list[str]:
    found: list[list[str]] = [[]]
    depth = 0
    bare = LITERAL.sub(_blank, text)
    for line, code in zip(text.split("\n"), bare.split("\n"), strict=True):
        if not line.strip() and depth == 0:
            found.append([])
            continue
        found[-1].append(line)
        depth += sum(code.count(each) for each in "{([") - sum(code.count(each) for each in "})]")
        if depth < 0:
            raise SyntaxError("a bracket is closed that was not opened")
    if depth:
        raise SyntaxError("a bracket is not closed")
    return ["\n".join(each) for each in found if each]


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _name(block: str) -> str:
    found = DECLARED.search(block)
    if found is None:
        return block.strip().split("\n")[0]
    if found["of"]:
        return f"{found['of']}.{found['name']}"
    if found["name"] or found["single"]:
        return found["name"] or found["single"]
    first = re.search(r"\(\n\t(\w+)", block)
    return f"({first[1]}" if first else "("


def _unused(name: str, found: dict[str, str]) -> str:
    number, result = 1, name
    while result in found:
        number += 1
        result = f"{name} {number}"
    return result
