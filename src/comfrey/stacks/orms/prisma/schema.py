"""Parses the Prisma schema language (https://www.prisma.io/docs/orm/reference/prisma-schema-reference)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from comfrey.model.place import Place

TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|///?[^\n]*|/\*.*?\*/)
    |(?P<end>\n)
    |(?P<text>"(?:\\.|[^"\\\n])*")
    |(?P<number>-?\d+(?:\.\d+)?\b)
    |(?P<word>@{0,2}[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)
    |(?P<mark>.)""",
    re.X | re.S,
)
OPENING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Name:
    """A bare word: an enum's member, a field, `true`."""

    text: str


@dataclass(frozen=True)
class Invocation:
    """`env("DATABASE_URL")`, `now()`; also the attributes `@id` and `@@map("users")`, their `@`s included."""

    name: str
    args: tuple[tuple[str, Argument], ...] = ()

    def argument(self, name: str, position: int = 0) -> Argument | None:
        """The argument of that name, else the unnamed one at that position."""
        bare = [value for key, value in self.args if not key]
        named = next((value for key, value in self.args if name and key == name), None)
        return named if named is not None or position >= len(bare) else bare[position]


Argument = str | int | float | Name | Invocation | tuple["Argument", ...]


@dataclass(frozen=True)
class Entry:
    """One line of a block: `email String? @unique` or, in a datasource, `url = env("URL")`."""

    name: str
    type: str
    place: Place
    many: bool = False
    optional: bool = False
    attributes: tuple[Invocation, ...] = ()
    value: Argument | None = None

    def attribute(self, name: str) -> Invocation | None:
        return next((each for each in self.attributes if each.name == name), None)

    def native(self) -> Invocation | None:
        """The database's own type, by `@db.VarChar(80)`."""
        return next((each for each in self.attributes if "." in each.name), None)


@dataclass
class Block:
    """`model Book { … }`: also `view`, `type`, `enum`, `datasource`, `generator`."""

    kind: str
    name: str
    place: Place
    entries: list[Entry] = field(default_factory=list)
    attributes: list[Invocation] = field(default_factory=list)

    def entry(self, name: str) -> Entry | None:
        return next((each for each in self.entries if each.name == name), None)

    def attribute(self, name: str) -> Invocation | None:
        return next((each for each in self.attributes if each.name == name), None)

    def setting(self, name: str) -> Argument | None:
        found = self.entry(name)
        return found.value if found is not None else None


def parse(text: str, file: str) -> list[Block]:
    """The blocks of one file, in order. What does not follow the grammar is passed over, line by line."""
    return list(_Parser(text, file).blocks())


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "space":
            yield _Token(kind, match[0], line)
        line += match[0].count("\n")


class _Parser:
    def __init__(self, text: str, file: str) -> None:
        self.tokens = [*_tokens(text + "\n"), _Token("stop", "", 0)]
        self.at = 0
        self.file = file

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.here
        self.at += token.kind != "stop"
        return token

    def accept(self, text: str) -> bool:
        found = self.here.text == text and self.here.kind in ("mark", "end")
        self.at += found
        return found

    def skip_lines(self) -> None:
        while self.here.kind == "end":
            self.take()

    def skip_line(self) -> None:
        while self.here.kind not in ("end", "stop"):
            self.take()

    def blocks(self) -> Iterator[Block]:
        while self.here.kind != "stop":
            kind, name, brace = (
                self.tokens[min(self.at + i, len(self.tokens) - 1)] for i in range(3)
            )
            if kind.kind == name.kind == "word" and brace.text == "{":
                self.at += 3
                yield self.block(Block(kind.text, name.text, self.place(name)))
            else:
                self.take()

    def place(self, token: _Token) -> Place:
        return Place(file=self.file, line=token.line, name=token.text)

    def block(self, block: Block) -> Block:
        while not self.accept("}") and self.here.kind != "stop":
            if self.here.text.startswith("@@"):
                block.attributes.append(self.invocation())
            elif self.here.kind == "word":
                block.entries.append(self.entry())
            else:
                self.take()
        return block

    def entry(self) -> Entry:
        name = self.take()
        place = self.place(name)
        if self.accept("="):
            value = self.argument()
            self.skip_line()
            return Entry(name.text, "", place, value=value)
        typed = self.take().text if self.here.kind == "word" and self.here.text[0] != "@" else ""
        if typed == "Unsupported":
            self.arguments()
        many = self.accept("[") and self.accept("]")
        optional = self.accept("?")
        attributes = []
        while self.here.text.startswith("@"):
            attributes.append(self.invocation())
        self.skip_to_end()
        return Entry(name.text, typed, place, many, optional, tuple(attributes))

    def skip_to_end(self) -> None:
        """To the end of the line, but not over the block's own brace."""
        while self.here.kind not in ("end", "stop") and self.here.text != "}":
            self.take()

    def invocation(self) -> Invocation:
        return Invocation(self.take().text, self.arguments())

    def arguments(self) -> tuple[tuple[str, Argument], ...]:
        return tuple(self.listed("(")) if self.accept("(") else ()

    def listed(self, opening: str) -> Iterator[tuple[str, Argument]]:
        self.skip_lines()
        while not self.accept(OPENING[opening]) and self.here.kind != "stop":
            name = ""
            if self.here.kind == "word" and self.tokens[self.at + 1].text == ":":
                name = self.take().text
                self.take()
                self.skip_lines()
            yield name, self.argument()
            self.skip_lines()
            self.accept(",")
            self.skip_lines()

    def argument(self) -> Argument:
        token = self.take()
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.text in ("[", "{"):
            return tuple(value for _, value in self.listed(token.text))
        if token.kind == "word" and self.here.text == "(":
            return Invocation(token.text, self.arguments())
        return Name(token.text)
