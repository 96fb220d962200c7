"""What an expression stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.reader.following.condition import decide, negate, truth
from comfrey.reader.following.element import element_of, subscript
from comfrey.reader.following.frame import YIELD, Frame
from comfrey.reader.following.value import (
    All,
    AnyOf,
    Closure,
    Compare,
    Derived,
    Either,
    Items,
    Mapping,
    Not,
    Truth,
)
from comfrey.source import node as n
from comfrey.source.value import Const, FunctionValue, Text, UnknownValue, Value

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

OPERATORS = {
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "in": "in",
    "not in": "not_in",
    "is": "eq",
    "is not": "ne",
}
NONE = Const(None)


def value(machine: Machine, frame: Frame, node: n.Expression) -> Value:
    """The value of an expression; calls in it are followed."""
    match node:
        case n.Constant(value=inner):
            return Const(inner)
        case n.Name(name=name):
            return _name(machine, frame, node, name)
        case n.Attribute(of=of, name=name):
            return machine.attribute(machine.value(frame, of), name, node)
        case n.Call():
            return machine.call_node(frame, node)
        case n.Await(value=inner):
            return machine.force(machine.value(frame, inner))
        case n.Compare():
            return _compare(machine, frame, node)
        case n.BoolOp():
            return _logic(machine, frame, node)
        case n.Unary(operator=operator, operand=operand):
            return _unary(machine.value(frame, operand), operator)
        case n.Conditional():
            return _conditional(machine, frame, node)
        case n.Subscript(of=of, index=index):
            return _subscript(machine, frame, of, index)
        case n.Binary():
            return _binary(machine, frame, node)
        case _:
            return _composite(machine, frame, node)


def _composite(machine: Machine, frame: Frame, node: n.Expression) -> Value:
    match node:
        case n.Format(parts=parts):
            return _format(machine, frame, parts)
        case n.ListOf(items=items) | n.TupleOf(items=items) | n.SetOf(items=items):
            return _items(machine, frame, items, type(node).__name__)
        case n.DictOf():
            return _mapping(machine, frame, node)
        case n.Comprehension():
            return _comprehension(machine, frame, node)
        case n.Lambda():
            made = FunctionValue(name="<lambda>", node=node, scope=frame.scope)
            return Closure(made, {**frame.outer, **frame.names})
        case n.Walrus(name=name, value=inner):
            frame.names[name] = machine.value(frame, inner)
            return frame.names[name]
        case n.Yield(value=inner):
            frame.yielded = machine.value(frame, inner) if inner else NONE
            frame.dead = YIELD
            return NONE
        case n.Starred(value=inner):
            return machine.value(frame, inner)
        case n.Slice(parts=parts):
            return Items([machine.value(frame, part) for part in parts], kind="slice")
        case _:
            return UnknownValue("not understood", node.place, node.text[:80])


def _name(machine: Machine, frame: Frame, node: n.Expression, name: str) -> Value:
    return frame.look(name) or machine.static(node, frame)


def _compare(machine: Machine, frame: Frame, node: n.Compare) -> Value:
    left, parts = machine.value(frame, node.first), []
    for operator, operand in node.rest:
        right = machine.value(frame, operand)
        parts.append(Compare(OPERATORS.get(operator, operator), left, right))
        left = right
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _logic(machine: Machine, frame: Frame, node: n.BoolOp) -> Value:
    """`and`/`or` as a condition; `a or default` keeps the values apart."""
    mark, values = len(machine.journal.assumptions), []
    for operand in node.operands:
        found = machine.value(frame, operand)
        known = decide(truth(found))
        if known is not None and known is (node.operator == "or"):
            values.append(found)
            break
        if known is None or operand is node.operands[-1]:
            values.append(found)
        machine.assume(truth(found) if node.operator == "and" else negate(truth(found)))
    del machine.journal.assumptions[mark:]
    if len(values) == 1:
        return values[0]
    if all(isinstance(each, Truth | Compare | Not | All | AnyOf) for each in values):
        return All(tuple(values)) if node.operator == "and" else AnyOf(tuple(values))
    return _chosen(node.operator, values)


def _chosen(operator: str, values: list[Value]) -> Value:
    options: list[tuple[Value, Value]] = []
    passed: list[Value] = []
    for each in values[:-1]:
        stop = truth(each) if operator == "or" else negate(truth(each))
        options.append((All((*passed, stop)) if passed else stop, each))
        passed.append(negate(stop))
    options.append((All(tuple(passed)) if len(passed) > 1 else passed[0], values[-1]))
    return Either(tuple(options))


def _unary(operand: Value, operator: str) -> Value:
    if operator == "not":
        return negate(truth(operand))
    if operator == "~" and isinstance(operand, Compare | Not | All | AnyOf | Truth):
        return negate(operand)
    if operator == "-" and isinstance(operand, Const) and isinstance(operand.value, int | float):
        return Const(-operand.value)
    return Derived(operator, (operand,))


def _conditional(machine: Machine, frame: Frame, node: n.Conditional) -> Value:
    test = truth(machine.value(frame, node.test))
    known = decide(test)
    if known is not None:
        return machine.value(frame, node.then if known else node.otherwise)
    with machine.assuming(test):
        then = machine.value(frame, node.then)
    with machine.assuming(negate(test)):
        otherwise = machine.value(frame, node.otherwise)
    return Either(((test, then), (negate(test), otherwise)))


def _subscript(machine: Machine, frame: Frame, of: n.Expression, index: n.Expression) -> Value:
    container = machine.value(frame, of)
    if not isinstance(
        container, Mapping | Items | Derived | Const | UnknownValue
    ) and machine.is_type(container):
        return container
    return subscript(machine, container, machine.value(frame, index))


def _binary(machine: Machine, frame: Frame, node: n.Binary) -> Value:
    left, right = machine.value(frame, node.left), machine.value(frame, node.right)
    return combine(node.operator, left, right)


def combine(operator: str, left: Value, right: Value) -> Value:
    """`left operator right`: arithmetic, joined strings and lists, conditions of a query."""
    conditions = (Compare, Not, All, AnyOf, Truth)
    if operator in "&|" and isinstance(left, conditions) and isinstance(right, conditions):
        return All((left, right)) if operator == "&" else AnyOf((left, right))
    if isinstance(left, Items) and isinstance(right, Items) and operator == "+":
        return Items([*left.items, *right.items], left.each or right.each)
    if isinstance(left, Const) and isinstance(right, Const):
        return _arithmetic(operator, left, right)
    return Derived(operator, (left, right))


def _arithmetic(operator: str, left: Const, right: Const) -> Value:
    a, b = left.value, right.value
    try:
        match operator:
            case "+":
                return Const(a + b)
            case "-":
                return Const(a - b)
            case "*" if not (isinstance(a, str | bytes) and b > 100_000):
                return Const(a * b)
            case "/":
                return Const(a / b)
            case "//":
                return Const(a // b)
            case "<<" if b < 64:
                return Const(a << b)
            case "**" if abs(a) < 2**16 and b < 64:
                return Const(a**b)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        pass
    return Derived(operator, (left, right))


def _format(machine: Machine, frame: Frame, parts: tuple[str | n.Expression, ...]) -> Value:
    known = [part if isinstance(part, str) else machine.value(frame, part) for part in parts]
    spelt = [each.value if isinstance(each, Const) else each for each in known]
    if all(isinstance(each, str | int) for each in spelt):
        return Const("".join(str(each) for each in spelt))
    return Text(tuple(known))


def _items(machine: Machine, frame: Frame, nodes: tuple[n.Expression, ...], kind: str) -> Value:
    found = Items(kind={"TupleOf": "tuple", "SetOf": "set"}.get(kind, "list"))
    for node in nodes:
        inner = machine.value(frame, node)
        if not isinstance(node, n.Starred):
            found.items.append(inner)
        elif isinstance(inner, Items):
            found.items.extend(inner.items)
            found.each = inner.each or found.each
        else:
            found.each = element_of(machine, inner)
    return found


def _mapping(machine: Machine, frame: Frame, node: n.DictOf) -> Value:
    found = Mapping()
    for key, item in node.items:
        inner = machine.value(frame, item)
        if key is None:
            spread(found, inner)
            continue
        name = machine.value(frame, key)
        if isinstance(name, Const):
            found.entries[name.value] = inner
        else:
            found.keys.append((name, inner))
    return found


def spread(into: Mapping, value: Value) -> None:
    """`**value` inside a mapping, or `.update(value)`."""
    if isinstance(value, Mapping):
        into.entries.update(value.entries)
        into.spreads.extend(value.spreads)
    else:
        into.spreads.append(value)


def _comprehension(machine: Machine, frame: Frame, node: n.Comprehension) -> Value:
    before, mark = dict(frame.names), len(machine.journal.assumptions)
    machine.journal.loops += 1
    for clause in node.clauses:
        source = machine.value(frame, clause.source)
        machine.bind(frame, clause.target, element_of(machine, source))
        for test in clause.conditions:
            machine.assume(truth(machine.value(frame, test)))
    element = machine.force(machine.value(frame, node.element))
    key = machine.value(frame, node.key) if node.key else None
    machine.journal.loops -= 1
    del machine.journal.assumptions[mark:]
    frame.names = before
    if node.kind == "dict":
        return Mapping(keyed=(key or NONE, element))
    return Items(each=element, kind=node.kind)
