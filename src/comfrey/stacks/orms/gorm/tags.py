"""GORM's tags: `gorm:"size:80;not null;uniqueIndex:idx_a,priority:2"`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from comfrey.languages.go.literals import tags
from comfrey.source.classes import Member
from comfrey.source.node import Constant


@dataclass(frozen=True)
class Tag:
    """One field's settings, by their name in lower case; an index may be said several times."""

    settings: dict[str, str] = field(default_factory=dict)
    indexes: tuple[tuple[str, str], ...] = ()
    """(kind, name and options) of each index; `kind` is `index` or `uniqueindex`."""
    checks: tuple[str, ...] = ()
    written: bool = False
    """Whether the field has a tag at all."""

    def has(self, *names: str) -> bool:
        return any(each in self.settings for each in names)

    def get(self, *names: str) -> str:
        return next((self.settings[each] for each in names if each in self.settings), "")

    @property
    def skipped(self) -> bool:
        return self.settings.get("-") is not None


def tag(member: Member) -> Tag:
    """The settings of a field, of GORM's own tag and of version 1's `sql`."""
    said: dict[str, str] = {}
    for each in member.decorators:
        if isinstance(each, Constant) and isinstance(each.value, str):
            said |= tags(each.value)
    text = ";".join(said[key] for key in ("gorm", "sql") if said.get(key))
    settings: dict[str, str] = {}
    indexes: list[tuple[str, str]] = []
    checks: list[str] = []
    for part in re.split(r"(?<!\\);", text):
        name, _, value = part.strip().partition(":")
        key = name.strip().lower().replace("_", "")
        if key in ("index", "uniqueindex"):
            indexes.append((key, value.strip()))
        elif key == "check":
            checks.append(_condition(value.strip()))
        elif key:
            settings[key] = value.strip()
    return Tag(settings, tuple(indexes), tuple(checks), "gorm" in said)


def _condition(text: str) -> str:
    """A CHECK without its name: `name,price > 0`."""
    named = re.match(r"^\w+\s*,(.*)$", text, re.DOTALL)
    return named[1].strip() if named else text


def options(text: str) -> dict[str, str]:
    """`idx_member,sort:desc,priority:2` as a mapping; the name goes by ""."""
    found: dict[str, str] = {}
    for index, part in enumerate(text.split(",")):
        name, sign, value = part.strip().partition(":")
        if not sign and index == 0 and name != "unique":
            found[""] = name
        else:
            found[name.lower()] = value
    return found
