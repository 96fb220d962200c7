"""Calls of builtins and of the standard library whose results can be known."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from comfrey.languages.python.folders import PATH
from comfrey.source.comparing import comparable, setting_of
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import constant, iterate, join, shown
from comfrey.source.node import Call
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
    ModuleValue,
    Partial,
    SettingValue,
    Text,
    UnknownValue,
    Value,
)

MAX_RANGE = 200


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """What calling the external `name` gives, or None when that is not known here."""
    known = KNOWN.get(name)
    return known(ev, *arguments) if known is not None else None


Args = tuple[Value, ...]
Kwargs = tuple[tuple[str, Value], ...]


def _str(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    if not args:
        return Const("")
    if isinstance(args[0], SettingValue | Text | Const):
        return args[0] if isinstance(args[0], SettingValue) else join([args[0]])
    if isinstance(args[0], Instance) and args[0].args and args[0].of is PATH:
        return args[0].args[0]
    if isinstance(args[0], Instance) and "value" in args[0].fields:
        return join([args[0]])
    text = shown(ev, args[0])
    return text if text is not args[0] else None


def _format(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    """`format(x, layout)`; what is not known is shown without its layout."""
    known, layout = constant(args[0]), constant(args[1]) if len(args) > 1 else Const("")
    if known is None or layout is None:
        return args[0]
    try:
        return Const(format(known.value, layout.value), setting_of(args[0]))
    except (TypeError, ValueError):
        return args[0]


def _number(kind: type) -> Callable[[Evaluator, Args, Kwargs], Value | None]:
    def convert(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
        if args and isinstance(args[0], SettingValue):
            default = convert(ev, (args[0].default,), ()) if args[0].default else None
            return SettingValue(
                args[0].name,
                default or args[0].default,
                args[0].place,
                args[0].attribute,
                kind.__name__,
                args[0].fallback,
            )
        known = constant(args[0]) if args else None
        if known is None:
            return None
        try:
            return Const(kind(known.value), setting_of(args[0]))
        except (TypeError, ValueError):
            return None

    return convert


def _bool(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    known = truth(args[0]) if args else False
    return None if known is None else Const(known, setting_of(args[0]) if args else None)


def _list(kind: str) -> Callable[[Evaluator, Args, Kwargs], Value | None]:
    def make(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
        items = iterate(ev, args[0]) if args else []
        is_open = args and isinstance(args[0], ListValue | DictValue) and args[0].open
        return None if items is None else ListValue(list(items), kind, None, bool(is_open))

    return make


def _dict(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    found = DictValue([])
    for each in args:
        if isinstance(each, DictValue):
            found.items += each.items
            found.open = found.open or each.open
            continue
        for pair in iterate(ev, each) or []:
            two = iterate(ev, pair)
            if two is not None and len(two) == 2:
                found.items.append((two[0], two[1]))
            else:
                found.open = True
    found.items += [(Const(key), value) for key, value in kwargs if key != "**"]
    found.open = found.open or any(key == "**" for key, _ in kwargs)
    return found


def _enumerate(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    items = iterate(ev, args[0]) if args else None
    start = constant(args[1]) if len(args) > 1 else Const(0)
    if items is None or start is None or not isinstance(start.value, int):
        return None
    pairs: list[Value] = [
        ListValue([Const(number), each], "tuple") for number, each in enumerate(items, start.value)
    ]
    return ListValue(pairs)


def _zip(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    lists = [iterate(ev, each) for each in args]
    if any(each is None for each in lists):
        return None
    rows = zip(*(each for each in lists if each is not None), strict=False)
    return ListValue([ListValue(list(row), "tuple") for row in rows])


def _sorted(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    items = iterate(ev, args[0]) if args else None
    if items is None:
        return None
    keys = [comparable(each) for each in items]
    if kwargs or None in keys:
        return ListValue(list(items))
    found = [each[0] for each in keys if each]
    try:
        order = sorted(range(len(items)), key=lambda index: found[index])
    except TypeError:
        return ListValue(list(items))
    return ListValue([items[i] for i in order])


def _reversed(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    items = iterate(ev, args[0]) if args else None
    return None if items is None else ListValue(items[::-1])


def _filter(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    items = iterate(ev, args[1]) if len(args) == 2 else None
    if items is None:
        return None
    plain = isinstance(args[0], Const)
    return ListValue(
        [i for i in items if truth(i if plain else ev.call(args[0], (i,))) is not False]
    )


def _map(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    items = iterate(ev, args[1]) if len(args) == 2 else None
    return None if items is None else ListValue([ev.call(args[0], (each,)) for each in items])


def _chain(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    lists = [iterate(ev, each) for each in args]
    if any(each is None for each in lists):
        return None
    return ListValue([item for each in lists for item in each or []])


def _range(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    bounds = [constant(each) for each in args]
    numbers = [each.value for each in bounds if each and isinstance(each.value, int)]
    if len(numbers) != len(args) or not numbers or (len(numbers) == 3 and not numbers[2]):
        return None
    return ListValue([Const(each) for each in list(range(*numbers))[:MAX_RANGE]])


def _len(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    known = comparable(args[0]) if args else None
    if args and isinstance(args[0], ListValue) and not args[0].open:
        return Const(len(args[0].items))
    return Const(len(known[0])) if known and isinstance(known[0], str | list) else None


def _getattr(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    name = comparable(args[1]) if len(args) > 1 else None
    if name is None or not isinstance(name[0], str):
        return UnknownValue("an attribute of a computed name")
    found = ev.attribute(args[0], name[0])
    own = isinstance(args[0], FunctionValue | BoundMethod)  # what was never set on one is not there
    absent = isinstance(found, UnknownValue) or (own and isinstance(found, BoundExternal))
    return args[2] if len(args) > 2 and absent else found


def _setattr(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    name = comparable(args[1]) if len(args) == 3 else None
    if name is None or not isinstance(name[0], str):
        return Const(None)
    if isinstance(args[0], Instance) and not ev.quiet:
        args[0].fields[name[0]] = args[2]
    return Const(None)


def _hasattr(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    name = comparable(args[1]) if len(args) == 2 else None
    if name is None or not isinstance(name[0], str):
        return None
    found = ev.attribute(args[0], name[0])
    if isinstance(found, BoundExternal):
        return None
    return Const(not isinstance(found, UnknownValue))


def _isinstance(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    if len(args) != 2:
        return None
    kinds = args[1].items if isinstance(args[1], ListValue) else [args[1]]
    if not isinstance(args[0], Instance):
        return _is_plain(args[0], kinds)
    wanted = [ev.codebase.ancestry(each)[:1] for each in kinds]
    names = [each[0] for each in wanted if each]
    if ev.codebase.is_a(args[0], *names):
        return Const(True)
    told_apart = all(_comparable_kinds(args[0].of, each) for each in kinds)
    return Const(False) if names and len(names) == len(kinds) and told_apart else None


def _is_plain(value: Value, kinds: list[Value]) -> Value | None:
    """The same for what is no object of a class: a literal, a function, a module, a class."""
    names = {each.last for each in kinds if isinstance(each, External)}
    own = {FunctionValue: "FunctionType", ModuleValue: "ModuleType", ClassValue: "type"}
    match value:
        case Const(value=inner):
            name = type(inner).__name__
        case ListValue(kind=kind):
            name = kind
        case DictValue():
            name = "dict"
        case FunctionValue() | ModuleValue() | ClassValue():
            name = own[type(value)]
        case _:
            return None
    if name in names:
        return Const(True)
    vague = names & {"Callable", "object", "Sequence", "Iterable", "Mapping", "Hashable", "int"}
    return None if vague else Const(False)


def _namespace(ev: Evaluator, of: Value) -> list[tuple[str, Value]] | None:
    """The names of a module, a class or an object of one, sorted; values that are not worked out yet are."""
    if isinstance(of, ModuleValue):
        scope = ev.run(of.name)
        found = ((name, ev.member(of.name, name)) for name in sorted(scope.names))
        return [(name, value) for name, value in found if value is not None]
    kind = of.of if isinstance(of, Instance) else of
    if isinstance(kind, ClassValue):
        held = of.fields if isinstance(of, Instance) else {}
        names = sorted({*held, *(e.name for e in ev.codebase.members(kind, inherited=True))})
        return [(name, ev.attribute(of, name)) for name in names]
    return None


def _members(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    """`inspect.getmembers(x, predicate)`."""
    pairs = _namespace(ev, args[0]) if args else None
    if pairs is None:
        return None
    if len(args) > 1:
        pairs = [p for p in pairs if truth(ev.call(args[1], (p[1],))) is not False]
    return ListValue([ListValue([Const(name), value], "tuple") for name, value in pairs])


def _vars(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    pairs = _namespace(ev, args[0]) if args else None
    return None if pairs is None else DictValue([(Const(k), v) for k, v in pairs])


def _dir(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    pairs = _namespace(ev, args[0]) if args else None
    return None if pairs is None else ListValue([Const(name) for name, _ in pairs])


def _comparable_kinds(one: Value, other: Value) -> bool:
    """Whether two classes can be told apart by name: an external class may inherit what we do not see."""
    if isinstance(one, ClassValue):
        return True
    return isinstance(one, External) and isinstance(other, External) and one.name == other.name


def _type(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    if len(args) != 1 or not isinstance(args[0], Instance):
        return None
    return args[0].of


def _partial(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    return Partial(args[0], args[1:], kwargs) if args else None


def _second(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    """`typing.cast(T, x)` is x."""
    return args[1] if len(args) == 2 else None


def _decorator(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    """Decorators that leave the function as it is, used as calls: `lru_cache(f)`."""
    return args[0] if args and isinstance(args[0], FunctionValue | ClassValue) else None


def _first(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    """`next(iter(x))`."""
    items = iterate(ev, args[0]) if args else None
    if items:
        return items[0]
    return args[1] if len(args) > 1 and items is not None else None


def _same(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    return args[0] if args else None


def _address(ev: Evaluator, args: Args, kwargs: Kwargs) -> Value | None:
    """`urlparse("https://example.com/base")`, by its parts."""
    known = constant(args[0]) if args else None
    if known is None or not isinstance(known.value, str):
        return None
    try:
        parts = urlsplit(known.value)
    except ValueError:
        return None
    names = ("scheme", "netloc", "path", "query", "fragment", "hostname", "port", "username")
    fields: dict[str, Value] = {name: Const(getattr(parts, name)) for name in names}
    return Instance(External("urllib.parse.SplitResult"), fields=fields)


KNOWN: dict[str, Callable[[Evaluator, Args, Kwargs], Value | None]] = {
    "str": _str,
    "format": _format,
    "int": _number(int),
    "float": _number(float),
    "bool": _bool,
    "list": _list("list"),
    "tuple": _list("tuple"),
    "set": _list("set"),
    "frozenset": _list("set"),
    "dict": _dict,
    "collections.OrderedDict": _dict,
    "enumerate": _enumerate,
    "zip": _zip,
    "sorted": _sorted,
    "reversed": _reversed,
    "filter": _filter,
    "map": _map,
    "itertools.chain": _chain,
    "range": _range,
    "len": _len,
    "iter": _same,
    "next": _first,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "isinstance": _isinstance,
    "type": _type,
    "functools.partial": _partial,
    "typing.cast": _second,
    "functools.lru_cache": _decorator,
    "functools.cache": _decorator,
    "asyncio.run": _same,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "vars": _vars,
    "dir": _dir,
    "inspect.getmembers": _members,
    "urllib.parse.urlparse": _address,
    "urllib.parse.urlsplit": _address,
}
