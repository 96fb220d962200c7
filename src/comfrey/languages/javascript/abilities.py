"""What CASL's abilities come to: the rules that code gives a caller, and whether one of them allows a thing.

An ability is an object that holds its rules in order; the last one that speaks of an action and a subject has the
word (https://casl.js.org/v6/en/guide/intro). Where it cannot be known whether a rule is there or speaks of what is
asked, the answer is not known either, unless every rule that might have the word says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comfrey.languages.javascript.containers import called
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.probe import Thrown
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)

Args = tuple[Value, ...]
PACKAGE = "@casl/ability."
BUILDER, ABILITY = External(f"{PACKAGE}AbilityBuilder"), External(f"{PACKAGE}Ability")
FORBIDDEN = External(f"{PACKAGE}ForbiddenError")
MAKERS = ("Ability", "PureAbility", "createMongoAbility", "createAbility")
"""What makes an ability of a list of rules."""
RULES, SINCE = "<rules>", "<since>"
UNDECIDED = UnknownValue("what the caller may do cannot be known")
EVERYTHING, ALL = "manage", "all"
"""The words for every action and for every subject."""


@dataclass(frozen=True, eq=False)
class Rule(Value):
    """One rule. `sure` where it is certainly there, `narrowed` by conditions on the object, `partial` where only
    for some of its fields. `allows` is None where that cannot be known."""

    action: Value
    subject: Value
    allows: bool | None
    sure: bool = True
    narrowed: bool = False
    partial: bool = False


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """`new AbilityBuilder(Ability)`, `createMongoAbility(rules)`, `defineAbility((can, cannot) => …)`."""
    if not name.startswith(PACKAGE):
        return None
    args, word = arguments[0], name.removeprefix(PACKAGE)
    if word == "AbilityBuilder":
        return _builder(ev)
    if word == "defineAbility" and args and isinstance(args[0], FunctionValue):
        builder = _builder(ev)
        called(ev, args[0], *(BoundExternal(builder, each) for each in ("can", "cannot")))
        return Instance(ABILITY, fields=dict(builder.fields))
    if word in MAKERS:
        rules = list(map(_written, _listed(args[0]))) if args else []
        return Instance(ABILITY, fields={RULES: ListValue(list(rules))})
    if word == "ForbiddenError.from" and args:
        return Instance(FORBIDDEN, args)
    return None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """Rules of a builder, questions to an ability, and the error that is thrown where it says no."""
    if not isinstance(receiver, Instance):
        return None
    args = arguments[0]
    if receiver.of is BUILDER:
        return _built(ev, receiver, name, args)
    if receiver.of is ABILITY and name in ("can", "cannot"):
        allowed = _allowed(receiver, args)
        return UNDECIDED if allowed is None else Const(allowed == (name == "can"))
    if receiver.of is FORBIDDEN:
        return _forbidding(ev, receiver, name, args)
    return None


# --- rules -------------------------------------------------------------------


def _builder(ev: Evaluator) -> Instance:
    """A builder, and under how many conditions it was made: rules under further ones may be missing."""
    return Instance(BUILDER, fields={RULES: ListValue([]), SINCE: Const(len(ev.conditions))})


def _built(ev: Evaluator, builder: Instance, name: str, args: Args) -> Value | None:
    rules, since = builder.fields[RULES], builder.fields[SINCE]
    assert isinstance(rules, ListValue) and isinstance(since, Const)
    if name == "build":
        return Instance(ABILITY, fields=dict(builder.fields))
    if name not in ("can", "cannot") or not args:
        return None
    rest = args[2:]
    rules.items.append(
        Rule(
            args[0],
            args[1] if len(args) > 1 else Const(ALL),
            name == "can",
            sure=all(each.decided for each in ev.conditions[since.value :]),
            narrowed=any(not isinstance(each, ListValue | Const) for each in rest),
            partial=any(isinstance(each, ListValue) or comparable(each) for each in rest),
        )
    )
    return builder


def _listed(rules: Value) -> Iterator[Value]:
    yield from rules.items if isinstance(rules, ListValue) else (UNDECIDED,)
    if isinstance(rules, ListValue) and rules.open:
        yield UNDECIDED


def _written(rule: Value) -> Rule:
    """A rule as a plain object: `{ action: "read", subject: "Post", inverted: true }`."""
    if not isinstance(rule, DictValue):
        return Rule(UNDECIDED, UNDECIDED, None, sure=False)
    inverted = comparable(rule.get("inverted") or Const(False))
    return Rule(
        rule.get("action") or UNDECIDED,
        rule.get("subject") or Const(ALL),
        None if inverted is None else not inverted[0],
        narrowed=rule.get("conditions") is not None,
        partial=rule.get("fields") is not None,
    )


# --- questions ---------------------------------------------------------------


def _forbidding(ev: Evaluator, error: Instance, name: str, args: Args) -> Value | None:
    """`ForbiddenError.from(ability).setMessage(…).throwUnlessCan("delete", Post)`."""
    ability = error.args[0] if error.args else None
    if name == "setMessage":
        return error
    if name not in ("throwUnlessCan", "unlessCan") or not isinstance(ability, Instance):
        return None
    allowed = _allowed(ability, args) if ability.of is ABILITY else None
    if allowed is not False:
        return UNDECIDED if allowed is None else Const(None)
    if name == "throwUnlessCan" and ev.probe is not None:
        raise Thrown(error)
    return error


def _allowed(ability: Instance, args: Args) -> bool | None:
    """Whether the rules allow an action on a subject; None where that cannot be known."""
    rules = ability.fields[RULES]
    assert isinstance(rules, ListValue)
    action, subject = (*args, UNDECIDED)[0], (*args[1:], Const(ALL))[0]
    possible: set[bool | None] = set()
    for rule in reversed(rules.items):
        assert isinstance(rule, Rule)
        speaks = _speaks(rule, action, subject, of_field=len(args) > 2)
        if speaks is not False:
            possible.add(rule.allows)
        if speaks and rule.sure:
            break
    else:
        possible.add(False)
    return possible.pop() if len(possible) == 1 else None


def _speaks(rule: Rule, action: Value, subject: Value, of_field: bool) -> bool | None:
    """Whether a rule speaks of the action and the subject. One that is narrowed speaks of a class as a whole only
    where it allows something; whether of a single object, only its fields tell."""
    named = _among(rule.action, action, EVERYTHING), _among(rule.subject, subject, ALL)
    if False in named:
        return False
    if (rule.narrowed and not _is_class(subject)) or (rule.partial and of_field):
        return None
    if rule.allows is False and (rule.narrowed or rule.partial):
        return False
    return None if None in named else True


def _among(said: Value, asked: Value, every: str) -> bool | None:
    """Whether what a rule says is what is asked for."""
    names = [name_of(each) for each in (said.items if isinstance(said, ListValue) else [said])]
    if isinstance(said, ListValue) and said.open:
        names.append(None)
    return speaks(names, name_of(asked), every)


def speaks(said: Iterable[str | None], asked: str | None, every: str) -> bool | None:
    """Whether one of the names is the one that is asked for, or the word for all; None where a name is not known."""
    found = {
        each == every or (None if each is None or asked is None else each == asked) for each in said
    }
    return True if True in found else (None if None in found else False)


def name_of(value: Value) -> str | None:
    """The word or the name of the class by which an action or a subject goes; for an object, its class's."""
    match value:
        case ClassValue(name=name):
            return name
        case Generic(of=of):
            return name_of(of)
        case Instance(of=ClassValue(name=name), fields=fields) if "value" not in fields:
            return name
    known = comparable(value)
    return known[0] if known is not None and isinstance(known[0], str) else None


def _is_class(subject: Value) -> bool:
    return isinstance(subject, ClassValue) or comparable(subject) is not None
