"""Breaks long lines of generated Go where a bracket of theirs can be taken apart; gofmt does the rest."""

from __future__ import annotations

WIDTH = 100
TAB = 4
OPENING, CLOSING = "([{", ")]}"


def formatted(text: str, width: int = WIDTH) -> str:
    """The text with its long calls and literals laid out one element a line."""
    return "\n".join(_laid(line, width) for line in text.split("\n"))


def _laid(line: str, width: int) -> str:
    if _length(line) <= width or line.lstrip().startswith("//"):
        return line
    for start, end, parts in _groups(line):
        if parts and end > start:
            return _broken(line, start, end, parts, width)
    return line


def _broken(line: str, start: int, end: int, parts: list[str], width: int) -> str:
    indent = line[: len(line) - len(line.lstrip("\t"))]
    inner = "\n".join(_laid(f"{indent}\t{each},", width) for each in parts)
    head, tail = line[: start + 1], indent + line[end:]
    return f"{head}\n{inner}\n{_laid(tail, width)}"


def _length(line: str) -> int:
    return len(line) + line.count("\t") * (TAB - 1)


def _groups(line: str) -> list[tuple[int, int, list[str]]]:
    """(start, end, elements) of the line's brackets that hold elements: literals first, the longest first."""
    found = []
    for start, end in _brackets(line):
        parts = _elements(line[start + 1 : end])
        literal = line[start] == "{"
        if line[start] != "[" and parts and not line[start + 1 : end].lstrip().startswith("\n"):
            found.append((not literal, start - end, start, end, parts))
    found.sort(key=lambda each: (each[0], each[1]))
    usable = [each for each in found if _sound(each[4], line, each[2])]
    return [(start, end, parts) for _, _, start, end, parts in usable]


def _sound(parts: list[str], line: str, start: int) -> bool:
    """Whether the bracket may be taken apart: a body of statements may not, nor may a lone short thing."""
    before = line[:start].rstrip()
    body = line[start] == "{" and (before.endswith(")") or ";" in line[start:])
    return not body and (len(parts) > 1 or any(each.rstrip()[-1:] in CLOSING for each in parts))


def _brackets(line: str) -> list[tuple[int, int]]:
    pairs, open_ = [], []
    for at, each in _code(line):
        if each in OPENING:
            open_.append(at)
        elif each in CLOSING and open_:
            pairs.append((open_.pop(), at))
    return pairs


def _elements(inner: str) -> list[str]:
    """What stands between the commas of a bracket's own level."""
    depth, last, found = 0, 0, []
    for at, each in _code(inner):
        if each in OPENING:
            depth += 1
        elif each in CLOSING:
            depth -= 1
        elif each == "," and depth == 0:
            found.append(inner[last:at].strip())
            last = at + 1
    found.append(inner[last:].strip())
    return [each for each in found if each]


def _code(line: str) -> list[tuple[int, str]]:
    """The characters outside of string and rune literals, with their places."""
    found, quote, skip = [], "", False
    for at, each in enumerate(line):
        if skip:
            skip = False
        elif quote:
            skip = each == "\\" and quote != "`"
            quote = "" if each == quote else quote
        elif each in "\"'`":
            quote = each
        else:
            found.append((at, each))
    return found
