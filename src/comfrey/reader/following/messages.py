"""A message on its way to a broker: the key under which it goes and what it says, by the places of a call's
arguments."""

from __future__ import annotations

from comfrey.model.service import Service
from comfrey.reader.following.passed import Passed
from comfrey.reader.following.value import Derived, Mapping, Method
from comfrey.source.value import DictValue, External, Instance, Value
from comfrey.stacks.services import product

MESSAGE = "message"
"""The one member of what is noted as sent, where a message is."""
KEY, CONTENT = "routing_key", "content"
WRITERS = ("stringify", "dumps")
"""What makes text of the content, before it is bytes."""


def of(service: Service, operation: str, passed: Passed) -> Mapping | None:
    """`channel.sendToQueue("labels", Buffer.from(JSON.stringify({ … })))`: its key and its content; None where the
    shelf does not know the places."""
    places = _places(service, operation.rpartition(".")[2])
    if not places:
        return None
    given = dict(zip(places, passed.args, strict=False)) | dict(passed.kwargs)
    content = _content(given.get(CONTENT))
    told = {KEY: given.get(KEY), CONTENT: content}
    entries = {name: value for name, value in told.items() if value is not None}
    return Mapping(entries={MESSAGE: Mapping(entries=entries)})


def _places(service: Service, name: str) -> tuple[str, ...]:
    known = product(service.key)
    libraries = known.libraries if known else ()
    used = (each for each in libraries if each.package == service.library)
    return next((each.parameters.get(name, ()) for each in used), ())


def _content(said: Value | None) -> Value | None:
    """What was made text, however deep it lies in what makes it bytes and a message; a mapping as it is."""
    match said:
        case Mapping() | DictValue():
            return said
        case Derived(name=name, of=parts) if name in WRITERS:
            return next((each for each in parts if not isinstance(each, External)), None)
        case Derived(of=parts):
            return _first(parts)
        case Instance(args=args, kwargs=kwargs):
            return _first((*args, *(value for _, value in kwargs)))
        case Method(of=of):
            return _content(of)
        case _:
            return None


def _first(parts: tuple[Value, ...]) -> Value | None:
    return next((each for part in parts if (each := _content(part)) is not None), None)
