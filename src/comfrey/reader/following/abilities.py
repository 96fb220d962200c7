"""What CASL's abilities ask of a caller and a row: the rules that a caller is given, as conditions.

A rule holds under the conditions at which code gives it, and for the rows that its own conditions name. The last one
that speaks of an action and a subject has the word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from comfrey.languages.javascript.abilities import (
    ALL,
    EVERYTHING,
    MAKERS,
    PACKAGE,
    name_of,
    speaks,
)
from comfrey.reader.following.alternatives import alternatives
from comfrey.reader.following.condition import decide, is_none, negate
from comfrey.reader.following.journal import REFUSED
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import (
    All,
    AnyOf,
    Compare,
    Derived,
    Items,
    Mapping,
    Method,
    Row,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import Const, DictValue, External, Instance, ListValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

FORBIDDEN = External(f"{PACKAGE}ForbiddenError")
COMPARISONS = {"$eq": "eq", "$ne": "ne", "$in": "in", "$nin": "not_in", "$gt": "gt", "$gte": "ge",
               "$lt": "lt", "$lte": "le"}  # fmt: skip
NONE, NEVER, ALWAYS = Const(None), Const(False), Const(True)
DARK = Truth(Derived("ability"))
"""A condition of which nothing is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule(Value):
    """One rule, under the conditions at which it was given. `rows` are the conditions on the row; `partial` where
    the rule is for some fields only."""

    actions: tuple[str | None, ...]
    subjects: tuple[str | None, ...]
    allows: bool
    under: tuple[Value, ...] = ()
    rows: Value | None = None
    partial: bool = False


@dataclass(slots=True, eq=False)
class Builder(Value):
    """What gathers rules. `since` is the number of conditions under which it was made."""

    since: int
    rules: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Ability(Value):
    """The rules of one caller, in order."""

    rules: list[Rule]


@dataclass(frozen=True, slots=True, eq=False)
class Forbidding(Value):
    """`ForbiddenError.from(ability)`."""

    ability: Ability


def made(machine: Machine, name: str, passed: Passed) -> Value | None:
    """`new AbilityBuilder(…)`, `defineAbility(…)`, `ForbiddenError.from(ability)`, `subject("Post", row)`; None for
    what is not CASL's."""
    word = name.removeprefix(PACKAGE) if name.startswith(PACKAGE) else ""
    first = passed.at(0) or NONE
    match word:
        case "AbilityBuilder":
            return Builder(len(machine.journal.assumptions))
        case "defineAbility":
            builder = Builder(len(machine.journal.assumptions))
            machine.call(first, tuple(Method(builder, each) for each in ("can", "cannot")))
            return Ability(builder.rules)
        case "ForbiddenError.from" if isinstance(first, Ability):
            return Forbidding(first)
        case "subject" if len(passed.args) > 1:
            return Derived("subject", passed.args)
    return Ability(_written(first)) if word in MAKERS else None


def call(
    machine: Machine, of: Value, name: str, passed: Passed, at: n.Expression | None
) -> Value | None:
    """A rule that is given, a question, or the error where the answer is no; None for what is not CASL's."""
    match of:
        case Builder(rules=rules) if name == "build":
            return Ability(rules)
        case Builder(rules=rules) if name in ("can", "cannot"):
            rules.append(_rule(machine, of, name == "can", passed))
            return of
        case Ability() if name in ("can", "cannot"):
            allowed = _allowed(machine, of, passed)
            return allowed if name == "can" else negate(allowed)
        case Forbidding() if name == "setMessage":
            return of
        case Forbidding(ability=ability) if name == "throwUnlessCan":
            return _demanded(machine, _allowed(machine, ability, passed), at)
    return None


def _demanded(machine: Machine, allowed: Value, at: n.Expression | None) -> Value:
    """Whoever may not is answered with an error then and there."""
    if decide(allowed) is not True:
        with machine.assuming(negate(allowed)):
            machine.journal.note("raise", Instance(FORBIDDEN), machine.place(at))
        machine.assume(allowed, REFUSED)
    return NONE


# --- rules -------------------------------------------------------------------


def _rule(machine: Machine, builder: Builder, allows: bool, passed: Passed) -> Rule:
    """`can("update", Post, ["title"], { authorId: user.id })`."""
    rest = [each for each in passed.args[2:] if not is_none(each)]
    rows = [each for each in rest if not isinstance(each, Items | ListValue | Const)]
    return Rule(
        _names(passed.at(0) or DARK),
        _names(passed.at(1) or Const(ALL)),
        allows,
        tuple(each.test for each in machine.journal.assumptions[builder.since :]),
        rows[0] if rows else None,
        partial=len(rows) < len(rest),
    )


def _written(listed: Value) -> list[Rule]:
    """Rules as plain objects: `{ action: "read", subject: "Post", inverted: true }`."""
    if not isinstance(listed, Items) or listed.each is not None:
        return [Rule((None,), (None,), True, (DARK,))]
    return [_of_object(each) for each in listed.items]


def _of_object(said: Value) -> Rule:
    if not isinstance(said, Mapping) or said.spreads:
        return Rule((None,), (None,), True, (DARK,))
    inverted = said.entries.get("inverted", NEVER)
    under = () if isinstance(inverted, Const) else (DARK,)
    return Rule(
        _names(said.entries.get("action", DARK)),
        _names(said.entries.get("subject", Const(ALL))),
        not (isinstance(inverted, Const) and inverted.value),
        under,
        said.entries.get("conditions"),
        "fields" in said.entries,
    )


def _names(value: Value) -> tuple[str | None, ...]:
    """The words or names of classes that a rule names; None for one that is not known."""
    match value:
        case Items(items=items, each=each):
            return (*(name_of(e) for e in items), *([None] if each is not None else []))
        case ListValue(items=items):
            return tuple(name_of(each) for each in items)
    return (name_of(value),)


# --- questions ---------------------------------------------------------------


def _allowed(machine: Machine, ability: Ability, passed: Passed) -> Value:
    """The condition under which the rules allow an action on a subject."""
    action, subject = passed.at(0) or DARK, passed.at(1) or Const(ALL)
    found: Value = Truth(NEVER)
    for rule in ability.rules:
        speaks_then = _speaking(machine, rule, action, subject, of_field=len(passed.args) > 2)
        if decide(speaks_then) is False:
            continue
        if decide(speaks_then):
            found = Truth(Const(rule.allows))
        elif rule.allows:
            found = speaks_then if decide(found) is False else AnyOf((speaks_then, found))
        else:
            found = All((negate(speaks_then), found))
    return found if alternatives(negate(found)) else Truth(ALWAYS)


def _speaking(machine: Machine, rule: Rule, action: Value, subject: Value, of_field: bool) -> Value:
    """The condition under which a rule speaks of the action and the subject. One with conditions on the row speaks of
    a class as a whole only where it allows something."""
    name, row = _subject(subject)
    named = (
        speaks(rule.actions, name_of(action), EVERYTHING),
        speaks(rule.subjects, name, ALL),
    )
    narrowed = rule.rows is not None or rule.partial
    if False in named or (row is None and narrowed and not rule.allows):
        return Truth(NEVER)
    tests = list(rule.under)
    if rule.rows is not None and row is not None:
        tests += _conditions(machine, rule.rows, row)
    if None in named or (rule.partial and of_field):
        tests.append(DARK)
    if not tests:
        return Truth(ALWAYS)
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _subject(value: Value) -> tuple[str | None, Value | None]:
    """The name by which a subject goes, and the object that is meant (None for a class as a whole)."""
    match value:
        case Derived(name="subject", of=(said, of, *_)):
            return name_of(said), of
        case Row(record=record):
            return record.name, value
    name = name_of(value)
    is_object = name is None or isinstance(value, Instance)
    return name, value if is_object else None


def _conditions(machine: Machine, said: Value, row: Value) -> list[Value]:
    """`{ authorId: user.id, "team.id": { $in: teams } }`, as conditions on the row."""
    members = _members(said)
    if members is None:
        return [DARK]
    found: list[Value] = []
    for name, value in members:
        of = row
        for part in name.split("."):
            of = machine.attribute(of, part, None)
        inner = _members(value)
        if inner is None:
            found.append(Compare("eq", of, value))
        elif all(word in COMPARISONS for word, _ in inner):
            found += [Compare(COMPARISONS[word], of, each) for word, each in inner]
        else:
            found += _conditions(machine, value, of) if not name.startswith("$") else [DARK]
    return found


def _members(value: Value) -> list[tuple[str, Value]] | None:
    """The members of an object that is written out."""
    match value:
        case Mapping(entries=entries, spreads=[], keys=[]):
            return list(entries.items())
        case DictValue(items=items, open=False):
            named = [(name_of(key), each) for key, each in items]
            return [(name, each) for name, each in named if name is not None]
    return None
