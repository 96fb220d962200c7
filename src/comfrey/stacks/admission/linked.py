"""A caller whose roles are rows of their own: what models give of them to a function that looks them up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from comfrey.source.value import Const, DictValue, External, ListValue, Value

CALLER = "<caller>"
GETTER = re.compile(r"\bget((?:[A-Z]\w*)?Roles?)\s*\(")
"""What Sequelize gives rows to ask for theirs: `user.getRoles()`."""
MEMBER = re.compile(r"\.\s*((?:\w*R|r)oles)\b(?!\s*\()")
NAMED = re.compile(r"\.\s*(name|role|title|slug|code|label|type)\b(?!\s*\()")
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
    """A caller who is linked to one role by the relation `relation`, where `member` of a role says which it is."""

    relation: str
    member: str
    role: str

    @property
    def roles(self) -> ListValue:
        return ListValue([DictValue([(Const(self.member), Const(self.role))], None, True)])

    def row(self, key: Value) -> DictValue:
        """The caller's row, whose roles can be read or asked for."""
        asked = f"get{self.relation[:1].upper()}{self.relation[1:]}"
        members: list[tuple[Value, Value]] = [(Const("id"), key), (Const("_id"), key)]
        members += [
            (Const(self.relation), self.roles),
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


def relations(text: str) -> list[str]:
    """The relations by which a text may ask a caller for their roles: `roles`."""
    asked = [each[:1].lower() + each[1:] for each in GETTER.findall(text)]
    return list(dict.fromkeys((*asked, *MEMBER.findall(text))))


def members(text: str) -> list[str]:
    """The members of a role that the text reads."""
    return list(dict.fromkeys(NAMED.findall(text)))
