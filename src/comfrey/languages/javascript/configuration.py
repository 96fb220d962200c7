"""Configuration services of NestJS and the `config` package: a value by its key, from the objects that were loaded."""

from __future__ import annotations

from comfrey.languages.javascript.environment import setting
from comfrey.source.comparing import comparable
from comfrey.source.evaluate import Evaluator
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    ClassValue,
    Const,
    DictValue,
    External,
    FunctionValue,
    Instance,
    ListValue,
    SettingValue,
    UnknownValue,
    Value,
)

SERVICE = "@nestjs/config.ConfigService"
GETTERS = ("get", "getOrThrow", "resolve")
"""Also of containers that hand out objects of a class (inversify, tsyringe, typedi)."""


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """`config.get("app.port")`, `app.get(ConfigService)`."""
    args = arguments[0]
    if name not in GETTERS or not args:
        return None
    if isinstance(args[0], ClassValue) or _is_service(args[0]):
        return Instance(args[0], symbolic=True)
    if not isinstance(receiver, Instance) or not ev.codebase.is_a(receiver, SERVICE):
        return None
    key = comparable(args[0])
    if key is None or not isinstance(key[0], str):
        return UnknownValue("a setting of a computed name", at.place if at else None, "setting")
    return _found(ev, key[0], args[1] if len(args) > 1 else None)


def _is_service(value: Value) -> bool:
    """Whether a name stands for a class of Nest's own packages (`app.get(Reflector)`)."""
    return (
        isinstance(value, External)
        and value.name.startswith("@nestjs/")
        and value.last[:1].isupper()
    )


def _found(ev: Evaluator, key: str, default: Value | None) -> Value:
    """A key of what `registerAs` or `load` brought, else an environment variable of that name."""
    parts = key.split(".")
    for event in list(ev.all_events):
        name = event.receiver.name if isinstance(event.receiver, External) else ""
        if name == "@nestjs/config.registerAs" and len(event.args) > 1:
            named = comparable(event.args[0])
            if named is not None and named[0] == parts[0]:
                return _member(ev, event.args[1], parts[1:], default)
        if name == "@nestjs/config.ConfigModule.forRoot" and event.args:
            found = _loaded(ev, event.args[0], parts)
            if found is not None:
                return found
    own = setting(ev, key)
    return SettingValue(key, default, own.place) if default is not None else own


def _loaded(ev: Evaluator, options: Value, parts: list[str]) -> Value | None:
    listed = options.get("load") if isinstance(options, DictValue) else None
    for each in listed.items if isinstance(listed, ListValue) else ():
        if isinstance(each, FunctionValue):
            found = _member(ev, each, parts, None)
            if not isinstance(found, UnknownValue) and not _is_nothing(found):
                return found
    return None


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _member(ev: Evaluator, factory: Value, parts: list[str], default: Value | None) -> Value:
    found: Value = ev.call(factory)
    for part in parts:
        found = ev.attribute(found, part)
    return default if default is not None and _is_nothing(found) else found
