"""What a caller's record must hold: roles and flags that a guard's code asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.model.endpoint import Requirement
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Attribute,
    BoolOp,
    Call,
    Compare,
    Expression,
    FunctionDef,
    If,
    Name,
    Raise,
    Statement,
    Subscript,
    Unary,
)
from comfrey.source.value import Const, FunctionValue, Value, plain
from comfrey.stacks.frameworks.fastapi.dependencies import Dependency
from comfrey.stacks.frameworks.fastapi.facts import items
from comfrey.stacks.frameworks.fastapi.statuses import status_of_error

REFUSALS = (400, 401, 403, 404)
OPPOSITE = {"!=": "eq", "==": "ne", "not in": "in", "in": "not_in", "<": "ge", ">": "le"}
FLAGS = ("is_active", "active", "disabled", "is_disabled", "is_verified", "verified", "enabled")


def read_requirements(
    dependency: Dependency, codebase: Codebase, handlers: dict[str, int]
) -> tuple[Requirement, ...]:
    """The requirements in the body of a guard that is handed the caller by a guard below it."""
    function = dependency.function
    if function is None or not isinstance(function.node, FunctionDef):
        return ()
    found: list[Requirement] = []
    reader = _Reader(dependency, function, codebase, handlers)
    for test, raised in _refusals(function.node.body):
        found += reader.read(test, raised)
    return tuple(dict.fromkeys(found))


def roles_of(requirements: Iterable[Requirement], scopes: Iterable[str]) -> tuple[str, ...]:
    """What is required, in people's words."""
    words: list[str] = []
    for each in requirements:
        if each.field in FLAGS:
            continue
        if isinstance(each.value, tuple):
            words += each.value
        elif isinstance(each.value, str):
            words.append(each.value)
        elif each.value is True:
            words.append(each.field.removeprefix("is_"))
    return tuple(dict.fromkeys((*words, *scopes)))


def _refusals(statements: Iterable[Statement]) -> Iterator[tuple[Expression, Raise]]:
    for statement in statements:
        if isinstance(statement, If):
            for inner in statement.body:
                if isinstance(inner, Raise):
                    yield statement.test, inner
            yield from _refusals(statement.body)
            yield from _refusals(statement.otherwise)
        else:
            for name in ("body", "otherwise"):
                inner_body = getattr(statement, name, ())
                if isinstance(inner_body, tuple):
                    yield from _refusals(inner_body)


class _Reader:
    """One guard's function; the caller is what another dependency gives it."""

    def __init__(
        self,
        dependency: Dependency,
        function: FunctionValue,
        codebase: Codebase,
        handlers: dict[str, int],
    ) -> None:
        self.dependency = dependency
        self.function = function
        self.codebase = codebase
        self.handlers = handlers
        self.callers = {each.name for each in dependency.below if each.name} | {
            "user",
            "current_user",
        }

    def read(self, test: Expression, raised: Raise) -> list[Requirement]:
        status = self._status(raised)
        if status not in REFUSALS:
            return []
        made = [self._one(part, status) for part in _parts(test)]
        return [each for each in made if each is not None]

    def _status(self, raised: Raise) -> int | None:
        if raised.value is None:
            return None
        value = self.codebase.value(raised.value, self.function.scope)
        return status_of_error(value, self.codebase, self.handlers)

    def _one(self, test: Expression, status: int) -> Requirement | None:
        place = test.place
        match test:
            case Unary(operator="not", operand=operand) if field := self._field(operand):
                return Requirement(field=field, value=True, status=status, place=place)
            case Attribute() if field := self._field(test):
                return Requirement(field=field, value=False, status=status, place=place)
            case Compare(first=first, rest=((operator, right),)):
                return self._compared(first, operator, right, status, test)
        return None

    def _compared(
        self, first: Expression, operator: str, right: Expression, status: int, test: Expression
    ) -> Requirement | None:
        field, other = self._field(first), right
        if not field and operator in ("not in", "==", "!="):
            field, other = self._field(right), first
            if field and operator == "not in":
                value = self._constant(other)
                return _made(field, "contains", value, status, test) if value is not None else None
        value = self._constant(other)
        wanted = OPPOSITE.get(operator, {"is not": "eq", "is": "ne"}.get(operator, ""))
        if not field or value is None or not wanted:
            return None
        if wanted == "ne" and isinstance(value, bool):
            wanted, value = "eq", not value
        return _made(field, wanted, value, status, test)

    def _field(self, node: Expression) -> str:
        """The dotted path below the caller, "" when it is not the caller's."""
        parts: list[str] = []
        while isinstance(node, Attribute):
            parts.append(node.name)
            node = node.of
        if isinstance(node, Subscript) and not parts:
            key = plain(self.codebase.value(node.index, self.function.scope))
            if isinstance(node.of, Name) and node.of.name in self.callers and isinstance(key, str):
                return key
        if isinstance(node, Name) and node.name in self.callers and parts:
            named = [each for each in reversed(parts) if each not in ("value", "name")]
            return ".".join(named) or parts[-1]
        return ""

    def _constant(self, node: Expression) -> object:
        match node:
            case Attribute(of=Name(name="self"), name=name) if self.dependency.receiver is not None:
                value = self.codebase.evaluator.attribute(self.dependency.receiver, name)
            case _:
                value = self.codebase.value(node, self.function.scope)
        return _plain(value)


def _plain(value: Value) -> object:
    if members := items(value):
        known = tuple(plain(each) for each in members)
        return None if None in known else known
    known_one = plain(value)
    return None if isinstance(value, Const) and value.value is None else known_one


def _made(
    field: str, operator: str, value: object, status: int, test: Expression
) -> Requirement | None:
    if not isinstance(value, str | bool | int | tuple):
        return None
    return Requirement(field=field, operator=operator, value=value, status=status, place=test.place)


def _parts(test: Expression) -> tuple[Expression, ...]:
    """What each refuses by itself (`a or b`); of what refuses only together, the first that is understood."""
    match test:
        case BoolOp(operator="or", operands=operands):
            return operands
        case BoolOp(operator="and", operands=operands):
            return operands[:1]
        case Unary(operator="not", operand=BoolOp(operator="and", operands=operands) as inner):
            return tuple(Unary(inner.span, "not", each) for each in operands)
        case Unary(operator="not", operand=Call(function=Name(name="bool"), arguments=(only,))):
            return (Unary(test.span, "not", only.value),)
    return (test,)
