"""Methods of strings, and of regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from comfrey.source.comparing import comparable, setting_of
from comfrey.source.evaluate import Evaluator
from comfrey.source.expressions import join
from comfrey.source.node import Call
from comfrey.source.value import (
    Arguments,
    Const,
    External,
    FunctionValue,
    Instance,
    ListValue,
    Text,
    UnknownValue,
    Value,
)

PLAIN: dict[str, Callable[..., Any]] = {
    "toLowerCase": lambda s: s.lower(),
    "toUpperCase": lambda s: s.upper(),
    "toLocaleLowerCase": lambda s: s.lower(),
    "trim": lambda s: s.strip(),
    "trimStart": lambda s: s.lstrip(),
    "trimEnd": lambda s: s.rstrip(),
    "startsWith": lambda s, x: s.startswith(x),
    "endsWith": lambda s, x: s.endswith(x),
    "includes": lambda s, x: x in s,
    "indexOf": lambda s, x: s.find(x),
    "lastIndexOf": lambda s, x: s.rfind(x),
    "charAt": lambda s, i=0: s[int(i) : int(i) + 1],
    "slice": lambda s, a=None, b=None: s[a:b],
    "substring": lambda s, a=0, b=None: s[max(a, 0) : None if b is None else max(b, 0)],
    "substr": lambda s, a=0, n=None: s[a:][:n],
    "repeat": lambda s, n: s * min(int(n), 100),
    "padStart": lambda s, n, c=" ": s.rjust(int(n), c[:1] or " "),
    "padEnd": lambda s, n, c=" ": s.ljust(int(n), c[:1] or " "),
    "toString": lambda s: s,
    "valueOf": lambda s: s,
    "normalize": lambda s: s,
}


def method(
    ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
) -> Value | None:
    """What `receiver.name(…)` gives where the receiver is text."""
    if isinstance(receiver, Text) and name in ("toString", "trim"):
        return receiver
    if name == "concat" and isinstance(receiver, Const | Text) and _is_text(receiver):
        return join([receiver, *arguments[0]])
    if isinstance(receiver, Text) and name in ("replace", "replaceAll", "split"):
        return None
    if not isinstance(receiver, Const) or not isinstance(receiver.value, str):
        return _number(receiver, name, arguments)
    if name in ("replace", "replaceAll"):
        return _replaced(receiver, name, arguments[0])
    if name == "split":
        return _split(receiver.value, arguments[0])
    known = PLAIN.get(name)
    given = [comparable(each) for each in arguments[0]]
    if known is None or None in given:
        return None
    try:
        return Const(known(receiver.value, *(e[0] for e in given if e)), setting_of(receiver))
    except (TypeError, ValueError):
        return None


def _is_text(value: Const | Text) -> bool:
    return isinstance(value, Text) or isinstance(value.value, str)


def _number(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    if isinstance(receiver, Const) and name == "toString" and receiver.value is not None:
        return Const(str(receiver.value))
    return None


def pattern_of(value: Value | None) -> tuple[str, str] | None:
    """The source and flags of a regular expression."""
    if isinstance(value, Instance) and isinstance(value.of, External) and value.of.name == "RegExp":
        parts = [comparable(each) for each in value.args[:2]]
        texts = [str(each[0]) if each else "" for each in parts]
        return (texts[0], texts[1] if len(texts) > 1 else "") if texts else None
    return None


def _replaced(receiver: Const, name: str, args: tuple[Value, ...]) -> Value | None:
    if len(args) < 2 or isinstance(args[1], FunctionValue):
        return UnknownValue("a replacement that is computed") if len(args) > 1 else None
    new, rule, old = comparable(args[1]), pattern_of(args[0]), comparable(args[0])
    if new is None or not isinstance(new[0], str):
        return None
    if rule is not None:
        try:
            count = 0 if "g" in rule[1] else 1
            text = re.sub(rule[0], new[0].replace("$", "\\"), receiver.value, count=count)
        except re.error:
            return None
        return Const(text, receiver.setting)
    if old is None or not isinstance(old[0], str):
        return None
    count = -1 if name == "replaceAll" else 1
    return Const(receiver.value.replace(old[0], new[0], count), receiver.setting)


def _split(text: str, args: tuple[Value, ...]) -> Value | None:
    mark = comparable(args[0]) if args else None
    if mark is None or not isinstance(mark[0], str):
        return None
    parts = text.split(mark[0]) if mark[0] else list(text)
    return ListValue([Const(each) for each in parts])
