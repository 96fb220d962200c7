"""Attributes of values: reading and setting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.model.place import Place
from comfrey.source import calls
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    ModuleValue,
    Super,
    UnknownValue,
    Value,
    choice,
    spell,
)

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator

COMPUTED = ("property", "functools.cached_property", "cached_property", "hybrid_property")
"""Decorators of methods that are called by being asked for."""


def attribute(ev: Evaluator, of: Value, name: str) -> Value:
    """`of.name`."""
    special = ev.language.external_attribute(ev, of, name)
    if special is not None:
        return special
    match of:
        case ModuleValue(name=module):
            return _of_module(ev, module, name)
        case External(name=dotted):
            return External(f"{dotted}.{name}")
        case ClassValue():
            return of_class(ev, of, name)
        case Generic(of=inner):
            return _of_generic(ev, of, inner, name)
        case Instance():
            return of_instance(ev, of, name)
        case Super():
            return _of_super(ev, of, name)
        case Choice(options=options, condition=condition):
            return _of_choice(ev, options, condition, name)
        case FunctionValue(fields=fields) | BoundMethod(function=FunctionValue(fields=fields)) if (
            name in fields
        ):
            return fields[name]
        case FunctionValue(name=own) if name == "__name__":
            return Const(own)
        case UnknownValue(reason=reason, place=place, spelling=spelling):
            return UnknownValue(reason, place, f"{spelling}.{name}" if spelling else name)
        case Const(value=None):
            return UnknownValue("an attribute of None")
    return ev.bound(of, name)


def _of_module(ev: Evaluator, module: str, name: str) -> Value:
    if name == "__name__":
        return Const(module)
    found = ev.member(module, name)
    if found is not None:
        return found
    return UnknownValue(f"{module} has no {name}", None, name)


def _of_choice(ev: Evaluator, options: tuple[Value, ...], condition: str, name: str) -> Value:
    """On each option; None among them does not count (`x.y` is only reached when there is an x)."""
    real = [each for each in options if not (isinstance(each, Const) and each.value is None)]
    if ev.probe is not None and any(isinstance(each, UnknownValue) for each in real):
        return UnknownValue("an attribute of what is not known", None, name)
    found = [attribute(ev, each, name) for each in real]
    known = [each for each in found if not isinstance(each, UnknownValue)] or found
    return choice(known, condition)


def _of_generic(ev: Evaluator, of: Generic, inner: Value, name: str) -> Value:
    if isinstance(inner, ClassValue):
        return of_class(ev, inner, name)
    return ev.bound(of, name)


def of_class(ev: Evaluator, of: ClassValue, name: str) -> Value:
    """An attribute of the class itself."""
    if name == "__name__":
        return Const(of.name)
    special = ev.language.class_attribute(ev, of, name)
    if special is not None:
        return special
    member = ev.codebase.member(of, name)
    if member is None:
        outside = ev.codebase.external_ancestors(of)
        return ev.bound(of, name) if outside else UnknownValue(f"{of.name} has no {name}")
    value = member.value
    if isinstance(value, FunctionValue) and _has(value, "classmethod"):
        method = BoundMethod(of, value)
        return ev.call(method) if _has(value, *COMPUTED) else method
    return value if value is not None else ev.bound(of, name)


def of_instance(ev: Evaluator, of: Instance, name: str) -> Value:
    """An attribute of an object: what was set on it, what its class says, what the language fills in."""
    if name in of.fields:
        return of.fields[name]
    kind = ev.codebase.class_of(of)
    if kind is None:
        inferred = ev.codebase.typed_attribute(of, name)
        return inferred if inferred is not None else ev.bound(of, name)
    if name == "__class__":
        return kind
    filled = ev.language.field(ev, of, kind, name)
    if filled is not None:
        return filled
    member = ev.codebase.member(kind, name)
    if member is not None and isinstance(member.value, FunctionValue):
        return _method(ev, of, member.value)
    if of.symbolic or ev.quiet:
        assigned = ev.codebase.assigned_field(of, kind, name)
        if assigned is not None:
            return assigned
    if member is not None and member.value is not None:
        return member.value
    if member is not None and member.annotation is not None:
        return ev.codebase.some(member.annotation, member.owner.scope, of)
    if ev.codebase.external_ancestors(kind):
        return ev.bound(of, name)
    getter = ev.codebase.member(kind, "__getattr__")
    if getter is not None and isinstance(getter.value, FunctionValue):
        return ev.call(BoundMethod(of, getter.value), (Const(name),))
    return UnknownValue(f"{kind.name} has no {name}", None, name)


def _method(ev: Evaluator, of: Instance, function: FunctionValue) -> Value:
    if _has(function, "staticmethod"):
        return function
    if _has(function, "classmethod"):
        return BoundMethod(ev.codebase.class_of(of) or of, function)
    if _has(function, *COMPUTED):
        return ev.call(BoundMethod(of, function))
    return BoundMethod(of, function)


def _has(function: FunctionValue, *names: str) -> bool:
    """Whether one of the function's decorators goes by that name."""
    for decorator in function.decorators:
        value = decorator.of if isinstance(decorator, Instance) else decorator
        if isinstance(value, External) and (value.name in names or value.last in names):
            return True
    return False


def _of_super(ev: Evaluator, of: Super, name: str) -> Value:
    """The next definition after `owner` in the receiver's resolution order."""
    kind = of.receiver if isinstance(of.receiver, ClassValue) else ev.codebase.class_of(of.receiver)
    order = ev.codebase.mro(kind or of.owner)
    after = order[order.index(of.owner) + 1 :] if of.owner in order else order[1:]
    for each in after:
        if not isinstance(each, ClassValue):
            continue
        member = ev.codebase.own_member(each, name)
        if member is not None and isinstance(member.value, FunctionValue):
            return BoundMethod(of.receiver, member.value)
        if member is not None and member.value is not None:
            return member.value
    return BoundExternal(of.receiver, name)


def set_attribute(ev: Evaluator, of: Value, name: str, value: Value, place: Place) -> None:
    """`of.name = value`."""
    if isinstance(of, Choice):
        of = of.options[0]
    if isinstance(of, Instance):
        if ev.quiet:
            return
        of.fields[name] = value
        if ev.codebase.external_ancestors_of(of):
            ev.record(of, "__setattr__", ((Const(name), value), ()), None, place=place)
    elif isinstance(of, DictValue) and not ev.quiet:
        of.items.append((Const(name), value))
    elif isinstance(of, FunctionValue) and not ev.quiet:
        of.fields[name] = value
    elif isinstance(of, ClassValue) and not ev.quiet:
        ev.codebase.body_of(of).names[name] = value
    elif isinstance(of, BoundExternal | External):
        ev.record(of, "__setattr__", ((Const(name), value), ()), None, place=place)


def _is_tried_under_a_condition(ev: Evaluator) -> bool:
    """Whether what happens in a trial happens only where something holds, of which nobody knows whether it does."""
    return ev.probe is not None and any(each.holds for each in ev.conditions)


def set_item(ev: Evaluator, of: Value, key: Value, value: Value, place: Place) -> None:
    """`of[key] = value`."""
    if isinstance(of, DictValue):
        if of.named is not None and ev.conditions:
            of.open = True
        elif not ev.quiet:
            of.items.append((key, value))
            of.open = of.open or _is_tried_under_a_condition(ev)
    elif isinstance(of, ListValue):
        of.open = True
    elif isinstance(of, Instance | External | BoundExternal):
        ev.record(of, "__setitem__", ((key, value), ()), None, place=place)


__all__ = ["attribute", "calls", "of_class", "of_instance", "set_attribute", "set_item", "spell"]
