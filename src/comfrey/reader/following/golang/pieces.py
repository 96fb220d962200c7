"""Text that code puts together piece by piece: `query += " AND author_id = ?"` where an author was asked for.

What depends on something stays a `Choice`; `worlds` spells the text out once without anything that depends, and once
with each thing that does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from comfrey.languages.go.strings import VERB
from comfrey.reader.following.condition import same
from comfrey.reader.following.value import Derived, Either, Items, Sometimes
from comfrey.source.value import Const, External, Instance, Text, UnknownValue, Value, text_of


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A value inside the text; `numbers` where it is the number of an argument (`$%d`)."""

    value: Value
    numbers: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several texts, each under its condition."""

    options: tuple[tuple[Value, Words], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Texts with `between` between them; those with a condition are not always there."""

    between: str
    entries: tuple[tuple[Value | None, Words], ...]


Part = str | Slot | Choice | Joined
Words = tuple[Part, ...]
MARK = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|::|\$\d+|\?|(?<![:\w]):[A-Za-z_]\w*|(?<!\w)@[A-Za-z_]\w*"
)
"""What may be the place of an argument, and what only looks like one."""
LOOSE = re.compile(r",\s*(?=WHERE\b|\))", re.IGNORECASE)
"""A comma that the code takes away again."""
MOST = 40
"""Worlds of one statement that are looked at."""


# --- what was put together -------------------------------------------------------


def words(value: Value, depth: int = 40) -> Words:
    """The pieces of a text; a value of another kind is a slot."""
    if depth == 0:
        return (Slot(value),)
    match value:
        case Const(value=str() as text):
            return (text,)
        case Const(value=bool() | None):
            return (Slot(value),)
        case Const(value=inner):
            return (str(inner),)
        case Derived(name="+", of=(left, right)):
            return _added(words(left, depth - 1), right, depth)
        case Text(parts=parts):
            found: Words = ()
            for each in parts:
                found = (*found, each) if isinstance(each, str) else _added(found, each, depth)
            return found
        case Either(options=options):
            return (Choice(tuple((test, words(each, depth - 1)) for test, each in options)),)
        case Instance(of=External(name=name), args=args) if name in FORMS:
            return FORMS[name](args, depth)
        case Derived(name="Rebind" | "String", of=of) if of:
            return words(of[-1], depth - 1)
    return (Slot(value),)


def _added(before: Words, value: Value, depth: int) -> Words:
    """One more piece; behind a `$` it is the number of an argument."""
    last = before[-1] if before else None
    if isinstance(last, str) and last.endswith("$") and not isinstance(value, Const):
        return (*before[:-1], last[:-1], Slot(value, numbers=True))
    return (*before, *words(value, depth - 1))


def _formatted(args: tuple[Value, ...], depth: int) -> Words:
    """`fmt.Sprintf("… LIMIT %d", size)`."""
    pattern = text_of(args[0]) if args else None
    if pattern is None:
        return (Slot(UnknownValue("formatted by what is not known")),)
    found: Words = ()
    rest, start = list(args[1:]), 0
    for match in VERB.finditer(pattern):
        found = (*found, pattern[start : match.start()])
        start = match.end()
        if match[0] == "%%":
            found = (*found, "%")
        elif rest:
            found = _added(found, rest.pop(0), depth)
    return (*found, pattern[start:])


def _joined(args: tuple[Value, ...], depth: int) -> Words:
    """`strings.Join(conditions, " AND ")`."""
    between = text_of(args[1]) if len(args) > 1 else None
    if between is None or not isinstance(args[0], Items) or args[0].each is not None:
        return (Slot(UnknownValue("texts that are joined")),)
    entries: list[tuple[Value | None, Words]] = []
    for each in args[0].items:
        if isinstance(each, Sometimes):
            entries.append((each.test, words(each.of, depth - 1)))
        else:
            entries.append((None, words(each, depth - 1)))
    return (Joined(between, tuple(entries)),)


FORMS: dict[str, Callable[[tuple[Value, ...], int], Words]] = {
    "fmt.Sprintf": _formatted,
    "strings.Join": _joined,
    "fmt.Sprint": lambda args, depth: tuple(e for each in args for e in words(each, depth - 1)),
}


def sought(pattern: Value) -> tuple[str, Value] | None:
    """What `"%" + text + "%"` looks for, and how; None where it is no such pattern."""
    found = [each for each in words(pattern) if each != ""]
    inner = [each for each in found if isinstance(each, Slot)]
    if len(inner) != 1 or len(found) < 2 or any(each not in ("%", inner[0]) for each in found):
        return None
    how = "contains" if found[0] == "%" else "startswith"
    return how, inner[0].value


# --- arguments -------------------------------------------------------------------


class Arguments:
    """Gives each place of a statement its argument: in order (`?`), by number (`$1`, `$%d`) or by name (`:id`)."""

    def __init__(
        self, args: tuple[Value, ...], named: Callable[[str], Value | None] | None = None
    ) -> None:
        self.args = args
        self.named = named
        self.slots: dict[str, Value] = {}
        """The argument of each place that `settled` has named."""
        self._numbers: dict[object, str] = {}
        self._next = 0
        self._dollars = False

    def settled(self, found: Words) -> Words:
        """The same text with a name of ours (`:c1`) in each place."""
        found = _run_together(found)
        self._dollars = self._dollars or any("$" in each for each in found if isinstance(each, str))
        return tuple(self._part(each) for each in found)

    def _part(self, part: Part) -> Part:
        match part:
            case str():
                return MARK.sub(self._marked, part)
            case Slot(value=value, numbers=True):
                return self._numbered(same(value))
            case Slot(value=value):
                return self._place(value)
            case Choice(options=options):
                return Choice(tuple((test, self.settled(each)) for test, each in options))
            case Joined(between=between, entries=entries):
                return Joined(between, tuple((test, self.settled(each)) for test, each in entries))

    def _marked(self, match: re.Match[str]) -> str:
        mark = match[0]
        if mark[0] in "'\"" or mark == "::":
            return mark
        if mark == "?":
            return mark if self._dollars else self._following()
        if mark[0] == "$":
            return self._at(int(mark[1:]) - 1)
        found = self.named(mark[1:]) if self.named is not None else None
        return self._place(found) if found is not None else mark

    def _numbered(self, key: object) -> str:
        """A number that only the run tells: the same number is the same argument, a new one the next."""
        if key not in self._numbers:
            self._numbers[key] = self._following()
        return self._numbers[key]

    def _following(self) -> str:
        return self._at(self._next)

    def _at(self, index: int) -> str:
        self._next = max(self._next, index + 1)
        found = self.args[index] if index < len(self.args) else UnknownValue("an argument")
        return self._place(found.of if isinstance(found, Sometimes) else found)

    def _place(self, value: Value) -> str:
        name = f"c{len(self.slots)}"
        self.slots[name] = value
        return f":{name}"


def _run_together(found: Words) -> Words:
    """Neighbouring texts as one: a place may be spelled in two pieces (`$` and its number)."""
    made: list[Part] = []
    for each in found:
        if isinstance(each, str) and made and isinstance(made[-1], str):
            made[-1] += each
        else:
            made.append(each)
    return tuple(made)


# --- worlds ----------------------------------------------------------------------


def plain(found: Words) -> str:
    """The text without anything that depends; of several texts the empty one, else the last."""
    return LOOSE.sub(" ", "".join(_plain(each) for each in found))


def _plain(part: Part) -> str:
    match part:
        case str():
            return part
        case Choice(options=options):
            texts = [plain(each) for _, each in options]
            return "" if "" in texts else texts[-1]
        case Joined(between=between, entries=entries):
            return between.join(plain(each) for test, each in entries if test is None)
    return ""


def whole(found: Words) -> str:
    """The text with everything that may stand in it."""
    return LOOSE.sub(" ", "".join(_whole(each) for each in found))


def _whole(part: Part) -> str:
    match part:
        case str():
            return part
        case Choice(options=options):
            return max((whole(each) for _, each in options), key=len)
        case Joined(between=between, entries=entries):
            return between.join(whole(each) for _, each in entries)
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The text where `tests` hold; `at` tells which part of it depends on them."""

    at: int
    tests: tuple[Value, ...]
    text: str


def worlds(found: Words) -> list[World]:
    """The text once for each thing that may stand in it."""
    made: list[World] = []
    for at, part in enumerate(found):
        before, after = plain(found[:at]), plain(found[at + 1 :])
        for tests, text in _ways(part):
            made.append(World(at, tests, LOOSE.sub(" ", before + text + after)))
    return made[:MOST]


def _ways(part: Part) -> Iterator[tuple[tuple[Value, ...], str]]:
    match part:
        case Choice(options=options):
            for test, inner in options:
                yield (test,), plain(inner)
                for each in worlds(inner):
                    yield (test, *each.tests), each.text
        case Joined(between=between, entries=entries):
            for at, (held, _) in enumerate(entries):
                for tests, text in _entry(entries, at):
                    shown = [
                        text if index == at else plain(inner)
                        for index, (under, inner) in enumerate(entries)
                        if index == at or under is None
                    ]
                    if held is not None or tests:
                        yield ((held, *tests) if held is not None else tests), between.join(shown)


def _entry(
    entries: tuple[tuple[Value | None, Words], ...], at: int
) -> Iterator[tuple[tuple[Value, ...], str]]:
    inner = entries[at][1]
    yield (), plain(inner)
    for world in worlds(inner):
        yield world.tests, world.text
