"""What an address in code says of a database: the settings that it is put together of, the file that it names."""

from __future__ import annotations

import re

from comfrey.source.value import (
    Choice,
    Const,
    External,
    Instance,
    SettingValue,
    Text,
    Value,
    text_of,
)

MEMORY = re.compile(r":memory\b|mode=memory")
KEYED = re.compile(r"(host|port|user|password|dbname)\s*=\s*$", re.IGNORECASE)
ENDINGS = (
    ("host", ("HOST", "ADDR", "HOSTNAME")),
    ("port", ("PORT",)),
    ("user", ("USER", "USERNAME")),
    ("password", ("PASS", "PASSWORD", "PWD")),
    ("name", ("NAME", "DATABASE", "DBNAME", "DB")),
)


def file(address: Value | None) -> str:
    """The file of a SQLite address that nothing can change, as the code spells it; "" for any other, and for one
    in memory."""
    said = text_of(address) or ""
    if not said or isinstance(address, SettingValue) or "{" in said or MEMORY.search(said):
        return ""
    return said.removeprefix("file:").partition("?")[0]


def literal(address: Value | None) -> str:
    """A server's address that nothing can change, as the code spells it; "" for any other."""
    said = text_of(address) if isinstance(address, Const | Text) else None
    known = said is not None and "{" not in said and re.search(r"=|://|@", said)
    return said if said is not None and known else ""


def is_written(address: Value | None) -> bool:
    """Whether the code itself names the database that an address leads to, whatever the settings say of its server:
    `mongodb://localhost/grove`, `mongodb://${HOST}/grove`, one branch of several."""
    match address:
        case Const(value=str(said), setting=None):
            return bool(said) and not MEMORY.search(said)
        case Text(parts=pieces):
            last = pieces[-1]
            return isinstance(last, str) and "/" in last.partition("?")[0]
        case Choice(options=options):
            return any(map(is_written, options))
    return False


def filled(address: Value | None) -> Value | None:
    """The address without the ways that leave it empty: `return Config{}, err` before `return config, nil`."""
    if not isinstance(address, Choice):
        return address
    left = [each for each in address.options if not _is_empty(each)]
    return left[0] if len(left) == 1 else address


def _is_empty(value: Value) -> bool:
    """True for no text, and for the member of a struct that nothing has filled."""
    if isinstance(value, Const):
        return not value.value
    kind = value.of if isinstance(value, Instance) and value.symbolic else None
    return isinstance(kind, External) and kind.name == "string"


def parts(address: Value | None) -> tuple[tuple[str, str], ...]:
    """(part, variable) of an address that is put together of settings."""
    if not isinstance(address, Text):
        return ()
    found: list[tuple[str, str]] = []
    before = ""
    for piece in address.parts:
        if isinstance(piece, str):
            before = piece
            continue
        match = KEYED.search(before)
        name = piece.name if isinstance(piece, SettingValue) else ""
        if match and name:
            found.append(({"dbname": "name"}.get(match[1].lower(), match[1].lower()), name))
        elif name and (part := _by_word(name)):
            found.append((part, name))
    return tuple(found)


def _by_word(name: str) -> str:
    """The part of an address that a variable's name tells."""
    word = name.upper()
    return next((part for part, endings in ENDINGS if word.endswith(endings)), "")
