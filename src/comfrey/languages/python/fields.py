"""What Python's classes fill in: enumeration members, dataclass and model fields."""

from __future__ import annotations

from comfrey.source.codebase import CHOICES, ENUMS
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import constant
from comfrey.source.value import (
    Arguments,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Value,
)

MODELS = (
    "pydantic.BaseModel",
    "pydantic.main.BaseModel",
    "sqlmodel.SQLModel",
    "typing.NamedTuple",
    "msgspec.Struct",
)
FIELD_CALLS = ("Field", "field")


def class_attribute(ev: Evaluator, of: ClassValue, name: str) -> Value | None:
    """A member of an enumeration: an Instance with the fields `name` and `value`, the same one each time."""
    if name.startswith("_") or not ev.codebase.is_a(of, *ENUMS):
        return None
    member = ev.codebase.member(of, name)
    if member is None or member.expression is None:
        return None
    members = _members(ev, of)
    return members.get(name)


def _members(ev: Evaluator, of: ClassValue) -> dict[str, Value]:
    scope = ev.codebase.body_of(of)
    cached = scope.names.get(CACHE)
    if isinstance(cached, Instance):
        return cached.fields
    found: dict[str, Value] = {}
    for each in ev.codebase.members(of):
        if each.expression is None or each.name.startswith("_") or each.value is None:
            continue
        value = _automatic(ev, of, each.name, each.value, len(found) + 1)
        made = Instance(of, (value,), (), each.place, {"name": Const(each.name), "value": value})
        found[each.name] = made
    scope.names[CACHE] = Instance(External("enum.members"), fields=found)
    return found


CACHE = "<members>"


def _automatic(ev: Evaluator, of: ClassValue, name: str, value: Value, number: int) -> Value:
    if isinstance(value, ListValue) and value.items and ev.codebase.is_a(of, *CHOICES):
        return value.items[0]
    if isinstance(value, Instance) and isinstance(value.of, External) and value.of.last == "auto":
        return Const(name.lower()) if ev.codebase.is_a(of, "enum.StrEnum") else Const(number)
    return value


def construct(ev: Evaluator, of: ClassValue, arguments: Arguments) -> Value | None:
    """`Color("red")` is the member with that value."""
    if not arguments[0] or not ev.codebase.is_a(of, *ENUMS):
        return None
    wanted = constant(arguments[0][0])
    for each in ev.codebase.enumerated(of) or []:
        value = each.fields.get("value") if isinstance(each, Instance) else None
        if wanted is not None and isinstance(value, Const) and value.value == wanted.value:
            return each
    return None


def field(ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
    """A field of a dataclass or model made with arguments, or its default."""
    if name in ("value", "name") and ev.codebase.is_a(of, *ENUMS):
        return None
    if not (instance.args or instance.kwargs or not instance.symbolic) or not _is_model(ev, of):
        return None
    given = instance.kwarg(name)
    if given is not None:
        return given
    names = [each.name for each in ev.codebase.members(of, inherited=True) if each.annotation]
    if name not in names:
        return None
    position = names.index(name)
    if position < len(instance.args):
        return instance.args[position]
    return None if instance.symbolic else _default(ev, of, name)


def _is_model(ev: Evaluator, of: ClassValue) -> bool:
    if ev.codebase.is_a(of, *MODELS):
        return True
    names = (decorator.text for decorator in of.node.decorators)
    return any("dataclass" in name or "define" in name for name in names)


def _default(ev: Evaluator, of: ClassValue, name: str) -> Value | None:
    member = ev.codebase.member(of, name)
    value = member.value if member is not None else None
    return unwrapped(ev, value) if value is not None else None


def unwrapped(ev: Evaluator, value: Value) -> Value | None:
    """The default inside `Field(default, …)` or `field(default_factory=…)`; other values as they are."""
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return None if isinstance(value, FunctionValue) else value
    if value.of.last not in FIELD_CALLS:
        return value
    factory = value.kwarg("default_factory")
    if factory is not None:
        return ev.call(factory)
    found = value.argument(0, "default") if value.of.last == "Field" else value.kwarg("default")
    return None if isinstance(found, Const) and found.value is ... else found
