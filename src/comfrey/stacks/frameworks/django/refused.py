"""The status that a view gives on purpose to input that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from comfrey.source.node import Call, If, Node, Return, Statement, Try, Unary, walk
from comfrey.source.study import Study

CAUGHT = ("Exception", "BaseException", "APIException", "ValidationError")
"""What an `except` names to take the error that `is_valid(raise_exception=True)` raises."""

Status = Callable[[Study, Call], int | None]


def invalid_status(study: Study, status: Status) -> int | None:
    """`if not form.is_valid(): return …(status=422)`, or an `except` around `is_valid(raise_exception=True)`;
    None where the framework is left to answer."""
    for node in study.walk():
        found = None
        if isinstance(node, Try) and _raises(node.body):
            found = _caught(node, study, status)
        elif isinstance(node, If):
            found = _asked(node, study, status)
        if found is not None and found >= 400:
            return found
    return None


def _raises(body: tuple[Statement, ...]) -> bool:
    return any(
        isinstance(each, Call)
        and each.function.text.endswith(".is_valid")
        and each.keyword("raise_exception") is not None
        for statement in body
        for each in walk(statement)
    )


def _caught(node: Try, study: Study, status: Status) -> int | None:
    for catch in node.catches:
        names = {each.text.rpartition(".")[2] for kind in catch.kinds for each in _parts(kind)}
        if not catch.kinds or names & set(CAUGHT):
            return next(_statuses(catch.body, study, status), None)
    return None


def _parts(kind: Node) -> tuple[Node, ...]:
    return tuple(getattr(kind, "items", (kind,)))


def _asked(node: If, study: Study, status: Status) -> int | None:
    """What the branch of a form that does not hold answers."""
    test = node.test
    if isinstance(test, Unary) and test.operator == "not" and _is_question(test.operand):
        return next(_statuses(node.body, study, status), None)
    if _is_question(test):
        return next(_statuses(node.otherwise, study, status), None)
    return None


def _is_question(node: Node) -> bool:
    return isinstance(node, Call) and node.function.text.endswith(".is_valid")


def _statuses(body: tuple[Statement, ...], study: Study, status: Status) -> Iterator[int]:
    for statement in body:
        for each in walk(statement):
            if isinstance(each, Return) and isinstance(each.value, Call):
                found = status(study, each.value)
                if found is not None:
                    yield found
