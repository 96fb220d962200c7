"""Carrying out statements: both sides of an `if`, loops over what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from comfrey.source import attributes, calls
from comfrey.source.comparing import setting_of
from comfrey.source.expressions import (
    YIELDED,
    combine,
    constant,
    element_of,
    evaluate,
    extend,
    iterate,
    unknown,
)
from comfrey.source.node import (
    Assert,
    Assign,
    Attribute,
    Case,
    ClassDef,
    Delete,
    DictOf,
    Evaluate,
    Expression,
    Fallback,
    For,
    FunctionDef,
    If,
    Import,
    Late,
    ListOf,
    Match,
    Method,
    Name,
    Pass,
    Raise,
    Return,
    Starred,
    Statement,
    Subscript,
    Try,
    TupleOf,
    While,
    With,
    walk,
)
from comfrey.source.probe import THROWN, Thrown
from comfrey.source.scope import Deferred, Scope
from comfrey.source.value import (
    ClassValue,
    Condition,
    Const,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    SettingValue,
    UnknownValue,
    Value,
    choice,
)

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator

RETURNED = "<returned>"
FAULTS = (RecursionError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What a mistake of the evaluator may raise: it costs one statement of the user's, never the reading."""
ENDS = ("return", "raise", "break", "continue")


def execute(ev: Evaluator, block: tuple[Statement, ...], scope: Scope) -> str:
    """Carries out statements in order. The answer says how the block ended: "" when it ran through,
    else `return raise break continue`."""
    pushed = 0
    ended = ""
    for statement in block:
        ev.steps += 1
        if ev.steps > ev.max_steps:
            ended = "return"
            break
        try:
            ended = RUN.get(type(statement), _nothing)(ev, statement, scope)
        except Thrown as thrown:
            ended = _throws(ev, statement, thrown.value)
        except FAULTS as error:
            ev.fault(statement, error)
            ended = ""
        if ended.startswith("perhaps"):
            ev.conditions.append(_negated(ev, statement, scope))
            pushed += 1
        elif ended:
            break
    if pushed:
        del ev.conditions[-pushed:]
    return "" if ended.startswith("perhaps") else ended


def _throws(ev: Evaluator, statement: Statement, value: Value) -> str:
    """Notes what a probe throws; the block ends here."""
    ev.record(THROWN, "throw", ((value,), ()), None, place=statement.place)
    return "raise"


def _negated(ev: Evaluator, statement: Statement, scope: Scope) -> Condition:
    """What holds after an `if` whose body left the block."""
    if isinstance(statement, If):
        return condition(ev, statement.test, scope, holds=False)
    return Condition(statement.text.partition("\n")[0], False, statement.place)


def condition(ev: Evaluator, test: Expression, scope: Scope, holds: bool) -> Condition:
    """A test as a condition on what happens; `decided` is what the settings' defaults make of it."""
    with ev.quietly():
        known = ev.truth(evaluate(ev, test, scope))
    decided = None if known is None else known is holds
    return Condition(test.text, holds, test.place, decided, test)


def _nothing(_ev: Evaluator, _statement: Any, _scope: Scope) -> str:
    return ""


def _evaluate(ev: Evaluator, statement: Evaluate, scope: Scope) -> str:
    evaluate(ev, statement.value, scope)
    return ""


# --- assignments -------------------------------------------------------------


def _assign(ev: Evaluator, statement: Assign, scope: Scope) -> str:
    if statement.value is None:
        return ""
    value = evaluate(ev, statement.value, scope)
    if statement.operator:
        target = statement.targets[0]
        old = evaluate(ev, target, scope)
        if isinstance(old, ListValue) and statement.operator == "+":
            extend(ev, old, value)
            return ""
        value = combine(ev, statement.operator, old, value, target)
    around = () if statement.declares or ev.quiet else _around(ev, statement, scope)
    for target in statement.targets:
        assign(ev, target, value, scope)
    for name, owner in around:
        owner.names[name] = scope.names.pop(name)
    return ""


def _around(ev: Evaluator, statement: Assign, scope: Scope) -> list[tuple[str, Scope]]:
    """The names that a statement assigns and that are another scope's, with that scope; while something is only
    tried out, those that were waiting to be made."""
    parts = [e for t in statement.targets for e in (t.items if isinstance(t, TupleOf) else (t,))]
    names = [each.name for each in parts if isinstance(each, Name) and each.name not in scope.names]
    owners = [(name, ev.owner(name, scope)) for name in names]
    return [
        (name, owner)
        for name, owner in owners
        if owner is not None and (not ev.probe or ev.language.waits(owner.names[name]))
    ]


def assign(ev: Evaluator, target: Expression, value: Value, scope: Scope) -> None:
    """Binds a target: a name, an attribute, an item, or several of these."""
    match target:
        case Name(name=name):
            scope.bind(name, value)
        case TupleOf(items=items):
            _unpack(ev, items, value, scope)
        case ListOf(items=items):
            _unpack(ev, items, _filled(ev, value, items), scope)
        case Starred(value=inner):
            assign(ev, inner, value, scope)
        case Fallback(target=inner, default=default):
            assign(ev, inner, defaulted(ev, value, default, scope), scope)
        case DictOf(items=members):
            _taken_apart(ev, members, value, scope)
        case Attribute(of=of, name=name):
            attributes.set_attribute(ev, evaluate(ev, of, scope), name, value, target.place)
        case Subscript(of=of, index=index):
            container = evaluate(ev, of, scope)
            key = evaluate(ev, index, scope)
            attributes.set_item(ev, container, key, value, target.place)


def defaulted(ev: Evaluator, value: Value, default: Expression, scope: Scope) -> Value:
    """A value, or the default where there is none."""
    match value:
        case Const(value=None):
            return evaluate(ev, default, scope)
        case SettingValue(default=None):
            return replace(value, default=evaluate(ev, default, scope))
        case UnknownValue():
            return choice((evaluate(ev, default, scope), value))
    return value


def _taken_apart(ev: Evaluator, members: Members, value: Value, scope: Scope) -> None:
    """Binds members of an object to targets; a rest gets what no other target names."""
    named: list[str] = []
    for key, target in members:
        if key is None:
            assign(ev, target, without(value, named), scope)
            continue
        name = constant(evaluate(ev, key, scope))
        if name is None:
            assign(ev, target, unknown("a member of a computed name", key), scope)
            continue
        named.append(str(name.value))
        found = ev.attribute(value, named[-1])
        if isinstance(found, UnknownValue) and not found.spelling:
            found = UnknownValue(found.reason, target.place, named[-1])
        assign(ev, target, found, scope)


Members = tuple[tuple[Expression | None, Expression], ...]


def without(value: Value, names: list[str]) -> Value:
    """An object less some of its members."""
    if not isinstance(value, DictValue):
        return value
    kept = [(k, v) for k, v in value.items if not (isinstance(k, Const) and k.value in names)]
    return DictValue(kept, value.place, value.open)


def _filled(ev: Evaluator, value: Value, targets: tuple[Expression, ...]) -> Value:
    """A list taken apart by position: what is missing is nothing, what is left over is not looked at."""
    items = iterate(ev, value) if not (isinstance(value, ListValue) and value.open) else None
    if items is None or any(isinstance(each, Starred) for each in targets):
        return value
    missing: list[Value] = [Const(None)] * (len(targets) - len(items))
    return ListValue([*items, *missing][: len(targets)])


def _unpack(ev: Evaluator, targets: tuple[Expression, ...], value: Value, scope: Scope) -> None:
    items = iterate(ev, value)
    star = next((i for i, each in enumerate(targets) if isinstance(each, Starred)), None)
    if items is not None and star is not None and len(items) >= len(targets) - 1:
        after = len(targets) - star - 1
        middle = ListValue(items[star : len(items) - after])
        items = [*items[:star], middle, *(items[-after:] if after else [])]
    if items is None or len(items) != len(targets):
        for each in targets:
            assign(ev, each, element_of(ev, value, each), scope)
        return
    for each, one in zip(targets, items, strict=True):
        assign(ev, each, one, scope)


# --- definitions -------------------------------------------------------------


def defined(ev: Evaluator, statement: FunctionDef | ClassDef, scope: Scope) -> Value:
    """The function or class of a definition that stands where a value does; nothing is bound."""
    qualified = scope.child_name(statement.name)
    if isinstance(statement, FunctionDef):
        return FunctionValue(statement.name, statement, scope, None, (), qualified)
    made = ClassValue(statement.name, statement, scope, qualified)
    if not ev.quiet and ev.is_eager(scope.module):
        ev.codebase.body_of(made)
    return made


def _function(ev: Evaluator, statement: FunctionDef, scope: Scope) -> str:
    owner = scope.owner if scope.kind == "class" else None
    qualified = scope.child_name(statement.name)
    function = FunctionValue(statement.name, statement, scope, owner, (), qualified)
    scope.bind(statement.name, decorated(ev, statement, function, scope))
    return ""


def _method(ev: Evaluator, statement: Method, scope: Scope) -> str:
    """Gives a class a method that stands outside of it; its free names are those around where it stands."""
    with ev.quietly():
        owner = evaluate(ev, statement.of, scope)
    if isinstance(owner, ClassValue):
        node = statement.function
        qualified = f"{owner.qualified}.{node.name}"
        made = FunctionValue(node.name, node, scope, owner, (), qualified)
        ev.codebase.body_of(owner).names[node.name] = made
    return ""


def _late(ev: Evaluator, statement: Late, scope: Scope) -> str:
    """Binds names to what is worked out on first asking."""
    whole = Deferred(lambda: _afresh(ev, statement.value, scope))
    names = [each.name for each in statement.targets if isinstance(each, Name)]
    for index, name in enumerate(names):
        lone = len(names) == 1
        scope.names[name] = whole if lone else Deferred(lambda at=index: _part(whole, at))  # type: ignore[misc]
    return ""


def _afresh(ev: Evaluator, expression: Expression, scope: Scope) -> Value:
    with ev.outside():
        return evaluate(ev, expression, scope)


def _part(whole: Deferred, index: int) -> Value:
    found = whole.force()
    if isinstance(found, ListValue) and index < len(found.items):
        return found.items[index]
    return found if index == 0 and found is not None else UnknownValue("one of several results")


def _class(ev: Evaluator, statement: ClassDef, scope: Scope) -> str:
    made = ClassValue(statement.name, statement, scope, scope.child_name(statement.name))
    scope.bind(statement.name, made)
    if not ev.quiet and ev.is_eager(scope.module):
        ev.codebase.body_of(made)
    scope.bind(statement.name, decorated(ev, statement, made, scope))
    return ""


def decorated(
    ev: Evaluator, statement: FunctionDef | ClassDef, made: FunctionValue | ClassValue, scope: Scope
) -> Value:
    """Applies decorators, innermost first. What is bound stays the function as written, unless a
    decorator makes an object of another kind of it."""
    if not statement.decorators:
        return made
    values = [evaluate(ev, each, scope) for each in statement.decorators]
    if isinstance(made, FunctionValue):
        made.decorators = tuple(values)
    result: Value = made
    for node, value in reversed(list(zip(statement.decorators, values, strict=True))):
        outcome = calls.apply_decorator(ev, value, result, node)
        if isinstance(outcome, Instance | Const | ClassValue):
            result = outcome
    return result


# --- control -----------------------------------------------------------------


@contextmanager
def under(ev: Evaluator, *held: Condition) -> Iterator[None]:
    """What happens inside happens under these conditions."""
    ev.conditions.extend(held)
    try:
        yield
    finally:
        del ev.conditions[len(ev.conditions) - len(held) :]


def _if(ev: Evaluator, statement: If, scope: Scope) -> str:
    test = evaluate(ev, statement.test, scope)
    known = ev.truth(test)
    if known and ev.probe is None and ev.language.failing(statement.test):
        known = None
    if known is not None and setting_of(test) is None and not _is_main(statement.test):
        return _branch(ev, statement.body if known else statement.otherwise, scope)
    before = dict(scope.names)
    held = condition(ev, statement.test, scope, holds=True)
    with under(ev, held):
        first = _branch(ev, statement.body, scope)
    then = dict(scope.names)
    _restore(scope, before)
    with under(ev, held.otherwise()):
        second = _branch(ev, statement.otherwise, scope)
    _merge(scope, then, before, known is not False, statement.test.text, first, second)
    if first and second:
        return first
    return f"perhaps {first or second}" if first or second else ""


def _branch(ev: Evaluator, block: tuple[Statement, ...], scope: Scope) -> str:
    """Carries out a branch; what it hides of the names around it is there again afterwards."""
    names = declared(block) if ev.language.shadows else frozenset()
    hidden = {name: scope.names[name] for name in names if name in scope.names}
    ended = execute(ev, block, scope)
    scope.names.update(hidden)
    return ended


def declared(block: Iterable[Statement]) -> frozenset[str]:
    """The names that statements of a block declare for themselves."""
    targets = (each.targets for each in block if isinstance(each, Assign) and each.declares)
    every = (inner for several in targets for target in several for inner in walk(target))
    return frozenset(each.name for each in every if isinstance(each, Name))


def _is_main(test: Expression) -> bool:
    return "__main__" in test.text


def _restore(scope: Scope, names: dict[str, Value]) -> None:
    scope.names.clear()
    scope.names.update(names)


def _merge(
    scope: Scope,
    then: dict[str, Value],
    before: dict[str, Value],
    first_likely: bool,
    text: str,
    first: str,
    second: str,
) -> None:
    """Names after both sides of an `if` ran. A side that left the block says nothing about what follows."""
    otherwise = scope.names
    for name, value in then.items():
        other = otherwise.get(name)
        if other is value:
            continue
        if name == RETURNED:
            otherwise[name] = value if other is None else _either(value, other, first_likely, text)
        elif first and not second:
            continue
        elif (
            other is None
            or (second and not first)
            or (other is before.get(name) and isinstance(other, Const) and other.value is None)
        ):
            otherwise[name] = value
        else:
            otherwise[name] = _either(value, other, first_likely, text)


def _either(then: Value, other: Value, first_likely: bool, text: str) -> Value:
    """One of two values, the likelier first; of two objects of one kind only the likelier is followed,
    so that what is done to it is not done twice."""
    pair = (then, other) if first_likely else (other, then)
    return pair[0] if isinstance(other, Deferred) else choice(pair, text)


def _for(ev: Evaluator, statement: For, scope: Scope) -> str:
    source = evaluate(ev, statement.source, scope)
    items = iterate(ev, source)
    if items is None:
        items = [element_of(ev, source, statement.source)]
    for each in items:
        assign(ev, statement.target, each, scope)
        ended = execute(ev, statement.body, scope)
        if ended == "break":
            return ""
        if ended in ("return", "raise"):
            return ended
    return execute(ev, statement.otherwise, scope)


def _while(ev: Evaluator, statement: While, scope: Scope) -> str:
    with under(ev, condition(ev, statement.test, scope, holds=True)):
        ended = execute(ev, statement.body, scope)
    return ended if ended == "return" else ""


def _with(ev: Evaluator, statement: With, scope: Scope) -> str:
    for each in statement.items:
        value = evaluate(ev, each.value, scope)
        if each.target is not None:
            assign(ev, each.target, entered(ev, value), scope)
    return execute(ev, statement.body, scope)


def entered(ev: Evaluator, value: Value) -> Value:
    """What `with value as x` binds."""
    if isinstance(value, Instance) and YIELDED in value.fields:
        return value.fields[YIELDED]
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        for name in ("__aenter__", "__enter__"):
            method = ev.codebase.member(value.of, name)
            if method is not None:
                return ev.call(ev.attribute(value, name))
    return ev.codebase.yielded_type(value) or value


def _tried(ev: Evaluator, statement: Try, scope: Scope) -> str:
    """A `try` inside a probe: what is thrown for certain is caught; else the catches may run or not."""
    began = len(ev.events)
    ended = execute(ev, statement.body, scope)
    thrown = [e for e in ev.events[began:] if e.receiver is THROWN]
    if not thrown or not statement.catches:
        if not ended:
            ended = execute(ev, statement.otherwise, scope)
        return execute(ev, statement.final, scope) or ended
    ev.events[began:] = [e for e in ev.events[began:] if e.receiver is not THROWN]
    catch = statement.catches[0]
    for each in thrown if ended != "raise" else thrown[-1:]:
        if catch.name:
            scope.names[catch.name] = each.args[0]
        held = each.conditions[len(ev.conditions) :] if ended != "raise" else ()
        with under(ev, *held):
            caught = execute(ev, catch.body, scope)
    ended = caught if ended == "raise" else ended
    return execute(ev, statement.final, scope) or ended


def _try(ev: Evaluator, statement: Try, scope: Scope) -> str:
    if ev.probe is not None:
        return _tried(ev, statement, scope)
    ended = execute(ev, statement.body, scope)
    if not ended:
        ended = execute(ev, statement.otherwise, scope)
    after = dict(scope.names)
    for catch in statement.catches:
        kinds = ", ".join(kind.text for kind in catch.kinds)
        held = Condition(f"except {kinds}".strip(), True, catch.place, False)
        if catch.name:
            scope.names[catch.name] = UnknownValue("an exception", catch.place, catch.name)
        with under(ev, held):
            execute(ev, catch.body, scope)
        for name, value in scope.names.items():
            after.setdefault(name, value)
        _restore(scope, after)
    return execute(ev, statement.final, scope) or ("" if ended == "raise" else ended)


def _match(ev: Evaluator, statement: Match, scope: Scope) -> str:
    subject = evaluate(ev, statement.subject, scope)
    endings = []
    for case in statement.cases:
        matched = _matches(ev, subject, case, scope)
        if matched is False:
            continue
        if matched is True and setting_of(subject) is None:
            return execute(ev, case.body, scope)
        text = f"{statement.subject.text} matches {case.pattern.text}"
        with under(ev, Condition(text, True, case.place, matched)):
            endings.append(execute(ev, case.body, scope))
    return f"perhaps {endings[0]}" if any(endings) else ""


def _matches(ev: Evaluator, subject: Value, case: Case, scope: Scope) -> bool | None:
    if isinstance(case.pattern, Name) and case.pattern.name == "_":
        return None
    if isinstance(case.pattern, Name):
        scope.bind(case.pattern.name, subject)
        return None
    with ev.quietly():
        pattern = constant(evaluate(ev, case.pattern, scope))
    known = constant(subject)
    return None if pattern is None or known is None else pattern.value == known.value


def _return(ev: Evaluator, statement: Return, scope: Scope) -> str:
    value = evaluate(ev, statement.value, scope) if statement.value else Const(None)
    earlier = scope.names.get(RETURNED)
    scope.names[RETURNED] = value if earlier is None else choice((earlier, value))
    return "return"


def _raise(ev: Evaluator, statement: Raise, scope: Scope) -> str:
    if ev.probe is not None and statement.value is not None:
        raise Thrown(evaluate(ev, statement.value, scope))
    return "raise"


def _assert(ev: Evaluator, statement: Assert, scope: Scope) -> str:
    evaluate(ev, statement.test, scope)
    return ""


def _pass(_ev: Evaluator, statement: Pass, scope: Scope) -> str:
    if statement.kind in ("global", "nonlocal"):
        names = statement.text.replace(",", " ").split()[1:]
        scope.globals.update(names)
    return statement.kind if statement.kind in ("break", "continue") else ""


def _delete(ev: Evaluator, statement: Delete, scope: Scope) -> str:
    for target in statement.targets:
        if isinstance(target, Name):
            scope.names.pop(target.name, None)
        elif isinstance(target, Subscript):
            container = evaluate(ev, target.of, scope)
            key = constant(evaluate(ev, target.index, scope))
            if key is not None and isinstance(container, DictValue):
                container.items = [
                    (k, v)
                    for k, v in container.items
                    if not (isinstance(k, Const) and k.value == key.value)
                ]
    return ""


def _import(ev: Evaluator, statement: Import, scope: Scope) -> str:
    ev.bind_import(statement, scope)
    return ""


RUN: dict[type, Callable[[Evaluator, Any, Scope], str]] = {
    Evaluate: _evaluate,
    Assign: _assign,
    FunctionDef: _function,
    ClassDef: _class,
    Method: _method,
    Late: _late,
    If: _if,
    For: _for,
    While: _while,
    With: _with,
    Try: _try,
    Match: _match,
    Return: _return,
    Raise: _raise,
    Assert: _assert,
    Pass: _pass,
    Delete: _delete,
    Import: _import,
}
__all__ = ["RETURNED", "YIELDED", "assign", "condition", "execute", "under", "unknown"]
