"""Arrays and objects: their attributes and methods, changing them in place as the program would."""

from __future__ import annotations

from collections.abc import Callable

from comfrey.languages.javascript import environment
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import iterate, join
from comfrey.source.node import Call, FunctionDef
from comfrey.source.value import (
    Arguments,
    BoundMethod,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    UnknownValue,
    Value,
    choice,
)

Args = tuple[Value, ...]
OF_OBJECTS = frozenset(["hasOwnProperty", "toString", "propertyIsEnumerable", "valueOf"])
PROMISED = ("then", "catch", "finally")
"""What is asked of what an asynchronous function gives, be it nothing or an object."""
MAPS = ("Map", "Set", "WeakMap")


def attribute(ev: Evaluator, of: Value, name: str) -> Value | None:
    """A member of an object, the class that made one, the length of an array or string."""
    if name == "constructor" and isinstance(of, Instance) and isinstance(of.of, ClassValue):
        return of.of
    if isinstance(of, DictValue):
        found = of.get(name)
        if isinstance(found, FunctionValue) and _takes_this(found):
            return BoundMethod(of, found)
        if found is not None:
            return found
        if name in PROMISED:
            return ev.bound(of, name)
        if of.open:
            return UnknownValue("a member that is not known", of.place, name)
        return None if name in OF_OBJECTS else Const(None)
    if isinstance(of, Const) and of.value is None:
        return ev.bound(of, name) if name in PROMISED else of
    if name != "length":
        return None
    if isinstance(of, ListValue) and not of.open:
        return Const(len(of.items))
    return Const(len(of.value)) if isinstance(of, Const) and isinstance(of.value, str) else None


def _takes_this(function: FunctionValue) -> bool:
    parameters = function.node.parameters
    return (
        isinstance(function.node, FunctionDef)
        and function.owner is None
        and bool(parameters)
        and parameters[0].name == "this"
    )


def subscript(ev: Evaluator, of: Value, index: Value) -> Value | None:
    """`object[key]` where the key is text or not known."""
    key = comparable(index)
    if isinstance(of, Const) and of.value is None:
        return of
    if isinstance(of, External) and of.name in environment.ENVIRON and key is not None:
        return environment.asked(ev, key[0]) if isinstance(key[0], str) else Const(None)
    if isinstance(of, DictValue):
        if key is None:
            values = [value for _, value in of.items]
            return choice(values) if values else UnknownValue("a member of a computed name")
        return ev.attribute(of, str(key[0])) if of.get(key[0]) is None else None
    if key is not None and isinstance(key[0], str) and not isinstance(of, ListValue):
        return ev.attribute(of, key[0])
    if key is None and isinstance(of, ClassValue | ModuleValue | Instance | External):
        return UnknownValue("a member of a computed name")
    return None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """What `receiver.name(…)` gives where the receiver is an array, an object, a `Map` or a `Set`."""
    if isinstance(receiver, ListValue):
        known = ARRAY.get(name)
        return known(ev, receiver, arguments[0]) if known is not None else None
    if isinstance(receiver, DictValue) and name == "hasOwnProperty" and arguments[0]:
        key = comparable(arguments[0][0])
        return Const(receiver.get(key[0]) is not None) if key and not receiver.open else None
    if isinstance(receiver, Instance) and isinstance(receiver.of, External):
        return _mapped(ev, receiver, name, arguments[0]) if receiver.of.name in MAPS else None
    if isinstance(receiver, Choice) and name in ("forEach", "map"):
        return method(ev, receiver.options[0], name, arguments, at)
    return None


def called(ev: Evaluator, function: Value | None, *args: Value) -> Value:
    """A callback's result."""
    return ev.call(function, args) if function is not None else Const(None)


def _each(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    for index, each in enumerate(list(of.items)):
        called(ev, args[0] if args else None, each, Const(index), of)
    if of.open and not of.items and args:
        called(ev, args[0], UnknownValue("one of several that are not known"))
    return Const(None)


def _map(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    items = [called(ev, args[0], e, Const(i), of) for i, e in enumerate(of.items)] if args else []
    return ListValue(items, "list", of.place, of.open)


def _flat_map(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    inner = _map(ev, of, args)
    return _flat(ev, inner, ()) if isinstance(inner, ListValue) else None


def _flat(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    items: list[Value] = []
    for each in of.items:
        items += each.items if isinstance(each, ListValue) else [each]
    return ListValue(items, "list", of.place, of.open)


def _filter(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    if not args:
        return None
    if isinstance(args[0], External):
        kept = [each for each in of.items if ev.truth(each) is not False]
    else:
        kept = [
            e
            for i, e in enumerate(of.items)
            if ev.truth(called(ev, args[0], e, Const(i))) is not False
        ]
    return ListValue(kept, "list", of.place, of.open)


def _find(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    for each in of.items:
        if args and ev.truth(called(ev, args[0], each)) is True:
            return each
    return None


def _reduce(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    if not args or (len(args) < 2 and not of.items):
        return None
    items = list(of.items)
    result = args[1] if len(args) > 1 else items.pop(0)
    for index, each in enumerate(items):
        result = called(ev, args[0], result, each, Const(index))
    return result


def _concat(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    items, is_open = list(of.items), of.open
    for each in args:
        more = iterate(ev, each) if isinstance(each, ListValue) else [each]
        items += more or []
        is_open = is_open or (isinstance(each, ListValue) and each.open)
    return ListValue(items, "list", of.place, is_open)


def _push(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    if not ev.quiet:
        of.items += args
    return Const(len(of.items))


def _unshift(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    if not ev.quiet:
        of.items[:0] = args
    return Const(len(of.items))


def _pop(position: int) -> Callable[[Evaluator, ListValue, Args], Value | None]:
    def take(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
        if not of.items:
            return Const(None) if not of.open else None
        return of.items[position] if ev.quiet else of.items.pop(position)

    return take


def _slice(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    bounds = [comparable(each) for each in args]
    known = [each[0] for each in bounds if each and isinstance(each[0], int)]
    if len(known) != len(args):
        return ListValue(list(of.items), "list", of.place, True)
    start, end = [*known, None, None][:2]
    return ListValue(of.items[start:end], "list", of.place, of.open)


def _join(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    mark = comparable(args[0]) if args else (",",)
    if mark is None or of.open:
        return None
    parts: list[str | Value] = []
    for each in of.items:
        parts += [str(mark[0]), each] if parts else [each]
    return join(parts)


def _includes(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    wanted = comparable(args[0]) if args else None
    known = [comparable(each) for each in of.items]
    if wanted is None or of.open:
        return None
    if wanted in known:
        return Const(True)
    return None if None in known else Const(False)


def _same(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    return of


def _reversed(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    return ListValue(of.items[::-1], "list", of.place, of.open)


def _entries(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
    pairs: list[Value] = [ListValue([Const(i), each]) for i, each in enumerate(of.items)]
    return ListValue(pairs, "list", of.place, of.open)


def _test(every: bool) -> Callable[[Evaluator, ListValue, Args], Value | None]:
    def ask(ev: Evaluator, of: ListValue, args: Args) -> Value | None:
        found = [ev.truth(called(ev, args[0], each)) for each in of.items] if args else []
        if None in found or of.open:
            return None
        return Const(all(found) if every else any(found))

    return ask


ARRAY: dict[str, Callable[[Evaluator, ListValue, Args], Value | None]] = {
    "forEach": _each,
    "map": _map,
    "flatMap": _flat_map,
    "flat": _flat,
    "filter": _filter,
    "find": _find,
    "reduce": _reduce,
    "concat": _concat,
    "push": _push,
    "unshift": _unshift,
    "pop": _pop(-1),
    "shift": _pop(0),
    "slice": _slice,
    "join": _join,
    "includes": _includes,
    "sort": _same,
    "toSorted": _same,
    "values": _same,
    "reverse": _reversed,
    "toReversed": _reversed,
    "entries": _entries,
    "every": _test(every=True),
    "some": _test(every=False),
}


def _mapped(ev: Evaluator, of: Instance, name: str, args: Args) -> Value | None:
    """Methods of `Map` and `Set`, whose content is kept as their field `<items>`."""
    held = of.fields.get("<items>")
    if held is None:
        given = of.args[0] if of.args else None
        held = ListValue(list(given.items) if isinstance(given, ListValue) else [])
        of.fields["<items>"] = held
    if not isinstance(held, ListValue):
        return None
    if name in ("set", "add") and args and not ev.quiet:
        held.items.append(ListValue(list(args)) if name == "set" else args[0])
        return of
    pairs = [each for each in held.items if isinstance(each, ListValue) and len(each.items) == 2]
    if name == "get" and args and isinstance(of.of, External) and of.of.name != "Set":
        key = comparable(args[0])
        found = [p.items[1] for p in pairs if key is not None and comparable(p.items[0]) == key]
        return found[-1] if found else None
    if name == "values":
        return ListValue([p.items[1] for p in pairs]) if pairs else held
    if name == "entries":
        return held
    if name == "keys":
        return ListValue([p.items[0] for p in pairs])
    if name == "forEach" and args:
        for each in list(held.items):
            both = each.items if each in pairs and isinstance(each, ListValue) else [each, each]
            called(ev, args[0], both[1], both[0])
        return Const(None)
    return None
