"""Rows that a `post_save` receiver, or a model's own `save`, makes along with another row: a profile with each user."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Expression, Name, walk
from comfrey.source.scope import Scope
from comfrey.source.study import Study
from comfrey.source.value import ClassValue, FunctionValue, Instance, Value
from comfrey.stacks.orms.django.constraints import last

SIGNAL = b"post_save"
MAKERS = ("create", "get_or_create", "update_or_create")
INSTANCE = 1
"""Where a receiver gets the row: `receiver(sender, instance, created, **kwargs)`."""


def companions(codebase: Codebase) -> dict[str, str]:
    """Qualified class → the relation by which its row hangs on the one that it is made along with."""
    found: dict[str, str] = {}
    told = [(each, INSTANCE) for each in _receivers(codebase)]
    for function, position in [*told, *((each, 0) for each in _saves(codebase))]:
        names = [each.name for each in function.node.parameters]
        if len(names) <= position:
            continue
        for call in Study(codebase, function).calls():
            kind = _made(codebase, call, function.scope)
            for each in call.arguments if kind is not None else ():
                if kind is not None and each.name and each.value.text == names[position]:
                    found[kind.qualified] = each.name
    return found


def hearers(codebase: Codebase) -> dict[str, tuple[str, ...]]:
    """Qualified class → the functions that are told of each of its rows as it is stored."""
    found: dict[str, tuple[str, ...]] = {}
    connected = list(_connected(codebase))
    for function in _receivers(codebase):
        named = [kind for name, kind in connected if name == function.name and kind]
        for kind in dict.fromkeys([*_told_of(codebase, function), *named]):
            heard = found.get(kind, ())
            found[kind] = (*heard, function.qualified)
    return found


def _told_of(codebase: Codebase, function: FunctionValue) -> Iterator[str]:
    """The models that a receiver's decorators name as its senders."""
    for decorator in function.decorators:
        sender = decorator.kwarg("sender") if isinstance(decorator, Instance) else None
        if isinstance(sender, ClassValue):
            yield sender.qualified


def _saves(codebase: Codebase) -> Iterator[FunctionValue]:
    """The `save` methods of the tree's own classes."""
    for kind in codebase.classes((b"def save(",)):
        member = codebase.own_member(kind, "save")
        if member is not None and isinstance(member.value, FunctionValue):
            yield member.value


def _receivers(codebase: Codebase) -> Iterator[FunctionValue]:
    """Functions that are told of each row of one model: by decorator, or by `post_save.connect(…)`."""
    connected = {name for name, _ in _connected(codebase)}
    for function in codebase.functions((SIGNAL,)):
        if function.name in connected or any(_is_receiver(e) for e in function.decorators):
            yield function


def _is_receiver(decorator: Value) -> bool:
    if not isinstance(decorator, Instance) or last(decorator) != "receiver":
        return False
    signal = decorator.argument(0, "signal")
    return last(signal) == "post_save" and decorator.kwarg("sender") is not None


def _connected(codebase: Codebase) -> Iterator[tuple[str, str]]:
    """(function, model) of each `post_save.connect(function, sender=Model)`; "" for a model that is not told."""
    for module in codebase.modules((SIGNAL + b".connect",)):
        parsed = codebase.parsed(module)
        for statement in parsed.body if parsed is not None else ():
            for call in walk(statement):
                if isinstance(call, Call) and call.function.text == "post_save.connect":
                    sender = call.keyword("sender")
                    kind = codebase.value(sender, codebase.scope(module)) if sender else None
                    told = kind.qualified if isinstance(kind, ClassValue) else ""
                    yield from ((e.text, told) for e in call.positional[:1] if isinstance(e, Name))


def _made(codebase: Codebase, call: Call, scope: Scope) -> ClassValue | None:
    """The model of `Profile.objects.create(…)` or `Profile(…)`."""
    said: Expression = call.function
    if isinstance(said, Attribute) and said.name in MAKERS and isinstance(said.of, Attribute):
        said = said.of.of
    found = codebase.value(said, scope) if isinstance(said, Name) else None
    return found if isinstance(found, ClassValue) else None
