"""The clients through which Python programs reach MongoDB: the settings that lead to the server and to the database."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.project import DatabaseHook
from comfrey.source.classes import class_like
from comfrey.source.codebase import Codebase
from comfrey.source.node import Attribute, Call, Expression, Name, Subscript
from comfrey.source.study import Study
from comfrey.source.value import (
    Choice,
    External,
    FunctionValue,
    Instance,
    SettingValue,
    Value,
)
from comfrey.stacks.addresses import parts

CLIENTS = ("AsyncIOMotorClient", "AsyncMongoClient", "MongoClient", "MotorClient")
ADDRESS = ("host", "connection_string", "uri", "url")


def reached(codebase: Codebase, *calls: str) -> DatabaseHook | None:
    """How the code outside of tests makes its client, by the driver's classes or by one of the `calls`
    (`connect`) of a mapper that makes it; None where it does not."""
    found = list(_made(codebase, (*CLIENTS, *calls)))
    hooks = [_hook(*each) for each in found]
    best = next((each for each in hooks if each.url_setting or each.url_parts), None)
    return best or next(iter(hooks), None)


Made = tuple[str, Value | None, str, Call]
"""The called name, its address, where it is kept (`module:name`, "" inside a function), the call."""


def _made(codebase: Codebase, names: tuple[str, ...]) -> Iterator[Made]:
    needles = tuple(f"{each}(".encode() for each in names)
    for module in codebase.modules(needles):
        if codebase.language.is_test(codebase.graph.file(module) or ""):
            continue
        for name, value in list(codebase.scope(module).names.items()):
            if isinstance(value, Instance) and last(value) in names and value.call is not None:
                address = next((v for k in ADDRESS if (v := value.argument(0, k))), None)
                yield last(value), address, f"{module}:{name}", value.call
    for function in _functions(codebase, needles):
        study = Study(codebase, function)
        for node in study.walk():
            if isinstance(node, Call) and _name(node.function) in names:
                written = next((e for e in _written(node)), None)
                address = study.value(written) if written is not None else None
                yield _name(node.function), address, "", node


def _functions(codebase: Codebase, needles: tuple[bytes, ...]) -> Iterator[FunctionValue]:
    for function in codebase.functions(needles):
        if not codebase.language.is_test(function.place.file):
            yield function
    for kind in codebase.classes(needles):
        if not codebase.language.is_test(kind.place.file):
            for member in codebase.members(kind):
                if isinstance(member.value, FunctionValue):
                    yield member.value


def _written(call: Call) -> Iterator[Expression]:
    """The address as it is written: by its keyword, else the first argument that is passed."""
    for name in ADDRESS:
        said = call.keyword(name)
        if said is not None:
            yield said
    yield from call.positional[:1]


def _name(node: Expression | None) -> str:
    """The last part of what is called: `motor_asyncio.AsyncIOMotorClient[dict]` too."""
    match node:
        case Attribute(name=name) | Name(name=name):
            return name
        case Subscript(of=of):
            return _name(of)
    return ""


def _hook(name: str, address: Value | None, engine: str, call: Call) -> DatabaseHook:
    setting = _setting(address)
    motor = "Motor" in name
    return DatabaseHook(
        engine=engine,
        url_setting=setting,
        url_parts=() if setting else parts(address),
        driver="motor" if motor else "pymongo",
        dialect="mongodb",
        asynchronous=motor or name == "AsyncMongoClient",
        place=call.place,
    )


def _setting(value: Value | None) -> str:
    match value:
        case SettingValue(name=name):
            return name
        case Choice(options=options):
            return next((found for each in options if (found := _setting(each))), "")
        case Instance(of=External(), args=(SettingValue(name=name), *_)):
            return name
        case Instance(fields=fields):
            return next((found for each in fields.values() if (found := _setting(each))), "")
    return ""


def last(value: Value | None) -> str:
    """The last part of the name of what a value is, or is an object of."""
    like = class_like(value) if value is not None else None
    return like.last if isinstance(like, External) else ""
