"""Functions that a project hangs on its schemas: before a document is saved, on documents, on models."""

from __future__ import annotations

from comfrey.languages.javascript.options import last, option
from comfrey.model.record import Record
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    Const,
    DictValue,
    Event,
    FunctionValue,
    Instance,
    Value,
)

SAVING = ("save", "validate")


def saving(codebase: Codebase, record: Record) -> tuple[FunctionValue, ...]:
    """`schema.pre("save", function () { … })`: `this` is the document."""
    schema = _schema(codebase, record)
    return tuple(
        each
        for event in codebase.evaluator.events
        if event.name == "pre" and event.receiver is schema and _is_before_saving(event)
        for each in event.args[1:]
        if isinstance(each, FunctionValue)
    )


def methods(codebase: Codebase, record: Record) -> dict[str, FunctionValue]:
    """`schema.methods.isPasswordMatch = function (password) { … }`, on documents."""
    return _hung(codebase, record, "methods")


def statics(codebase: Codebase, record: Record) -> dict[str, FunctionValue]:
    """`schema.statics.isEmailTaken = function (email) { … }`, on the model."""
    return _hung(codebase, record, "statics")


def _schema(codebase: Codebase, record: Record) -> Value | None:
    for event in codebase.evaluator.events:
        made = event.result
        if not isinstance(made, Instance):
            continue
        if last(made) == "createForClass" and made.args and _is_class(made.args[0], record):
            return made
        if last(made) == "Schema" and made.place == record.place.replace(name=""):
            return made
        if last(made) != "model" or len(made.args) < 2:
            continue
        if (event.place.file, event.place.line) == (record.place.file, record.place.line):
            return made.args[1]
    return None


def _is_class(value: Value, record: Record) -> bool:
    return (
        isinstance(value, ClassValue)
        and value.place.line == record.place.line
        and (value.place.file == record.place.file)
    )


def _is_before_saving(event: Event) -> bool:
    first = event.args[0] if event.args else None
    return isinstance(first, Const) and first.value in SAVING


def _hung(codebase: Codebase, record: Record, kind: str) -> dict[str, FunctionValue]:
    schema = _schema(codebase, record)
    found: dict[str, FunctionValue] = {}
    for event in codebase.evaluator.events:
        of = event.receiver
        at = isinstance(of, BoundExternal) and of.receiver is schema and of.name == kind
        if at and event.name in ("__setattr__", "__setitem__") and len(event.args) > 1:
            name, function = event.args[0], event.args[1]
            if isinstance(name, Const) and isinstance(function, FunctionValue):
                found[str(name.value)] = function
        if event.receiver is schema and event.name in (kind.rstrip("s"), kind) and event.args:
            _by_call(event, found)
    options = schema.args[1] if isinstance(schema, Instance) and len(schema.args) > 1 else None
    held = option(options, kind)
    for key, value in held.items if isinstance(held, DictValue) else ():
        if isinstance(key, Const) and isinstance(value, FunctionValue):
            found[str(key.value)] = value
    return found


def _by_call(event: Event, found: dict[str, FunctionValue]) -> None:
    """`schema.method("name", function () { … })`, `schema.static({ … })`."""
    first = event.args[0]
    second = event.args[1] if len(event.args) > 1 else None
    if isinstance(first, Const) and isinstance(second, FunctionValue):
        found[str(first.value)] = second
    for key, value in first.items if isinstance(first, DictValue) else ():
        if isinstance(key, Const) and isinstance(value, FunctionValue):
            found[str(key.value)] = value
