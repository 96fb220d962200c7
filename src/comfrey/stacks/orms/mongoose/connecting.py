"""How an app opens its Mongoose connection: `mongoose.connect(url, { dbName })`, beside functions or in one."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.languages.javascript.options import last, option
from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Name
from comfrey.source.study import Study
from comfrey.source.value import External, SettingValue, Value
from comfrey.stacks.addresses import is_written
from comfrey.stacks.documents.collections import functions

CONNECTING = (b".connect(", b"forRoot", b"createConnection")
OPENERS = ("connect", "createConnection", "forRoot")
HOOK = DatabaseHook(dialect="mongodb", asynchronous=True)


def connected(codebase: Codebase) -> DatabaseHook | None:
    """The first connection whose address is a setting, else the first whose database the code names; None where
    neither is known."""
    opened = tuple(_opened(codebase))
    for address, name, place in opened:
        if isinstance(address, SettingValue):
            return HOOK.replace(url_setting=address.name, configured=is_written(name), place=place)
    for address, name, place in opened:
        if is_written(address) or is_written(name):
            return HOOK.replace(configured=True, place=place)
    return None


def _opened(codebase: Codebase) -> Iterator[tuple[Value, Value | None, Place]]:
    """(address, name of the database that wins over it, place) of every connection."""
    for event in codebase.evaluator.events:
        receiver = event.receiver
        of = receiver.name if isinstance(receiver, External) else last(receiver)
        of, name = of.rpartition(".")[::2] if event.name == "__init__" else (of, event.name)
        if name in OPENERS and "ongoose" in of and event.args:
            yield event.args[0], _name(event.args), event.place
    for function in functions(codebase, CONNECTING):
        study = Study(codebase, function)
        for call in study.calls():
            match call.function:
                case Attribute(name=name, of=Name(name=of)) if name in OPENERS and "ongoose" in of:
                    passed = tuple(map(study.value, call.positional))
                    if passed:
                        yield passed[0], _name(passed), call.place


def _name(passed: tuple[Value, ...]) -> Value | None:
    return option(passed[1], "dbName") if len(passed) > 1 else None
