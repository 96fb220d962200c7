"""What is done along with a request though its handler does not call it: tasks, what waits for the commit, and
what hears of a row that was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Items, Method, Row
from comfrey.source import node as n
from comfrey.source.value import (
    BoundExternal,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from comfrey.reader.following.machine import Machine

TASKS = ("celery.shared_task", "celery.app.shared_task")
EAGER = (b'namespace="CELERY"', b"namespace='CELERY'")
"""A queue that takes its settings from Django's does so where tests set them: it carries tasks out at once."""
AT_ONCE = ("delay", "delay_on_commit")
WITH_ARGS = ("apply_async", "apply_async_on_commit")
WAITING = ("django.db.transaction.on_commit", "transaction.on_commit")


def carried_out(
    machine: Machine, function: Value, passed: Passed, at: n.Expression | None
) -> Value | None:
    """`send.delay(user.id)` and `on_commit(function)`: what they lead to is followed as if called here; None for
    every other call. Tests carry tasks out at once."""
    match function:
        case Method(of=FunctionValue() as task, name=name) if _is_task(machine, task):
            given = passed if name in AT_ONCE else _given(passed) if name in WITH_ARGS else None
            return machine.passing(task, given, at) if given else None
        case External(name=name) if name in WAITING and passed.args:
            return machine.call(passed.args[0], at=at)
        case _:
            return None


def heard(machine: Machine, row: Row, at: n.Expression | None, *, created: bool) -> None:
    """Receivers that are told of each stored row, where they speak to a service; what they do to rows beside
    is told by the records themselves."""
    for name in row.record.hearers:
        module, _, function = name.partition(":")
        found = machine.codebase.resolve(module, function)
        if isinstance(found, FunctionValue) and _speaks(machine, found):
            owner = machine.classes.get(row.record.name) or UnknownValue("its class", found.place)
            told = (("sender", owner), ("instance", row), ("created", Const(created)))
            machine.call(found, (), told, at)


def _is_task(machine: Machine, function: FunctionValue) -> bool:
    """`@shared_task`, or `@app.task` of a Celery, which need no worker here."""
    made = [e.of if isinstance(e, Instance) else e for e in function.decorators]
    known = any(_makes_tasks(each) for each in made)
    return known and bool(machine.codebase.tree.containing(EAGER))


def _makes_tasks(decorator: Value) -> bool:
    if isinstance(decorator, External):
        return decorator.name in TASKS
    queue = decorator.receiver if isinstance(decorator, BoundExternal) else None
    kind = queue.of if isinstance(queue, Instance) else None
    return isinstance(kind, External) and kind.name.startswith("celery.")


def _given(passed: Passed) -> Passed:
    args = passed.named("args") or passed.at(0)
    return Passed(tuple(args.items) if isinstance(args, Items | ListValue) else ())


def _speaks(machine: Machine, function: FunctionValue) -> bool:
    place = function.place
    return any(
        file == place.file and place.line <= line <= place.end_line
        for file, line in machine.services
    )
