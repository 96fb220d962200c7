"""What a view's own `dispatch`, or REST framework's `initial`, asks of whoever calls: each is tried out before the
method that it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from comfrey.model.endpoint import Guard, Requirement
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.node import Attribute, Compare, FunctionDef, Name, Node, walk
from comfrey.source.study import Study
from comfrey.source.value import ClassValue, Const, FunctionValue, Instance, Value, plain
from comfrey.stacks.admission.anonymous import endings
from comfrey.stacks.admission.decorated import Trial, own_guard, turns_away
from comfrey.stacks.admission.nobody import Request, Visit, truth

BEFORE = ("dispatch", "initial")
PLAIN: dict[str, Value] = {
    "is_staff": Const(False),
    "is_superuser": Const(False),
    "is_active": Const(True),
}
"""What somebody is who has only signed in."""

Wanted = Callable[[FunctionValue], Iterator[tuple[str, str | bool | int]]]


def doors(view: ClassValue, codebase: Codebase) -> Iterator[FunctionValue]:
    """The tree's own functions that a request passes before its method, as far as each hands on to the next."""
    for name in BEFORE:
        for kind in codebase.mro(view):
            own = codebase.own_member(kind, name) if isinstance(kind, ClassValue) else None
            function = own.value if own is not None else None
            if not isinstance(function, FunctionValue) or function.place.file.startswith(LIBRARY):
                continue
            yield function
            if "super(" not in function.node.text:
                break


def met(view: ClassValue, method: str, trial: Trial, wanted: Wanted) -> Guard | None:
    """The guard that stands before the methods of a view, with what it asks of the caller's row."""
    found = list(doors(view, trial.codebase))
    receiver = Instance(view)
    guards = (own_guard(each, method, trial, receiver) for each in found)
    guard = next((each for each in guards if each is not None), None)
    asked = [need for each in found for need in _asked(each, method, trial, receiver, wanted)]
    if guard is None and asked:
        guard = Guard(scheme="session", status=asked[0].status, place=asked[0].place)
    return guard.replace(requirements=tuple(asked)) if guard is not None and asked else guard


def keeps_from_nobody(check: FunctionValue, permission: Value, method: str, trial: Trial) -> bool:
    """Whether a permission that decides about a row says no to a caller who shows nothing, whatever the row holds."""
    names = [each.name for each in check.node.parameters if each.name != "self"]
    bound: dict[str, Value] = {names[0]: Request(method=method)} if names else {}
    found = endings(trial.reading(method), check, bound, permission)
    return bool(found) and all(
        each.raises or (each.value is not None and truth(each.value) is False) for each in found
    )


def _asked(
    door: FunctionValue, method: str, trial: Trial, receiver: Value, wanted: Wanted
) -> Iterator[Requirement]:
    """The field without which somebody who has signed in is turned away, and with which they are not."""
    refused = turns_away(door, method, trial, receiver, _visit(method))
    if refused is None:
        return
    for name, value in dict.fromkeys(wanted(door)):
        caller = _visit(method, **{name: Const(value)})
        if turns_away(door, method, trial, receiver, caller) is None:
            status = refused.status or 403
            yield Requirement(field=name, value=value, status=status, place=refused.place)
            return


def _visit(method: str, **fields: Value) -> Visit:
    return Visit(method=method, user={**PLAIN, **fields})


def tests_of(test: FunctionValue, codebase: Codebase) -> Iterator[tuple[str, str | bool | int]]:
    """(field, value) that a function of one user may ask of them: `user.role == "clerk"`, `user.is_staff`."""
    names = [each.name for each in test.node.parameters]
    body = test.node.body.statements if isinstance(test.node, FunctionDef) else (test.node.body,)
    nodes = [each for part in body for each in walk(part)]
    study = Study(codebase, test)
    for node in nodes:
        if isinstance(node, Compare) and _is_of(node.first, names):
            for sign, operand in node.rest:
                held = plain(study.value(operand)) if sign in ("==", "is") else None
                if isinstance(held, str | bool | int) and isinstance(node.first, Attribute):
                    yield node.first.name, held
    for node in nodes:
        if isinstance(node, Attribute) and _is_of(node, names):
            yield node.name, True


def _is_of(node: Node, names: list[str]) -> bool:
    """Whether this is a member of the function's first parameter."""
    inner = node.of if isinstance(node, Attribute) else None
    return isinstance(inner, Name) and inner.name in names[:1]
