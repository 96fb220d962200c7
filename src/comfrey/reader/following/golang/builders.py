"""Texts that are written bit by bit: `var text strings.Builder`, `text.WriteString(" AND …")`, `text.String()`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from comfrey.reader.following.condition import negate
from comfrey.reader.following.journal import UNDER
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import All, Derived, Either, Items
from comfrey.source.value import Const, External, Instance, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

BUILDERS = ("strings.Builder", "bytes.Buffer")
PRINTED = ("fmt.Fprintf", "fmt.Fprint")
WRITES = ("WriteString", "WriteByte", "WriteRune", "Write")
NONE = Const(None)


@dataclass(slots=True, eq=False)
class Builder(Value):
    """A text in the making. `since` is how many conditions held when it was begun."""

    since: int
    before: Value
    """The text without what was last written under a condition."""
    under: tuple[Value, ...] = ()
    """What holds where `more` is there."""
    more: Value | None = None

    @property
    def text(self) -> Value:
        """All of it so far."""
        if self.more is None:
            return self.before
        test = All(self.under)
        more = Either(((test, self.more), (negate(test), Const(""))))
        return Derived("+", (self.before, more))


def begun(machine: Machine) -> Builder:
    """An empty text."""
    return Builder(len(machine.journal.assumptions), Const(""))


def printed(machine: Machine, name: str, passed: Passed) -> Value | None:
    """`fmt.Fprintf(&text, " LIMIT %d", size)`; None for any other call."""
    first = passed.at(0)
    if name not in PRINTED or not isinstance(first, Builder):
        return None
    said = Instance(External(name.replace("Fprint", "Sprint")), passed.args[1:])
    return _written(machine, first, said)


def call(machine: Machine, of: Value, name: str, passed: Passed) -> Value | None:
    """A method of a text in the making; None for any other."""
    if not isinstance(of, Builder):
        return None
    if name in WRITES and passed.args:
        return _written(machine, of, passed.args[0])
    if name == "String":
        return of.text
    if name == "Reset":
        of.before, of.under, of.more = Const(""), (), None
        return NONE
    return Derived("len", (of.text,)) if name == "Len" else NONE


def _written(machine: Machine, of: Builder, added: Value) -> Value:
    """More of it; what is written under a condition is there only where that holds."""
    held = machine.journal.assumptions[of.since :]
    tests = tuple(each.test for each in held if each.how == UNDER)
    if of.more is not None and not all(a is b for a, b in zip_longest(of.under, tests)):
        of.before, of.more = of.text, None
    if not tests:
        of.before = Derived("+", (of.before, added))
    else:
        of.under = tests
        of.more = added if of.more is None else Derived("+", (of.more, added))
    return Items([Derived("len", (added,)), NONE], kind="tuple")
