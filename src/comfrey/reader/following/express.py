"""What an expression stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from comfrey.reader.following import joined
from comfrey.reader.following.condition import decide, negate, truth
from comfrey.reader.following.element import element_of, literal_items, literal_keys, subscript
from comfrey.reader.following.frame import YIELD, Frame
from comfrey.reader.following.golang import faults, kinds
from comfrey.reader.following.journal import REFUSED
from comfrey.reader.following.value import (
    All,
    AnyOf,
    Closure,
    Compare,
    Derived,
    Dump,
    Either,
    Failed,
    Given,
    Items,
    Mapping,
    Method,
    Not,
    Row,
    Truth,
    either,
)
from comfrey.source import node as n
from comfrey.source.value import (
    Const,
    External,
    FunctionValue,
    Generic,
    Text,
    UnknownValue,
    Value,
)

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
NEVER = "typing.Never"
GENERIC = ("list", "dict", "tuple", "typing.Annotated")
"""The generics that Go's types are lowered to."""
KINDS: dict[type, str] = {n.ListOf: "list", n.TupleOf: "tuple", n.SetOf: "set"}


def value(machine: Machine, frame: Frame, node: n.Expression) -> Value:
    """The value of an expression; calls in it are followed."""
    carried = MEANINGS.get(type(node))
    if carried is None:
        return UnknownValue("not understood", node.place, node.text[:80])
    return carried(machine, frame, node)


def _constant(machine: Machine, frame: Frame, node: n.Constant) -> Value:
    return Const(node.value)


def _attribute(machine: Machine, frame: Frame, node: n.Attribute) -> Value:
    return machine.attribute(machine.value(frame, node.of), node.name, node)


def _call(machine: Machine, frame: Frame, node: n.Call) -> Value:
    return machine.call_node(frame, node)


def _await(machine: Machine, frame: Frame, node: n.Await) -> Value:
    return machine.force(machine.value(frame, node.value))


def _lambda(machine: Machine, frame: Frame, node: n.Lambda) -> Value:
    made = FunctionValue(name="<lambda>", node=node, scope=frame.scope)
    return Closure(made, frame.visible(), frame)


def _definition(machine: Machine, frame: Frame, node: n.Definition) -> Value:
    """A function that stands where a value does."""
    if not isinstance(node.statement, n.FunctionDef):
        return machine.static(node, frame)
    made = FunctionValue(name=node.statement.name, node=node.statement, scope=frame.scope)
    return Closure(made, frame.visible(), frame)


def _walrus(machine: Machine, frame: Frame, node: n.Walrus) -> Value:
    found = machine.value(frame, node.value)
    if not faults.is_matching(node.value):
        frame.names[node.name] = found
    return found


def _yield(machine: Machine, frame: Frame, node: n.Yield) -> Value:
    frame.yielded = machine.value(frame, node.value) if node.value else NONE
    frame.dead = YIELD
    return NONE


def _starred(machine: Machine, frame: Frame, node: n.Starred) -> Value:
    return machine.value(frame, node.value)


def _slice(machine: Machine, frame: Frame, node: n.Slice) -> Value:
    return Items([machine.value(frame, part) for part in node.parts], kind="slice")


def _name(machine: Machine, frame: Frame, node: n.Name) -> Value:
    return frame.look(node.name) or machine.static(node, frame)


def _compare(machine: Machine, frame: Frame, node: n.Compare) -> Value:
    left, parts = machine.value(frame, node.first), list[Value]()
    for operator, operand in node.rest:
        right = machine.value(frame, operand)
        sign = OPERATORS.get(operator, operator)
        error = faults.compared(sign, left, right) if machine.goes else None
        parts.append(
            error or _among(machine, sign, left, right, node) or Compare(sign, left, right)
        )
        left = right
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _among(
    machine: Machine, sign: str, left: Value, right: Value, at: n.Expression
) -> Value | None:
    """`user in club.members` asks for the row between the two."""
    found = joined.held(machine, left, right, at) if sign in ("in", "not_in") else None
    if found is None:
        return None
    return truth(found) if sign == "in" else negate(truth(found))


def _logic(machine: Machine, frame: Frame, node: n.BoolOp) -> Value:
    """`and`/`or` as a condition; `a or default` keeps the values apart."""
    mark = len(machine.journal.assumptions)
    values: list[Value] = []
    ended = False
    for operand in node.operands:
        dead = frame.dead
        found = machine.value(frame, operand)
        if values and isinstance(found, External) and found.name == NEVER:
            frame.dead, ended = dead, True
            break
        known = decide(truth(found))
        if known is not None and known is (node.operator == "or"):
            values.append(found)
            break
        if known is None or operand is node.operands[-1]:
            values.append(found)
        machine.assume(truth(found) if node.operator == "and" else negate(truth(found)))
    del machine.journal.assumptions[mark:]
    if ended:
        passed = truth(values[-1])
        machine.assume(passed if node.operator == "or" else negate(passed), REFUSED)
    if len(values) == 1:
        return values[0]
    if all(isinstance(each, Truth | Compare | Not | All | AnyOf | Failed) for each in values):
        return All(tuple(values)) if node.operator == "and" else AnyOf(tuple(values))
    return _chosen(node.operator, values)


def _chosen(operator: str, values: list[Value]) -> Value:
    options: list[tuple[Value, Value]] = []
    passed: list[Value] = []
    for each in values[:-1]:
        stop = truth(each) if operator == "or" else negate(truth(each))
        kept = each if operator == "or" else _falsy(each)
        options.append((All((*passed, stop)) if passed else stop, kept))
        passed.append(negate(stop))
    options.append((All(tuple(passed)) if len(passed) > 1 else passed[0], values[-1]))
    return either(tuple(options))


def _falsy(value: Value) -> Value:
    """What `a and b` comes to where a is false: nothing that could be a row or an input."""
    return NONE if isinstance(value, Given | Row | Derived | Either) else value


def _unary(machine: Machine, frame: Frame, node: n.Unary) -> Value:
    operator, operand = node.operator, machine.value(frame, node.operand)
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
    return either(((test, then), (negate(test), otherwise)))


def _subscript(machine: Machine, frame: Frame, node: n.Subscript) -> Value:
    container = machine.value(frame, node.of)
    if machine.goes and isinstance(container, External) and container.name in GENERIC:
        parts = node.index.items if isinstance(node.index, n.TupleOf) else (node.index,)
        return Generic(container, tuple(machine.value(frame, each) for each in parts))
    if not isinstance(
        container, Mapping | Items | Derived | Const | UnknownValue
    ) and machine.is_type(container):
        return container
    index = machine.value(frame, node.index)
    words = literal_keys(container) if machine.codebase.language.name == "python" else ()
    if words and not isinstance(index, Const):
        machine.journal.note("key", index, node.place, words=words)
    by_error = kinds.looked_up(container, index) if machine.goes else None
    return by_error or subscript(machine, container, index)


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


def _format(machine: Machine, frame: Frame, node: n.Format) -> Value:
    known = [part if isinstance(part, str) else machine.value(frame, part) for part in node.parts]
    spelt = [each.value if isinstance(each, Const) else each for each in known]
    if all(isinstance(each, str | int) for each in spelt):
        return Const("".join(str(each) for each in spelt))
    return Text(tuple(known))


def _items(machine: Machine, frame: Frame, node: n.ListOf | n.TupleOf | n.SetOf) -> Value:
    found = Items(kind=KINDS[type(node)])
    for each in node.items:
        inner = machine.value(frame, each)
        if not isinstance(each, n.Starred):
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
    """`**value` inside a mapping, or `.update(value)`; a member that nobody has set spreads nothing."""
    if isinstance(value, Method) and isinstance(value.of, Mapping) and not value.of.spreads:
        return
    if isinstance(value, Mapping):
        into.entries.update(value.entries)
        into.keys.extend(value.keys)
        into.spreads.extend(value.spreads)
    else:
        into.spreads.append(value)


def _comprehension(machine: Machine, frame: Frame, node: n.Comprehension) -> Value:
    before, mark = dict(frame.names), len(machine.journal.assumptions)
    first = machine.value(frame, node.clauses[0].source)
    if (written := _written_out(machine, frame, node, first)) is not None:
        frame.names = before
        return written
    machine.journal.loops += 1
    for clause in node.clauses:
        source = first if clause is node.clauses[0] else machine.value(frame, clause.source)
        machine.bind(frame, clause.target, element_of(machine, source))
        for test in clause.conditions:
            machine.assume(truth(machine.value(frame, test)))
    element = machine.force(machine.value(frame, node.element))
    key = machine.value(frame, node.key) if node.key else None
    machine.journal.loops -= 1
    del machine.journal.assumptions[mark:]
    frame.names = before
    if node.kind == "dict":
        return _copied(key, element) or Mapping(keyed=(key or NONE, element))
    return Items(each=element, kind=node.kind)


def _copied(key: Value | None, element: Value) -> Value | None:
    """`{k: v for k, v in body.model_dump().items() if v is not None}`: the members that were sent."""
    match key, element:
        case Derived(name="key", of=(first,)), Derived(name="member", of=(second,)) if (
            first is second
        ):
            of = first
        case _:
            return None
    spreads = of.spreads if isinstance(of, Mapping) else [of]
    sent = [e if not isinstance(e, Dump) else Dump(e.of, True, e.without, e.only) for e in spreads]
    return Mapping(entries=dict(of.entries) if isinstance(of, Mapping) else {}, spreads=sent)


def _written_out(
    machine: Machine, frame: Frame, node: n.Comprehension, source: Value
) -> Items | None:
    """Item by item, over a short collection that the source spells out: `[each() for each in (A, B)]`."""
    known = literal_items(source)
    (clause, *others) = node.clauses
    if known is None or others or clause.conditions or node.key is not None:
        return None
    made = Items(kind=node.kind)
    for each in known:
        machine.bind(frame, clause.target, each)
        made.items.append(machine.force(machine.value(frame, node.element)))
    return made


MEANINGS: dict[type, Callable[[Machine, Frame, Any], Value]] = {
    n.Constant: _constant,
    n.Name: _name,
    n.Attribute: _attribute,
    n.Call: _call,
    n.Await: _await,
    n.Compare: _compare,
    n.BoolOp: _logic,
    n.Unary: _unary,
    n.Conditional: _conditional,
    n.Subscript: _subscript,
    n.Binary: _binary,
    n.Format: _format,
    n.ListOf: _items,
    n.TupleOf: _items,
    n.SetOf: _items,
    n.DictOf: _mapping,
    n.Comprehension: _comprehension,
    n.Lambda: _lambda,
    n.Definition: _definition,
    n.Walrus: _walrus,
    n.Yield: _yield,
    n.Starred: _starred,
    n.Slice: _slice,
}
"""What each class of expression means; looked up a million times in a large tree."""
