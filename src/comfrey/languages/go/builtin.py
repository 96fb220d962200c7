"""Go's builtin functions, and what its own words of the lowering (`<several>`, `<values>`) come to."""

from __future__ import annotations

from collections.abc import Callable

from comfrey.languages.go import flags, generics, program
from comfrey.languages.go.instances import Nil, is_interface, zero
from comfrey.languages.go.names import MAPS
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import constant, iterate
from comfrey.source.node import Call
from comfrey.source.value import (
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    Generic,
    Instance,
    ListValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    choice,
)

Args = tuple[Value, ...]
BASIC = frozenset(
    [
        "string",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "byte",
        "rune",
        "float32",
        "float64",
        "bool",
    ]
)


def call(ev: Evaluator, name: str, args: Args, at: Call | None) -> Value | None:
    """What calling a builtin gives; None for what is none, or not known."""
    if name in program.KNOWN:
        return program.KNOWN[name](ev, args, at)
    known = KNOWN.get(name)
    if known is not None and args:
        return known(ev, args, at)
    if name in generics.KNOWN and args:
        return generics.KNOWN[name](ev, args)
    if name in BASIC and args:
        return _converted(name, args[0])
    if name in MAPS:
        pairs = [e.items for e in args if isinstance(e, ListValue) and e.kind == "keyed"]
        return DictValue([(each[0], each[1]) for each in pairs], at.place if at else None)
    return None


def _converted(name: str, value: Value) -> Value:
    """`string(x)`, `int(x)`."""
    known = constant(value)
    if (
        known is not None
        and name == "string"
        and isinstance(known.value, int)
        and not isinstance(known.value, bool)
    ):
        return Const(chr(known.value)) if 0 <= known.value < 0x110000 else value
    if isinstance(value, Instance) and value.symbolic:
        return Instance(External(name), symbolic=True, place=value.place)
    return value


def _several(ev: Evaluator, args: Args, at: Call | None) -> Value:
    """A call of several results, as a tuple of that many."""
    count = comparable(args[0])
    size, value = int(count[0]) if count else 2, args[1] if len(args) > 1 else Const(None)
    match value:
        case ListValue(items=items, kind="tuple") if len(items) == size:
            return value
        case Choice(options=options):
            tuples = [_results(ev, each, size) for each in options]
            if any(isinstance(e, ListValue) and len(e.items) == size for e in options):
                columns = [[each[i] for each in tuples] for i in range(size)]
                parts = [*map(_likeliest, columns[:-1]), choice(columns[-1])]
                return ListValue(parts, "tuple")
        case Instance(of=Generic(of=External(name="tuple"), args=kinds)) if len(kinds) == size:
            return ListValue([ev.codebase.some_of(each) for each in kinds], "tuple")
    spelling = at.arguments[1].value.text if at and len(at.arguments) > 1 else ""
    rest = [_further(value, spelling, index) for index in range(1, size)]
    return ListValue([value, *rest], "tuple")


def _results(ev: Evaluator, value: Value, size: int) -> list[Value]:
    """The results of one way through a function; `return other()` gives what the other does, as far as that is told."""
    match value:
        case ListValue(items=items) if len(items) == size:
            return items
        case Instance(of=Generic(of=External(name="tuple"), args=kinds)) if len(kinds) == size:
            return [ev.codebase.some_of(each) for each in kinds]
    return [UnknownValue("one of several results") for _ in range(size)]


def _likeliest(options: list[Value]) -> Value:
    """One of the results at one position; what goes on has something where others have nothing."""
    real = [each for each in options if not (isinstance(each, Const) and each.value is None)]
    made = [each for each in real if isinstance(each, Instance | DictValue | ListValue)]
    return choice(made or options) if len(made) == len(real) else choice(options)


def _further(value: Value, spelling: str, index: int) -> Value:
    return UnknownValue(
        "a further result", getattr(value, "place", None), spelling if len(spelling) < 60 else ""
    )


def _made(ev: Evaluator, args: Args, at: Call | None) -> Value:
    kind = args[0]
    if isinstance(kind, ClassValue):
        made = ev.call(kind)
        return made if isinstance(made, ListValue | DictValue) else Const(None)
    if isinstance(kind, Generic) and isinstance(kind.of, External):
        if kind.of.name == "dict":
            return DictValue([], at.place if at else None)
        if kind.of.name == "list":
            size = comparable(args[1]) if len(args) > 1 else (0,)
            whole: list[Value] = [Instance(kind, symbolic=True)]
            return ListValue([], "list", at.place if at else None, size != (0,), whole)
    return Instance(kind, args[1:], (), at.place if at else None)


def _new(ev: Evaluator, args: Args, at: Call | None) -> Value:
    kind = args[0]
    if isinstance(kind, External) and "." not in kind.name:
        return zero(ev, kind)
    return ev.call(kind, (), (), at)


def _zero(ev: Evaluator, args: Args, at: Call | None) -> Value:
    return zero(ev, args[0])


def _appended(ev: Evaluator, args: Args, at: Call | None) -> Value:
    first = args[0]
    if isinstance(first, ListValue):
        more = [each for each in args[1:] if not _is_spread(each)]
        return ListValue(
            [*first.items, *more],
            "list",
            first.place,
            first.open or len(more) < len(args) - 1,
            list(first.spreads),
        )
    if isinstance(first, Const) and first.value is None:
        return ListValue(list(args[1:]))
    if isinstance(first, Instance) and ev.quiet:
        return first
    return ListValue(list(args[1:]), "list", None, True)


def _is_spread(value: Value) -> bool:
    return isinstance(value, UnknownValue) and value.reason.startswith("a spread")


def _length(ev: Evaluator, args: Args, at: Call | None) -> Value | None:
    match args[0]:
        case ListValue(items=items, open=False) | DictValue(items=items, open=False):
            return Const(len(items))
        case DictValue(items=[_, *_] as items, named=named) if named is not None:
            return Const(len(items))
        case Const(value=str() as text):
            return Const(len(text.encode()))
    return None


def _values(ev: Evaluator, args: Args, at: Call | None) -> Value:
    match args[0]:
        case DictValue(items=pairs, open=is_open):
            return ListValue([value for _, value in pairs], "list", None, is_open)
        case Instance(of=Generic(of=External(name="dict"), args=(_, kind))):
            return _some_list(kind)
    return args[0]


def _keys(ev: Evaluator, args: Args, at: Call | None) -> Value:
    match args[0]:
        case ListValue(items=items, open=is_open):
            return ListValue([Const(index) for index in range(len(items))], "list", None, is_open)
        case DictValue(items=pairs, open=is_open):
            return ListValue([key for key, _ in pairs], "list", None, is_open)
        case Const(value=int() as count) if not isinstance(count, bool):
            return ListValue([Const(index) for index in range(min(count, 100))])
        case Instance(of=Generic(of=External(name="dict"), args=(kind, _))):
            return _some_list(kind)
    return _some_list(External("int"))


def _pairs(ev: Evaluator, args: Args, at: Call | None) -> Value:
    match args[0]:
        case ListValue(items=items, open=is_open):
            found: list[Value] = [
                ListValue([Const(i), each], "tuple") for i, each in enumerate(items)
            ]
            return ListValue(found, "list", None, is_open)
        case DictValue(items=pairs, open=is_open):
            listed: list[Value] = [ListValue([key, value], "tuple") for key, value in pairs]
            return ListValue(listed, "list", None, is_open)
        case Instance(of=Generic(of=External(name="dict"), args=(key, value))):
            return _some_list(Generic(External("tuple"), (key, value)))
    element = ev.codebase.element_type(args[0])
    kind = element.of if isinstance(element, Instance) else External("any")
    return _some_list(Generic(External("tuple"), (External("int"), kind)))


def _some_list(kind: Value) -> Instance:
    return Instance(Generic(External("list"), (kind,)), symbolic=True)


def _asserted(ev: Evaluator, args: Args, at: Call | None) -> Value:
    """`x.(T)`: x where it is known, else some T."""
    value = args[0]
    if isinstance(value, DictValue) and ev.probe is not None:
        return value
    if len(args) > 1 and _is_of(ev, value, args[1]):
        return value
    if isinstance(value, UnknownValue) or (isinstance(value, Instance) and value.symbolic):
        return ev.codebase.some_of(args[1]) if len(args) > 1 else value
    if isinstance(value, Instance) and not isinstance(value.of, ClassValue | Generic):
        return ev.codebase.some_of(args[1]) if len(args) > 1 and ev.quiet else value
    return value


def _element(ev: Evaluator, args: Args, at: Call | None) -> Value | None:
    """The type of a named slice's or map's elements."""
    from comfrey.languages.go.instances import underlying

    kind = args[0]
    base = underlying(ev, kind) if isinstance(kind, ClassValue) else kind
    if isinstance(base, Generic) and base.args:
        found = base.args[-1]
        if (
            isinstance(found, Generic)
            and isinstance(found.of, External)
            and found.of.last == "Annotated"
        ):
            return found.args[0]
        return found
    return External("any")


def _keyed(ev: Evaluator, args: Args, at: Call | None) -> Value:
    return ListValue(list(args), "keyed")


def _sliced(ev: Evaluator, args: Args, at: Call | None) -> Value | None:
    low, high = (comparable(each) for each in args[1:3])
    of = args[0]
    if low is None or high is None:
        return of if isinstance(of, Instance | SettingValue) else None
    if isinstance(of, Const) and isinstance(of.value, str):
        return Const(of.value[low[0] : high[0]])
    if isinstance(of, ListValue):
        return ListValue(of.items[low[0] : high[0]], of.kind, of.place, of.open)
    return of if isinstance(of, Instance | SettingValue | Text) else None


def _nothing_known(ev: Evaluator, args: Args, at: Call | None) -> Value:
    return UnknownValue("known only at run time", at.place if at else None)


def _filled(ev: Evaluator, args: Args, at: Call | None) -> Value:
    """A variable whose address is handed out: what is there afterwards is not known. Where a pointer was, there is
    a struct: what fills it makes one."""
    if isinstance(args[0], Nil) and args[0].kind is not None and ev.codebase.class_of(args[0].kind):
        return zero(ev, args[0].kind)
    if isinstance(args[0], Const | UnknownValue):
        return UnknownValue("filled elsewhere", at.place if at else None, at.text if at else "")
    return args[0]


def _is(ev: Evaluator, args: Args, at: Call | None) -> Value:
    if isinstance(args[0], Const) and args[0].value is None:
        return Const(False)
    same = _is_of(ev, args[0], args[1]) if len(args) > 1 else None
    return _nothing_known(ev, args, at) if same is None else Const(same)


def _is_of(ev: Evaluator, value: Value, kind: Value) -> bool | None:
    """Whether a value is of a struct type; None where one of the two is not known for certain."""
    of, wanted = ev.codebase.class_of(value), ev.codebase.class_of(kind)
    if not isinstance(value, Instance) or of is None or wanted is None:
        return None
    return None if is_interface(of) or is_interface(wanted) else of is wanted


def _as(ev: Evaluator, args: Args, at: Call | None) -> Value:
    """`errors.As(err, &target)`: the error where it is of the target's type, nil where it is not, else some such."""
    error, target = args[0], args[1]
    kind = target.kind if isinstance(target, Nil) and target.kind else target
    same = _is_of(ev, error, kind)
    if same is None:
        return (
            ev.codebase.some_of(kind) if isinstance(target, Nil) else _nothing_known(ev, args, at)
        )
    return error if same else target


def _flag(ev: Evaluator, args: Args, at: Call | None) -> Value | None:
    return flags.told(ev, args[0], args[1]) if len(args) > 1 else None


KNOWN: dict[str, Callable[[Evaluator, Args, Call | None], Value | None]] = {
    "<several>": _several,
    "<values>": _values,
    "<keys>": _keys,
    "<pairs>": _pairs,
    "<asserted>": _asserted,
    "<element>": _element,
    "<keyed>": _keyed,
    "<slice>": _sliced,
    "<zero>": _zero,
    "<is>": _is,
    "<as>": _as,
    "<filled>": _filled,
    flags.WORD: _flag,
    "<received>": _nothing_known,
    "<sent>": _nothing_known,
    "<ready>": _nothing_known,
    "make": _made,
    "new": _new,
    "append": _appended,
    "len": _length,
}
__all__ = ["call", "iterate"]
