"""Node's globals and well-known small functions whose results can be known."""

from __future__ import annotations

from collections.abc import Callable

from comfrey.languages.javascript.containers import ARRAY, called
from comfrey.languages.javascript.generated import enumeration
from comfrey.languages.javascript.names import BUILTINS
from comfrey.languages.javascript.strings import pattern_of
from comfrey.source.comparing import comparable, setting_of
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import constant, iterate, join
from comfrey.source.node import Call
from comfrey.source.probe import Thrown, reason_of, rejected
from comfrey.source.value import (
    Arguments,
    BoundExternal,
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
    Partial,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    text_of,
)

Args = tuple[Value, ...]
MAX_RANGE = 200
DOUBTFUL = External("<doubtful>")
"""A promise that may be rejected, with its reason, or not."""
BASE = "HttpException"
SOON = ("setTimeout", "setImmediate", "queueMicrotask", "process.nextTick")
HEARING = ("on", "once", "addListener")
ARRIVED = ("open", "connect", "connected", "ready", "listening")
"""Events of a connection or a server that a program waits for when it begins."""
SAME = (
    "Object.freeze",
    "Object.seal",
    "Promise.resolve",
    "structuredClone",
    "util.promisify",
    "Object.create",
    "lodash.cloneDeep",
)


def call(ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
    """What calling the external `name` gives, or None when that is not known here."""
    known = KNOWN.get(name)
    if known is not None:
        return known(ev, arguments[0])
    _heard(ev, name.rpartition(".")[2], arguments[0])
    if name in SAME and arguments[0]:
        return arguments[0][0]
    if name in SOON and arguments[0] and not ev.quiet:
        called(ev, arguments[0][0])
        return Instance(External("Timeout"))
    return None


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """`promise.then(f)`, `f.bind(x)`, `f.call(x, …)`, `pattern.test(text)`."""
    args = arguments[0]
    if isinstance(receiver, FunctionValue | BoundMethod | Partial):
        return _of_function(ev, receiver, name, args)
    if name in ("then", "catch", "finally") and args and _is_promise(args):
        return _settled(ev, receiver, name, args)
    _heard(ev, name, args)
    if name == "__call__" and isinstance(receiver, Instance) and _is_constant(receiver):
        return receiver.args[0]
    if name == "test" and args and (rule := pattern_of(receiver)) is not None:
        return _tested(rule, args[0])
    if name == "has" and args and isinstance(receiver, Instance):
        held = _kept_in_set(ev, receiver)
        return ARRAY["includes"](ev, held, args) if held is not None else None
    return None


def _heard(ev: Evaluator, name: str, args: Args) -> None:
    """`connection.once("open", () => …)`: what waits for a connection is done."""
    if name in HEARING and len(args) > 1 and text_of(args[0]) in ARRIVED and not ev.quiet:
        called(ev, args[1])


def _kept_in_set(ev: Evaluator, of: Instance) -> ListValue | None:
    """What `new Set([…])` holds, where nothing was added since."""
    held = of.args[0] if of.args else None
    bare = isinstance(of.of, External) and of.of.name == "Set"
    added = any(each.name in ("add", "delete", "clear") for each in ev.on(of))
    return held if bare and not added and isinstance(held, ListValue) else None


def _is_constant(of: Instance) -> bool:
    return isinstance(of.of, External) and of.of.name == "constant"


def _settled(ev: Evaluator, of: Value, name: str, args: Args) -> Value | None:
    """`promise.then(f, g)`, `promise.catch(g)`."""
    reason = reason_of(of)
    handler = args[0] if name == "catch" else (args[1] if len(args) > 1 else None)
    doubtful = isinstance(of, Instance) and of.of is DOUBTFUL
    if reason is not None:
        if name == "finally":
            called(ev, args[0])
            return of
        return called(ev, handler, reason) if handler is not None else of
    if name == "catch":
        return called(ev, handler, of.args[0]) if doubtful and isinstance(of, Instance) else of
    value = UnknownValue("what a promise gives") if doubtful else of
    if name == "finally":
        called(ev, args[0])
        return of
    result = called(ev, args[0], value)
    return of if doubtful else result


def _is_promise(args: Args) -> bool:
    return isinstance(args[0], FunctionValue | BoundMethod | External | BoundExternal)


def _of_function(
    ev: Evaluator, of: FunctionValue | BoundMethod | Partial, name: str, args: Args
) -> Value | None:
    if name == "bind":
        return Partial(of, args[1:], ()) if len(args) > 1 else of
    if name == "call":
        return ev.call(of, args[1:])
    if name == "apply":
        return ev.call(of, tuple(iterate(ev, args[1]) or []) if len(args) > 1 else ())
    return None


def _tested(rule: tuple[str, str], value: Value) -> Value | None:
    import re

    text = comparable(value)
    if text is None or not isinstance(text[0], str):
        return None
    try:
        flags = re.IGNORECASE if "i" in rule[1] else 0
        return Const(re.search(rule[0], text[0], flags) is not None)
    except re.error:
        return None


# --- functions ---------------------------------------------------------------


def _string(ev: Evaluator, args: Args) -> Value | None:
    if args and isinstance(args[0], Const | Text | SettingValue):
        return args[0] if isinstance(args[0], SettingValue) else join([args[0]])
    return None if args else Const("")


def _number(ev: Evaluator, args: Args) -> Value | None:
    known = constant(args[0]) if args else None
    if known is None or isinstance(known.value, bool | None):
        return None
    try:
        value = float(known.value)
    except (TypeError, ValueError):
        return None
    return Const(int(value) if value.is_integer() else value, setting_of(args[0]))


def _boolean(ev: Evaluator, args: Args) -> Value | None:
    known = ev.truth(args[0]) if args else False
    return None if known is None else Const(known, setting_of(args[0]) if args else None)


def _is_array(ev: Evaluator, args: Args) -> Value | None:
    match args:
        case (ListValue(), *_):
            return Const(True)
        case (Const() | DictValue() | FunctionValue() | ClassValue() | Text(), *_):
            return Const(False)
    return None


def _typeof(ev: Evaluator, args: Args) -> Value | None:
    match args:
        case (FunctionValue() | BoundMethod() | ClassValue() | Partial(), *_):
            return Const("function")
        case (Const(value=None), *_):
            return Const("undefined")
        case (Const(value=bool()), *_):
            return Const("boolean")
        case (Const(value=str()) | Text(), *_):
            return Const("string")
        case (Const(value=int() | float()), *_):
            return Const("number")
        case (DictValue() | ListValue() | ModuleValue(), *_):
            return Const("object")
        case (Instance(of=ClassValue(), symbolic=False), *_):
            return Const("object")
        case (Instance(of=External(name=name)), *_) if name.endswith("Error"):
            return Const("object")
    return None


def _instanceof(ev: Evaluator, args: Args) -> Value | None:
    if len(args) != 2 or not isinstance(args[0], Instance):
        return None
    wanted = ev.codebase.ancestry(args[1])[:1]
    if wanted and ev.codebase.is_a(args[0], *wanted):
        return Const(True)
    if isinstance(args[1], External) and _is_kin(args[0].of, args[1]):
        return Const(True)
    if args[0].symbolic or not isinstance(args[1], ClassValue | External):
        return None
    return Const(False) if _is_plain(ev, args[0]) else None


def _in(ev: Evaluator, args: Args) -> Value | None:
    """`"body" in error`: surely so where the member is known, surely not where all members are."""
    name = text_of(args[0]) if len(args) == 2 else None
    if name is None:
        return None
    match args[1]:
        case Instance(fields=fields) if name in fields:
            return Const(True)
        case DictValue() as given if given.get(name) is not None:
            return Const(True)
        case DictValue(open=False) as given if all(text_of(key) for key, _ in given.items):
            return Const(False)
    return None


def _is_kin(one: Value, other: External) -> bool:
    """Whether two names from outside mean the same class of a package (`zod.ZodError`, `zod.z.ZodError`), or the second
    what the package's exceptions come from (`NotFoundException`, `HttpException`)."""
    return (
        isinstance(one, External)
        and (one.last == other.last or (other.last == BASE and one.last.endswith("Exception")))
        and one.name.partition(".")[0].partition("/")[0]
        == other.name.partition(".")[0].partition("/")[0]
    )


def _is_plain(ev: Evaluator, of: Instance) -> bool:
    """Whether all that an object comes from is known: classes of the tree, and JavaScript's own."""
    names = [each for each in ev.codebase.ancestry(of) if ":" not in each]
    return all(name in BUILTINS for name in names)


def pairs(ev: Evaluator, of: Value) -> list[tuple[Value, Value]] | None:
    """The members of an object or module, or None where they are not known."""
    match of:
        case DictValue(items=items, open=False):
            last = {str(k.value): (k, v) for k, v in items if isinstance(k, Const)}
            return [*last.values(), *((k, v) for k, v in items if not isinstance(k, Const))]
        case ListValue(items=items, open=False):
            return [(Const(str(index)), each) for index, each in enumerate(items)]
        case ModuleValue(name=module):
            scope = ev.run(module)
            names = [n for n in scope.names if n.isidentifier() and n not in ("module", "exports")]
            found = ((n, ev.member(module, n)) for n in names if not n.startswith("__"))
            return [(Const(n), v) for n, v in found if v is not None]
        case Choice(options=options):
            return pairs(ev, options[0])
        case External():
            held = enumeration(ev, of)
            return list(held.items) if held is not None else None
        case Instance(fields=fields, of=ClassValue()):
            return [(Const(name), value) for name, value in fields.items()]
    return None


def _keys(ev: Evaluator, args: Args) -> Value | None:
    found = pairs(ev, args[0]) if args else None
    return None if found is None else ListValue([key for key, _ in found])


def _values(ev: Evaluator, args: Args) -> Value | None:
    found = pairs(ev, args[0]) if args else None
    return None if found is None else ListValue([value for _, value in found])


def _entries(ev: Evaluator, args: Args) -> Value | None:
    found = pairs(ev, args[0]) if args else None
    return None if found is None else ListValue([ListValue([k, v]) for k, v in found])


def _from_entries(ev: Evaluator, args: Args) -> Value | None:
    items = iterate(ev, args[0]) if args else None
    if items is None:
        return None
    found = DictValue([])
    for each in items:
        two = iterate(ev, each)
        if two is not None and len(two) == 2:
            found.items.append((two[0], two[1]))
        else:
            found.open = True
    return found


def _assign(ev: Evaluator, args: Args) -> Value | None:
    if not args:
        return None
    target = args[0]
    for each in args[1:]:
        for key, value in pairs(ev, each) or []:
            name = comparable(key)
            if isinstance(target, DictValue) and not ev.quiet:
                target.items.append((key, value))
            elif isinstance(target, Instance) and name and not ev.quiet:
                target.fields[str(name[0])] = value
        if isinstance(target, DictValue):
            target.open = target.open or (isinstance(each, DictValue) and each.open)
    return target


def _array_from(ev: Evaluator, args: Args) -> Value | None:
    items = iterate(ev, args[0]) if args else None
    held = args[0].fields.get("<items>") if args and isinstance(args[0], Instance) else None
    if items is None and isinstance(held, ListValue):
        items = list(held.items)
    if items is None:
        return None
    if len(args) > 1:
        items = [called(ev, args[1], each, Const(i)) for i, each in enumerate(items)]
    return ListValue(list(items))


def _array(ev: Evaluator, args: Args) -> Value | None:
    return ListValue(list(args))


def _all(ev: Evaluator, args: Args) -> Value | None:
    """`Promise.all([…])`: rejected as its first rejected member is, else the list."""
    if not args or not isinstance(args[0], ListValue):
        return None
    return next((e for e in args[0].items if reason_of(e) is not None), args[0])


def _all_settled(ev: Evaluator, args: Args) -> Value | None:
    """`Promise.allSettled([…])`: what became of each."""
    if not args or not isinstance(args[0], ListValue):
        return None
    told: list[Value] = [_outcome(each) for each in args[0].items]
    return ListValue(told, args[0].kind, args[0].place, args[0].open)


def _outcome(value: Value) -> Value:
    reason = reason_of(value)
    status = "fulfilled" if reason is None else "rejected"
    held = (Const("value"), value) if reason is None else (Const("reason"), reason)
    return DictValue([(Const("status"), Const(status)), held])


def _range(ev: Evaluator, args: Args) -> Value | None:
    bounds = [constant(each) for each in args]
    numbers = [each.value for each in bounds if each and isinstance(each.value, int)]
    if len(numbers) != len(args) or not numbers:
        return None
    return ListValue([Const(each) for each in list(range(*numbers))[:MAX_RANGE]])


def _promise(ev: Evaluator, args: Args) -> Value | None:
    """`new Promise((resolve, reject) => …)`: the executor runs. It is rejected for certain where only `reject` was
    called, and doubtful where both were."""
    if not args or not isinstance(args[0], FunctionValue) or ev.quiet:
        return Instance(External("Promise"), args)
    resolve, reject = External("<resolve>"), External("<reject>")
    began = len(ev.events)
    try:
        ev.call(args[0], (resolve, reject))
    except Thrown as thrown:
        return rejected(thrown.value)
    asked = [e for e in ev.events[began:] if e.receiver in (resolve, reject)]
    ev.events[began:] = [e for e in ev.events[began:] if e.receiver not in (resolve, reject)]
    refused = [e for e in asked if e.receiver is reject]
    given = [e.args[0] for e in asked if e.receiver is resolve and e.args]
    if not refused or ev.probe is None:
        return given[0] if given else Instance(External("Promise"), args)
    reason = refused[0].args[0] if refused[0].args else Const(None)
    both = len(refused) < len(asked)
    return Instance(DOUBTFUL, (reason,), symbolic=True) if both else rejected(reason)


def _rejects(ev: Evaluator, args: Args) -> Value | None:
    return rejected(args[0] if args else Const(None))


def _identity(ev: Evaluator, args: Args) -> Value | None:
    """Wrappers of handlers that leave them what they are."""
    return args[0] if args and isinstance(args[0], FunctionValue | BoundMethod) else None


def _mixin(ev: Evaluator, args: Args) -> Value | None:
    """The class that a factory makes, under a name of its own
    (https://github.com/nestjs/nest/blob/master/packages/common/decorators/core/injectable.decorator.ts)."""
    return args[0] if args and isinstance(args[0], ClassValue) else None


KNOWN: dict[str, Callable[[Evaluator, Args], Value | None]] = {
    "@nestjs/common.mixin": _mixin,
    "String": _string,
    "Number": _number,
    "parseInt": _number,
    "parseFloat": _number,
    "Boolean": _boolean,
    "Array": _array,
    "Array.of": _array,
    "Array.isArray": _is_array,
    "Array.from": _array_from,
    "typeof": _typeof,
    "instanceof": _instanceof,
    "in": _in,
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _entries,
    "Object.getOwnPropertyNames": _keys,
    "Reflect.ownKeys": _keys,
    "Object.fromEntries": _from_entries,
    "Object.assign": _assign,
    "Promise.all": _all,
    "Promise.allSettled": _all_settled,
    "Promise": _promise,
    "range": _range,
    "express-async-handler": _identity,
    "express-async-wrap": _identity,
    "async-handler-express": _identity,
    "express-asyncify": _identity,
    "Promise.reject": _rejects,
}
