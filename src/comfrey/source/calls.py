"""Calls: evaluating arguments, following functions of the tree, noting calls on what lies outside."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from comfrey.model.place import Place
from comfrey.source.node import Argument, Call, Expression, FunctionDef, Lambda, Name, Parameter
from comfrey.source.probe import THROWN, Thrown, rejected
from comfrey.source.scope import Scope
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
    Generic,
    Instance,
    ListValue,
    Partial,
    SettingValue,
    Super,
    Undefined,
    UnknownValue,
    Value,
    choice,
)

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator

SPREAD = "a spread whose members are not known"
MAX_RECURSION = 2
FIELDS = "__fields__"
"""The method that sets an object's fields before its constructor runs, in languages that have such."""


def evaluate_call(ev: Evaluator, node: Call, scope: Scope) -> Value:
    """A call as written."""
    if isinstance(node.function, Name):
        special = _by_name(ev, node.function.name, node, scope)
        if special is not None:
            return special
    function = ev.value(node.function, scope)
    return call(ev, function, evaluate_arguments(ev, node.arguments, scope), node)


def _by_name(ev: Evaluator, name: str, node: Call, scope: Scope) -> Value | None:
    """Calls that depend on where they stand: `super()`, `locals()`, `globals()`."""
    if name == "super":
        inner = _method_scope(scope)
        if inner is not None and inner.owner is not None and inner.receiver is not None:
            return Super(inner.receiver, inner.owner)
    if name in ("globals", "locals", "vars") and not node.arguments:
        where = scope
        while name == "globals" and where.parent is not None:
            where = where.parent
        found = [(Const(key), value) for key, value in where.names.items()]
        return DictValue(list(found), node.place)
    return None


def _method_scope(scope: Scope | None) -> Scope | None:
    while scope is not None and (scope.kind != "function" or scope.owner is None):
        scope = scope.parent
    return scope


def evaluate_arguments(ev: Evaluator, arguments: tuple[Argument, ...], scope: Scope) -> Arguments:
    """Positional and keyword values, literal spreads laid out."""
    from comfrey.source.expressions import iterate  # expressions need calls

    args: list[Value] = []
    kwargs: list[tuple[str, Value]] = []
    for each in arguments:
        value = ev.value(each.value, scope)
        if each.name:
            kwargs.append((each.name, value))
        elif not each.spread:
            args.append(value)
        elif each.spread == "*":
            inner = iterate(ev, value)
            args += inner if inner is not None else [UnknownValue(SPREAD, each.value.place)]
        else:
            kwargs += _keywords(value, each.value)
    return tuple(args), tuple(kwargs)


def _keywords(value: Value, node: Expression) -> list[tuple[str, Value]]:
    found: list[tuple[str, Value]] = []
    if isinstance(value, DictValue):
        for key, each in value.items:
            if isinstance(key, Const) and isinstance(key.value, str):
                found = [pair for pair in found if pair[0] != key.value]
                found.append((key.value, each))
    if not isinstance(value, DictValue) or value.open:
        found.append(("**", UnknownValue(SPREAD, node.place)))
    return found


def has_unknown_spread(arguments: Arguments) -> bool:
    """Whether a spread among the arguments could not be laid out."""
    args, kwargs = arguments
    every = (*args, *(value for _, value in kwargs))
    return any(isinstance(each, UnknownValue) and each.reason == SPREAD for each in every)


def call(ev: Evaluator, function: Value, arguments: Arguments, at: Call | None) -> Value:
    """Calls whatever can be called."""
    match function:
        case FunctionValue():
            return invoke(ev, function, None, arguments, at)
        case BoundMethod(receiver=receiver, function=inner):
            return invoke(ev, inner, receiver, arguments, at)
        case ClassValue():
            return construct(ev, function, function, arguments, at)
        case Generic(of=ClassValue() as kind):
            return construct(ev, function, kind, arguments, at)
        case Partial(function=inner, args=args, kwargs=kwargs):
            given = {name for name, _ in arguments[1]}
            kept = tuple(pair for pair in kwargs if pair[0] not in given)
            return call(ev, inner, ((*args, *arguments[0]), (*kept, *arguments[1])), at)
        case Choice(options=options, condition=condition):
            return _call_choice(ev, options, condition, arguments, at)
        case BoundExternal(receiver=receiver, name=name):
            return _call_method(ev, function, receiver, name, arguments, at)
        case External(name=name):
            return _call_external(ev, function, name, arguments, at)
        case Generic():
            return _outside(ev, function, "__init__", function, arguments, at)
        case Instance():
            return _call_instance(ev, function, arguments, at)
    if ev.probe is not None and _is_nothing(function) and at and "?." not in at.function.text:
        raise Thrown(Instance(External("TypeError"), (), (), at.place))
    if _is_nothing(function) and at is not None and "?." in at.function.text:
        return function
    spelling = at.function.text if at and len(at.function.text) < 80 else ""
    return UnknownValue("a call of what is not known", at.place if at else None, spelling)


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _call_choice(
    ev: Evaluator,
    options: tuple[Value, ...],
    condition: str,
    arguments: Arguments,
    at: Call | None,
) -> Value:
    """Of several objects outside the tree one is enough; functions of the tree are all followed."""
    followed = [e for e in options if isinstance(e, FunctionValue | BoundMethod | ClassValue)]
    if len(followed) < len(options) or ev.quiet:
        callable_ones = [each for each in options if not isinstance(each, Const | UnknownValue)]
        return call(ev, (callable_ones or options)[0], arguments, at)
    return choice(tuple(call(ev, each, arguments, at) for each in followed), condition)


def _outside(
    ev: Evaluator, of: Value, name: str, receiver: Value, arguments: Arguments, at: Call | None
) -> Value:
    """A call that leaves the tree: an event, and an object about which only that is known."""
    if ev.probe is not None:
        met = ev.probe.meets(of, arguments)
        if met is not None:
            return met
    result = Instance(of, *arguments, at.place if at else None, call=at)
    doubtful = ev.language.doubtful(of) and not arguments[1]
    result.symbolic = doubtful or (ev.probe is not None and not _makes(of))
    ev.record(receiver, name, arguments, at, result)
    return result


def _makes(of: Value) -> bool:
    """Whether a call of it certainly gives an object: by convention a class begins with a capital."""
    return isinstance(of, External) and of.last[:1].isupper()


def _call_external(
    ev: Evaluator, function: External, name: str, arguments: Arguments, at: Call | None
) -> Value:
    if name.endswith(".__init__") and arguments[0] and isinstance(arguments[0][0], Instance):
        ev.amend(arguments[0][0], (arguments[0][1:], arguments[1]))
        return Const(None)
    first = ev.probe.knows if ev.probe is not None else None
    known = first(name, arguments[0]) if first is not None else None
    if known is None:
        known = ev.language.call(ev, name, arguments, at)
    if known is not None:
        return known
    return _outside(ev, function, "__init__", function, arguments, at)


def _call_method(
    ev: Evaluator,
    function: BoundExternal,
    receiver: Value,
    name: str,
    arguments: Arguments,
    at: Call | None,
) -> Value:
    if name == "__init__" and isinstance(receiver, Instance):
        ev.amend(receiver, arguments)
        return Const(None)
    known = ev.language.method(ev, receiver, name, arguments, at)
    if known is not None:
        return known
    return _outside(ev, function, name, receiver, arguments, at)


def _call_instance(ev: Evaluator, of: Instance, arguments: Arguments, at: Call | None) -> Value:
    """Calling an object: its `__call__`, a decorator made by a method, or a library's callable."""
    kind = ev.codebase.class_of(of)
    if kind is not None:
        method = ev.codebase.member(kind, "__call__")
        if method is not None and isinstance(method.value, FunctionValue):
            return invoke(ev, method.value, of, arguments, at)
    target = arguments[0][0] if len(arguments[0]) == 1 and not arguments[1] else None
    if isinstance(target, FunctionValue | ClassValue | BoundMethod) and ev.decorate(of, target):
        return target
    known = ev.language.method(ev, of, "__call__", arguments, at)
    if known is not None:
        return known
    return _outside(ev, BoundExternal(of, "__call__"), "__call__", of, arguments, at)


def apply_decorator(ev: Evaluator, decorator: Value, target: Value, node: Expression) -> Value:
    """What a decorator makes of a function or class."""
    match decorator:
        case External(name=name):
            if name not in ev.language.builtins:
                place = node.place
                ev.record(decorator, "", ((), ()), None, target=target, place=place)
            return target
        case BoundExternal(receiver=receiver, name=name):
            if not isinstance(receiver, FunctionValue):
                ev.record(receiver, name, ((), ()), None, target=target, place=node.place)
            return target
        case UnknownValue() | Const():
            return target
    made = call(ev, decorator, ((target,), ()), node if isinstance(node, Call) else None)
    changed_in_place = _is_nothing(made)
    return target if changed_in_place else made


# --- functions of the tree ---------------------------------------------------


def construct(
    ev: Evaluator, of: Value, kind: ClassValue, arguments: Arguments, at: Call | None
) -> Value:
    """A new object of a class of the tree; its `__init__` is followed."""
    special = ev.language.construct(ev, kind, arguments)
    if special is not None:
        return special
    made = Instance(of, *arguments, at.place if at else kind.place, call=at)
    if ev.quiet:
        return made
    ev.record(of, "__init__", arguments, at, made)
    for each in reversed(ev.codebase.mro(kind)):
        fields = ev.codebase.own_member(each, FIELDS) if isinstance(each, ClassValue) else None
        if fields is not None and isinstance(fields.value, FunctionValue):
            invoke(ev, fields.value, made, ((), ()), at)
    for name in ("__init__", "__post_init__"):
        method = ev.codebase.member(kind, name)
        if method is not None and isinstance(method.value, FunctionValue):
            given: Arguments = arguments if name == "__init__" else ((), ())
            invoke(ev, method.value, made, given, at)
    return made


def invoke(
    ev: Evaluator,
    function: FunctionValue,
    receiver: Value | None,
    arguments: Arguments,
    at: Call | None,
) -> Value:
    """Follows a call into a function of the tree, within bounds."""
    if ev.quiet:
        return ev.codebase.returned(function, receiver, arguments)
    if ev.depth >= ev.max_depth or ev.active.count(id(function.node)) >= MAX_RECURSION:
        return UnknownValue("calls nested too deeply", at.place if at else None, function.name)
    scope = frame(ev, function, receiver)
    bind(ev, function, receiver, arguments, scope, omits=at is not None and ev.language.omits)
    place = at.place if at else function.place
    return _followed(ev, function, scope, place)


def frame(ev: Evaluator, function: FunctionValue, receiver: Value | None) -> Scope:
    """An empty scope for one call."""
    outer = function.scope
    return Scope(
        outer.module, outer.file, outer, "function", function.qualified, function.owner, receiver
    )


def _followed(ev: Evaluator, function: FunctionValue, scope: Scope, place: Place) -> Value:
    from comfrey.source.statements import RETURNED, YIELDED, execute  # statements need calls

    limit, began = ev.max_steps, ev.steps
    ev.max_steps = min(limit, began + ev.allowance(function))
    ev.depth += 1
    ev.chain.append(place)
    ev.active.append(id(function.node))
    try:
        if isinstance(function.node, Lambda):
            return ev.value(function.node.body, scope)
        ended = execute(ev, function.node.body.statements, scope)
        if ended == "raise" and ev.probe is not None:
            return _left_by_throwing(ev, function)
    finally:
        gave_up, ev.max_steps = ev.steps >= ev.max_steps, limit
        ev.depth -= 1
        if not ev.depth and ev.probe is None:
            ev.spent[id(function.node)] = ev.spent.get(id(function.node), 0) + ev.steps - began
        ev.chain.pop()
        ev.active.pop()
    if YIELDED in scope.names:
        fields = {YIELDED: scope.names[YIELDED]}
        return Instance(External("types.GeneratorType"), (), (), function.place, fields)
    if gave_up and RETURNED not in scope.names:
        return UnknownValue("the call became too long", place, function.name)
    return scope.names.get(RETURNED, Const(None))


def _left_by_throwing(ev: Evaluator, function: FunctionValue) -> Value:
    """A call inside a probe that cannot but throw: a rejected promise when the function is asynchronous."""
    index = max((i for i, e in enumerate(ev.events) if e.receiver is THROWN), default=-1)
    value = ev.events.pop(index).args[0] if index >= 0 else UnknownValue("an error")
    if function.asynchronous:
        return rejected(value)
    raise Thrown(value)


def bind(
    ev: Evaluator,
    function: FunctionValue,
    receiver: Value | None,
    arguments: Arguments,
    scope: Scope,
    known: Mapping[str, Value] = MappingProxyType({}),
    *,
    omits: bool = False,
) -> None:
    """Binds parameters to arguments, to what is `known` of them by name, to defaults, or to some value of
    the annotated type; `omits`: to nothing, as the call is whole and leaves them out."""
    waiting = list(arguments[0])
    if receiver is not None and not _is_static(function):
        waiting.insert(0, receiver)
    keywords = dict(arguments[1])
    unknown_rest = keywords.pop("**", None)
    for parameter in function.node.parameters:
        if parameter.name in known and not waiting and parameter.kind not in ("*", "**"):
            scope.names[parameter.name] = known[parameter.name]
            continue
        if omits and not waiting and parameter.kind == "plain" and parameter.default is None:
            scope.names[parameter.name] = Undefined()
            continue
        value = _argument(ev, parameter, waiting, keywords, function, receiver, scope)
        if unknown_rest is not None and parameter.kind == "**" and isinstance(value, DictValue):
            value.open = True
        scope.names[parameter.name] = value


def _is_static(function: FunctionValue) -> bool:
    return any(isinstance(d, External) and d.name == "staticmethod" for d in function.decorators)


def _argument(
    ev: Evaluator,
    parameter: Parameter,
    waiting: list[Value],
    keywords: dict[str, Value],
    function: FunctionValue,
    receiver: Value | None,
    scope: Scope,
) -> Value:
    match parameter.kind:
        case "*":
            rest = [each for each in waiting if not _is_spread(each)]
            found = ListValue(rest, "tuple", parameter.place, len(rest) < len(waiting))
            waiting.clear()
            return found
        case "**":
            pairs: list[tuple[Value, Value]] = [(Const(k), v) for k, v in keywords.items()]
            keywords.clear()
            return DictValue(pairs, parameter.place)
    if parameter.kind != "positional" and parameter.name in keywords:
        return keywords.pop(parameter.name)
    if parameter.kind != "keyword" and waiting:
        first = waiting[0]
        return first if _is_spread(first) else waiting.pop(0)
    return default_of(ev, parameter, function, receiver, scope)


def _is_spread(value: Value) -> bool:
    return isinstance(value, UnknownValue) and value.reason == SPREAD


def default_of(
    ev: Evaluator,
    parameter: Parameter,
    function: FunctionValue,
    receiver: Value | None,
    scope: Scope,
) -> Value:
    """What a parameter is when nothing is passed for it. A default that is made with each call may be made of the
    parameters before it, which `scope` holds (https://tc39.es/ecma262/#sec-functiondeclarationinstantiation)."""
    if parameter.default is not None:
        if ev.language.late_defaults:
            return ev.value(parameter.default, scope)
        with ev.quietly():
            found = ev.value(parameter.default, function.scope)
        if parameter.annotation is None or not ev.language.injected(found):
            return found
    if parameter.annotation is not None:
        return ev.codebase.some(parameter.annotation, function.scope, receiver)
    return UnknownValue("a parameter", parameter.place, parameter.name)


__all__ = ["FunctionDef", "SettingValue", "call", "construct", "invoke"]
