"""Rules of the project's own: what its decorators register, and what its constraint classes say to a value.

A rule is tried out: with ordinary values, and with a database that has such a row or has none. So a rule that asks
whether a value is taken, or whether a row is there, is told from one that looks at the value alone.
"""

from __future__ import annotations

import re
from typing import Any

from comfrey.languages.javascript.decorators import carried_out
from comfrey.model.schema import Check, Schema
from comfrey.source.classes import Member
from comfrey.source.codebase import Codebase
from comfrey.source.probe import Probe, Thrown, tried
from comfrey.source.truth import truth
from comfrey.source.value import (
    Arguments,
    BoundExternal,
    BoundMethod,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.shapes import Shapes

Validate = BoundMethod | FunctionValue
REGISTERING = "class-validator.registerDecorator"
BY = ("Validate", "ValidateBy")
LOOKING = re.compile(r"^(?:find|get|select|query|exist|is[A-Z]|has[A-Z])", re.IGNORECASE)
COUNTING = re.compile(r"^count", re.IGNORECASE)
OF_TEXTS = {
    "class-validator.isEmpty": False,
    "class-validator.isNotEmpty": True,
    "class-validator.isDefined": True,
    "class-validator.isString": True,
}
"""What class-validator's own functions say to an ordinary text."""
ORDINARY: dict[str, tuple[Any, ...]] = {
    "string": ("A Map of Rain", "amber", "Violet-Harbour-42"),
    "integer": (1, 7, 60, 2400),
    "number": (1, 7, 60, 2400),
    "date-time": ("2031-12-01T10:00:00Z", "1990-05-17T10:00:00Z"),
    "email": ("ann@example.com", "b.c@mail.example.org"),
    "uuid": ("5b0ccf2d-c55d-4e1a-8b6d-b27b00000001",),
}


def ruled(schema: Schema, mark: Value, member: Member, shapes: Shapes) -> Schema | None:
    """The schema under a rule of the project's own; None for a mark that is none."""
    codebase = shapes.codebase
    said = _said(codebase, mark, member)
    if said is None:
        return None
    validate, given = said
    asked = _Asked(codebase, validate, given, member)
    taken, free = asked.with_rows(True), asked.with_rows(False)
    if (taken, free) == (False, True):
        return schema.replace(unique=True)
    if (taken, free) == (True, False):
        return schema.replace(key=True)
    values = ORDINARY.get(schema.format or schema.type, ())
    passes = bool(values) and all(asked.of(Const(each)) for each in values)
    inner = validate.function if isinstance(validate, BoundMethod) else validate
    check = Check(name=_name(mark), lenient=passes, place=inner.place)
    return schema.replace(checks=(*schema.checks, check))


def _name(mark: Value) -> str:
    """A rule by the name of its decorator, or by its own."""
    if isinstance(mark, FunctionValue):
        outer = mark.scope.qualified.rpartition(":")[2].rpartition(".")[2]
        return outer or mark.name
    first = mark.args[0] if isinstance(mark, Instance) and mark.args else None
    if isinstance(first, DictValue) and (said := text_of(first.get("name"))):
        return said
    return dotted(mark).rpartition(".")[2]


def _said(
    codebase: Codebase, mark: Value, member: Member
) -> tuple[Validate, tuple[Value, ...]] | None:
    """The `validate` that a decorator asks, and the constraints that it is given."""
    if isinstance(mark, FunctionValue):
        return _registered(codebase, mark, member)
    word = dotted(mark).rpartition(".")[2]
    if word not in BY or not isinstance(mark, Instance) or not mark.args:
        return None
    first = mark.args[0]
    if word == "ValidateBy" and isinstance(first, DictValue):
        return _of_options(codebase, first)
    given = mark.args[1] if len(mark.args) > 1 else None
    method = _method(codebase, first)
    return None if method is None else (method, _items(given))


def target(member: Member) -> tuple[Value, Value]:
    """What a decorator of a member is called with: its class's prototype, and its name."""
    return Instance(member.owner, symbolic=True), Const(member.name)


def _registered(
    codebase: Codebase, mark: FunctionValue, member: Member
) -> tuple[Validate, tuple[Value, ...]] | None:
    """`(object, property) => registerDecorator({ validator, constraints, … })`."""
    for event in carried_out(codebase.evaluator, mark, *target(member)):
        receiver = event.receiver
        known = isinstance(receiver, External) and receiver.name == REGISTERING
        if known and event.args and isinstance(event.args[0], DictValue):
            return _of_options(codebase, event.args[0])
    return None


def _of_options(
    codebase: Codebase, options: DictValue
) -> tuple[Validate, tuple[Value, ...]] | None:
    method = _method(codebase, options.get("validator"))
    return None if method is None else (method, _items(options.get("constraints")))


def _method(codebase: Codebase, validator: Value | None) -> Validate | None:
    """`validate` of a constraint class, or of an object that is written out."""
    if isinstance(validator, DictValue):
        found = validator.get("validate")
        return _held(validator, found) if isinstance(found, FunctionValue) else None
    if not isinstance(validator, ClassValue):
        return None
    method = codebase.method(Instance(validator, symbolic=True), "validate")
    return method if isinstance(method, BoundMethod) else None


def _held(of: DictValue, function: FunctionValue) -> Validate:
    """A function that an object holds: a method knows what `this` is, an arrow does not ask."""
    names = [each.name for each in function.node.parameters[:1]]
    return BoundMethod(of, function) if names == ["this"] else function


def _items(listed: Value | None) -> tuple[Value, ...]:
    return tuple(listed.items) if isinstance(listed, ListValue) else ()


class _Asked:
    """One rule on one member, asked about values (https://github.com/typestack/class-validator#custom-validation-classes)."""

    def __init__(
        self,
        codebase: Codebase,
        validate: Validate,
        constraints: tuple[Value, ...],
        member: Member,
    ) -> None:
        self.codebase = codebase
        self.validate = validate
        self.constraints = constraints
        self.member = member

    def with_rows(self, there: bool) -> bool | None:
        """What the rule says to an ordinary text where every look-up finds a row, or none; None where it looks
        nothing up, or that does not decide."""
        looked: list[bool] = []

        def meets(called: Value, _: Arguments) -> Value | None:
            if dotted(called) in OF_TEXTS:
                return Const(OF_TEXTS[dotted(called)])
            name = called.name if isinstance(called, BoundExternal) else ""
            if not LOOKING.match(name) and not COUNTING.match(name):
                return None
            looked.append(True)
            if COUNTING.match(name):
                return Const(int(there))
            return Instance(External("Row")) if there else Const(None)

        said = self.of(Const("ann@example.com"), Probe(meets))
        return said if looked else None

    def of(self, value: Value, probe: Probe | None = None) -> bool | None:
        """Whether the value passes; None where that is not known."""
        arguments = DictValue(
            [
                (Const("value"), value),
                (Const("property"), Const(self.member.name)),
                (Const("constraints"), ListValue(list(self.constraints))),
                (Const("object"), DictValue([(Const(self.member.name), value)], None, True)),
                (Const("targetName"), Const(self.member.owner.name)),
            ]
        )
        found = tried(self.codebase.evaluator, probe or Probe(), self.validate, value, arguments)
        return None if isinstance(found, Thrown) else truth(found)
