"""What an exception or a response made by hand answers: status and detail."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.reader.following.journal import Act
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import Either, Items, Mapping
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    SettingValue,
    Text,
    Value,
)
from comfrey.stacks.requests import Rescue
from comfrey.stacks.statuses import number

MESSAGES = ("detail", "message", "msg", "error", "title")
NOTHING = Const(None)
CARRIERS = ("HTTPException", "WebSocketException", "APIException")
"""Exceptions that say their status."""


FIXED = {
    "HttpResponseBadRequest": 400,
    "HttpResponseForbidden": 403,
    "HttpResponseNotFound": 404,
    "HttpResponseGone": 410,
    "HttpResponseServerError": 500,
}
"""Responses that are called by their status."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` is None when the exception has no answer of its own."""

    status: int | None
    detail: str = ""


def reply(
    machine: Machine, act: Act, rescues: tuple[Rescue, ...], code: int | None = None
) -> Reply:
    """The answer to an exception that left the handler, after the reply was given the status `code`."""
    raised = act.subject
    for rescue in rescues:
        if rescue.status is not None:
            return Reply(rescue.status(raised, code), said_by(raised))
        names = machine.class_names(rescue.exception)
        if names and set(names) & set(machine.lineage(raised)):
            if rescue.code is not None:
                return Reply(rescue.code, said_by(raised))
            found = _rescued(machine, rescue, raised)
            return found if found.status is not None else own(machine, raised)
    return own(machine, raised)


def said_by(raised: Value) -> str:
    """The message that an error was made with."""
    args = raised.args if isinstance(raised, Instance) else ()
    return next((found for each in args if (found := text(each))), "")


def own(machine: Machine, raised: Value) -> Reply:
    """The status that an HTTP exception carries."""
    if not isinstance(raised, Instance):
        return Reply(None)
    names = machine.lineage(raised)
    for dotted, code in machine.meaning.statuses.items():
        if any(each.endswith(dotted) for each in names):
            return Reply(code, text(raised.argument(0, "detail")))
    if not any(each.rpartition(".")[2] in CARRIERS for each in names):
        return Reply(None)
    status = raised.fields.get("status_code") or _class_says(machine, raised, "status_code")
    detail = raised.fields.get("detail") or _class_says(machine, raised, "detail")
    if any(each.endswith("APIException") for each in names):
        return Reply(number(status), text(raised.argument(0, "detail")))
    if isinstance(raised.of, External) or (status is None and "status_code" not in raised.fields):
        status = raised.argument(0, "status_code") or status
        detail = raised.argument(1, "detail") or detail
    return Reply(number(status), text(detail))


def _class_says(machine: Machine, raised: Instance, name: str) -> Value | None:
    if not isinstance(raised.of, ClassValue):
        return None
    member = machine.codebase.member(raised.of, name)
    found = member.value if member else None
    return None if isinstance(found, FunctionValue) else found


def text(value: Value | None) -> str:
    """A message that is constant; "" otherwise."""
    match value:
        case Const(value=str() as known) | SettingValue(default=Const(value=str() as known)):
            return known
        case Instance(fields={"value": Const(value=str() as known)}):
            return known
        case Mapping(entries=entries):
            found = [text(entries[each]) for each in MESSAGES if each in entries]
            return next((each for each in found if each), "")
        case Text():
            return ""
        case _:
            return ""


def _rescued(machine: Machine, rescue: Rescue, raised: Value) -> Reply:
    """Runs the exception handler with the exception that was raised."""
    saved = machine.journal
    machine.journal = type(saved)()
    request = Instance(External("fastapi.Request"), symbolic=True)
    taken = getattr(rescue.handler, "node", None)
    alone = taken is not None and len(getattr(taken, "parameters", ())) == 1
    answer = machine.call(rescue.handler, (raised,) if alone else (request, raised))
    machine.journal = saved
    return response(answer)


def response(answer: Value) -> Reply:
    """The status of a response made by hand."""
    match answer:
        case Instance(of=External() as of) if of.last.endswith("Response"):
            said = answer.kwarg("status") or answer.argument(1, "status_code")
            status = FIXED.get(of.last, 200) if said is None else number(said)
            return Reply(status, text(answer.argument(0, "content")))
        case Mapping(status=Value() as said):
            return Reply(number(said), text(answer))
        case Items(kind="tuple", items=[first, second, *_]):
            inner = first if isinstance(first, Value) else NOTHING
            return Reply(number(second), text(inner))
        case Instance(of=External() as of) if of.last == "make_response":
            return Reply(number(answer.argument(1, "status")), text(answer.argument(0, "rv")))
        case Either(options=options):
            replies = {response(each) for _, each in options}
            known = {each for each in replies if each.status is not None}
            return known.pop() if len(known) == 1 else Reply(None)
        case _:
            return Reply(None)
