"""A caller whose roles are rows of their own: what models give of them to a function that looks them up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from comfrey.source.value import Const, DictValue, External, ListValue, Value

CALLER = "<caller>"
GETTER = re.compile(r"\bget((?:[A-Z]\w*)?Roles?)\s*\(")
"""What Sequelize gives rows to ask for theirs: `user.getRoles()`."""
MEMBER = re.compile(r"\.\s*((?:\w*R|r)oles)\b(?!\s*\()")
STEP = re.compile(r"(?<!this)[?!]?\.\s*([A-Za-z_]\w*)\b(?!\s*\()")
RELATED = re.compile(r"role|permission|right|privilege|grant|scope|ability|authorit|rank", re.I)
"""What rows are called that say what somebody may do."""
QUOTED = re.compile(r"[\"']((?:\w+\.)+\w+)[\"']")
QUOTED_TEXT = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
KEY = re.compile(r"(?:Id|Ids|_id|_ids)$")
NAMED = re.compile(
    r"\.\s*(\w*(?:[nN]ame|[rR]ole|[cC]ode)|title|slug|label|type|key|action|value)\b(?!\s*\()"
)
"""What roles are told apart by."""
ONE = frozenset(
    ["findByPk", "findOne", "findById", "findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow",
     "findOneBy", "findOneOrFail", "findOneByOrFail"]
)  # fmt: skip
SEVERAL = frozenset(["find", "findAll", "findMany", "findBy"])
CHAINED = frozenset(["exec", "populate", "lean", "select", "sort", "orFail", "session", "then"])
"""What a query is still asked for before it is carried out."""


@dataclass(frozen=True)
class Linked:
    """A caller who is linked to one role by the relation `relation`, where `member` of a role says which it is, "" where
    the role is a plain word in a list. A dotted relation goes on from row to row: `roles.permissions`."""

    relation: str
    member: str
    role: str

    @property
    def roles(self) -> Value:
        """What the first relation leads to."""
        if not self.member:
            return ListValue([Const(self.role)])
        first, *further = self.relation.split(".")
        held = DictValue([(Const(self.member), Const(self.role))], None, True)
        for each in reversed(further):
            held = DictValue([(Const(each), _several(each, held))], None, True)
        return _several(first, held)

    def row(self, key: Value) -> DictValue:
        """The caller's row, whose roles can be read or asked for."""
        first = self.relation.partition(".")[0]
        asked = f"get{first[:1].upper()}{first[1:]}"
        members: list[tuple[Value, Value]] = [(Const("id"), key), (Const("_id"), key)]
        members += [
            (Const(first), self.roles),
            (Const(asked), External(f"{CALLER}.{asked}")),
        ]
        members += [(Const(each), External(f"{CALLER}.{each}")) for each in CHAINED - {"then"}]
        return DictValue(members, None, True)

    def found(self, name: str, key: Value) -> Value | None:
        """What a call outside the tree gives, by its dotted name; None for one that looks nothing up."""
        first, *words = name.split(".")
        if first == CALLER:
            return self.row(key) if CHAINED & {*words} else self.roles
        if ONE & {*words}:
            return self.row(key)
        if SEVERAL & {*words} or (not first and CHAINED & {*words}):
            return self.roles
        return None


def _several(name: str, row: DictValue) -> Value:
    """One row under the name of one, a list of it under the name of many."""
    return ListValue([row]) if name.endswith("s") else row


def chains(text: str) -> list[str]:
    """The ways along which a text may go from a caller to what they may do: `role.permissions`, as it asks for rows
    that are loaded together, and as it reads one member after the other."""
    asked = [each for each in QUOTED.findall(text) if RELATED.search(each)]
    read = QUOTED_TEXT.sub("", text)
    steps = [each for each in STEP.findall(read) if RELATED.search(each) and not KEY.search(each)]
    whole = list(dict.fromkeys(steps))
    ends = [".".join(whole[start:]) for start in range(len(whole) - 1)]
    return list(dict.fromkeys((*sorted(asked, key=len, reverse=True), *ends)))


def relations(text: str) -> list[str]:
    """The relations by which a text may ask a caller for their roles: `roles`."""
    asked = [each[:1].lower() + each[1:] for each in GETTER.findall(text)]
    return list(dict.fromkeys((*asked, *MEMBER.findall(text))))


def members(text: str) -> list[str]:
    """The members of a role that the text reads."""
    return list(dict.fromkeys(NAMED.findall(text)))
