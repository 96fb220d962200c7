"""What a Go handler said on its way: its answers, steps on, and whether it lets the request go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from comfrey.source.value import BoundExternal, Choice, Condition, Event, Instance, Value
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.admission.visits import Answer
from comfrey.stacks.statuses import number

if TYPE_CHECKING:
    from comfrey.stacks.admission.handled import Handled, Manner, Saying

NEXT = "<next>"
UNSAID = 0
"""The status of an answer that does not name one: what was set before, else 200."""
OR_ANOTHER = Condition("it comes to this one of several statuses", True)
REFUSALS = 400
"""The first status of those that refuse."""
RENDERED = re.compile(r"(?:^|/)render\.(?:JSON|PlainText|HTML|Data|XML|Respond|Render|RenderList)$")


def chain(called: Value) -> tuple[Instance | None, tuple[str, ...]]:
    """The object that a chain of members and calls begins with, and the names along it."""
    names: list[str] = []
    value: Value = called
    while True:
        match value:
            case BoundExternal(receiver=receiver, name=name):
                names.append(name)
                value = receiver
            case Instance(of=BoundExternal() as of):
                value = of
            case Instance():
                return value, tuple(reversed(names))
            case _:
                return None, tuple(reversed(names))


def told(trial: Handled, events: Iterable[Event]) -> Iterable[Answer]:
    """What the events say, in order: answers, steps on."""
    pending: Answer | None = None
    for event in events:
        if _is_next(event, trial):
            yield Answer("pass", conditions=event.conditions, place=event.place)
            continue
        said = _said(event, trial)
        if said == "status":
            if pending is not None:
                yield pending
            status = number(event.args[0]) if event.args else None
            pending = Answer("answer", status, None, None, event.conditions, event.place)
        elif isinstance(said, Answer):
            if said.status == UNSAID:
                said = replace(said, status=pending.status if pending is not None else 200)
                pending = None
            yield from _each(said, event, trial)
    if pending is not None:
        yield pending


def _each(said: Answer, event: Event, trial: Handled) -> Iterator[Answer]:
    """An answer, once for every status that the code may have come to: `return nil, http.StatusConflict, err`."""
    value = _status_of(event, trial.manner) if said.status is None else None
    known = [number(each) for each in value.options] if isinstance(value, Choice) else []
    statuses = list(dict.fromkeys(each for each in known if each))
    for each in statuses:
        yield replace(said, status=each, conditions=(*said.conditions, OR_ANOTHER))
    if not statuses:
        yield said


def _status_of(event: Event, manner: Manner) -> Value | None:
    """What stands for the status of an answer of the framework's: its own argument, or that of the call before it."""
    at = manner.answers[event.name].status if event.name in manner.answers else -1
    if 0 <= at < len(event.args):
        return event.args[at]
    chained = event.receiver.args if isinstance(event.receiver, Instance) else ()
    return chained[0] if chained else None


def _is_next(event: Event, trial: Handled) -> bool:
    receiver = event.receiver
    if isinstance(receiver, Instance) and dotted(receiver) == NEXT:
        return True
    return receiver is trial.context and event.name in trial.manner.nexts


def _said(event: Event, trial: Handled) -> Answer | str | None:
    """An answer, the word `status`, or None."""
    manner, args = trial.manner, event.args
    owner, path = chain(event.receiver)
    if (
        owner is trial.context
        and event.name in manner.answers
        and path in ((), *((s,) for s in manner.statuses))
    ):
        return _answered(event, manner.answers[event.name], owner, manner)
    if owner is trial.context and not path and event.name in manner.statuses:
        return "status"
    if owner is trial.context and not path and event.name in manner.raises and args:
        return Answer("raised", None, error=args[0], conditions=event.conditions, place=event.place)
    if (
        owner is trial.context
        and path
        and path[-1] in ("Response", "Writer")
        and event.name == "WriteHeader"
    ):
        return "status"
    if owner is trial.writer and event.name == "WriteHeader":
        return "status"
    if owner is trial.writer and not path and event.name in ("Write", "WriteString"):
        return Answer(
            "answer",
            UNSAID,
            args[0] if args else None,
            None,
            event.conditions,
            event.place,
            "text/plain",
        )
    return _by_function(event, trial)


def _answered(event: Event, said: Saying, owner: Instance, manner: Manner) -> Answer:
    args = event.args
    status: int | None = said.code
    if 0 <= said.status < len(args):
        status = number(args[said.status])
    elif isinstance(event.receiver, Instance) and event.receiver is not owner:
        chained = event.receiver.args
        status = number(chained[0]) if chained else said.code
    elif said.status < 0:
        status = UNSAID if manner.statuses else said.code
    body = args[said.body] if 0 <= said.body < len(args) else None
    return Answer("answer", status, body, None, event.conditions, event.place, said.media)


def _by_function(event: Event, trial: Handled) -> Answer | None:
    """`http.Error(w, …)`, `json.NewEncoder(w).Encode(v)`, `render.JSON(w, r, v)`."""
    name = (
        dotted(event.receiver)
        if event.name == "__init__"
        else f"{dotted(event.receiver)}.{event.name}"
    )
    args = event.args
    given = args[0] if args else None
    if name == "net/http.Error" and len(args) > 2:
        return Answer(
            "answer", number(args[2]), args[1], None, event.conditions, event.place, "text/plain"
        )
    if name == "net/http.NotFound":
        return Answer("answer", 404, None, None, event.conditions, event.place, "text/plain")
    if name == "net/http.Redirect" and len(args) > 3:
        return Answer("answer", number(args[3]), None, None, event.conditions, event.place)
    if event.name in ("Encode", "Execute", "ExecuteTemplate"):
        made = event.receiver
        if isinstance(made, Instance) and any(each is trial.writer for each in made.args):
            return Answer("answer", UNSAID, given, None, event.conditions, event.place)
    if given is trial.writer and RENDERED.search(name) and len(args) > 2:
        return Answer("answer", UNSAID, args[2], None, event.conditions, event.place)
    if given is trial.writer and name in (
        "fmt.Fprint",
        "fmt.Fprintf",
        "fmt.Fprintln",
        "io.WriteString",
    ):
        body = args[1] if len(args) > 1 else None
        return Answer("answer", UNSAID, body, None, event.conditions, event.place, "text/plain")
    return None


# --- going on without saying so ------------------------------------------------------


def stopped(events: list[Event], trial: Handled) -> bool:
    """Whether the function certainly ends the request: at once, or wherever it did not end it before."""
    stops = [each for each in events if _stops(each, trial)]
    ended = {
        each.conditions[-1].text for each in stops if each.conditions and each.conditions[-1].holds
    }
    return any(all(not c.holds and c.text in ended for c in each.conditions) for each in stops)


def _stops(event: Event, trial: Handled) -> bool:
    """Whether the request ends here. A refusal ends it as its author meant it, said or not: where the handler is
    asked all the same, its tests tell."""
    if event.receiver is not trial.context:
        return False
    said = trial.manner.answers.get(event.name)
    if said is not None and 0 <= said.status < len(event.args):
        status = number(event.args[said.status])
        if status is not None and status >= REFUSALS:
            return True
    return event.name in trial.manner.stops


def after(events: list[Event], trial: Handled) -> tuple[Condition, ...]:
    """The conditions under which the end is reached."""
    stops = [each for each in events if _stops(each, trial) and each.conditions]
    if not stops:
        return ()
    last = stops[-1].conditions[-1]
    return (replace(last, holds=not last.holds),)
