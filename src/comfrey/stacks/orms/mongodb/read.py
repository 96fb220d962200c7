"""Understands collections that Node reaches without a mapper."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Name
from comfrey.source.study import Study
from comfrey.source.value import Event, SettingValue, Value, text_of
from comfrey.stacks import shelf
from comfrey.stacks.addresses import is_written
from comfrey.stacks.documents.collections import functions
from comfrey.stacks.documents.gathered import gathered

CLIENT = "MongoClient"
LOOKED_UP = "mongodb+srv"
"""An address whose servers a name service tells."""


def records(
    codebase: Codebase, _needles: tuple[bytes, ...], _kin: tuple[ModuleType, ...] = ()
) -> tuple[Record, ...]:
    """A record for each collection."""
    folder = shelf.folder("orms", "mongodb")
    return gathered(codebase, folder) if folder else ()


def database(
    codebase: Codebase, found: tuple[Record, ...], _kin: tuple[ModuleType, ...] = ()
) -> DatabaseHook | None:
    """`new MongoClient(process.env.MONGO_URI)`, `MongoClient.connect(uri)`: the setting of the address."""
    hook = DatabaseHook(dialect="mongodb", driver="mongodb", asynchronous=True)
    opened = tuple(_addresses(codebase))
    for address, place in opened:
        if isinstance(address, SettingValue):
            return hook.replace(url_setting=address.name, place=place)
    for address, place in opened:
        if is_written(address):
            looked_up = (text_of(address) or "").startswith(LOOKED_UP)
            driver = LOOKED_UP if looked_up else hook.driver
            return hook.replace(driver=driver, configured=True, place=place)
    return hook if found else None


def _addresses(codebase: Codebase) -> Iterator[tuple[Value, Place]]:
    """What clients are made with, beside functions and in them."""
    needles = (CLIENT.encode(),)
    for module in codebase.modules(needles):
        codebase.scope(module)
    for event in codebase.evaluator.events:
        if event.args and _opens(event):
            yield event.args[0], event.place
    for function in functions(codebase, needles):
        study = Study(codebase, function)
        for call in study.calls():
            if call.positional and _is_client(call):
                yield study.value(call.positional[0]), call.place


def _opens(event: Event) -> bool:
    receiver = getattr(event.receiver, "name", "")
    return event.name in ("__init__", "connect") and receiver.rpartition(".")[2] == CLIENT


def _is_client(call: Call) -> bool:
    match call.function:
        case Name(name=name) | Attribute(name="connect", of=Name(name=name)):
            return name == CLIENT
    return False
