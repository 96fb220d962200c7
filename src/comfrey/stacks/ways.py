"""Which `return`s of a view a request with a method can reach: conditions on the method decide, and forms that
nobody has sent do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comfrey.source.node import (
    Attribute,
    BoolOp,
    Call,
    Compare,
    Constant,
    Expression,
    If,
    ListOf,
    Return,
    SetOf,
    Statement,
    TupleOf,
    Unary,
    walk,
)
from comfrey.source.study import Study

SENDING = ("POST", "PUT", "PATCH", "DELETE")
SUBMITTED = ("validate_on_submit", "is_submitted")
FITS = ("validate", "is_valid")


@dataclass(frozen=True)
class Way:
    """One `return` by which a request can be answered; `taken` behind a check that something was sent, and fits."""

    value: Expression
    taken: bool = False


def ways(study: Study, method: str) -> tuple[Way, ...]:
    """The `return`s of a function that a request with this method can reach, in source order."""
    node = study.function.node
    statements = getattr(node.body, "statements", None)
    if statements is None:
        return ()
    return tuple(_reached(statements, method, taken=False))


def _reached(statements: tuple[Statement, ...], method: str, *, taken: bool) -> Iterator[Way]:
    for each in statements:
        if not isinstance(each, If):
            yield from _inside(each, method, taken)
            continue
        known = decided(each.test, method)
        if known is not False:
            yield from _reached(each.body, method, taken=taken or known is True)
        if known is not True:
            yield from _reached(each.otherwise, method, taken=taken)
        if (
            known is True
            and _leaves(each.body)
            and not _asks_for_form(each.test, *SUBMITTED, *FITS)
        ):
            return


def _inside(statement: Statement, method: str, taken: bool) -> Iterator[Way]:
    if isinstance(statement, Return):
        if statement.value is not None:
            yield Way(statement.value, taken)
        return
    blocks = [getattr(statement, name, ()) for name in ("body", "otherwise", "final")]
    blocks += [
        each.body for each in (*getattr(statement, "catches", ()), *getattr(statement, "cases", ()))
    ]
    for block in blocks:
        if isinstance(block, tuple):
            yield from _reached(block, method, taken=taken)


def _leaves(statements: tuple[Statement, ...]) -> bool:
    return bool(statements) and isinstance(statements[-1], Return)


def decided(test: Expression, method: str) -> bool | None:
    """Whether a condition on the method, or on a form that was sent and fits, holds for a request that is accepted."""
    match test:
        case Unary(operator="not", operand=inner):
            known = decided(inner, method)
            return None if known is None else not known
        case BoolOp(operator="and", operands=operands):
            every = [decided(each, method) for each in operands]
            return False if False in every else None if None in every else True
        case Compare(first=Attribute(name="method"), rest=((operator, other),)):
            return _compared(operator, other, method)
    # A form that nobody has filled in does not fit: what asks for a page sends none.
    return method in SENDING if _asks_for_form(test, *SUBMITTED, *FITS) else None


def _asks_for_form(test: Expression, *names: str) -> bool:
    return any(
        isinstance(each, Call)
        and isinstance(each.function, Attribute)
        and each.function.name in (names or SUBMITTED)
        and not each.arguments
        for each in walk(test)
    )


def _compared(operator: str, other: Expression, method: str) -> bool | None:
    match operator, other:
        case "==", Constant(value=str() as word):
            return method == word
        case "!=", Constant(value=str() as word):
            return method != word
        case "in" | "not in", ListOf(items=items) | TupleOf(items=items) | SetOf(items=items):
            words = [each.value for each in items if isinstance(each, Constant)]
            return (method in words) is (operator == "in")
    return None
