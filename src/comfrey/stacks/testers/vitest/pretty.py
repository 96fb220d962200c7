"""Lays out generated JavaScript as Prettier would: a statement that is too long is broken at its brackets.

Understands what the templates write, one statement a line; a block's first and last line stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

OPEN, CLOSE = "([{", ")]}"
QUOTES = "'\"`"
KEYWORD = re.compile(r"(?:return|typeof|[=(,:;!&|?+\[{]|=>)$")
CALLED = re.compile(
    r"(?<!\bif)(?<!\bfor)(?<!\bawait)(?<!\bwhile)(?<!\breturn)(?:[\w$)\]]|(?<!=)>)$"
)
ASSIGNED = re.compile(r"((?:const|let) [\w{}, ]+ =) (.+ (?:\?\?|\?|\+|&&|\|\|) .+)")
LOADED = re.compile(r"import \{|const \{[^}]*\} = require\(")
HEADED = re.compile(r"(.*\b[a-z]\w{2,})(\.\w+)")
INDENT = 2


@dataclass
class Group:
    """What stands between a pair of brackets, parted by commas."""

    opened: str
    closed: str
    items: list[list[str | Group]] = field(default_factory=list)
    listed: bool = True
    """False for an expression in brackets, which takes no comma behind it."""

    def flat(self) -> str:
        inner = ", ".join(flat(each) for each in self.items)
        if self.opened == "{" and inner:
            return f"{{ {inner} }}"
        return self.opened + inner + self.closed


Line = list["str | Group"]


def formatted(text: str, width: int) -> str:
    """The text with every line that is longer than `width` broken where it can be."""
    lines: list[str] = []
    quoted = False
    for line in text.splitlines():
        opens = line.count("`") % 2 == 1
        lines += [line] if quoted or opens else _broken_line(line, width)
        quoted ^= opens
    return "\n".join(lines) + "\n"


def flat(items: Line) -> str:
    """The items on one line."""
    return "".join(each if isinstance(each, str) else each.flat() for each in items)


def _broken_line(line: str, width: int) -> list[str]:
    stripped = line.lstrip(" ")
    if len(line) <= width or stripped.startswith(("//", "*", "/*")):
        return [line]
    if LOADED.match(line):
        return _import(line)
    items = parsed(stripped)
    indent = len(line) - len(stripped)
    if items and items[0] == "if " and len(items) > 2 and isinstance(items[2], str):
        head, rest = flat(items[:2]), flat(items[2:]).lstrip()
        if not rest.startswith("{") and indent + len(head) <= width:
            return [" " * indent + head, *_broken_line(" " * (indent + INDENT) + rest, width)]
    assigned = ASSIGNED.fullmatch(stripped)
    if assigned and indent + INDENT + len(assigned[2]) <= width:
        return [" " * indent + assigned[1], " " * (indent + INDENT) + assigned[2]]
    return [line] if items is None else laid(items, indent, width)


def _import(line: str) -> list[str]:
    head, _, rest = line.partition("{")
    names, _, tail = rest.partition("}")
    return [f"{head}{{", *(f"  {each.strip()}," for each in names.split(",")), f"}}{tail}"]


def parsed(text: str) -> Line | None:
    """The statement as text and groups; None where its brackets do not match."""
    stack: list[Group] = [Group("", "", [[]])]
    position, word = 0, ""
    while position < len(text):
        each = text[position]
        before = (flat(stack[-1].items[-1]) + word).strip()
        if each in QUOTES or (each == "/" and (not before or KEYWORD.search(before))):
            end = _literal_end(text, position)
            word += text[position:end]
            position = end
            continue
        if each in OPEN:
            _put(stack[-1], word)
            follows = bool(CALLED.search(flat(stack[-1].items[-1])))
            listed = {"(": follows, "[": not follows}.get(each, True)
            word = ""
            stack.append(Group(each, CLOSE[OPEN.index(each)], [[]], listed))
        elif each in CLOSE:
            _put(stack[-1], word.rstrip())
            word = ""
            group = stack.pop()
            if not stack or group.closed != each:
                return None
            group.items = [_trimmed(item) for item in group.items if item and flat(item).strip()]
            stack[-1].items[-1].append(group)
        elif each == "," and len(stack) > 1:
            _put(stack[-1], word)
            word = ""
            stack[-1].items.append([])
        else:
            word += each
        position += 1
    _put(stack[-1], word)
    return stack[0].items[0] if len(stack) == 1 else None


def _put(group: Group, word: str) -> None:
    if word:
        group.items[-1].append(word)


def _trimmed(item: Line) -> Line:
    first, last = item[0], item[-1]
    if isinstance(first, str):
        item[0] = first.lstrip()
    if isinstance(last, str):
        item[-1] = str(item[-1]).rstrip()
    return [each for each in item if each != ""]


def _literal_end(text: str, start: int) -> int:
    quote, position = text[start], start + 1
    while position < len(text) and text[position] != quote:
        position += 2 if text[position] == "\\" else 1
    return position + 1


def laid(items: Line, indent: int, width: int, tail: int = 0) -> list[str]:
    """The items from column `indent` on, as few lines as fit; `tail` characters follow the last."""
    if indent + len(flat(items)) + tail <= width:
        return [" " * indent + flat(items)]
    chain = _chain(items)
    if chain is not None:
        return _laid_chain(*chain, indent, width, tail)
    lines = [" " * indent]
    for position, each in enumerate(items):
        if isinstance(each, str):
            lines[-1] += each
            continue
        rest = _until_break(items[position + 1 :])
        behind = rest if rest is not None else len(flat(items[position + 1 :])) + tail
        if len(lines[-1]) + len(each.flat()) + behind <= width or not each.items:
            lines[-1] += each.flat()
            continue
        head, *more = _laid_group(each, _indent_of(lines[-1]), len(lines[-1]), width)
        lines[-1] += head
        lines += more
    return lines


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _until_break(rest: Line) -> int | None:
    """How many characters stand before the next place where a line may end."""
    count = 0
    for each in rest:
        if isinstance(each, Group) and each.items:
            return count + 1
        count += len(each if isinstance(each, str) else each.flat())
    return None


def _laid_group(group: Group, indent: int, column: int, width: int) -> list[str]:
    """The group's lines, of which the first stands behind `column` characters."""
    hugged = _hugged(group, indent, column, width)
    if hugged:
        return hugged
    lines = [group.opened]
    for item in group.items:
        inner = laid(item, indent + INDENT, width, 1)
        inner[-1] += "," if group.listed else ""
        lines += inner
    return [*lines, " " * indent + group.closed]


def _hugged(group: Group, indent: int, column: int, width: int) -> list[str]:
    """Arguments of which only the last, an object or a list, is broken; [] when that does not help."""
    last = group.items[-1]
    arrows = (at for at, each in enumerate(last) if isinstance(each, str) and " => " in each)
    arrow_at = next(arrows, None)
    if group.opened == "(" and group.listed and arrow_at is not None:
        return _hugged_arrow(group, arrow_at, indent, column, width)
    if group.opened != "(" or not isinstance(last[-1], Group) or last[-1].opened == "(":
        return []
    inner = last[-1]
    arrow = flat(last[:-1])
    if not inner.items or (arrow and not arrow.endswith("=> ")):
        return []
    before = group.items[-2][0] if len(group.items) > 1 else ""
    if isinstance(before, Group) and before.opened == inner.opened:
        return []
    head = group.opened + "".join(flat(each) + ", " for each in group.items[:-1]) + arrow
    if column + len(head) + 1 > width:
        return []
    first, *more = _laid_group(inner, indent, column + len(head), width)
    more[-1] += group.closed
    return [head + first, *more]


def _hugged_arrow(group: Group, at: int, indent: int, column: int, width: int) -> list[str]:
    """Arguments of which only the last, a function, is broken behind its arrow."""
    last = group.items[-1]
    before, _, after = str(last[at]).partition(" => ")
    body: Line = [after, *last[at + 1 :]]
    head = "".join(flat(each) + ", " for each in group.items[:-1])
    head = f"{group.opened}{head}{flat(last[:at])}{before} =>"
    opens = isinstance(body[1], Group) and not after if len(body) > 1 else False
    if column + len(head) > width or opens:
        return []
    lines = laid([each for each in body if each != ""], indent + INDENT, width, 1)
    lines[-1] += ","
    return [head, *lines, " " * indent + group.closed]


def _chain(items: Line) -> tuple[Line, list[Line]] | None:
    """The head and the calls `.name(…)` of a chain that is long enough to stand on lines of its own."""
    headed = HEADED.fullmatch(items[0]) if isinstance(items[0], str) else None
    if headed and len(items) > 1:
        items = [headed[1], headed[2], *items[1:]]
    starts = [
        position
        for position, each in enumerate(items[:-1])
        if isinstance(each, str)
        and re.fullmatch(r"\.\w+", each)
        and isinstance(items[position + 1], Group)
    ]
    called = len(starts) + bool(starts and isinstance(items[starts[0] - 1], Group))
    simple = not any(mark in flat(items) for mark in ("...", "{ [", ", [", " => "))
    thenned = called == 2 and ".then(" in flat(items)
    long = called > 2 and (len(starts) > 2 or not simple)
    if not (long or thenned) or starts[0] == 0:
        return None
    calls = [items[start:end] for start, end in zip(starts, [*starts[1:], len(items)], strict=True)]
    return items[: starts[0]], calls


def _laid_chain(head: Line, calls: list[Line], indent: int, width: int, tail: int) -> list[str]:
    lines = laid(head, indent, width)
    for call in calls:
        lines += laid(call, indent + INDENT, width, tail)
    return lines
