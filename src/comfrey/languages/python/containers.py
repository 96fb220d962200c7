"""Methods of lists, dicts and sets, changing them in place as the program would."""

from __future__ import annotations

from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import constant, extend, iterate
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    Const,
    DictValue,
    ListValue,
    UnknownValue,
    Value,
    choice,
)


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """What `receiver.name(…)` gives where the receiver is a container."""
    if isinstance(receiver, ListValue):
        return _list(ev, receiver, name, arguments)
    if isinstance(receiver, DictValue):
        return _dict(ev, receiver, name, arguments)
    return None


def _list(ev: Evaluator, of: ListValue, name: str, arguments: Arguments) -> Value | None:
    args = arguments[0]
    if name in ("append", "add") and args:
        if not ev.quiet:
            of.items.append(args[0])
        return Const(None)
    if name == "insert" and len(args) == 2:
        position = constant(args[0])
        if not ev.quiet:
            index = position.value if position and isinstance(position.value, int) else 0
            of.items.insert(index, args[1])
        return Const(None)
    if name in ("extend", "update") and args:
        if not ev.quiet:
            extend(ev, of, args[0])
        return Const(None)
    if name == "copy":
        return ListValue(list(of.items), of.kind, of.place, of.open)
    if name == "pop" and of.items:
        return of.items[-1] if ev.quiet else of.items.pop()
    if name in ("union",) and args:
        return ListValue([*of.items, *(iterate(ev, args[0]) or [])], of.kind, of.place, of.open)
    if name == "__mul__" and args:
        return of
    if name in ("sort", "reverse", "remove", "discard", "clear"):
        return Const(None)
    return None


def _dict(ev: Evaluator, of: DictValue, name: str, arguments: Arguments) -> Value | None:
    args, kwargs = arguments
    if name in ("get", "pop", "setdefault") and args:
        return _got(ev, of, name, args)
    if name == "items":
        pairs: list[Value] = [ListValue([k, v], "tuple") for k, v in of.items]
        return ListValue(pairs, "list", of.place, of.open)
    if name == "keys":
        return ListValue([k for k, _ in of.items], "list", of.place, of.open)
    if name == "values":
        return ListValue([v for _, v in of.items], "list", of.place, of.open)
    if name == "copy":
        return DictValue(list(of.items), of.place, of.open)
    if name == "update":
        if not ev.quiet:
            of.items += [(Const(key), value) for key, value in kwargs]
            for each in args:
                of.items += each.items if isinstance(each, DictValue) else []
                of.open = of.open or not isinstance(each, DictValue) or each.open
        return Const(None)
    return None


def _got(ev: Evaluator, of: DictValue, name: str, args: tuple[Value, ...]) -> Value | None:
    key = comparable(args[0])
    default = args[1] if len(args) > 1 else Const(None)
    if key is None:
        values = tuple(v for _, v in of.items)
        return choice((*values, default)) if values else UnknownValue("an item")
    found = of.get(key[0])
    if found is not None:
        return found
    if name == "setdefault" and not ev.quiet:
        of.items.append((args[0], default))
    return UnknownValue("an item") if of.open and name == "get" else default
