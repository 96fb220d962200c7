"""Forms that are sent back: the code looks at what was typed, says what is wrong, and redirects the visitor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from comfrey.source.node import (
    BoolOp,
    Call,
    Compare,
    Constant,
    Expression,
    Name,
    Statement,
    Unary,
    walk,
)
from comfrey.source.study import Study
from comfrey.stacks.frameworks.flask.refusing import answers

REDIRECTS = (302, 303)
SAYS = "flash"
Member = Callable[[Expression], tuple[str, str] | None]
"""(where it was sent, its name) of an expression that holds a field of a form."""


def bounced_status(statements: tuple[Statement, ...], study: Study) -> int | None:
    """The status of a block that tells the visitor what is wrong and redirects; None for any other."""
    said = any(
        isinstance(each, Call) and each.function.text.rpartition(".")[2] == SAYS
        for statement in statements
        for each in walk(statement)
    )
    first = next(iter(answers(statements, study)), None) if said else None
    return first[0] if first is not None and first[0] in REDIRECTS else None


def bounds(test: Expression, member: Member) -> Iterator[tuple[str, dict[str, int]]]:
    """(field, bounds of its length) that make the test false: `not title`, `len(year) != 4`, `len(title) > 60`."""
    match test:
        case BoolOp(operator="or", operands=operands):
            for each in operands:
                yield from bounds(each, member)
        case Unary(operator="not", operand=operand) if name := _field(operand, member):
            yield name, {"min_length": 1}
        case Compare(
            first=Call(function=Name(name="len"), positional=(measured, *_)),
            rest=((operator, Constant(value=int() as limit)),),
        ) if name := _field(measured, member):
            yield name, _limits(operator, limit)


def _field(node: Expression, member: Member) -> str:
    found = member(node)
    return found[1] if found is not None and found[0] == "form" else ""


def _limits(operator: str, limit: int) -> dict[str, int]:
    match operator:
        case "!=":
            return {"min_length": limit, "max_length": limit}
        case ">" | ">=":
            return {"max_length": limit - (operator == ">=")}
        case "<" | "<=":
            return {"min_length": limit + (operator == "<=")}
    return {}
