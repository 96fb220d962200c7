"""What an app's own configuration holds: `app.config["X"] = …`, `app.config.from_object(Config)`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    Choice,
    ClassValue,
    Const,
    DictValue,
    Event,
    External,
    Instance,
    ModuleValue,
    SettingValue,
    Value,
    text_of,
)

LOADS = (
    "from_object",
    "from_pyfile",
    "from_file",
    "from_mapping",
    "update",
    "setdefault",
    "__setitem__",
)
NAMED = ("config", "settings")


def configuration(codebase: Codebase) -> dict[str, Value]:
    """Upper-case names and what they hold; what is set later wins. Classes that are called after
    configuration stand in where nothing says which one is loaded."""
    found: dict[str, Value] = {}
    for event in codebase.evaluator.events:
        if event.name in LOADS and is_config(event.receiver):
            found.update(_told(event, codebase))
    for event in codebase.evaluator.events:
        if event.name == "from_prefixed_env" and is_config(event.receiver):
            found = {
                e.name.removeprefix(_prefix(event)): e for e in _prefixed(event, found)
            } | found
    if not any(text_of(value) is not None for value in found.values()):
        for kind in codebase.classes((b"Config", b"Settings")):
            if kind.name.lower().endswith(NAMED) or kind.name.lower().startswith(NAMED):
                found = dict(_of_object(kind, codebase)) | found
    return found


def prefixed(codebase: Codebase) -> tuple[SettingValue, ...]:
    """The variables by which alone the environment gives an app what it must have (`from_prefixed_env`)."""
    return tuple(
        value
        for key, value in configuration(codebase).items()
        if key in DEMANDED and isinstance(value, SettingValue) and value.cast == DEMAND
    )


DEMANDED = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")
DEMAND = "required"


def _prefix(event: Event) -> str:
    said = text_of(event.argument(0, "prefix"))
    return "FLASK_" if said is None else f"{said}_" if said else ""


def _prefixed(event: Event, known: dict[str, Value]) -> Iterator[SettingValue]:
    """What is not set otherwise, of all that any variable of the prefix may set."""
    for key in DEMANDED:
        if key not in known and not (key == "SECRET_KEY" and "JWT_SECRET_KEY" in known):
            yield SettingValue(f"{_prefix(event)}{key}", place=event.place, cast=DEMAND)


def is_config(receiver: Value) -> bool:
    """Whether a value is the configuration of an app (`app.config`)."""
    if isinstance(receiver, External):
        return receiver.name.endswith("current_app.config")
    return isinstance(receiver, BoundExternal) and receiver.name == "config"


def _told(event: Event, codebase: Codebase) -> Iterator[tuple[str, Value]]:
    match event.name:
        case "__setitem__" | "setdefault" if len(event.args) > 1:
            if isinstance(event.args[0], Const) and isinstance(event.args[0].value, str):
                yield event.args[0].value, event.args[1]
        case "update" | "from_mapping":
            yield from event.kwargs
            for each in event.args:
                yield from _of_table(each)
        case "from_object":
            yield from _of_object(event.argument(0, "obj"), codebase)
        case "from_pyfile":
            name = (text_of(event.argument(0, "filename")) or "").removesuffix(".py")
            for module in codebase.modules():
                if name and module.rpartition(".")[2] == name.rpartition("/")[2]:
                    yield from _of_object(ModuleValue(module), codebase)
        case "from_file":
            yield from _of_file(text_of(event.argument(0, "filename")) or "", codebase)


def _of_file(name: str, codebase: Codebase) -> Iterator[tuple[str, Value]]:
    """The upper-case keys of a JSON or TOML file of the tree."""
    file = next(
        (e for e in codebase.tree.files if (name and e.endswith(f"/{name}")) or e == name), ""
    )
    loads = {"json": json.loads, "toml": tomllib.loads}.get(file.rpartition(".")[2])
    try:
        held = loads(codebase.tree.string(file)) if loads else {}
    except ValueError:
        return
    for key, value in held.items() if isinstance(held, dict) else ():
        if key.isupper() and isinstance(value, str | int | float | bool):
            yield key, Const(value)


def _of_table(value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, DictValue):
        for key, each in value.items:
            if isinstance(key, Const) and isinstance(key.value, str):
                yield key.value, each


def _of_object(value: Value | None, codebase: Codebase) -> Iterator[tuple[str, Value]]:
    """The upper-case names of a class, an object of one, a module, or a dotted name of these."""
    match value:
        case Choice(options=options):
            for each in reversed(options):
                yield from _of_object(each, codebase)
        case ClassValue():
            for member in codebase.members(value, inherited=True):
                if member.value is not None and member.name.isupper():
                    yield member.name, member.value
        case Instance(of=ClassValue() as kind):
            yield from _of_object(kind, codebase)
        case ModuleValue(name=name):
            for key, each in list(codebase.scope(name).names.items()):
                if key.isupper() and isinstance(each, Value):
                    yield key, each
        case _ if (text := text_of(value)) is not None:
            yield from _named(text, codebase)


def _named(text: str, codebase: Codebase) -> Iterator[tuple[str, Value]]:
    """`"config.DevelopmentConfig"`, `"app.config"`."""
    if codebase.graph.canonical(text) is not None:
        yield from _of_object(ModuleValue(text), codebase)
        return
    module, _, name = text.rpartition(".")
    if module and codebase.graph.canonical(module) is not None:
        found = codebase.resolve(module, name)
        if isinstance(found, ClassValue | Instance):
            yield from _of_object(found, codebase)
