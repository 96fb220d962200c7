"""Evaluating expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from comfrey.source import calls
from comfrey.source.comparing import compared, missed, setting_of
from comfrey.source.node import (
    Attribute,
    Await,
    Binary,
    BoolOp,
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    Constant,
    Definition,
    DictOf,
    Expression,
    Format,
    Lambda,
    ListOf,
    Name,
    Opaque,
    SetOf,
    Slice,
    Starred,
    Subscript,
    TupleOf,
    Unary,
    Walrus,
    Yield,
)
from comfrey.source.probe import Thrown, reason_of
from comfrey.source.scope import Scope
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    choice,
    text_of,
)

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator

MAX_ITEMS = 500
TYPES = {
    "List": "list",
    "Dict": "dict",
    "Set": "set",
    "FrozenSet": "frozenset",
    "Tuple": "tuple",
    "Type": "type",
}
UNION = External("typing.Union")
BOTH = External("&")
"""What `A & B` makes of two classes (DRF's permissions)."""
NEITHER = External("~")
"""What `~A` makes of a class."""


def evaluate(ev: Evaluator, node: Expression, scope: Scope) -> Value:
    """The value of any expression."""
    ev.steps += 1
    if ev.steps > ev.max_steps:
        return unknown("the evaluation became too long", node)
    return DISPATCH.get(type(node), _opaque)(ev, node, scope)


def unknown(reason: str, node: Expression) -> UnknownValue:
    """What is not known, with its place and its spelling."""
    spelling = node.text if node.span.end - node.span.start <= 80 else ""
    return UnknownValue(reason, node.place, spelling)


def _opaque(_ev: Evaluator, node: Any, _scope: Scope) -> Value:
    return unknown("not understood", node)


def _name(ev: Evaluator, node: Name, scope: Scope) -> Value:
    return ev.name(node.name, scope, node)


def _attribute(ev: Evaluator, node: Attribute, scope: Scope) -> Value:
    of = evaluate(ev, node.of, scope)
    if ev.probe is not None and _is_none(of) and "?." not in node.text:
        raise Thrown(Instance(External("TypeError"), (), (), node.place))
    found = ev.attribute(of, node.name)
    if isinstance(found, UnknownValue) and found.place is None:
        return unknown(found.reason, node)
    return found


def _constant(_ev: Evaluator, node: Constant, _scope: Scope) -> Value:
    return Const(node.value)


def _format(ev: Evaluator, node: Format, scope: Scope) -> Value:
    return join(
        [p if isinstance(p, str) else shown(ev, evaluate(ev, p, scope)) for p in node.parts]
    )


def shown(ev: Evaluator, value: Value) -> Value:
    """What `str(value)` gives where the value's class in the tree says so; else the value itself."""
    if isinstance(value, Instance) and "value" not in value.fields:
        method = ev.codebase.method(value, "__str__")
        if method is not None:
            return ev.call(method)
    return value


def join(parts: list[str | Value]) -> Value:
    """The parts as one string; settings and unknown parts stay visible."""
    flat: list[str | Value] = []
    for part in parts:
        flat += _pieces(part)
    merged: list[str | Value] = []
    for piece in flat:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    if not merged:
        return Const("")
    if len(merged) == 1 and isinstance(merged[0], str):
        return Const(merged[0])
    return Text(tuple(merged))


def _pieces(part: str | Value) -> list[str | Value]:
    match part:
        case Const(value=value, setting=None) if not isinstance(value, bytes):
            return [str(value)]
        case Text(parts=inner):
            return list(inner)
        case Instance(fields={"value": inner}):
            return _pieces(inner)
        case Choice(options=options) if all(text_of(each) is not None for each in options):
            return _pieces(options[0])
    return [part]


def _call(ev: Evaluator, node: Call, scope: Scope) -> Value:
    return calls.evaluate_call(ev, node, scope)


def laid_out(ev: Evaluator, items: tuple[Expression, ...], scope: Scope) -> ListValue:
    """The items as a list, `*spreads` laid out."""
    found = ListValue([])
    for item in items:
        if isinstance(item, Starred):
            extend(ev, found, evaluate(ev, item.value, scope))
        else:
            found.items.append(evaluate(ev, item, scope))
    return found


def _sequence(kind: str) -> Callable[[Evaluator, Any, Scope], Value]:
    def make(ev: Evaluator, node: ListOf | TupleOf | SetOf, scope: Scope) -> Value:
        found = laid_out(ev, node.items, scope)
        return ListValue(found.items, kind, node.place, found.open, found.spreads)

    return make


def _dict(ev: Evaluator, node: DictOf, scope: Scope) -> Value:
    found = DictValue([], node.place)
    for key, item in node.items:
        value = evaluate(ev, item, scope)
        if key is not None:
            found.items.append((evaluate(ev, key, scope), value))
        elif isinstance(value, DictValue):
            found.items += value.items
            found.open = found.open or value.open
            found.spreads += value.spreads
        else:
            found.open = True
            found.spreads += (value,)
    return found


# --- operators ---------------------------------------------------------------


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}


def _binary(ev: Evaluator, node: Binary, scope: Scope) -> Value:
    left, right = evaluate(ev, node.left, scope), evaluate(ev, node.right, scope)
    return combine(ev, node.operator, left, right, node)


def combine(ev: Evaluator, sign: str, left: Value, right: Value, node: Expression) -> Value:
    """`left sign right`."""
    if sign == "|" and (is_type(left) or is_type(right) or _is_none(right)):
        return union((left, right), node)
    if sign == "&" and is_type(left) and is_type(right):
        return Generic(BOTH, (left, right), node.place)
    if sign == "+" and (isinstance(left, ListValue) or _may_be_listed(left, right)):
        kind = left.kind if isinstance(left, ListValue) else "list"
        found = ListValue([], kind, node.place)
        extend(ev, found, left)
        extend(ev, found, right)
        return found
    if sign == "|" and isinstance(left, DictValue) and isinstance(right, DictValue):
        return DictValue([*left.items, *right.items], node.place, left.open or right.open)
    if sign == "+" and (_is_text(left) or _is_text(right)):
        return join([left, right])
    special = ev.language.method(ev, left, SPECIAL.get(sign, sign), ((right,), ()), None)
    if special is not None:
        return special
    return _arithmetic(sign, left, right, node)


def _may_be_listed(left: Value, right: Value) -> bool:
    """Whether something of a library is put before a list (`router.urls + [...]`)."""
    return isinstance(right, ListValue) and isinstance(left, Instance | BoundExternal | External)


def extend(ev: Evaluator, of: ListValue, more: Value) -> None:
    """`of += more`, in place; what has no known items is kept as a whole."""
    items = iterate(ev, more)
    if isinstance(more, ListValue):
        of.open = of.open or more.open
        of.spreads += more.spreads
    if items is None:
        of.open = True
        of.spreads.append(more)
    of.items += items or []


SPECIAL = {"%": "__mod__", "/": "__truediv__", "*": "__mul__"}


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _arithmetic(sign: str, left: Value, right: Value, node: Expression) -> Value:
    setting = setting_of(left) or setting_of(right)
    first, second = constant(left), constant(right)
    if first is None or second is None or sign not in ARITHMETIC or sign in ("**", "<<"):
        return unknown("computed from what is not known", node)
    if any(isinstance(v, str | bytes | list) for v in (first.value, second.value)) and sign != "+":
        return unknown("computed", node)
    try:
        return Const(ARITHMETIC[sign](first.value, second.value), setting)
    except (TypeError, ValueError, ArithmeticError):
        return unknown("computed", node)


def constant(value: Value) -> Const | None:
    """A constant, or a setting's default."""
    match value:
        case Const():
            return value
        case SettingValue(default=default) if default is not None:
            return constant(default)
        case Instance(fields={"value": Const() as inner}):
            return inner
    return None


def _is_text(value: Value) -> bool:
    match value:
        case Const(value=str()) | Text():
            return True
        case SettingValue(cast=cast, default=default):
            return cast in ("", "str") and (default is None or _is_text(default))
        case Instance(fields={"value": inner}):
            return _is_text(inner)
    return False


def is_type(value: Value) -> bool:
    """Whether a value can only be meant as a type in `X | Y`."""
    match value:
        case ClassValue() | Generic():
            return True
        case External(name=name):
            return name in BUILTIN_TYPES or name.rpartition(".")[2][:1].isupper()
        case Instance(of=External(name=name)):
            return name.rpartition(".")[2] in ("TypeVar", "NewType")
    return False


BUILTIN_TYPES = frozenset(
    [
        "str",
        "bytes",
        "int",
        "float",
        "bool",
        "list",
        "dict",
        "set",
        "frozenset",
        "tuple",
        "type",
        "typeof",
        "object",
        "complex",
    ]
)


def union(values: tuple[Value, ...], node: Expression | None = None) -> Value:
    """`X | Y`, flat."""
    flat: list[Value] = []
    for value in values:
        if isinstance(value, Generic) and isinstance(value.of, External) and value.of is UNION:
            flat += value.args
        else:
            flat.append(value)
    return Generic(UNION, tuple(flat), node.place if node else None)


def _unary(ev: Evaluator, node: Unary, scope: Scope) -> Value:
    value = evaluate(ev, node.operand, scope)
    if node.operator == "not":
        known = ev.truth(value)
        return unknown("a test", node) if known is None else Const(not known, setting_of(value))
    if node.operator == "~" and is_type(value):
        return Generic(NEITHER, (value,), node.place)
    known_constant = constant(value)
    number = known_constant.value if known_constant else None
    if not isinstance(number, int | float):
        return unknown("computed from what is not known", node)
    signs: dict[str, Callable[[Any], Any]] = {
        "-": operator.neg,
        "+": operator.pos,
        "~": operator.invert,
    }
    sign = signs.get(node.operator)
    if sign is None or (node.operator == "~" and not isinstance(number, int)):
        return unknown("computed", node)
    return Const(sign(number), setting_of(value))


def _compare(ev: Evaluator, node: Compare, scope: Scope) -> Value:
    before, left = node.first, evaluate(ev, node.first, scope)
    outcome: Value = Const(True)
    for sign, operand in node.rest:
        right = evaluate(ev, operand, scope)
        known = missed(sign, before, left, operand, right) if ev.probe is not None else None
        outcome = known or compared(sign, left, right) or unknown("a comparison", node)
        if ev.truth(outcome) is not True:
            return outcome
        before, left = operand, right
    return outcome


def _boolean(ev: Evaluator, node: BoolOp, scope: Scope) -> Value:
    value = evaluate(ev, node.operands[0], scope)
    for operand in node.operands[1:]:
        value = _either(ev, node, value, operand, scope)
    return value


def _either(ev: Evaluator, node: BoolOp, left: Value, operand: Expression, scope: Scope) -> Value:
    """`left or operand` (`and`): the left side decides unless it is a setting or unknown."""
    known, setting = ev.truth(left), setting_of(left)
    keeps = node.operator == "or"
    if known is not None and setting is None:
        return left if known is keeps else evaluate(ev, operand, scope)
    right = evaluate(ev, operand, scope)
    if isinstance(left, SettingValue) and keeps and not known:
        return SettingValue(left.name, right, left.place, left.attribute, left.cast, left.fallback)
    options = (left, right) if known is None or known is keeps else (right, left)
    return choice(options, node.text)


def _conditional(ev: Evaluator, node: Conditional, scope: Scope) -> Value:
    test = evaluate(ev, node.test, scope)
    known = ev.truth(test)
    if known is not None and setting_of(test) is None:
        return evaluate(ev, node.then if known else node.otherwise, scope)
    then, otherwise = evaluate(ev, node.then, scope), evaluate(ev, node.otherwise, scope)
    return choice((otherwise, then) if known is False else (then, otherwise), node.test.text)


# --- subscripts --------------------------------------------------------------


def _subscript(ev: Evaluator, node: Subscript, scope: Scope) -> Value:
    of = evaluate(ev, node.of, scope)
    if isinstance(node.index, Slice):
        return _sliced(ev, of, node, node.index, scope)
    if is_type(of) or _is_generic_alias(of):
        return _generic(ev, of, node, scope)
    return item(ev, of, evaluate(ev, node.index, scope), node)


def _is_generic_alias(value: Value) -> bool:
    return isinstance(value, External) and value.name.startswith(("typing.", "collections.abc."))


def _generic(ev: Evaluator, of: Value, node: Subscript, scope: Scope) -> Value:
    """`list[X]`, `Optional[X]`, `Color["RED"]`."""
    if isinstance(of, ClassValue):
        index = evaluate(ev, node.index, scope)
        if isinstance(index, Const) and isinstance(index.value, str):
            member = ev.language.class_attribute(ev, of, index.value)
            if member is not None:
                return member
    indexes = node.index.items if isinstance(node.index, TupleOf) else (node.index,)
    name = of.name if isinstance(of, External) else ""
    if name.endswith(("typing.Literal", "typing_extensions.Literal")):
        args = tuple(evaluate(ev, each, scope) for each in indexes)
        return Generic(External("typing.Literal"), args, node.place)
    args = tuple(_type_argument(ev, each, scope) for each in indexes)
    return normalized(of, args, node)


def _type_argument(ev: Evaluator, node: Expression, scope: Scope) -> Value:
    """A type argument; one in quotes is read as the type that it spells."""
    if isinstance(node, Constant) and isinstance(node.value, str):
        spelt = ev.language.parse_expression(node.value, node.span)
        return evaluate(ev, spelt, scope) if spelt else Const(node.value)
    return evaluate(ev, node, scope)


def normalized(of: Value, args: tuple[Value, ...], node: Expression | None) -> Value:
    """A Generic under the one name that readers look for."""
    name = of.name if isinstance(of, External) else ""
    place = node.place if node else None
    package, _, last = name.rpartition(".")
    if package in ("typing", "typing_extensions"):
        if last == "Optional":
            return union((*args, Const(None)), node)
        if last == "Union":
            return union(args, node)
        return Generic(External(TYPES.get(last, f"typing.{last}")), args, place)
    return Generic(of, args, place)


def item(ev: Evaluator, of: Value, index: Value, node: Expression) -> Value:
    """`of[index]`."""
    special = ev.language.subscript(ev, of, index, node)
    if special is not None:
        return special
    key = constant(index)
    if isinstance(of, Choice):
        return item(ev, of.options[0], index, node)
    if key is not None and isinstance(of, DictValue):
        found = of.get(key.value)
        if found is not None:
            return found
    if key is not None and isinstance(of, ListValue | Const):
        sequence_of = of.items if isinstance(of, ListValue) else of.value
        try:
            picked = sequence_of[key.value]
            return picked if isinstance(picked, Value) else Const(picked)
        except (TypeError, IndexError, KeyError):
            pass
    return unknown("an item that is not known", node)


def _sliced(ev: Evaluator, of: Value, node: Subscript, part: Slice, scope: Scope) -> Value:
    bounds = [constant(evaluate(ev, each, scope)) for each in part.parts]
    if all(bounds) and isinstance(of, ListValue | Const):
        cut = slice(*(each.value for each in bounds if each))
        try:
            if isinstance(of, ListValue):
                return ListValue(of.items[cut], of.kind, node.place, of.open)
            return Const(of.value[cut])
        except (TypeError, ValueError):
            pass
    return unknown("a slice", node)


# --- the rest ----------------------------------------------------------------


def _lambda(_ev: Evaluator, node: Lambda, scope: Scope) -> Value:
    return FunctionValue("<lambda>", node, scope, qualified=scope.child_name("<lambda>"))


def _await(ev: Evaluator, node: Await, scope: Scope) -> Value:
    value = evaluate(ev, node.value, scope)
    reason = reason_of(value) if ev.probe is not None else None
    if reason is not None:
        raise Thrown(reason)
    return value


def _definition(ev: Evaluator, node: Definition, scope: Scope) -> Value:
    from comfrey.source.statements import defined  # statements need expressions

    return defined(ev, node.statement, scope)


def _walrus(ev: Evaluator, node: Walrus, scope: Scope) -> Value:
    value = evaluate(ev, node.value, scope)
    scope.bind(node.name, value)
    return value


def _yield(ev: Evaluator, node: Yield, scope: Scope) -> Value:
    value = evaluate(ev, node.value, scope) if node.value else Const(None)
    scope.names.setdefault(YIELDED, value)
    return unknown("what is sent to a generator", node)


YIELDED = "<yielded>"


def _comprehension(ev: Evaluator, node: Comprehension, scope: Scope) -> Value:
    inner = Scope(scope.module, scope.file, scope, "comprehension", scope.qualified)
    values: list[Value] = []
    pairs: list[tuple[Value, Value]] = []

    def emit() -> None:
        value = evaluate(ev, node.element, inner)
        if node.key is not None:
            pairs.append((evaluate(ev, node.key, inner), value))
        else:
            values.append(value)

    is_open = not _clauses(ev, node.clauses, inner, emit)
    if node.kind == "dict":
        return DictValue(pairs, node.place, is_open)
    kind = "set" if node.kind == "set" else "list"
    return ListValue(values, kind, node.place, is_open)


def _clauses(
    ev: Evaluator, clauses: tuple[Clause, ...], scope: Scope, emit: Callable[[], None]
) -> bool:
    """Runs the loops of a comprehension; False when one of them runs over what is not known."""
    from comfrey.source.statements import assign  # statements need expressions

    if not clauses:
        emit()
        return True
    first, *rest = clauses
    source = evaluate(ev, first.source, scope)
    items = iterate(ev, source)
    complete = items is not None
    for each in items if items is not None else [element_of(ev, source, first.source)]:
        assign(ev, first.target, each, scope)
        if all(ev.truth(evaluate(ev, test, scope)) is not False for test in first.conditions):
            complete = _clauses(ev, tuple(rest), scope, emit) and complete
    return complete


def iterate(ev: Evaluator, value: Value) -> list[Value] | None:
    """What a loop over the value meets, or None when that is not known."""
    match value:
        case ListValue(items=items, open=False):
            return items[:MAX_ITEMS]
        case ListValue(items=items) if items:
            return items[:MAX_ITEMS]
        case DictValue(items=pairs, open=False):
            return [key for key, _ in pairs[:MAX_ITEMS]]
        case Const(value=str() as text):
            return [Const(each) for each in text[:MAX_ITEMS]]
        case Choice(options=options):
            return iterate(ev, options[0])
        case ClassValue():
            return ev.codebase.enumerated(value)
        case SettingValue(default=default) if default is not None:
            return iterate(ev, default)
    return None


def element_of(ev: Evaluator, value: Value, node: Expression) -> Value:
    """One element of a collection of which only the type is known."""
    found = ev.codebase.element_type(value)
    return found if found is not None else unknown("one of several that are not known", node)


DISPATCH: dict[type, Callable[[Evaluator, Any, Scope], Value]] = {
    Name: _name,
    Attribute: _attribute,
    Constant: _constant,
    Format: _format,
    Call: _call,
    ListOf: _sequence("list"),
    TupleOf: _sequence("tuple"),
    SetOf: _sequence("set"),
    DictOf: _dict,
    Binary: _binary,
    Unary: _unary,
    Compare: _compare,
    BoolOp: _boolean,
    Conditional: _conditional,
    Subscript: _subscript,
    Lambda: _lambda,
    Await: _await,
    Walrus: _walrus,
    Yield: _yield,
    Comprehension: _comprehension,
    Definition: _definition,
    Opaque: _opaque,
}
