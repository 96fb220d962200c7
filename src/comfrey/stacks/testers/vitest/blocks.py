"""A written JavaScript file as named blocks: its imports, and each test or top-level statement."""

from __future__ import annotations

import re

PREAMBLE = ""
TITLE = re.compile(
    r"^(?P<indent> *)(?:it|test)(?:\.(?:only|skip|concurrent))?(?:\.each\(.*?\))?\(\s*"
    r"(?P<quote>['\"`])(?P<title>(?:\\.|(?!(?P=quote)).)*)(?P=quote)",
    re.DOTALL | re.MULTILINE,
)
NAME = re.compile(
    r"(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var) (?P<name>[\w$]+)|(?P<call>[\w$.]+)\("
)
OUTER = ("describe", "end")
FRAME = ("describe", "app", "beforeAll", "end")
"""What tests of a file stand in."""


def split(text: str) -> dict[str, str]:
    """Name → source, in order; the imports are called "". `SyntaxError` when the brackets do not match.

    The tests within the one `describe` of a file are blocks of their own; its last line is called `end`.
    """
    found = {PREAMBLE: ""}
    for name, block in _chunks(text):
        if name == PREAMBLE:
            found[PREAMBLE] = "\n\n".join(filter(None, [found[PREAMBLE], block]))
        else:
            found[_unused(name, found)] = block
    if "describe" in found and "end" not in found:
        raise SyntaxError("a describe has no end")
    return found


def join(blocks: dict[str, str]) -> str:
    """The file of the blocks, a blank line between them."""
    texts = [text for name, text in blocks.items() if text.strip() and name not in OUTER]
    if "describe" not in blocks:
        return "\n\n".join(texts) + "\n" if texts else ""
    inner = [each for each in texts if each.startswith(" ")]
    outer = [each for each in texts if not each.startswith(" ")]
    group = "\n".join([blocks["describe"], "\n\n".join(inner), blocks["end"]])
    return "\n\n".join([*outer, group]) + "\n"


def imports(preamble: str) -> list[str]:
    """The import statements of a preamble, each as it is written."""
    pattern = r"^(?:import [^;]*;|(?:const|let|var) [^;=]*= require\([^;]*\);|require\([^;]*\);)"
    return [each[0] for each in re.finditer(pattern, preamble, re.MULTILINE)]


def holds(text: str, test: str) -> bool:
    """Whether the test `file > group > title` still stands in the text."""
    title = test.rpartition(" > ")[2]
    titles = [_plain(each["title"]) for each in TITLE.finditer(text)]
    return any(
        title == each or (each.endswith("%s") and title.startswith(each[:-2].replace("%%", "%")))
        for each in titles
    )


def _chunks(text: str) -> list[tuple[str, str]]:
    """(name, text) of the top-level statements, with the tests of a `describe` taken out of it."""
    chunks: list[tuple[str, str]] = []
    current: list[str] = []
    inside = False

    def flush() -> None:
        if current:
            block = "\n".join(current)
            chunks.append((_name(block), block))
            current.clear()

    for line in text.splitlines():
        opens = line.startswith("describe(") and line.endswith("{")
        if opens or (inside and line == "});"):
            flush()
            chunks.append(("describe" if opens else "end", line))
            inside = opens
        elif not line.strip() and _closed(current):
            flush()
        else:
            current.append(line)
    flush()
    return chunks


def _closed(lines: list[str]) -> bool:
    """Whether a blank line behind these lines parts two blocks: they end where they began."""
    if not lines:
        return True
    indent = len(lines[0]) - len(lines[0].lstrip())
    last = lines[-1]
    return len(last) - len(last.lstrip()) <= indent and not last.endswith(("{", "(", "["))


def _name(block: str) -> str:
    first = next((line for line in block.splitlines() if not re.match(r"\s*(//|/?\*)", line)), "")
    if re.match(r"import |(const|let|var) [^=]*= require\(|require\(", first):
        return PREAMBLE
    title = TITLE.search(block)
    if title:
        return _plain(title["title"])
    found = NAME.search(first)
    return (found["name"] or found["call"]) if found else first.strip()


def _plain(title: str) -> str:
    return re.sub(r"\\(.)", r"\1", title)


def _unused(name: str, taken: dict[str, str]) -> str:
    number, result = 1, name
    while result in taken:
        number += 1
        result = f"{name} {number}"
    return result
