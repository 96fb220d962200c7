"""Validators in code: the simple ones become rules, the others are kept as checks with their words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comfrey.model.schema import Check
from comfrey.source.node import (
    Argument,
    Assert,
    Assign,
    Attribute,
    BoolOp,
    Call,
    Compare,
    Constant,
    Expression,
    Format,
    FunctionDef,
    If,
    ListOf,
    Name,
    Raise,
    Return,
    SetOf,
    Statement,
    TupleOf,
    Unary,
)
from comfrey.source.value import FunctionValue

TRANSFORMS = ("strip", "lower", "upper")
OPPOSITE = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
}
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
NUMBER_RULES = {
    ">=": "minimum",
    ">": "exclusive_minimum",
    "<=": "maximum",
    "<": "exclusive_maximum",
}
CLASSES = {"isdigit": "^[0-9]+$", "isalnum": "^[0-9A-Za-z]+$", "isalpha": "^[A-Za-z]+$"}
RECEIVERS = ("self", "cls")

Understood = tuple[dict[str, Any], tuple[Check, ...]]


def understand(function: FunctionValue) -> Understood:
    """The schema changes that a validator amounts to, and the checks that no keyword can say."""
    node = function.node
    if not isinstance(node, FunctionDef):
        return {}, (Check(name="lambda", place=function.place),)
    names = [each.name for each in node.parameters if each.name not in RECEIVERS]
    body = _Body(function, names[0] if names else "")
    body.read(node.body)
    changes = dict(body.rules)
    if body.transforms:
        changes["transform"] = tuple(dict.fromkeys(body.transforms))
    return changes, tuple(body.checks)


class _Body:
    """One validator's statements, read in order with the name of the value in hand."""

    def __init__(self, function: FunctionValue, value: str) -> None:
        self.function = function
        self.value = value
        self.rules: dict[str, Any] = {}
        self.transforms: list[str] = []
        self.checks: list[Check] = []

    def read(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self._read(statement)

    def _read(self, statement: Statement) -> None:
        match statement:
            case Assign(targets=(Name(name=name),), value=value) if name == self.value and value:
                self._transform(value)
            case Return(value=value) if value is not None:
                self._transform(value)
            case Assert(test=test, message=message):
                self._rule(test, message, holds=True)
            case If(test=test, body=body, otherwise=otherwise):
                self._branch(test, body, otherwise)
            case _:
                self._raises([statement])

    def _branch(
        self, test: Expression, body: tuple[Statement, ...], otherwise: tuple[Statement, ...]
    ) -> None:
        match body:
            case (Raise(value=raised),):
                self._rule(test, raised, holds=False)
            case _ if self._is_guard(test):
                self.read(body)
            case _:
                self._raises(body)
        self.read(otherwise)

    def _is_guard(self, test: Expression) -> bool:
        """`if v:` or `if v is not None:` only says that there is something to check."""
        match test:
            case Name(name=name):
                return name == self.value
            case Compare(first=Name(name=name), rest=(("is not", Constant(value=None)),)):
                return name == self.value
        return False

    def _raises(self, statements: Iterable[Statement]) -> None:
        for raised in _raised(statements):
            self._check(raised)

    def _check(self, raised: Expression | None) -> None:
        found = Check(name=self.function.name, detail=detail(raised), place=self.function.place)
        if found not in self.checks:
            self.checks.append(found)

    def _rule(self, test: Expression, said: Expression | None, *, holds: bool) -> None:
        for part in self._parts(test, holds=holds):
            rule = self._understood(part, holds=holds)
            if rule is None:
                self._check(said)
            else:
                self.rules.update(rule)

    def _parts(self, test: Expression, *, holds: bool) -> tuple[Expression, ...]:
        """Conditions that each must (or must not) hold, without the null check before them."""
        match test:
            case BoolOp(operator="or", operands=operands) if not holds:
                return operands
            case BoolOp(operator="and", operands=operands) if holds:
                return operands
            case BoolOp(operator="and", operands=(first, second)) if self._is_guard(first):
                return (second,)
        return (test,)

    def _understood(self, test: Expression, *, holds: bool) -> dict[str, Any] | None:
        match test:
            case Unary(operator="not", operand=operand):
                return self._understood(operand, holds=not holds)
            case Compare(first=Name(name=name), rest=(("is", Constant(value=None)),)) if not holds:
                return {"nullable": False} if name == self.value else None
            case Compare(first=left, rest=((operator, right),)):
                wanted = operator if holds else OPPOSITE.get(operator, "")
                return self._comparison(left, wanted, right)
            case Call(function=Attribute(of=Name(name=name), name=method), arguments=()):
                if name == self.value and holds and method in CLASSES:
                    return {"pattern": CLASSES[method]}
            case Call(function=Attribute(name=method), arguments=(Argument(), Argument())) if holds:
                return self._match(test, method)
        return None

    def _match(self, call: Call, method: str) -> dict[str, Any] | None:
        """`re.match(pattern, value)` and its like."""
        match call.positional:
            case (Constant(value=str() as pattern), Name(name=name)) if name == self.value:
                shapes = {
                    "match": f"^(?:{pattern})" if not pattern.startswith("^") else pattern,
                    "fullmatch": f"^(?:{pattern})$",
                    "search": pattern,
                }
                return {"pattern": shapes[method]} if method in shapes else None
        return None

    def _comparison(
        self, left: Expression, operator: str, right: Expression
    ) -> dict[str, Any] | None:
        match left, right:
            case Constant(), _ if operator in MIRROR and not isinstance(right, Constant):
                return self._comparison(right, MIRROR[operator], left)
            case Call(
                function=Name(name="len"), arguments=(Argument(value=Name(name=name)),)
            ), Constant(value=int() as bound) if name == self.value:
                return _length(operator, bound)
            case Name(name=name), Constant(value=bool()):
                return None
            case Name(name=name), Constant(value=int() | float() as bound) if name == self.value:
                return {NUMBER_RULES[operator]: bound} if operator in NUMBER_RULES else None
            case Name(name=name), ListOf(items=items) | TupleOf(items=items) | SetOf(items=items):
                if name == self.value and operator == "in":
                    return _enum(items)
        return None

    def _transform(self, value: Expression) -> None:
        found: list[str] = []
        while True:
            match value:
                case Call(function=Attribute(of=of, name=method), arguments=()):
                    if method in TRANSFORMS:
                        found.append(method)
                    value = of
                case _:
                    break
        if isinstance(value, Name) and value.name == self.value:
            self.transforms += reversed(found)


def _length(operator: str, bound: int) -> dict[str, Any] | None:
    return {
        ">=": {"min_length": bound},
        ">": {"min_length": bound + 1},
        "<=": {"max_length": bound},
        "<": {"max_length": bound - 1},
        "==": {"min_length": bound, "max_length": bound},
    }.get(operator)


def _enum(items: tuple[Expression, ...]) -> dict[str, Any] | None:
    if items and all(isinstance(each, Constant) for each in items):
        return {"enum": tuple(each.value for each in items if isinstance(each, Constant))}
    return None


def _raised(statements: Iterable[Statement]) -> list[Expression | None]:
    """What is raised anywhere in the statements, nested ones included."""
    found: list[Expression | None] = []
    for statement in statements:
        if isinstance(statement, Raise):
            found.append(statement.value)
        for name in ("body", "otherwise", "final"):
            inner = getattr(statement, name, ())
            if isinstance(inner, tuple):
                found += _raised(inner)
        for caught in getattr(statement, "catches", ()):
            found += _raised(caught.body)
    return found


def detail(raised: Expression | None) -> str:
    """The words of an error: its constant text, templates with `{}` for what varies."""
    match raised:
        case Call(arguments=(Argument(value=value), *_)):
            return detail(value)
        case Constant(value=str() as text):
            return text
        case Format(parts=parts):
            return "".join(part if isinstance(part, str) else "{}" for part in parts)
    return ""
