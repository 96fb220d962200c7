"""Methods of strings. A string with unknown parts stays symbolic where a method only trims or keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from comfrey.source.comparing import comparable, setting_of
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import iterate, join
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    Const,
    DictValue,
    Instance,
    ListValue,
    SettingValue,
    Text,
    UnknownValue,
    Value,
    text_of,
)

PURE = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "swapcase",
        "casefold",
        "replace",
        "removeprefix",
        "removesuffix",
        "startswith",
        "endswith",
        "split",
        "rsplit",
        "splitlines",
        "partition",
        "rpartition",
        "count",
        "find",
        "rfind",
        "index",
        "zfill",
        "ljust",
        "rjust",
        "center",
        "encode",
        "isdigit",
        "isalpha",
        "isalnum",
        "isidentifier",
        "islower",
        "isupper",
        "isspace",
        "expandtabs",
    ]
)
TRIMMING = frozenset(
    ["strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "lower", "casefold"]
)
FIELD = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}|(\{\{|\}\})")
PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?([sdrifx%])")


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """What `receiver.name(…)` gives where the receiver is text."""
    if isinstance(receiver, Instance) and "value" not in receiver.fields:
        return None
    if not isinstance(receiver, Const | Text | SettingValue | Instance):
        return None
    if isinstance(receiver, SettingValue) and name in ("get_secret_value", "unicode_string"):
        return receiver
    if name == "join":
        return _joined(ev, receiver, arguments[0])
    if name in ("format", "format_map", "__mod__"):
        return _formatted(receiver, name, arguments)
    if name in PURE:
        return _pure(receiver, name, arguments)
    return None


def _pure(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    text = comparable(receiver)
    given = [comparable(each) for each in arguments[0]]
    if text is None or not isinstance(text[0], str) or None in given or arguments[1]:
        return receiver if name in TRIMMING and not isinstance(receiver, Const) else None
    try:
        result = getattr(text[0], name)(*(each[0] for each in given if each))
    except (TypeError, ValueError, LookupError):
        return None
    return _wrapped(result, setting_of(receiver))


def _wrapped(result: Any, setting: SettingValue | None) -> Value:
    if isinstance(result, list | tuple):
        kind = "list" if isinstance(result, list) else "tuple"
        return ListValue([Const(each, setting) for each in result], kind)
    return Const(result, setting)


def _joined(ev: Evaluator, separator: Value, given: tuple[Value, ...]) -> Value | None:
    text = text_of(separator)
    items = iterate(ev, given[0]) if given else None
    if text is None or items is None:
        return None
    parts: list[str | Value] = []
    for index, each in enumerate(items):
        parts += [text, each] if index else [each]
    return join(parts)


def _formatted(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    template = comparable(receiver)
    if template is None or not isinstance(template[0], str):
        return None
    if name == "__mod__":
        return _percent(template[0], arguments[0][0])
    named = dict(arguments[1])
    if name == "format_map" and isinstance(arguments[0][0], DictValue):
        named = {str(k.value): v for k, v in arguments[0][0].items if isinstance(k, Const)}
    return _braces(template[0], arguments[0], named)


def _braces(template: str, args: tuple[Value, ...], named: dict[str, Value]) -> Value:
    count = iter(range(len(args)))

    def fill(match: re.Match[str]) -> str | Value:
        if match.group(2):
            return match.group(2)[0]
        key = match.group(1)
        if key.isdigit() or not key:
            position = int(key) if key else next(count, -1)
            return args[position] if 0 <= position < len(args) else _missing(key)
        return named.get(key, _missing(key))

    return join(_pieces(template, FIELD, fill))


def _percent(template: str, given: Value) -> Value:
    items = given.items if isinstance(given, ListValue) and given.kind == "tuple" else [given]
    waiting = iter(items)

    def fill(match: re.Match[str]) -> str | Value:
        if match.group(2) == "%":
            return "%"
        if match.group(1):
            found = given.get(match.group(1)) if isinstance(given, DictValue) else None
            return found if found is not None else _missing(match.group(1))
        return next(waiting, _missing("value"))

    return join(_pieces(template, PERCENT, fill))


def _pieces(
    template: str, pattern: re.Pattern[str], fill: Callable[[re.Match[str]], str | Value]
) -> list[str | Value]:
    parts: list[str | Value] = []
    at = 0
    for match in pattern.finditer(template):
        parts += [template[at : match.start()], fill(match)]
        at = match.end()
    return [*parts, template[at:]]


def _missing(name: str) -> UnknownValue:
    return UnknownValue("no value is given for it", None, name)
